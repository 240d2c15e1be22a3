//! Which shop is asked how.

use anyhow::Result;

use super::connector::Connector;
use super::shopify::ShopifyShop;
use super::woocommerce::WooCommerceShop;
use crate::program::{Source, SourceKind};

/// How a source is asked; none if it has files.
///
/// # Errors
///
/// When its token is missing.
pub fn connect(source: &Source) -> Result<Option<Box<dyn Connector>>> {
    match &source.kind {
        SourceKind::Shopify(shop) => Ok(Some(Box::new(ShopifyShop::new(shop)?))),
        SourceKind::WooCommerce(shop) => Ok(Some(Box::new(WooCommerceShop::new(shop)?))),
        _ => Ok(None),
    }
}
