//! A shop at work in this process, on SQLite in memory.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use purser::adjustments::{Request, Settlement, Verdict};
use purser::app::{self, Environment, RunOptions};
use purser::audit::{Check, Found, Wanted};
use purser::ledger::balances;
use purser::outbox::Post;
use purser::payout::Decision;
use purser::program::Program;
use purser::store::{Address, Store};
use tempfile::TempDir;

use crate::support::in_memory;

use super::act::{Act, CREATORS, What, batch_id, dollars, failed_creators, proposal_id};
use super::files;
use super::model::{FUTURE, Model};

pub struct Office {
    at: Environment,
    program: Program,
    folder: TempDir,
}

/// A database with its tables and nothing in them, to be copied.
async fn template() -> Result<&'static PathBuf> {
    static TEMPLATE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    if let Some((_, path)) = TEMPLATE.get() {
        return Ok(path);
    }
    let folder = in_memory();
    let path = folder.path().join("ledger.db");
    drop(Store::open(&Address::parse(&format!("sqlite://{}", path.display()))?).await?);
    // With what it has not yet written to the file itself.
    let whole = folder.path().join("whole.db");
    let copied = std::process::Command::new("sqlite3").arg(&path).arg(format!("VACUUM INTO '{}'", whole.display())).status()?;
    ensure!(copied.success(), "sqlite3 cannot copy the empty ledger");
    Ok(&TEMPLATE.get_or_init(|| (folder, whole)).1)
}

impl Office {
    pub async fn open(model: &Model) -> Result<Self> {
        let folder = in_memory();
        let database = folder.path().join("ledger.db");
        fs::copy(template().await?, &database).context("the empty ledger can be copied")?;
        let store = Store::open(&Address::parse(&format!("sqlite://{}", database.display()))?).await?;
        let at = Environment {
            store,
            keyring: Default::default(),
            proof: Default::default(),
            data: folder.path().join("data"),
            lease: Duration::from_secs(60),
            post: Post::new("", "", "", "")?.into(),
            clock: || FUTURE - 1,
        };
        Ok(Self { at, program: Program::parse("shop", &files::program(&model.terms), folder.path())?, folder })
    }

    /// Gives a command, on the files as they are.
    pub async fn give(&mut self, act: &Act, model: &Model) -> Result<()> {
        let folder = self.folder.path();
        // Only a night reads the tables; everything reads the program file.
        if matches!(act.what, What::Nightly { .. }) {
            files::write(folder, &model.terms, &model.orders);
        }
        if let Some(text) = act.opening() {
            fs::write(folder.join("opening.csv"), text).context("the opening's file")?;
        }
        self.program = Program::parse("shop", &files::program(&model.terms), folder)?;
        let (at, program, by, as_of) = (&self.at, &self.program, act.by.name, act.as_of);
        match &act.what {
            What::Nightly { restate } => self.run("nightly", act, restate.then(|| act.reason.clone())).await,
            What::Payout => self.run("payout", act, None).await,
            What::Approve(number) => {
                app::decide_batch(at, program, by, as_of, &batch_id(*number), Decision::Approve).await.map(drop)
            }
            What::Reject(number) => {
                app::decide_batch(at, program, by, as_of, &batch_id(*number), Decision::Reject).await.map(drop)
            }
            What::Export(number) => app::export_batch(at, program, by, as_of, &batch_id(*number), None).await.map(drop),
            What::Settle(number, failed) => {
                let failed: Vec<String> = failed_creators(*failed).map(str::to_owned).collect();
                let settlement = Settlement { batch_id: &batch_id(*number), failed: &failed, open: &[], reason: &act.reason };
                app::settle_batch(at, program, by, as_of, settlement).await.map(drop)
            }
            What::Accept(number, unusual) => {
                let verdict = Verdict::Approve { unusual: *unusual };
                app::decide_proposal(at, program, by, as_of, &proposal_id(*number), verdict).await.map(drop)
            }
            What::Decline(number) => {
                app::decide_proposal(at, program, by, as_of, &proposal_id(*number), Verdict::Reject).await.map(drop)
            }
            _ => self.propose(act).await,
        }
    }

    async fn run(&self, job: &str, act: &Act, restate: Option<String>) -> Result<()> {
        let job = self.program.job(job).context("there is no such job")?;
        let options = RunOptions { restate, ..RunOptions::new(act.as_of, act.by.name, act.as_of) };
        app::run(&self.at, &self.program, job, &options, &|_| Ok(())).await.map(drop)
    }

    async fn propose(&self, act: &Act) -> Result<()> {
        let file = self.folder.path().join("opening.csv");
        let (batch, amount, adds_to): (String, String, Vec<String>);
        let request = match &act.what {
            What::Return(number, creator) => {
                batch = batch_id(*number);
                Request::Return { batch_id: &batch, creator_id: CREATORS[*creator] }
            }
            What::Void(number) => {
                batch = batch_id(*number);
                Request::Void { batch_id: &batch }
            }
            What::Adjust { creator, cents, unusual } => {
                amount = dollars(*cents);
                Request::Adjust { creator_id: CREATORS[*creator], amount: &amount, unusual: *unusual }
            }
            What::WriteOff(creator) => Request::WriteOff { creator_id: CREATORS[*creator] },
            What::Open { adds_to: named, .. } => {
                adds_to = named.iter().map(|number| proposal_id(*number)).collect();
                Request::Open { file: &file, adds_to: &adds_to, unusual: false }
            }
            other => unreachable!("{other:?} proposes nothing"),
        };
        app::propose(&self.at, &self.program, act.by.name, act.as_of, request, &act.reason).await.map(drop)
    }

    /// Pending, payable, reserved and paid of each creator.
    pub async fn balances(&self) -> Result<[[i64; 4]; 2]> {
        let balances = balances(&self.at.store, "shop").await?;
        Ok(CREATORS.map(|creator| {
            let balance = balances.get(creator).copied().unwrap_or_default();
            [balance.pending, balance.payable, balance.reserved, balance.paid]
        }))
    }

    /// The audit finds nothing wrong with what is allowed.
    pub async fn check(&self) -> Result<()> {
        let wanted = Wanted { checks: &Check::ALL, program: None, head: None };
        let found = app::check(&self.at, &wanted).await?;
        let broken: Vec<&Found> = found.iter().filter(|found| found.broken > 0).collect();
        ensure!(broken.is_empty(), "the audit finds {broken:#?}");
        Ok(())
    }
}
