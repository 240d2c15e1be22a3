/// What can be checked, each on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// Entries and their hashes.
    Chain,
    /// Each entry on its own.
    Balanced,
    /// The ids of transfers.
    Revisions,
    /// The table `balances`.
    Balances,
    /// The tables `batches`, `batch_lines`, `batch_payees` and `batch_conversions`.
    Batches,
    /// The outcome of the last reconciliation against what is posted.
    Targets,
    /// Closed months and their statements.
    Statements,
    /// The currency of a program.
    Currency,
    /// Proposals and who decided them.
    Proposals,
    /// Which program file a ledger belongs to.
    Names,
    /// What is dated after the clock.
    Times,
    /// Months whose books are closed.
    Closings,
    /// Kept facts.
    Facts,
    /// Kept outcomes.
    Outcomes,
    /// Letters in the outbox.
    Outbox,
    /// Payment lists on disk.
    Payments,
    /// Kept texts of program files.
    ProgramTexts,
    /// Users, and the record of their changes.
    Users,
}

/// What to do when the journal itself is broken.
const JOURNAL: &str = "something other than purser changed the journal. Stop the jobs, keep a copy of the database as it is, and restore \
                       the last backup on which this check is clean. (Where only the last entries are missing since a backup was restored: \
                       run the jobs again, and see After a restore in deploy/BACKUP.md)";

/// What to do when the chain is sound but does not hold the head that was given.
pub(super) const GIVEN_HEAD: &str = "the chain itself is sound. Check how --head was typed, and compare it with what your other reports say of this \
                                     entry. Only where they agree with it were entries replaced, or the last ones lost: then stop the jobs, and restore as \
                                     deploy/BACKUP.md says";

/// What to do when a table is broken that only shows what the journal says.
const PROJECTION: &str = "where `chain` is clean, nothing is lost: the table only shows what the entries say, and can be rebuilt \
                          from them. Stop the jobs until the records named say what is expected, from a backup or manually";

impl Check {
    /// All of them, in the order in which they are reported.
    pub const ALL: [Self; 18] = [
        Self::Chain,
        Self::Balanced,
        Self::Revisions,
        Self::Balances,
        Self::Batches,
        Self::Targets,
        Self::Statements,
        Self::Currency,
        Self::Proposals,
        Self::Names,
        Self::Times,
        Self::Closings,
        Self::Facts,
        Self::Outcomes,
        Self::Outbox,
        Self::Payments,
        Self::ProgramTexts,
        Self::Users,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Balanced => "balanced",
            Self::Revisions => "revisions",
            Self::Balances => "balances",
            Self::Batches => "batches",
            Self::Targets => "targets",
            Self::Statements => "statements",
            Self::Currency => "currency",
            Self::Proposals => "proposals",
            Self::Names => "names",
            Self::Times => "times",
            Self::Closings => "closings",
            Self::Facts => "facts",
            Self::Outcomes => "outcomes",
            Self::Outbox => "outbox",
            Self::Payments => "payments",
            Self::ProgramTexts => "program_texts",
            Self::Users => "users",
        }
    }

    /// The check of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|check| check.name() == name)
    }

    /// What holds when it is clean, in one sentence.
    pub fn about(self) -> &'static str {
        match self {
            Self::Chain => {
                "Entries are numbered without gap, each holds the hash of the one before and of its own content, every transfer \
                 belongs to an entry, and every chain head reported by a run is still in the chain."
            }
            Self::Balanced => {
                "Every transfer moves an amount above zero between two accounts, as the kind of its entry may, and the postings \
                 of an entry sum to zero."
            }
            Self::Revisions => "The revisions of each key are 0, 1, 2 and so on in the order of posting, each once.",
            Self::Balances => {
                "The balances shown equal the sums of the transfers, and neither what is reserved nor what is clearing ever falls \
                 below zero."
            }
            Self::Batches => {
                "Batches and their lines are what the entries say; they were approved by as many people as the program file asked for, none \
                 of whom had drafted or last changed them, in the legal order; they pay at most what was reserved, and leave nothing on a clearing account."
            }
            Self::Targets => {
                "For every target, the posted transfers match the last reconciliation: amount, account, and number of movements."
            }
            Self::Statements => {
                "Statements add up, open where the one before closed, and hold every transfer of their month once; closed months \
                 name an entry of the chain."
            }
            Self::Currency => "A ledger has one currency, and reports and statements are in it.",
            Self::Proposals => "No proposal was approved by the person who made it, and each is decided once.",
            Self::Names => "A program file belongs to one ledger, and nothing is reconciled after a ledger has ended.",
            Self::Closings => {
                "Books were closed by two people, month after month, and nothing was booked in a month after its books were closed."
            }
            Self::Times => "No entry, reconciliation, closed month or scheduled time is dated after the clock.",
            Self::Facts => "Every file of facts that a run or an entry rests on is there and whole, unless retention removed it.",
            Self::Outcomes => {
                "The outcome of the last reconciliation is present, intact and from the right run, and its record is unaltered."
            }
            Self::Outbox => {
                "Every message is present and unchanged since it was written: one for each statement and alert that was to be sent."
            }
            Self::Payments => "Payment lists in the data folder are those that were exported.",
            Self::ProgramTexts => "Every program-file text matches its hash, and every one that an entry refers to is stored.",
            Self::Users => "Users are what the record of their changes says, and the record is whole.",
        }
    }

    /// What to do when it is not.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Chain | Self::Balanced | Self::Revisions | Self::Names | Self::Closings => JOURNAL,
            Self::Balances | Self::Batches => PROJECTION,
            Self::Targets => {
                "the next reconciliation would not compare with what is posted. Stop the jobs and restore database \
                 and data folder from the last backup on which this check is clean"
            }
            Self::Statements => {
                "creators hold the statements that were emailed: compare with those, and restore the last backup on which this check is clean"
            }
            Self::Currency | Self::Proposals => "restore the last backup of the database on which this check is clean",
            Self::Times => {
                "no new run is possible until the clock passes the future-dated record. If the clock is wrong, set it. If it is right, an older \
                 version was given a wrong time: stop the jobs, and restore the backup from before it as deploy/BACKUP.md says"
            }
            Self::Facts => {
                "copy the file from a backup of the data folder. Nothing already posted is affected, but the runs named \
                 cannot be replayed without it; where the last run needs it, fetch again: `purser run nightly`"
            }
            Self::Outcomes => {
                "stop the jobs and restore database and data folder from the last backup on which this check is clean: the next \
                 reconciliation compares with this outcome"
            }
            Self::Outbox => {
                "stop the jobs before an altered message is sent, and compare with a backup of the database; a statement that is right can be \
                 sent by hand: `purser statement CREATOR`"
            }
            Self::Payments => {
                "do not give the file to a bank. Write the list again with `purser batch export BATCH_ID --by NAME`, and compare: what was \
                 approved is what the journal says"
            }
            Self::ProgramTexts => {
                "restore the row from a backup, or from the version of the program file whose BLAKE3 hash is the one named"
            }
            Self::Users => {
                "somebody changed who may do what behind purser's back: compare with the record (`purser user changes`), disable the user, and look \
                 at what was decided under the name since"
            }
        }
    }
}
