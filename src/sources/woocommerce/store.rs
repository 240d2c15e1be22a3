//! Asking a store for pages of its lists.

use anyhow::{Context, Result, ensure};
use serde::de::DeserializeOwned;

use super::super::patient_client::Client;
use super::super::secret::read_secret;
use crate::calendar::format_time;
use crate::error::{Invalid, Transient};
use crate::program::ShopApi;

/// How many things a page has; more are not allowed.
pub(super) const PAGE: u64 = 100;

/// A second in microseconds.
pub(super) const SECOND: i64 = 1_000_000;

/// A store's API.
pub(super) struct Store {
    client: Client,
    address: String,
    /// What the store's clock said in its first answer (microseconds since 1970).
    pub started: Option<i64>,
}

/// A page of a list.
pub(super) struct Page<T> {
    pub items: Vec<T>,
    /// How many the whole list has.
    pub total: u64,
}

impl Store {
    /// A store that was not asked yet.
    pub(super) fn new(settings: &ShopApi) -> Result<Self> {
        const KEYS: &str = "the consumer key";
        let secret = read_secret(&settings.secret, "the consumer key and secret")?;
        let login = secret.split_once(':').filter(|(key, secret)| !key.is_empty() && !secret.is_empty());
        let login = login
            .context(Invalid("the consumer key and secret are not written as ck_…:cs_…, with a colon between".to_owned()))?;
        let client = Client::with_login(&settings.address, login, KEYS)?;
        Ok(Self { client, address: settings.address.clone(), started: None })
    }

    /// A page of the list at a path; none if there is no such list.
    ///
    /// # Errors
    ///
    /// `Transient` when the store cannot answer now; else when it refuses.
    pub(super) async fn page<T: DeserializeOwned>(&mut self, path: &str, query: &[(&str, String)]) -> Result<Option<Page<T>>> {
        let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let path = format!("/wp-json/wc/v3/{path}?{}&per_page={PAGE}", query.join("&"));
        let Some(answer) = self.client.get(&path).await? else { return Ok(None) };
        self.started = self.started.or(answer.date);
        let at = &self.address;
        let again = |what: &str| Transient(format!("{at} {what}; the next run asks again"));
        ensure!(answer.body.is_array(), again("answered with something that is no list"));
        let total = answer.total.with_context(|| {
            again(
                "does not say how many there are (X-WP-Total), as WooCommerce does: something before it may take the header away",
            )
        })?;
        let items =
            serde_json::from_value(answer.body).with_context(|| format!("{at} answered in another form than wc/v3 has"))?;
        Ok(Some(Page { items, total }))
    }

    /// A page of orders.
    ///
    /// # Errors
    ///
    /// As [`Store::page`].
    pub(super) async fn orders<T: DeserializeOwned>(&mut self, query: &[(&str, String)]) -> Result<Page<T>> {
        let page = self.page("orders", query).await?;
        Ok(page.ok_or_else(|| self.client.no_api())?)
    }
}

/// A time as the store takes it: in GMT, and without a zone, as one that has a zone is turned into the site's own.
pub(super) fn gmt(micros: i64) -> String {
    format_time(micros.div_euclid(SECOND) * SECOND).trim_end_matches('Z').to_owned()
}

/// The time before a second: what the store takes for `after` does not belong to it.
pub(super) fn just_before(micros: i64) -> String {
    gmt(micros - SECOND)
}
