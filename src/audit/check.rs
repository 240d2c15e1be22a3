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
    /// The tables `batches` and `batch_lines`.
    Batches,
    /// The outcome of the last reconciliation against what is posted.
    Targets,
    /// Closed months and their statements.
    Statements,
    /// The currency of a program.
    Currency,
    /// Proposals and who decided them.
    Proposals,
    /// Kept facts.
    Facts,
    /// Kept outcomes.
    Outcomes,
    /// Kept texts of program files.
    ProgramTexts,
}

/// What to do when the journal itself is broken.
const JOURNAL: &str = "something else than purser changed the journal. Stop the jobs, keep a copy of the database as it is, and restore \
                       the last backup on which this check is clean. (Where only the last entries are missing since a backup was restored: \
                       run the jobs again, and see After a restore in deploy/BACKUP.md)";

/// What to do when nothing is wrong but that a head which somebody noted is not in the chain.
pub(super) const GIVEN_HEAD: &str = "the chain itself is sound. Check how --head was typed, and compare it with what other reports that you kept say of this \
                                     entry. Only where they agree with it were entries replaced, or the last ones lost: then stop the jobs, and restore as \
                                     deploy/BACKUP.md says";

/// What to do when a table is broken that only shows what the journal says.
const PROJECTION: &str = "where `chain` is clean, nothing is lost: the table only shows what the entries say, and can be rebuilt \
                          from them. Stop the jobs until the records named say what is expected here, from a backup or by hand";

impl Check {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 12] = [
        Self::Chain,
        Self::Balanced,
        Self::Revisions,
        Self::Balances,
        Self::Batches,
        Self::Targets,
        Self::Statements,
        Self::Currency,
        Self::Proposals,
        Self::Facts,
        Self::Outcomes,
        Self::ProgramTexts,
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
            Self::Facts => "facts",
            Self::Outcomes => "outcomes",
            Self::ProgramTexts => "program_texts",
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
                 has its place in one, and the heads that runs reported are still there."
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
                "Batches and their lines are what the entries say; they were approved by somebody else than their drafter, in the \
                 legal order; they pay at most what was reserved, and leave nothing on a clearing account."
            }
            Self::Targets => {
                "For every target the transfers come to what the last reconciliation kept: amount, account, and number of movements."
            }
            Self::Statements => {
                "Statements add up, open where the one before closed, and hold every transfer of their month once; closed months \
                 name an entry of the chain."
            }
            Self::Currency => "A ledger has one currency, and reports and statements are in it.",
            Self::Proposals => "No proposal was approved by the person who made it, and each is decided once.",
            Self::Facts => "Every file of facts that a run or an entry rests on is there and whole, unless retention removed it.",
            Self::Outcomes => "The outcome of the last reconciliation is there and whole, and belongs to its run.",
            Self::ProgramTexts => "The kept texts of program files are those that their hashes name.",
        }
    }

    /// What to do when it is not.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Chain | Self::Balanced | Self::Revisions => JOURNAL,
            Self::Balances | Self::Batches => PROJECTION,
            Self::Targets => {
                "the next reconciliation would compare with something else than what is posted. Stop the jobs and restore database \
                 and data folder from the last backup on which this check is clean"
            }
            Self::Statements => {
                "creators hold the statements that were mailed: compare with those, and restore the last backup on which this check is clean"
            }
            Self::Currency | Self::Proposals => "restore the last backup of the database on which this check is clean",
            Self::Facts => {
                "copy the file from a backup of the data folder. Without it nothing that is posted changes, but the runs named \
                 cannot be replayed; where the last run needs it, fetch again: `purser run nightly`"
            }
            Self::Outcomes => {
                "stop the jobs and restore database and data folder from the last backup on which this check is clean: the next \
                 reconciliation compares with this outcome"
            }
            Self::ProgramTexts => {
                "restore the row from a backup, or from the version of the program file whose BLAKE3 hash is the one named"
            }
        }
    }
}
