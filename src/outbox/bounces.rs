//! Letters to creators that came back, and the addresses that are suppressed because of it: nobody mails them until a person lifts that.

use std::collections::BTreeSet;

use anyhow::Result;
use caseless::default_case_fold_str;

use crate::store::{Row, Store, Tx};
use crate::vocabulary::seal_of;

/// How many characters are kept of what a server said.
const LONGEST: usize = 300;

/// A letter that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Which letter.
    pub message_key: String,
    /// By what it is told from others about the letter: the attempt, or the line of a file that said so.
    pub evidence: String,
    /// To which address it went.
    pub address: String,
    /// Such as `5.1.1` (RFC 3463).
    pub status: String,
    /// What the server said.
    pub said: String,
}

impl Bounce {
    /// Whether the address is suppressed: nothing will ever be delivered there. A refusal for reasons of policy (5.7.x) is about who
    /// sends, and would be the same at other addresses; it suppresses none.
    pub fn is_hard(&self) -> bool {
        self.status.starts_with("5.") && !self.status.starts_with("5.7.")
    }

    /// The same in one line, which does not name whom it is about.
    fn plain(&self) -> Self {
        let said = self.said.replace(&self.address, "the recipient");
        let said = said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
        Self { said, address: folded(&self.address), ..self.clone() }
    }
}

/// An address to which nothing is mailed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    /// The address, in small letters.
    pub address: String,
    /// The letter that came back.
    pub message_key: String,
    /// Such as `5.1.1` (RFC 3463).
    pub status: String,
    /// What the server said.
    pub said: String,
    /// Since when (microseconds since 1970).
    pub since: i64,
}

impl Suppressed {
    /// Whether an address is this one.
    pub fn is(&self, address: &str) -> bool {
        self.address == folded(address)
    }
}

/// An address as it is compared.
pub(super) fn folded(address: &str) -> String {
    default_case_fold_str(address.trim())
}

/// A row as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBounce {
    bounce: Bounce,
    is_hard: bool,
    found_at: i64,
    is_told: bool,
    lifted_at: i64,
    lifted_by: String,
    lift_reason: String,
}

impl KeptBounce {
    /// Reads a row, and the seal that stands there.
    fn of(row: &Row) -> Result<(Self, String)> {
        let text = |column: usize| row.text(column).map(str::to_owned);
        let bounce = Bounce { message_key: text(0)?, evidence: text(1)?, address: text(3)?, status: text(4)?, said: text(5)? };
        let kept = Self {
            bounce,
            is_hard: row.int(2)? != 0,
            found_at: row.int(6)?,
            is_told: row.int(7)? != 0,
            lifted_at: row.int(8)?,
            lifted_by: text(9)?,
            lift_reason: text(10)?,
        };
        // What would read as the same is not the same.
        let is_plain = [row.int(2)?, row.int(7)?].into_iter().all(|flag| matches!(flag, 0 | 1));
        Ok((kept, if is_plain { text(11)? } else { String::new() }))
    }

    fn seal(&self) -> String {
        let Self { bounce, is_hard, found_at, is_told, lifted_at, lifted_by, lift_reason } = self;
        let Bounce { message_key, evidence, address, status, said } = bounce;
        let [is_hard, is_told] = [is_hard, is_told].map(|flag| if *flag { "1" } else { "0" });
        let [found_at, lifted_at] = [found_at, lifted_at].map(i64::to_string);
        seal_of([message_key, evidence, is_hard, address, status, said, &found_at, is_told, &lifted_at, lifted_by, lift_reason])
    }

    fn is_open(&self) -> bool {
        self.is_hard && self.lifted_at == 0 && !self.bounce.address.is_empty()
    }
}

/// The bounces of a program, by letter; each with whether its seal fits.
async fn all(tx: &mut Tx, program: &str) -> Result<Vec<(KeptBounce, bool)>> {
    let sql = "SELECT message_key, evidence, is_hard, address, status, said, found_at, told, lifted_at, lifted_by, lift_reason, seal \
               FROM bounces WHERE program = $1 ORDER BY message_key, evidence, is_hard";
    let read = |row: &Row| KeptBounce::of(row).map(|(kept, seal)| (kept.seal() == seal, kept)).map(|(fits, kept)| (kept, fits));
    tx.rows(sql, &[program.into()]).await?.iter().map(read).collect()
}

/// Changes a row, and seals it; one that was changed behind purser's back is left: it stays found.
async fn change(tx: &mut Tx, program: &str, (kept, fits): &(KeptBounce, bool), to: &KeptBounce) -> Result<u64> {
    if !fits {
        return Ok(0);
    }
    let sql = "UPDATE bounces SET address = $5, said = $6, told = $7, lifted_at = $8, lifted_by = $9, lift_reason = $10, seal = $11 \
               WHERE program = $1 AND message_key = $2 AND evidence = $3 AND is_hard = $4";
    let text = |text: &str| text.into();
    let parameters = [
        program.into(),
        text(&kept.bounce.message_key),
        text(&kept.bounce.evidence),
        i64::from(kept.is_hard).into(),
        text(&to.bounce.address),
        text(&to.bounce.said),
        i64::from(to.is_told).into(),
        to.lifted_at.into(),
        text(&to.lifted_by),
        text(&to.lift_reason),
        text(&to.seal()),
    ];
    tx.execute(sql, &parameters).await
}

/// Records that a letter came back, in the caller's transaction. Answers whether that is new.
pub(super) async fn record(tx: &mut Tx, program: &str, bounce: &Bounce, now: i64) -> Result<bool> {
    let (bounce, is_hard) = (bounce.plain(), bounce.is_hard());
    // Of a letter that may only be late nobody is told.
    let kept = KeptBounce {
        is_hard,
        found_at: now,
        is_told: !is_hard,
        lifted_at: 0,
        lifted_by: String::new(),
        lift_reason: String::new(),
        bounce,
    };
    let sql = "INSERT INTO bounces (program, message_key, evidence, is_hard, address, status, said, found_at, told, lifted_at, lifted_by, \
               lift_reason, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '', '', $10) \
               ON CONFLICT (program, message_key, evidence, is_hard) DO NOTHING";
    let text = |text: &str| text.into();
    let Bounce { message_key, evidence, address, status, said } = &kept.bounce;
    let parameters = [
        program.into(),
        text(message_key),
        text(evidence),
        i64::from(is_hard).into(),
        text(address),
        text(status),
        text(said),
        now.into(),
        i64::from(kept.is_told).into(),
        text(&kept.seal()),
    ];
    Ok(tx.execute(sql, &parameters).await? == 1)
}

/// The addresses of a program to which nothing is mailed, each by the first letter that came back.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn suppressed(store: &Store, program: &str) -> Result<Vec<Suppressed>> {
    let mut suppressed: Vec<Suppressed> = Vec::new();
    let mut open: Vec<KeptBounce> = all(&mut store.snapshot().await?, program).await?.into_iter().map(|(kept, _)| kept).collect();
    open.retain(KeptBounce::is_open);
    open.sort_by_key(|kept| kept.found_at);
    let mut seen = BTreeSet::new();
    for KeptBounce { bounce: Bounce { message_key, address, status, said, .. }, found_at, .. } in open {
        if seen.insert(address.clone()) {
            suppressed.push(Suppressed { address, message_key, status, said, since: found_at });
        }
    }
    suppressed.sort_by(|a, b| a.address.cmp(&b.address));
    Ok(suppressed)
}

/// Lets an address be mailed again, in the caller's transaction. Answers whether it was suppressed.
///
/// # Errors
///
/// When the database refuses.
pub async fn lift(tx: &mut Tx, program: &str, address: &str, (by, reason): (&str, &str), now: i64) -> Result<bool> {
    let address = folded(address);
    let mut lifted = 0;
    for row in all(tx, program).await? {
        if row.0.is_open() && row.0.bounce.address == address {
            let to = KeptBounce { lifted_at: now, lifted_by: by.to_owned(), lift_reason: reason.to_owned(), ..row.0.clone() };
            lifted += change(tx, program, &row, &to).await?;
        }
    }
    Ok(lifted > 0)
}

/// The programs with letters that came back of which the operator was not told.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn programs_with_untold(store: &Store) -> Result<Vec<String>> {
    let rows = store.rows("SELECT DISTINCT program FROM bounces WHERE told = 0 ORDER BY program", &[]).await?;
    rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

/// Takes the letters that came back of which the operator was not told: from now on they were, if the caller's transaction says so.
///
/// # Errors
///
/// When the database refuses.
pub async fn take_untold(tx: &mut Tx, program: &str) -> Result<Vec<Bounce>> {
    let mut untold = Vec::new();
    for row in all(tx, program).await? {
        if !row.0.is_told && change(tx, program, &row, &KeptBounce { is_told: true, ..row.0.clone() }).await? > 0 {
            untold.push(row.0.bounce);
        }
    }
    Ok(untold)
}

/// Forgets the addresses of bounces for which this holds, and what servers said: those of a person who is erased, or such as suppress
/// nothing any more.
async fn forget(tx: &mut Tx, program: &str, is_gone: impl Fn(&KeptBounce) -> bool) -> Result<()> {
    for row in all(tx, program).await? {
        if !row.0.bounce.address.is_empty() && is_gone(&row.0) {
            let bounce = Bounce { address: String::new(), said: String::new(), ..row.0.bounce.clone() };
            change(tx, program, &row, &KeptBounce { bounce, is_told: true, ..row.0.clone() }).await?;
        }
    }
    Ok(())
}

/// Forgets the addresses of a person: those of these letters, and these.
pub(super) async fn erase(tx: &mut Tx, program: &str, is_theirs: impl Fn(&str, &str) -> bool) -> Result<()> {
    forget(tx, program, |kept| is_theirs(&kept.bounce.message_key, &kept.bounce.address)).await
}

/// Forgets the addresses of bounces before a time (microseconds since 1970) that suppress nothing.
pub(super) async fn forget_old(tx: &mut Tx, program: &str, before: i64) -> Result<()> {
    forget(tx, program, |kept| kept.found_at < before && !kept.is_open()).await
}

/// The letters whose bounces were changed behind purser's back, and of how many bounces.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn unsealed_bounces(tx: &mut Tx, program: &str) -> Result<(Vec<String>, usize)> {
    let all = all(tx, program).await?;
    let count = all.len();
    Ok((all.into_iter().filter(|(_, fits)| !fits).map(|(kept, _)| kept.bounce.message_key).collect(), count))
}
