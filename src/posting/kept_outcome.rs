//! Reconciliations as they are kept: Parquet files under the hash of their content.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use foldhash::fast::FixedState;
use polars::prelude::{
    DataFrame, DataType, Expr, IntoLazy, JoinArgs, JoinType, LazyFrame, NULL, ParquetCompression, ParquetWriter, PlRefPath,
    ScanArgsParquet, SortMultipleOptions, StatisticsOptions, col, lit,
};
use serde::{Deserialize, Serialize};

use super::difference::PostedTargets;
use super::orders::SeenOrders;
use crate::effect::{reuse_file, write_file};
use crate::facts::{Hints, Newest};
use crate::money::Overflow;
use crate::reconcile::DayCount;
use crate::reconcile::Reconciliation;
use crate::reconcile::frame::{collect, column, i64s, texts};
use crate::reconcile::{ListedTarget, for_each_listed};
use crate::vocabulary::ExceptionKind;

/// What older versions did not keep of orders.
const HISTORY: [(&str, DataType); 8] = [
    ("version_at", DataType::Int64),
    ("edited_at", DataType::Int64),
    ("turned_at", DataType::Int64),
    ("says", DataType::Int64),
    ("refunds", DataType::String),
    ("emptied_at", DataType::Int64),
    ("disputed_since", DataType::Int64),
    ("undisputed_at", DataType::Int64),
];

/// Where one reconciliation is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptOutcome {
    /// The posted targets.
    pub targets: String,
    /// The outcomes of orders.
    pub orders: String,
    /// The exceptions: `kind` str, `subject` str.
    pub exceptions: String,
    /// How many orders had each outcome.
    pub counts: Vec<OutcomeCount>,
    /// How many orders each of the last local days brought; nothing where an older purser kept it.
    #[serde(default)]
    pub days: Vec<DayCount>,
    /// Whether its targets say which campaign brought them; an older purser left that out.
    #[serde(default)]
    pub campaigns: bool,
    /// What of the facts was probably not meant; none where an older purser kept it.
    #[serde(default)]
    pub hints: Option<Hints>,
    /// How far the facts reached; none where an older purser kept it.
    #[serde(default)]
    pub newest: Option<Newest>,
}

/// How many orders of one currency had one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeCount {
    /// attributed, unattributed, excluded or rejected.
    pub outcome: String,
    /// Why.
    pub reason: String,
    /// The orders' currency.
    pub currency: String,
    /// How many.
    pub orders: i64,
    /// The sum of their original net amounts, in minor units of their currency.
    pub net: i64,
}

fn counts(orders: &DataFrame) -> Result<Vec<OutcomeCount>> {
    let words = [texts(orders, "outcome")?, texts(orders, "reason")?, texts(orders, "currency")?];
    let (ids, net) = (texts(orders, "order_id")?, i64s(orders, "net")?);
    let mut counted: HashMap<[&str; 3], (i64, i64), FixedState> = HashMap::default();
    for (row, net) in net.iter().enumerate() {
        let (orders, sum) = counted.entry(words.map(|column| column.get(row).unwrap_or_default())).or_default();
        *orders += 1;
        *sum = sum.checked_add(*net).ok_or(Overflow).with_context(|| {
            let last = ids.get(row).unwrap_or_default();
            format!("the sum of the orders of one outcome, of which order {last} is the last that was added")
        })?;
    }
    let count = |(words, (orders, net)): ([&str; 3], (i64, i64))| {
        let [outcome, reason, currency] = words.map(str::to_owned);
        OutcomeCount { outcome, reason, currency, orders, net }
    };
    Ok(counted.into_iter().collect::<BTreeMap<_, _>>().into_iter().map(count).collect())
}

/// Keeps a reconciliation and what is posted once it is; the same content is kept once.
pub fn keep_outcome(data: &Path, reconciliation: &Reconciliation, posted: &PostedTargets) -> Result<KeptOutcome> {
    let (kinds, subjects): (Vec<&str>, Vec<&str>) =
        reconciliation.exceptions.iter().map(|(kind, subject)| (kind.code(), subject.as_str())).unzip();
    let exceptions = DataFrame::new_infer_height(vec![column("kind", kinds), column("subject", subjects)])?;
    // While one is synced to disk, the other is written and counted.
    let (targets, others) = rayon::join(
        || keep(data, &posted.0),
        || -> Result<_> { Ok((keep(data, &reconciliation.orders)?, keep(data, &exceptions)?, counts(&reconciliation.orders)?)) },
    );
    let (orders, exceptions, counts) = others?;
    Ok(KeptOutcome {
        targets: targets?,
        orders,
        exceptions,
        counts,
        days: reconciliation.days.clone(),
        campaigns: true,
        hints: None,
        newest: None,
    })
}

fn keep(data: &Path, frame: &DataFrame) -> Result<String> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Snappy)
        .with_statistics(StatisticsOptions::empty())
        .finish(&mut frame.clone())
        .context("cannot write the outcome as Parquet")?;
    let content = blake3::hash(&bytes).to_hex().to_string();
    let path = path_of(data, &content);
    if !reuse_file(&path) {
        write_file(&path, |file| file.write_all(&bytes).with_context(|| format!("cannot write {}", path.display())))?;
    }
    Ok(content)
}

fn path_of(data: &Path, content: &str) -> PathBuf {
    data.join("outcomes").join(format!("{content}.parquet"))
}

fn scan(data: &Path, content: &str) -> Result<LazyFrame> {
    let path = path_of(data, content);
    let shown = path.display();
    ensure!(path.is_file(), "the kept outcome {shown} is missing; was the data folder moved? Name it with --data");
    let bytes = fs::read(&path).with_context(|| format!("cannot read {shown}"))?;
    ensure!(
        blake3::hash(&bytes).to_hex().as_str() == content,
        "the kept outcome {shown} is not what its name, the hash of its content, says: something other than purser changed it. \
         Restore it from a backup; see `purser check`"
    );
    let text = path.to_str().context("the data folder's path is not plain text")?;
    let args = ScanArgsParquet { glob: false, ..Default::default() };
    LazyFrame::scan_parquet(PlRefPath::new(text), args).with_context(|| format!("cannot read {shown}"))
}

fn read(data: &Path, content: &str, columns: &[&str]) -> Result<DataFrame> {
    let lazy = scan(data, content)?;
    let lazy = if columns.is_empty() { lazy } else { lazy.select(columns.iter().map(|c| col(*c)).collect::<Vec<_>>()) };
    collect(lazy).with_context(|| format!("cannot read {}", path_of(data, content).display()))
}

/// The column that older versions left out.
const CAMPAIGN: &str = "campaign";

impl KeptOutcome {
    /// The files in which it is kept.
    pub fn files(&self, data: &Path) -> [PathBuf; 3] {
        [&self.targets, &self.orders, &self.exceptions].map(|content| path_of(data, content))
    }

    /// What is wrong with the kept files, in words; nothing when they are whole.
    pub fn broken(&self, data: &Path) -> Vec<String> {
        let mut broken = Vec::new();
        for content in [&self.targets, &self.orders, &self.exceptions] {
            let path = path_of(data, content);
            match fs::read(&path) {
                Ok(bytes) if blake3::hash(&bytes).to_hex().as_str() == content => {}
                Ok(_) => broken.push(format!("{} is not what its name, the hash of its content, says", path.display())),
                Err(error) => broken.push(format!("{} cannot be read: {error}", path.display())),
            }
        }
        if broken.is_empty() {
            match read(data, &self.orders, &[]).and_then(|orders| counts(&orders)) {
                Ok(counted) if counted == self.counts => {}
                Ok(_) => broken.push("the recorded counts of outcomes are not those of the kept orders".to_owned()),
                Err(error) => broken.push(format!("{error:#}")),
            }
        }
        broken
    }

    /// The posted targets, whole.
    pub fn posted(&self, data: &Path) -> Result<PostedTargets> {
        self.read_targets(data, &[]).map(PostedTargets)
    }

    pub(super) fn read_targets(&self, data: &Path, columns: &[&str]) -> Result<DataFrame> {
        let known: Vec<&str> = columns.iter().copied().filter(|name| self.campaigns || *name != CAMPAIGN).collect();
        let mut targets = read(data, &self.targets, &known)?;
        if !self.campaigns {
            targets.with_column(column(CAMPAIGN, vec![""; targets.height()]))?;
        }
        Ok(targets)
    }

    /// How it saw these orders. What an older purser did not keep of them is null.
    pub fn seen(&self, data: &Path, orders: &BTreeSet<&str>) -> Result<SeenOrders> {
        let wanted = DataFrame::new_infer_height(vec![column("order_id", orders.iter().copied().collect::<Vec<_>>())])?;
        let mut all = scan(data, &self.orders)?;
        let there = all.collect_schema().context("the kept orders cannot be read")?;
        let absent = |name: &&(&str, DataType)| !there.contains(name.0);
        let nulls: Vec<Expr> = HISTORY.iter().filter(absent).map(|(name, of)| lit(NULL).cast(of.clone()).alias(*name)).collect();
        let by_id = [col("order_id")];
        let seen = all.with_columns(nulls).join(wanted.lazy(), by_id.clone(), by_id, JoinArgs::new(JoinType::Semi));
        let seen = seen.sort(["order_id"], SortMultipleOptions::default());
        collect(seen).context("the kept orders cannot be read").map(SeenOrders)
    }

    /// Calls `each` with order_id, outcome and reason of every order, by id.
    pub fn for_each_order(&self, data: &Path, mut each: impl FnMut([&str; 3]) -> Result<()>) -> Result<()> {
        let frame = read(data, &self.orders, &["order_id", "outcome", "reason"])?;
        let columns = [texts(&frame, "order_id")?, texts(&frame, "outcome")?, texts(&frame, "reason")?];
        (0..frame.height()).try_for_each(|row| each(columns.map(|column| column.get(row).unwrap_or_default())))
    }

    /// Kind and subject of each exception, sorted.
    pub fn exceptions(&self, data: &Path) -> Result<BTreeSet<(ExceptionKind, String)>> {
        let frame = read(data, &self.exceptions, &[])?;
        let (kinds, subjects) = (texts(&frame, "kind")?, texts(&frame, "subject")?);
        let exception = |row: usize| -> Result<_> {
            let code = kinds.get(row).unwrap_or_default();
            let kind = ExceptionKind::parse(code).with_context(|| format!("there is no exception \"{code}\""))?;
            Ok((kind, subjects.get(row).unwrap_or_default().to_owned()))
        };
        (0..frame.height()).map(exception).collect()
    }

    /// Calls `each` with every current target, in the order of the keys.
    pub fn for_each_target(&self, data: &Path, each: impl FnMut(&ListedTarget<'_>) -> Result<()>) -> Result<()> {
        let columns = ["kind", "order_id", "line_id", "creator_id", "touch", CAMPAIGN, "base", "commission", "payable", "listed"];
        let frame = self.read_targets(data, &columns)?;
        let flags =
            |name: &str| -> Result<Vec<bool>> { Ok(frame.column(name)?.bool()?.iter().map(|flag| flag == Some(true)).collect()) };
        let (payable, listed) = (flags("payable")?, flags("listed")?);
        for_each_listed(&frame, |row| listed[row].then_some(payable[row]), each)
    }
}
