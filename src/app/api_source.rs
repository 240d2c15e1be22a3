//! One source with an API while it is fetched: what is kept of it, and how far it was read.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::session::Session;
use crate::facts::{Erased, Ground, Landing, Progress, State, blocking, progress, record_progress};
use crate::program::{ShopApi, Source, SourceKind};
use crate::sources::{Connector, WholeOrder};

/// Raised with every change by which other rows are made of the same answers: then all of them are fetched again.
const MADE: u32 = 2;

/// One source while it is fetched.
pub(super) struct Fetch<'a> {
    pub session: &'a Session<'a>,
    pub source: &'a Source,
    pub shop: Box<dyn Connector>,
    pub progress: Progress,
    erased: Erased,
}

impl<'a> Fetch<'a> {
    /// Goes on where the last fetch stopped; from the start where its copies are gone, or rows would be made otherwise now.
    pub(super) async fn begin(
        session: &'a Session<'a>,
        source: &'a Source,
        shop: Box<dyn Connector>,
        erased: &Erased,
    ) -> Result<Self> {
        let made = made(source);
        let before = progress(&session.at.store, &session.program.id, &source.name).await?;
        let before = before.filter(|before| before.state.made == made);
        let (data, name, tables, hidden) =
            (session.at.data.clone(), shown(source), source.kind.tables().to_vec(), erased.clone());
        let progress = blocking(move || {
            let ground = Ground { source: &name, data: &data, erased: &hidden };
            if let Some(mut before) = before {
                if before.landing.is_whole(&data) {
                    before.landing.redact(ground)?;
                    return Ok(before);
                }
                tracing::warn!("{name}: a kept copy is missing or was changed, so all orders are fetched again");
            }
            Ok(Progress { state: State { made, ..State::default() }, landing: Landing::new(&tables, ground)? })
        });
        Ok(Self { session, source, shop, progress: progress.await?, erased: erased.clone() })
    }

    /// Lets orders take the place of what was there of them. It is not recorded yet.
    pub(super) async fn land(&mut self, orders: Vec<WholeOrder>, gone: BTreeSet<String>) -> Result<()> {
        if orders.is_empty() && gone.is_empty() {
            return Ok(());
        }
        let mut landing = self.progress.landing.clone();
        let (data, name, erased) = (self.session.at.data.clone(), shown(self.source), self.erased.clone());
        self.progress.landing = blocking(move || {
            landing.land(&orders, &gone, Ground { source: &name, data: &data, erased: &erased })?;
            Ok(landing)
        })
        .await?;
        Ok(())
    }

    /// Records how far it has come.
    pub(super) async fn record(&self) -> Result<()> {
        let mut tx = self.session.begin().await?;
        record_progress(&mut tx, &self.session.program.id, &self.source.name, &self.progress).await?;
        self.session.commit(tx, "the progress of a source").await
    }

    /// What `ask` finds in the copies.
    pub(super) async fn kept<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Landing, &Path) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (landing, data) = (self.progress.landing.clone(), self.session.at.data.clone());
        blocking(move || ask(&landing, &data)).await
    }
}

/// How rows are made of what a source answers. Where its token is makes no difference.
fn made(source: &Source) -> String {
    let of_shop = |name: &str, shop: &ShopApi| {
        format!("{MADE} {name} {:?}", (&shop.address, &shop.visitor, &shop.click, &shop.link, &shop.sub_id, shop.since))
    };
    let how = match &source.kind {
        SourceKind::Shopify(shop) => of_shop("shopify", shop),
        SourceKind::WooCommerce(shop) => of_shop("woocommerce", shop),
        other => format!("{MADE} {other:?}"),
    };
    blake3::hash(how.as_bytes()).to_hex()[..16].to_owned()
}

/// What people know a source by.
pub(super) fn shown(source: &Source) -> String {
    format!("{} ({})", source.name, source.written)
}
