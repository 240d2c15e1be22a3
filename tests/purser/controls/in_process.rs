//! A shop at work in this process, on SQLite in memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use purser::adjustments::{Request, Settlement, Verdict};
use purser::app::{self, Environment, NewUser, Proof, Role, RunOptions};
use purser::audit::{Check, Found, Wanted};
use purser::calendar::Month;
use purser::ledger::balances;
use purser::outbox::Post;
use purser::payout::{Decision, HoldKind, HoldRequest, LineChange};
use purser::program::Program;
use purser::store::{Address, Store};
use tempfile::TempDir;

use crate::support::in_memory;

use super::act::{Act, CREATORS, MONTHS, Shown, What, batch_id, dollars, failed_creators, proposal_id};
use super::files;
use super::model::{FUTURE, Model};
use super::people::SPELLINGS;

pub struct Office {
    at: Environment,
    program: Program,
    folder: TempDir,
    tokens: [String; 3],
}

/// A database with its tables and nothing in them but users, to be copied.
struct Template {
    _folder: TempDir,
    path: PathBuf,
    /// Each person's token.
    tokens: [String; 3],
}

/// The template without users, or with these.
async fn template(roles: Option<[Role; 3]>) -> Result<&'static Template> {
    static TEMPLATES: [OnceLock<Template>; 4] = [const { OnceLock::new() }; 4];
    let preparer = roles.and_then(|roles| roles.iter().position(|role| *role == Role::Preparer));
    let template = &TEMPLATES[preparer.map_or(3, |preparer| preparer)];
    if let Some(template) = template.get() {
        return Ok(template);
    }
    let folder = in_memory();
    let path = folder.path().join("ledger.db");
    let at = environment(&path, folder.path()).await?;
    let tokens = match roles {
        Some(roles) => users(&at, roles).await?,
        None => Default::default(),
    };
    drop(at);
    // With what it has not yet written to the file itself.
    let whole = folder.path().join("whole.db");
    let copied = std::process::Command::new("sqlite3").arg(&path).arg(format!("VACUUM INTO '{}'", whole.display())).status()?;
    ensure!(copied.success(), "sqlite3 cannot copy the empty ledger");
    Ok(template.get_or_init(|| Template { _folder: folder, path: whole, tokens }))
}

async fn environment(database: &Path, data: &Path) -> Result<Environment> {
    Ok(Environment {
        store: Store::open(&Address::parse(&format!("sqlite://{}", database.display()))?).await?,
        keyring: Default::default(),
        proof: Proof::None,
        shelf: Default::default(),
        data: data.join("data"),
        lease: Duration::from_secs(60),
        post: Post::new("", "", "", "")?.into(),
        clock: || FUTURE - 1,
    })
}

/// Adds an admin, who adds the three people; answers each one's token.
async fn users(at: &Environment, roles: [Role; 3]) -> Result<[String; 3]> {
    const PASSWORD: &str = "four words and more";
    let new = |name, role| NewUser { name, role, groups: &[], password: PASSWORD };
    app::add_user(at, None, &new("the admin", Role::Admin)).await?;
    let admin = app::make_token(at, "the admin", PASSWORD, None).await?.0;
    let by_admin = at.with_proof(Proof::Token(admin.reveal().to_owned()));
    let mut tokens = Vec::new();
    for (spellings, role) in SPELLINGS.iter().zip(roles) {
        app::add_user(&by_admin, Some("the admin"), &new(spellings[0], role)).await?;
        tokens.push(app::make_token(at, spellings[0], PASSWORD, None).await?.0.reveal().to_owned());
    }
    tokens.try_into().ok().context("three people")
}

impl Office {
    pub async fn open(model: &Model) -> Result<Self> {
        let folder = in_memory();
        let database = folder.path().join("ledger.db");
        let template = template(model.roles).await?;
        fs::copy(&template.path, &database).context("the empty ledger can be copied")?;
        let at = environment(&database, folder.path()).await?;
        let tokens = template.tokens.clone();
        Ok(Self { at, program: Program::parse("shop", &files::program(&model.terms), folder.path())?, folder, tokens })
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
        self.at.proof = self.shown(act);
        let (at, program, by, as_of) = (&self.at, &self.program, act.by.name, act.as_of);
        match &act.what {
            What::Nightly { restate } => self.run("nightly", act, restate.then(|| act.reason.clone())).await,
            What::Payout => self.run("payout", act, None).await,
            What::Approve(number) => {
                app::decide_batch(at, program, (by, as_of), &batch_id(*number), Decision::Approve, None).await.map(drop)
            }
            What::Reject(number) => {
                app::decide_batch(at, program, (by, as_of), &batch_id(*number), Decision::Reject, None).await.map(drop)
            }
            What::Export(number) => app::export_batch(at, program, by, as_of, &batch_id(*number), None).await.map(drop),
            What::Settle(number, failed) => {
                let failed: Vec<String> = failed_creators(*failed).map(str::to_owned).collect();
                let settlement = Settlement { batch_id: &batch_id(*number), failed: &failed, open: &[], reason: &act.reason };
                app::settle_batch(at, program, by, as_of, settlement).await.map(drop)
            }
            What::HoldLine(number, creator) | What::ReleaseLine(number, creator) => {
                let change = if matches!(act.what, What::HoldLine(..)) { LineChange::Hold } else { LineChange::Release };
                let batch = batch_id(*number);
                let line = (batch.as_str(), CREATORS[*creator]);
                app::change_line(at, program, (by, as_of), line, change, &act.reason).await.map(drop)
            }
            What::Hold(creator) => {
                let (creator_id, reason) = (CREATORS[*creator], act.reason.as_str());
                let request = HoldRequest { creator_id, kind: HoldKind::Review, until: None, reason };
                app::hold_creator(at, program, (by, as_of), request).await.map(drop)
            }
            What::Release(creator) => {
                app::release_creator(at, program, (by, as_of), (CREATORS[*creator], None), &act.reason).await.map(drop)
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

    /// What somebody shows, if there are users.
    fn shown(&self, act: &Act) -> Proof {
        let person = act.by.person.unwrap_or_default();
        let token = |person: usize| Proof::Token(self.tokens[person % 3].clone());
        match act.shown {
            Shown::Nothing => Proof::None,
            Shown::OwnToken => token(person),
            Shown::AnothersToken => token(person + 1),
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
            What::Close(month) => Request::Close { month: Month::parse(MONTHS[*month].0).context("it is a month")? },
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
