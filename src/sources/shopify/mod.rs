//! A shop of Shopify, asked by its Admin API.
//!
//! Orders come sorted by the time of their last change, from a time on (`updated_at:>=`). So a fetch needs no window and no place in a
//! list that could expire: it goes on from the last change it saw, and pages only within what changed in between. What was edited
//! while it is read comes again at the end. The next fetch begins a little before this one did, by Shopify's own clock, as an index may lag;
//! what comes twice does no harm.
//!
//! - `shopify.graphql` is all that is asked; `graphql.rs` asks it, with patience; `answers.rs` is what is answered.
//! - `order.rs` makes rows of an order, `amounts.rs` what its lines earn on, `visits.rs` clicks of the visits before it.
//!
//! The connections within an order hold a first page; the rest of its lines, and its refunds, are asked for one by one. Disputes do not
//! change their orders, so all of them are listed each time, and the cursor remembers how each stood.
//!
//! The first load of a large shop is one of Shopify's bulk operations (`bulk.rs`), once the first pages show that there is much to come; what it
//! leaves undone, and what changed meanwhile, comes by pages as always.

mod amounts;
mod answers;
mod bulk;
mod graphql;
mod order;
mod values;
mod visits;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::answers::{
    Access, ById, Dispute, Disputes, Head, Line, LinesOf, OneOrder, OneRefund, Order, Orders, OrdersCount, PageInfo, Refund,
};
use self::bulk::{Came, Download, Operation};
use self::graphql::{Api, Refusal};
use self::order::Whole;
use self::values::{number, time};
use super::connector::{Batch, Connector, Listed, Span, WholeOrder};
use super::secret::read_secret;
use crate::calendar::format_time;
use crate::error::{Forbidden, Invalid, Transient, is_transient};
use crate::program::ShopApi;

/// So many orders make a batch, unless all that changed in one second are more.
const BATCH: usize = 2_000;

/// So many orders of a bulk operation make a batch: what a batch brings is written together with some that are there, so fewer and larger ones cost less.
const BULK_BATCH: usize = 10_000;

/// How many orders a page has at first; fewer once that costs too much.
const PAGE: usize = 50;

/// When more than so many orders are left after the first batch of a first load, they are asked for in bulk.
const MUCH: u64 = 500;

/// How often the file of a bulk operation is read anew within a batch when its connection breaks.
const BREAKS: u32 = 3;

/// How many orders a list of ids has on a page.
const LIST: usize = 250;

/// How much earlier than this fetch the next one begins (microseconds).
const OVERLAP: i64 = 600_000_000;

/// How far back orders are shown to an app that may not read all (microseconds).
const SIXTY_DAYS: i64 = 60 * 86_400_000_000;

/// What Shopify shows to nobody without the right for it, and what is lost without.
const READ_ORDERS: &str = "read_orders";
const READ_ALL: &str = "read_all_orders";
const READ_DISPUTES: &str = "read_shopify_payments_disputes";

/// A shop of Shopify.
pub(super) struct ShopifyShop {
    api: Api,
    settings: ShopApi,
    page: usize,
    /// Whether addresses are asked for their countries.
    countries: bool,
    known: Option<Known>,
    /// The file of a bulk operation while it is read.
    download: Option<Box<Download>>,
    /// How many orders have lines that are not what Shopify says of their goods, and the first of them.
    apart: (usize, String),
}

/// What is asked first.
#[derive(Clone)]
struct Known {
    /// When this fetch began, by Shopify's clock (microseconds since 1970).
    started: i64,
    scopes: BTreeSet<String>,
    /// By order.
    disputes: BTreeMap<String, Vec<Dispute>>,
}

/// How far a fetch has come.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Cursor {
    /// All that changed before this time is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<i64>,
    /// Whether nothing was fetched before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_first: bool,
    /// The bulk operation of a first load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bulk: Option<Operation>,
    /// Whether orders are read page by page, whatever there is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_paged: bool,
    /// How each dispute stood.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    disputes: BTreeMap<String, String>,
}

impl ShopifyShop {
    /// A shop that was not asked yet.
    pub(super) fn new(settings: &ShopApi) -> Result<Self> {
        let token = read_secret(&settings.secret, "the access token")?;
        let api = Api::new(&settings.address, &token)?;
        Ok(Self {
            api,
            settings: settings.clone(),
            page: PAGE,
            countries: true,
            known: None,
            download: None,
            apart: (0, String::new()),
        })
    }

    async fn known(&mut self) -> Result<Known> {
        if let Some(known) = &self.known {
            return Ok(known.clone());
        }
        let access: Access = self.api.ask("Access", &json!({})).await?;
        let scopes: BTreeSet<String> =
            access.current_app_installation.access_scopes.into_iter().map(|scope| scope.handle).collect();
        let at = &self.settings.address;
        ensure!(
            scopes.contains(READ_ORDERS),
            Forbidden(format!(
                "the access token of {at} may not read orders: give its app the scope {READ_ORDERS}, and install it again"
            ))
        );
        let started = self
            .api
            .started
            .with_context(|| Transient(format!("{at} does not say what time it is, and purser goes by the shop's clock")))?;
        let disputes = if scopes.contains(READ_DISPUTES) { self.all_disputes().await? } else { BTreeMap::new() };
        let known = Known { started, scopes, disputes };
        self.known = Some(known.clone());
        Ok(known)
    }

    async fn all_disputes(&mut self) -> Result<BTreeMap<String, Vec<Dispute>>> {
        let mut disputes: BTreeMap<String, Vec<Dispute>> = BTreeMap::new();
        let mut after = None;
        loop {
            let page: Disputes = self.api.ask("Disputes", &json!({ "after": after })).await?;
            for dispute in page.disputes.nodes {
                let Some(order) = &dispute.order else { continue };
                let of_order = disputes.entry(number(&order.id).to_owned()).or_default();
                of_order.retain(|known| known.id != dispute.id);
                of_order.push(dispute);
            }
            match next_page(&page.disputes.page_info, after.as_deref())? {
                Some(next) => after = Some(next),
                None => return Ok(disputes),
            }
        }
    }

    /// The search for orders that changed at a time or later.
    fn changed(&self, from: Option<i64>) -> String {
        let since = self.settings.since.map(|at| format!("processed_at:>='{}'", format_time(at)));
        let from = from.map(|at| format!("updated_at:>='{}'", format_time(at)));
        since.into_iter().chain(from).collect::<Vec<_>>().join(" ")
    }

    /// Begins a bulk operation where much is left of a first load. Answers whether it did.
    async fn begin_bulk(&mut self, cursor: &mut Cursor, began: i64) -> Result<bool> {
        if !cursor.is_first || cursor.is_paged || cursor.from.is_none() {
            return Ok(false);
        }
        let search = self.changed(cursor.from);
        let left: OrdersCount = self.api.ask("Count", &json!({ "query": search })).await?;
        let is_much = left.orders_count.is_some_and(|left| left.count > MUCH);
        cursor.bulk = if is_much { Operation::begin(&mut self.api, &search, began, self.countries).await? } else { None };
        cursor.is_paged = cursor.bulk.is_none();
        Ok(cursor.bulk.is_some())
    }

    /// A batch of what a bulk operation gives; what is left of it, if it is of no use, comes by pages.
    async fn next_of_bulk(&mut self, mut cursor: Cursor, mut operation: Operation) -> Result<Batch> {
        let (mut orders, mut breaks) = (Vec::new(), 0);
        // How many orders of a file that is read anew were taken before.
        let (mut file, mut passes) = (self.download.take(), 0);
        let end = loop {
            if orders.len() >= BULK_BATCH {
                break None;
            }
            let Some(open) = &mut file else {
                match operation.wait(&mut self.api).await? {
                    Came::File(new) => (file, passes) = (Some(new), operation.taken + orders.len()),
                    Came::Nothing(why) => break Some(Err(why)),
                }
                continue;
            };
            match open.next().await {
                Ok(Some(_)) if passes > 0 => passes -= 1,
                Ok(Some(order)) => orders.push(self.whole(order).await?),
                Ok(None) if passes > 0 => break Some(Err("its file has fewer orders than it had".to_owned())),
                Ok(None) => break Some(Ok(())),
                Err(error) if breaks < BREAKS && is_transient(&error) => (file, breaks) = (None, breaks + 1),
                Err(error) => break Some(Err(format!("{error:#}"))),
            }
        };
        operation.taken += orders.len();
        if let Some(Err(why)) = &end {
            tracing::warn!("{}: a bulk operation is of no use: {why}. Orders are read page by page", self.settings.address);
        }
        match end {
            None => (cursor.bulk, self.download) = (Some(operation), file),
            Some(end) => {
                (cursor.bulk, cursor.is_paged) = (None, true);
                // All that was there when it began is there, and what changed since comes by pages.
                cursor.from = if end.is_ok() { Some(operation.began - OVERLAP) } else { cursor.from };
            }
        }
        Ok(Batch { cursor: serde_json::to_string(&cursor)?, orders, end: None })
    }

    /// A page of orders that changed at a time or later.
    async fn page(&mut self, from: Option<i64>, after: Option<&str>) -> Result<Orders<Order>> {
        let query = self.changed(from);
        loop {
            let variables = json!({ "first": self.page, "after": after, "query": query });
            match self.ask_for_orders("Orders", variables).await {
                Err(error) if matches!(error.downcast_ref(), Some(Refusal::TooCostly)) && self.page > 1 => self.page /= 2,
                answer => return answer,
            }
        }
    }

    /// Asks for orders with the countries of their addresses, and without them where Shopify does not show addresses.
    async fn ask_for_orders<T: DeserializeOwned>(&mut self, operation: &str, mut variables: Value) -> Result<T> {
        loop {
            variables["countries"] = json!(self.countries);
            match self.api.ask(operation, &variables).await {
                Err(error) if matches!(error.downcast_ref(), Some(Refusal::NoAddresses)) => self.countries = false,
                answer => return answer,
            }
        }
    }

    /// An order with all of its lines, refunds and disputes, as rows.
    async fn whole(&mut self, order: Order) -> Result<WholeOrder> {
        let lines = self.lines(&order).await?;
        let mut refunds = Vec::new();
        for refund in &order.refunds {
            refunds.push((refund.id.clone(), self.refund(&refund.id).await?));
        }
        let known = self.known().await?;
        ensure!(
            order.disputes.is_empty() || known.scopes.contains(READ_DISPUTES),
            Forbidden(format!(
                "the order {} is disputed, and the access token of {} may not read disputes: give its app the scope {READ_DISPUTES}, and \
                 install it again",
                order.name, self.settings.address
            ))
        );
        let disputes = known.disputes.get(number(&order.id)).cloned().unwrap_or_default();
        let name = format!("{} ({})", order.name, number(&order.id));
        let whole = Whole { order, lines, refunds, disputes };
        let (rows, apart) =
            whole.rows(&self.settings).map_err(|why| Invalid(format!("the order {name} of {}: {why}", self.settings.address)))?;
        if apart != 0 {
            let (count, first) = &mut self.apart;
            if *count == 0 {
                *first = name;
            }
            *count += 1;
        }
        Ok(rows)
    }

    async fn lines(&mut self, order: &Order) -> Result<Vec<Line>> {
        let (mut lines, mut info) = (order.line_items.nodes.clone(), order.line_items.page_info.clone());
        let mut before = None;
        while let Some(after) = next_page(&info, before.as_deref())? {
            let more: OneOrder<LinesOf> = self.api.ask("Lines", &json!({ "id": order.id, "after": after })).await?;
            let more = more.order.with_context(|| gone(&order.name))?.line_items;
            lines.extend(more.nodes);
            (info, before) = (more.page_info, Some(after));
        }
        // A page that came twice has nothing new.
        let mut seen = BTreeSet::new();
        lines.retain(|line| seen.insert(line.id.clone()));
        Ok(lines)
    }

    async fn refund(&mut self, id: &str) -> Result<Refund> {
        let mut whole: Option<Refund> = None;
        let mut after: Option<String> = None;
        loop {
            let answer: OneRefund = self.api.ask("Refund", &json!({ "id": id, "after": after })).await?;
            let page = answer.refund.with_context(|| gone(id))?;
            let info = page.refund_line_items.page_info.clone();
            match &mut whole {
                Some(whole) => whole.refund_line_items.nodes.extend(page.refund_line_items.nodes),
                None => whole = Some(page),
            }
            match next_page(&info, after.as_deref())? {
                Some(next) => after = Some(next),
                None => return whole.with_context(|| gone(id)),
            }
        }
    }

    /// The orders whose disputes stand otherwise than the cursor remembers.
    async fn disputed(&mut self, before: &BTreeMap<String, String>) -> Result<Vec<WholeOrder>> {
        let known = self.known().await?;
        let is_new = |dispute: &Dispute| before.get(number(&dispute.id)) != Some(&dispute.status);
        let changed = known.disputes.iter().filter(|(_, disputes)| disputes.iter().any(is_new));
        let ids: Vec<String> = changed.map(|(order, _)| order.clone()).collect();
        self.fetch(&ids).await
    }

    fn span_query(&self, span: Span) -> String {
        let from = span.from.or(self.settings.since).map(|at| format!("processed_at:>='{}' ", format_time(at)));
        let until = format_time(span.until);
        format!("{}processed_at:<'{until}' created_at:<'{until}'", from.unwrap_or_default())
    }
}

/// What was listed a moment ago is gone.
fn gone(what: &str) -> Transient {
    Transient(format!("Shopify named {what}, and does not know it any more; the next run sees what is there"))
}

/// Where the next page begins; none after the last. A page that leads to itself would never end.
fn next_page(info: &PageInfo, after: Option<&str>) -> Result<Option<String>> {
    if !info.has_next_page {
        return Ok(None);
    }
    match &info.end_cursor {
        Some(next) if Some(next.as_str()) != after => Ok(Some(next.clone())),
        _ => bail!(Transient("Shopify says that there is more, and not where; the next run asks again".to_owned())),
    }
}

#[async_trait]
impl Connector for ShopifyShop {
    async fn next(&mut self, cursor: Option<&str>) -> Result<Batch> {
        let mut cursor: Cursor = match cursor {
            Some(cursor) => serde_json::from_str(cursor).context("a cursor cannot be read")?,
            None => Cursor { is_first: true, ..Cursor::default() },
        };
        let (known, is_recorded) = (self.known().await?, cursor.bulk.is_some());
        if is_recorded || self.begin_bulk(&mut cursor, known.started).await? {
            return match cursor.bulk.clone() {
                // That it was begun is recorded first, so that no other is begun in its place.
                Some(operation) if is_recorded => self.next_of_bulk(cursor, operation).await,
                _ => Ok(Batch { cursor: serde_json::to_string(&cursor)?, orders: Vec::new(), end: None }),
            };
        }
        let (from, mut last, mut after) = (cursor.from, cursor.from, None);
        let (mut orders, mut is_last) = (Vec::new(), false);
        // It may stop wherever the time has moved on: the next batch starts from there.
        while !is_last && (orders.len() < BATCH || last == from) {
            let page = match self.page(from, after.as_deref()).await {
                Err(error) if matches!(error.downcast_ref(), Some(Refusal::Lost(_))) && last > from => {
                    tracing::debug!("the place in the list expired: {error:#}");
                    break;
                }
                page => page?.orders,
            };
            for order in page.nodes {
                last = last.max(Some(time(&order.updated_at, "updatedAt").map_err(Invalid)?));
                orders.push(self.whole(order).await?);
            }
            after = next_page(&page.page_info, after.as_deref())?;
            is_last = after.is_none();
        }
        cursor.from = last;
        let mut batch = Batch { cursor: serde_json::to_string(&cursor)?, orders, end: None };
        if is_last {
            batch.orders.extend(self.disputed(&cursor.disputes).await?);
            let disputes = known.disputes.into_values().flatten();
            cursor.disputes = disputes.map(|dispute| (number(&dispute.id).to_owned(), dispute.status)).collect();
            cursor.from = Some(known.started - OVERLAP);
            (cursor.is_first, cursor.is_paged) = (false, false);
            batch.end = Some(serde_json::to_string(&cursor)?);
        }
        Ok(batch)
    }

    async fn span(&mut self) -> Result<Span> {
        let known = self.known().await?;
        let shown = (!known.scopes.contains(READ_ALL)).then(|| known.started - SIXTY_DAYS + OVERLAP);
        Ok(Span { from: shown.max(self.settings.since), until: known.started - OVERLAP })
    }

    async fn count(&mut self, span: Span) -> Result<u64> {
        let answer: OrdersCount = self.api.ask("Count", &json!({ "query": self.span_query(span) })).await?;
        let count = answer.orders_count.filter(|count| count.precision == "EXACT");
        Ok(count.context(Transient("Shopify did not count its orders exactly; the next run asks again".to_owned()))?.count)
    }

    async fn list(&mut self, span: Span, most: usize) -> Result<Vec<Listed>> {
        let query = self.span_query(span);
        let (mut listed, mut after): (Vec<Listed>, Option<String>) = (Vec::new(), None);
        while listed.len() < most {
            let variables = json!({ "first": LIST.min(most), "after": after, "query": query });
            let page: Orders<Head> = self.api.ask("Listed", &variables).await?;
            for Head { id, name, updated_at } in page.orders.nodes {
                let updated_at = time(&updated_at, "updatedAt").map_err(Invalid)?;
                listed.push(Listed { id: number(&id).to_owned(), name, updated_at });
            }
            after = next_page(&page.orders.page_info, after.as_deref())?;
            if after.is_none() {
                break;
            }
        }
        Ok(listed)
    }

    async fn fetch(&mut self, ids: &[String]) -> Result<Vec<WholeOrder>> {
        let mut orders = Vec::new();
        for ids in ids.chunks(10) {
            let ids: Vec<String> = ids.iter().map(|id| format!("gid://shopify/Order/{id}")).collect();
            let answer: ById = self.ask_for_orders("OrdersById", json!({ "ids": ids })).await?;
            for order in answer.nodes.into_iter().flatten() {
                let is_early =
                    time(&order.processed_at, "processedAt").map_err(Invalid)? < self.settings.since.unwrap_or(i64::MIN);
                if !is_early {
                    orders.push(self.whole(order).await?);
                }
            }
        }
        Ok(orders)
    }

    fn warnings(&self) -> Vec<String> {
        let scopes = self.known.as_ref().map(|known| &known.scopes);
        let lacks = |scope: &str| scopes.is_some_and(|scopes| !scopes.contains(scope));
        let at = &self.settings.address;
        let mut warnings = Vec::new();
        if lacks(READ_ALL) {
            warnings.push(format!(
                "{at} shows this access token the orders of the last 60 days alone: for earlier ones its app needs the scope {READ_ALL}"
            ));
        }
        if lacks(READ_DISPUTES) {
            warnings.push(format!("{at} shows this access token no disputes: for them its app needs the scope {READ_DISPUTES}"));
        }
        if !self.countries {
            warnings.push(format!(
                "{at} shows this access token no addresses, so that reports have no countries: for them its app needs leave for addresses"
            ));
        }
        let (count, first) = &self.apart;
        if *count > 0 {
            let count = if *count == 1 { "1 order".to_owned() } else { format!("{count} orders") };
            warnings.push(format!("lines do not come to the subtotal that {at} has of their order: {count}, such as {first}"));
        }
        warnings
    }
}
