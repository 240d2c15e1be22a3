//! A store of WooCommerce, asked by its REST API, version 3.
//!
//! Orders come sorted by the time of their last change, from a time on. A list in pages by number loses an order when one before it is edited
//! meanwhile: all move up by one. So each page is the first one, of what changed at or after the last change that was seen; a second in
//! which more changed than a page holds is read as a list of its own, until as many came as the store says there are. The next fetch
//! begins a little before this one did, by the store's own clock.
//!
//! Not all refunds change the time of their order (`woocommerce-paypal-payments` #1125). So each night the orders of the last [`AGAIN`]
//! are read again, by the time they were placed, and earlier ones that have a refund of that time, where the store has a list of all
//! refunds (since 9.0). Trashed orders are no part of any other list, and are listed whole each time.
//!
//! - `store.rs` asks for pages; `answers.rs` is what is answered.
//! - `order.rs` makes rows of an order, `amounts.rs` what refunds gave back of its goods.

mod amounts;
mod answers;
mod order;
mod store;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use self::answers::{Head, Id, Order, Refund, RefundHead};
use self::order::{Whole, time, times};
use self::store::{PAGE, SECOND, Store, gmt, just_before};
use super::connector::{Batch, Connector, Listed, Span, WholeOrder};
use crate::error::{Invalid, Transient};
use crate::program::ShopApi;

/// So many orders make a batch, unless all that changed in one second are more.
const BATCH: usize = 1_000;

/// How much earlier than this fetch the next one begins (microseconds).
const OVERLAP: i64 = 600_000_000;

/// For how long after they were placed orders are read again each night (microseconds): 60 days.
const AGAIN: i64 = 60 * 86_400_000_000;

/// How often a list is read that changes while it is read.
const ATTEMPTS: u32 = 5;

/// Trashed orders are in no other list than one of their own.
const STATUSES: [&str; 2] = ["any", "trash"];

/// A store of WooCommerce.
pub(super) struct WooCommerceShop {
    store: Store,
    settings: ShopApi,
    /// Whether all orders are fetched, so that none need be read again.
    is_first: Option<bool>,
    /// The orders that were read again.
    read_again: BTreeSet<u64>,
    /// Orders whose refunds have parts that do not come to their amounts.
    apart: BTreeSet<String>,
    /// Orders by a status that is not known.
    strange: BTreeMap<String, String>,
}

/// How far a fetch has come.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Cursor {
    /// All that changed before this time is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<i64>,
    /// What was placed from this time on is being read again, by the fetch that began at the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    again: Option<(i64, i64)>,
}

/// By which of its times orders are read.
#[derive(Clone, Copy)]
enum By {
    Modified,
    Created,
}

/// Orders from a time on.
struct Part {
    orders: Vec<Order>,
    /// All before this time came.
    until: Option<i64>,
    is_last: bool,
}

impl By {
    /// The words of the API: what it is called, and what comes after and before a time.
    fn words(self) -> [&'static str; 3] {
        match self {
            Self::Modified => ["modified", "modified_after", "modified_before"],
            Self::Created => ["date", "after", "before"],
        }
    }

    fn time(self, order: &Order) -> Result<i64> {
        let own = match self {
            Self::Modified => order.date_modified_gmt.as_deref().or(order.date_created_gmt.as_deref()),
            Self::Created => order.date_created_gmt.as_deref().or(order.date_modified_gmt.as_deref()),
        };
        let at = own.map_or_else(|| Err("it has no date".to_owned()), time);
        Ok(at.map_err(|why| Invalid(format!("the order {}: {why}", order.number)))?)
    }
}

/// One or more parameters of a question.
type Terms = Vec<(&'static str, String)>;

impl WooCommerceShop {
    /// A store that was not asked yet.
    pub(super) fn new(settings: &ShopApi) -> Result<Self> {
        let store = Store::new(settings)?;
        let (apart, strange) = (BTreeSet::new(), BTreeMap::new());
        Ok(Self { store, settings: settings.clone(), is_first: None, read_again: BTreeSet::new(), apart, strange })
    }

    /// When this fetch began, by the store's clock (microseconds since 1970). It is known once something was answered.
    async fn started(&mut self) -> Result<i64> {
        if self.store.started.is_none() {
            let first = vec![("status", "any".to_owned()), ("page", "1".to_owned()), ("_fields", "id".to_owned())];
            self.store.orders::<Id>(&first).await?;
        }
        let at = &self.settings.address;
        self.store
            .started
            .with_context(|| Transient(format!("{at} does not say what time it is, and purser goes by the shop's clock")))
    }

    /// What asks for orders of a status, none before the first day.
    fn terms(&self, status: &str, from: Option<i64>) -> Terms {
        let after = from.max(self.settings.since).map(|from| ("after", just_before(from)));
        let own = vec![("status", status.to_owned()), ("dates_are_gmt", "true".to_owned())];
        own.into_iter().chain(after).collect()
    }

    /// Orders by their times, from a time on; a batch of them.
    async fn read(&mut self, by: By, from: Option<i64>) -> Result<Part> {
        let mut part = Part { orders: Vec::new(), until: from, is_last: false };
        let [name, after, _] = by.words();
        while !part.is_last && part.orders.len() < BATCH {
            let mut terms = match by {
                By::Modified => self.terms("any", None),
                By::Created => self.terms("any", part.until),
            };
            if let (By::Modified, Some(until)) = (by, part.until) {
                terms.push((after, just_before(until)));
            }
            terms.extend([("orderby", name.to_owned()), ("order", "asc".to_owned()), ("page", "1".to_owned())]);
            let page = self.store.orders::<Order>(&terms).await?;
            let times = page.items.iter().map(|order| by.time(order)).collect::<Result<Vec<i64>>>()?;
            let end = times.into_iter().max();
            part.orders.extend(page.items);
            part.is_last = page.total <= PAGE;
            match part.until {
                // More of one second than a page holds.
                Some(second) if !part.is_last && end <= Some(second) => {
                    part.orders.extend(self.second(by, second).await?);
                    part.until = Some(second + SECOND);
                }
                _ => part.until = end.max(part.until),
            }
        }
        Ok(part)
    }

    /// All orders of one second.
    async fn second(&mut self, by: By, second: i64) -> Result<Vec<Order>> {
        let [_, after, before] = by.words();
        let mut terms = match by {
            By::Modified => self.terms("any", None),
            By::Created => vec![("status", "any".to_owned()), ("dates_are_gmt", "true".to_owned())],
        };
        terms.extend([(after, just_before(second)), (before, gmt(second + SECOND))]);
        let found = self.all("orders", terms, |order: &Order| order.id).await?;
        found.with_context(|| self.store_changed())
    }

    /// All things of a list, by their ids; none if there is no such list.
    async fn all<T: serde::de::DeserializeOwned>(
        &mut self,
        path: &str,
        terms: Terms,
        id: impl Fn(&T) -> u64,
    ) -> Result<Option<Vec<T>>> {
        for _ in 0..ATTEMPTS {
            let (mut found, mut number, mut total) = (BTreeMap::new(), 0, 1);
            while number * PAGE < total {
                number += 1;
                let own = [("orderby", "id".to_owned()), ("order", "asc".to_owned()), ("page", number.to_string())];
                let terms: Vec<_> = terms.iter().cloned().chain(own).collect();
                let Some(page) = self.store.page::<T>(path, &terms).await? else { return Ok(None) };
                total = page.total;
                found.extend(page.items.into_iter().map(|item| (id(&item), item)));
            }
            if u64::try_from(found.len())? == total {
                return Ok(Some(found.into_values().collect()));
            }
        }
        bail!(self.store_changed())
    }

    fn store_changed(&self) -> Transient {
        Transient(format!(
            "{} gave another number of orders or refunds than it says there are, {ATTEMPTS} times; the next run asks again",
            self.settings.address
        ))
    }

    /// Orders with all of their refunds, as rows.
    async fn whole(&mut self, orders: Vec<Order>) -> Result<Vec<WholeOrder>> {
        let mut all = Vec::new();
        for order in orders {
            let name = format!("{} ({})", order.number, order.id);
            let (status, refunds) = (order.status.clone(), self.refunds(&order).await?);
            let made = Whole { order, refunds }.rows(&self.settings);
            let made = made.map_err(|why| Invalid(format!("the order {name} of {}: {why}", self.settings.address)))?;
            if made.is_apart {
                self.apart.insert(name.clone());
            }
            if made.is_strange {
                self.strange.insert(status, name);
            }
            all.push(made.rows);
        }
        Ok(all)
    }

    /// The refunds of an order, the earliest first. Those of a trashed order are trashed with it.
    async fn refunds(&mut self, order: &Order) -> Result<Vec<Refund>> {
        if order.refunds.is_empty() || order.status == "trash" {
            return Ok(Vec::new());
        }
        let refunds = self.all(&format!("orders/{}/refunds", order.id), Vec::new(), |refund: &Refund| refund.id).await?;
        let mut refunds = refunds.with_context(|| {
            Transient(format!("the order {} was deleted while it was read; the next run sees what is there", order.number))
        })?;
        let missing = order.refunds.iter().find(|known| refunds.iter().all(|refund| refund.id != known.id));
        if let Some(missing) = missing {
            bail!(Transient(format!(
                "the order {} has the refund {}, and the store does not list it; the next run asks again",
                order.number, missing.id
            )));
        }
        refunds.sort_by_key(|refund| (time(&refund.date_created_gmt).ok(), refund.id));
        Ok(refunds)
    }

    /// The orders that have a refund from a time on, without those that were read again anyway.
    async fn refunded(&mut self, from: i64) -> Result<Vec<WholeOrder>> {
        let (mut orders, mut number, mut total) = (BTreeSet::new(), 0, 1);
        while number * PAGE < total {
            number += 1;
            let mut terms =
                vec![("dates_are_gmt", "true".to_owned()), ("after", just_before(from)), ("page", number.to_string())];
            terms.extend([("orderby", "id".to_owned()), ("order", "asc".to_owned()), ("_fields", "id,parent_id".to_owned())]);
            let Some(page) = self.store.page::<RefundHead>("refunds", &terms).await? else { break };
            total = page.total;
            orders.extend(page.items.into_iter().map(|refund| refund.parent_id));
        }
        let ids: Vec<String> = orders.difference(&self.read_again).map(u64::to_string).collect();
        self.fetch(&ids).await
    }

    /// The orders in the trash.
    async fn trash(&mut self) -> Result<Vec<WholeOrder>> {
        let terms = self.terms("trash", None);
        let orders = self.all("orders", terms, |order: &Order| order.id).await?.ok_or_else(|| self.store_changed())?;
        self.whole(orders).await
    }

    /// The terms of a span, for orders of a status.
    fn span_terms(&self, status: &str, span: Span) -> Terms {
        let mut terms = self.terms(status, span.from);
        terms.push(("before", gmt(span.until)));
        terms
    }
}

#[async_trait]
impl Connector for WooCommerceShop {
    async fn next(&mut self, cursor: Option<&str>) -> Result<Batch> {
        let is_first = *self.is_first.get_or_insert(cursor.is_none());
        let mut cursor: Cursor =
            cursor.map(serde_json::from_str).transpose().context("a cursor cannot be read")?.unwrap_or_default();
        let began = self.started().await?;
        // What another fetch began is begun anew: meanwhile there are changes.
        let again = cursor.again.filter(|(_, by)| *by == began).map(|(from, _)| from);
        let part = match again {
            Some(from) => self.read(By::Created, Some(from)).await?,
            None => self.read(By::Modified, cursor.from).await?,
        };
        if again.is_some() {
            self.read_again.extend(part.orders.iter().map(|order| order.id));
        }
        let mut orders = self.whole(part.orders).await?;
        let end = Cursor { from: Some(began - OVERLAP), again: None };
        let mut is_end = false;
        match again {
            Some(from) => {
                cursor.again = Some((part.until.unwrap_or(from), began));
                is_end = part.is_last;
                if is_end {
                    orders.extend(self.refunded(began - AGAIN).await?);
                }
            }
            None if part.is_last => {
                orders.extend(self.trash().await?);
                is_end = is_first;
                cursor = Cursor { again: Some((began - AGAIN, began)), ..end.clone() };
            }
            None => cursor = Cursor { from: part.until, again: None },
        }
        let end = if is_end { Some(serde_json::to_string(&end)?) } else { None };
        Ok(Batch { orders, cursor: serde_json::to_string(&cursor)?, end })
    }

    async fn span(&mut self) -> Result<Span> {
        Ok(Span { from: self.settings.since, until: self.started().await? - OVERLAP })
    }

    async fn count(&mut self, span: Span) -> Result<u64> {
        let mut count = 0;
        for status in STATUSES {
            let mut terms = self.span_terms(status, span);
            terms.extend([("page", "1".to_owned()), ("_fields", "id".to_owned())]);
            count += self.store.orders::<Id>(&terms).await?.total;
        }
        Ok(count)
    }

    async fn list(&mut self, span: Span, most: usize) -> Result<Vec<Listed>> {
        let mut found = BTreeMap::new();
        for status in STATUSES {
            let (mut number, mut total) = (0, 1);
            while number * PAGE < total && number * PAGE < u64::try_from(most)? {
                number += 1;
                let mut terms = self.span_terms(status, span);
                terms.extend([("orderby", "date".to_owned()), ("order", "desc".to_owned()), ("page", number.to_string())]);
                terms.push(("_fields", "id,number,date_created_gmt,date_modified_gmt".to_owned()));
                let page = self.store.orders::<Head>(&terms).await?;
                total = page.total;
                for Head { id, number, date_created_gmt, date_modified_gmt } in page.items {
                    let times = times(date_created_gmt.as_deref(), date_modified_gmt.as_deref());
                    let (at, updated_at) = times.map_err(|why| Invalid(format!("the order {number}: {why}")))?;
                    found.insert((at, id), Listed { id: id.to_string(), name: number, updated_at });
                }
            }
        }
        Ok(found.into_values().rev().take(most).collect())
    }

    async fn fetch(&mut self, ids: &[String]) -> Result<Vec<WholeOrder>> {
        let mut orders = Vec::new();
        for ids in ids.chunks(usize::try_from(PAGE)?) {
            for status in STATUSES {
                let mut terms = self.terms(status, None);
                terms.extend([("include", ids.join(",")), ("page", "1".to_owned())]);
                let page = self.store.orders::<Order>(&terms).await?;
                orders.extend(self.whole(page.items).await?);
            }
        }
        Ok(orders)
    }

    fn warnings(&self) -> Vec<String> {
        let at = &self.settings.address;
        let mut warnings = Vec::new();
        if let Some(first) = self.apart.first() {
            let count = if self.apart.len() == 1 { "1 order".to_owned() } else { format!("{} orders", self.apart.len()) };
            warnings.push(format!(
                "parts of refunds do not come to the amount that {at} says was refunded, and the amount counts: {count}, such as {first}"
            ));
        }
        for (status, order) in &self.strange {
            warnings.push(format!(
                "orders of {at} have the status \"{status}\", which is none of WooCommerce's own, and count as not paid: such as {order}"
            ));
        }
        warnings
    }
}
