//! What a dump holds: tables and columns, each with what it means. The reading guide is made of these.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// Minor units of the program's currency.
    Amount,
    /// An instant: microseconds since 1970 in the database.
    Time,
    /// A local day of the program: days since 1970 in the database.
    Day,
    /// A month, `2026-03`: counted from the year 0 in the database.
    Month,
    /// How many decimals a currency has; its code in the database.
    Decimals,
}

impl Is {
    /// For the guide.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number | Self::Decimals => "number",
            Self::Amount => "minor units",
            Self::Time => "time, UTC",
            Self::Day => "day",
            Self::Month => "month",
        }
    }
}

/// A column of a dump.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub name: &'static str,
    /// Its name in the database.
    pub from: &'static str,
    pub is: Is,
    pub means: &'static str,
}

/// A table of a dump, and of the database.
#[derive(Debug)]
pub(super) struct Table {
    pub name: &'static str,
    pub key: &'static [&'static str],
    /// The rows that belong to the program `$1`.
    pub of_program: &'static str,
    pub means: &'static str,
    pub columns: &'static [Column],
}

const fn column(name: &'static str, is: Is, means: &'static str) -> Column {
    Column { name, from: name, is, means }
}

pub(super) const fn text(name: &'static str, means: &'static str) -> Column {
    column(name, Is::Text, means)
}

const fn number(name: &'static str, means: &'static str) -> Column {
    column(name, Is::Number, means)
}

pub(super) const fn amount(name: &'static str, means: &'static str) -> Column {
    column(name, Is::Amount, means)
}

const fn time(name: &'static str, means: &'static str) -> Column {
    column(name, Is::Time, means)
}

const fn day(name: &'static str, means: &'static str) -> Column {
    column(name, Is::Day, means)
}

pub(super) const PROGRAM: Column = text("program", "Whose: the program file's name without ending.");
pub(super) const CREATOR: Column = text("creator_id", "The creator.");
const BATCH: Column = text("batch_id", "The batch.");

pub(super) const fn of(
    name: &'static str,
    key: &'static [&'static str],
    means: &'static str,
    columns: &'static [Column],
) -> Table {
    Table { name, key, of_program: "program = $1", means, columns }
}

/// Tables of the database that are not dumped: how purser works, not what it keeps.
pub(super) const LEFT_OUT: &[&str] = &[
    "batch_payees",
    "bank_files",
    "leases",
    "noticed",
    "schedules",
    "source_cursors",
    "users",
    "sessions",
    "attempts",
    "user_changes",
];

/// Columns that are not dumped: whom a mail went to, and what it said.
pub(super) const COLUMNS_LEFT_OUT: &[(&str, &str)] = &[
    ("outbox", "sender"),
    ("outbox", "recipient"),
    ("outbox", "message"),
    ("outbox", "error"),
    ("outbox", "post_office"),
    ("outbox", "seal"),
    ("bounces", "address"),
    ("bounces", "said"),
    ("bounces", "seal"),
    ("programs", "months_seal"),
    ("programs", "erasures_seal"),
];

/// All tables, the ledger first.
pub(super) const TABLES: &[Table] = &[
    of(
        "programs",
        &["program"],
        "The programs that have posted, with their currency.",
        &[
            PROGRAM,
            text("currency", "ISO 4217."),
            Column {
                name: "decimals",
                from: "currency",
                is: Is::Decimals,
                means: "An amount divided by 10 to this power is in major units.",
            },
        ],
    ),
    of(
        "entries",
        &["program", "entry"],
        "The journal: one row for each event, chained by hashes.",
        &[
            PROGRAM,
            number("entry", "Its number in the program's journal, from 1, without gaps."),
            text(
                "kind",
                "reconciled, drafted, signed, approved, withheld, restored, rejected, exported, settled, returned, proposed, accepted, declined, held, released, renamed, retired, closed, charged, funds.",
            ),
            text(
                "subject",
                "The batch, proposal or creator, the name of a program file, the month whose books were closed, or the currency of funds; empty for a reconciliation.",
            ),
            time("booked_at", "As of when it was posted."),
            text("actor", "Who did it."),
            text(
                "reason",
                "Why, where somebody said so; of a batch's steps, the digest of its content; of a reconciliation also what comparing with shops proved.",
            ),
            text("program_text", "The hash of the program file: see program_texts."),
            text(
                "facts",
                "The digest of what it rests on: of a reconciliation its facts (see manifests), of a proposal or a payment list its content; of a closing when its month ended, of funds how much there was and when.",
            ),
            number("transfers", "How many transfers it owns."),
            text("previous", "The hash of the entry before; 64 zeros for the first."),
            text("hash", "The hash of all of it, its transfers included."),
            number("form", "How it is written and hashed: 1 in English words (until schema 5), 2 in codes."),
            text(
                "reason_digest",
                "The digest of the reason, which is what the hash takes from form 2 on; empty before, and where there is none.",
            ),
        ],
    ),
    of(
        "transfers",
        &["program", "entry", "position"],
        "Every movement of money, from one account to another.",
        &[
            PROGRAM,
            number("entry", "The entry that owns it."),
            number("position", "Its place in the entry, from 0."),
            text(
                "kind",
                "The kind of target (link, code, lock, credit, bonus_new_customer, bonus_net_sales, fee), or batch, adjustment, write_off, opening, bank_fee, exchange_difference.",
            ),
            text(
                "order_id",
                "The order; of a bonus_net_sales the period, of a fee its id, of a batch and of what a bank took the batch, else the proposal.",
            ),
            text("line_id", "The order's line, or empty."),
            CREATOR,
            text("detail", "Tells bonuses of one order or period apart."),
            number("revision", "How many transfers the same target had before."),
            text(
                "source",
                "The account it leaves: expense, opening, pending, payable, reserved, clearing, cash, bank_fees, exchange, bank.",
            ),
            text("target", "The account it reaches."),
            amount("amount", "How much; above zero."),
            day(
                "effective_day",
                "The day it belongs to: of what moved it, such as the order, refund, cancellation, due date or settlement.",
            ),
            text("why", "Why it was posted, in a word or two, or the reason a person gave."),
            text("rule", "What it pays under."),
            amount("base", "What it was computed from."),
            text("touch", "The evidence: a click, a code, an earlier order, a credit."),
        ],
    ),
    of(
        "balances",
        &["program", "creator_id"],
        "What each creator is owed and was paid: the sum of the transfers.",
        &[
            PROGRAM,
            CREATOR,
            amount("pending", "On hold."),
            amount("payable", "Due; below zero after a clawback of paid money."),
            amount("reserved", "In a batch."),
            amount("paid", "Settled, less what came back."),
        ],
    ),
    of(
        "batches",
        &["program", "batch_id"],
        "Payout batches, as the entries say.",
        &[
            PROGRAM,
            BATCH,
            number("number", "Its number, from 1."),
            text("state", "draft, approved, exported, settled, voided, rejected."),
            text("digest", "The hash of who gets what."),
            time("created_at", "When it was drafted."),
            text("drafted_by", "Who drafted it."),
            text("approved_by", "Who approved it: somebody else."),
        ],
    ),
    of(
        "batch_lines",
        &["program", "batch_id", "creator_id"],
        "Who gets what from a batch.",
        &[PROGRAM, BATCH, CREATOR, amount("amount", "How much was reserved.")],
    ),
    of(
        "batch_conversions",
        &["program", "batch_id", "creator_id"],
        "What payees get from a batch whose account is in another currency than the program's.",
        &[
            PROGRAM,
            BATCH,
            CREATOR,
            text("currency", "The currency that they get."),
            text("rate", "What one unit of the program's currency is in it, as approved."),
            text("source", "Where the rate is from."),
            number("amount", "What they get, in minor units of that currency."),
        ],
    ),
    of(
        "proposals",
        &["program", "proposal_id"],
        "What one person proposed and another decided, as the entries say.",
        &[
            PROGRAM,
            text("proposal_id", "The proposal."),
            number("number", "Its number, from 1."),
            text(
                "kind",
                "adjustment, write_off, opening, credit, withdrawal, void, failed_payment, returned_payment, erasure, closing.",
            ),
            text("state", "proposed, approved, rejected."),
            text(
                "subject",
                "The order of a credit, the batch of a void or of payments that failed or came back, the credit of a withdrawal, the openings that an opening adds to, who is erased, the month of a closing, or empty.",
            ),
            text("reason", "Why."),
            text("digest", "The hash of its content."),
            time("proposed_at", "When."),
            text("proposed_by", "By whom."),
            time("decided_at", "When it was decided; null while it waits."),
            text("decided_by", "By whom."),
        ],
    ),
    of(
        "proposal_lines",
        &["program", "proposal_id", "creator_id"],
        "Whom a proposal concerns.",
        &[
            PROGRAM,
            text("proposal_id", "The proposal."),
            CREATOR,
            amount("amount", "With how much: above zero, the creator is owed more. Zero for a credit."),
        ],
    ),
    of(
        "statement_months",
        &["program", "month"],
        "Closed months.",
        &[
            PROGRAM,
            column("month", Is::Month, "The month."),
            day("last_day", "Its last day."),
            time("built_at", "When its statements were built."),
            number("through_entry", "The last entry that they could see."),
            text("head", "The hash of that entry."),
            number("letters", "How many letters were written."),
        ],
    ),
    of(
        "statements",
        &["program", "creator_id", "month"],
        "Statements as they were sent.",
        &[
            PROGRAM,
            CREATOR,
            column("month", Is::Month, "The month."),
            amount("opening", "What was owed before."),
            amount("closing", "What is owed after."),
            text("body", "All of it, as JSON: totals, lines, corrections (each with entry and position), performance."),
        ],
    ),
    of(
        "reconciled",
        &["program"],
        "The last reconciliation of each program, of which orders, commissions and exceptions are the outcome.",
        &[
            PROGRAM,
            time("as_of", "Its time."),
            time("unchanged_until", "Until when the same facts give the same outcome."),
            text("manifest", "The digest of the facts it read."),
            text("program_text", "The hash of the program file."),
            text("credits", "The digest of the manual attributions that it knew."),
            text("outcome", "Hashes of the files of the outcome, and how many orders had each outcome, as JSON."),
            number("run_id", "The run."),
            number("rules", "The version of the rules that decided it; zero where an older purser did."),
            text("seal", "The hash of the row, by which a change is found."),
        ],
    ),
    of(
        "manifests",
        &["program", "digest"],
        "Lists of facts: which kept files a run read.",
        &[
            PROGRAM,
            text("digest", "The hash of what it lists; entries and runs name it."),
            text("body", "Table to files, as JSON; empty once retention removed them."),
            time("removed_at", "When retention removed them; null where they are kept."),
        ],
    ),
    Table {
        name: "program_texts",
        key: &["hash"],
        of_program: "hash IN (SELECT program_text FROM entries WHERE program = $1 UNION SELECT program_text FROM reconciled WHERE program = $1)",
        means: "Program files under which something was posted.",
        columns: &[text("hash", "The hash of the text; entries name it."), text("body", "The text.")],
    },
    of(
        "runs",
        &["run_id"],
        "Records of runs.",
        &[
            number("run_id", "Its number."),
            PROGRAM,
            text("job", "Which job."),
            time("as_of", "Its time: what decided what is visible."),
            text("actor", "Who started it."),
            text("state", "running, done, rehearsed (a dry run that ended well), failed."),
            time("started_at", "By the clock."),
            time("ended_at", "By the clock."),
            text("manifest", "The digest of the facts it read."),
            number("fetched", "1 where it fetched them."),
            text("report", "Its result, as JSON."),
            text("error", "Why it failed."),
            time("slot", "The scheduled time that it was for."),
        ],
    ),
    of(
        "outbox",
        &["program", "message_key"],
        "Mails, and how far each has come; not what they say.",
        &[
            PROGRAM,
            text("message_key", "Of a statement: program/creator/month; of a notice: program/creator/event.mark."),
            text("channel", "statement, operator, webhook."),
            text("state", "waiting, sending, sent, unknown, failed."),
            number("attempts", "How often it was tried."),
            time("changed_at", "When the state changed last."),
        ],
    ),
    of(
        "slots",
        &["program", "job", "slot"],
        "The times at which jobs were due, and what became of each.",
        &[
            PROGRAM,
            text("job", "Which job."),
            time("slot", "When it was due."),
            text("state", "due, done, failed, skipped."),
            number("attempts", "How often it was tried."),
            time("next_attempt", "When it may be tried next."),
            number("run_id", "The run that did it."),
        ],
    ),
    of(
        "alerts",
        &["program", "alert"],
        "Operator alerts.",
        &[
            PROGRAM,
            text("alert", "Kind, job and slot."),
            text("kind", "failed, late, missed, unusual, broken, recovered."),
            text("job", "About which job; empty for the program file."),
            text("headline", "One line."),
            text("body", "All of it."),
            time("raised_at", "When."),
            time("cleared_at", "When it was over; null while it is open."),
            number("letters", "How many letters told it."),
        ],
    ),
    of(
        "bounces",
        &["program", "message_key", "evidence", "is_hard"],
        "Mails to creators that came back; not to which address.",
        &[
            PROGRAM,
            text("message_key", "Which message."),
            text("evidence", "The attempt, or the line of a file that said so."),
            number("is_hard", "1 where it suppresses its address, 0 where it does not."),
            text("status", "Of RFC 3463, such as 5.1.1."),
            time("found_at", "When it was found."),
            number("told", "1 once the operator was told."),
            time("lifted_at", "When the address was mailed again, or 1970."),
            text("lifted_by", "Who decided that, or empty."),
            text("lift_reason", "Why, or empty."),
        ],
    ),
    of(
        "acknowledgements",
        &["program", "subject", "number"],
        "What people said about alerts and exceptions.",
        &[
            PROGRAM,
            text("subject", "alert/KEY, or exception/KIND/SUBJECT."),
            number("number", "Which one about it, from 1; the last counts."),
            text("acknowledged_by", "Who."),
            time("acknowledged_at", "When."),
            text("assigned_to", "Who looks after it, or empty."),
            text("note", "What they wrote."),
        ],
    ),
    of(
        "bank_problems",
        &["program", "kind", "subject"],
        "What banks' answers said that nothing followed from.",
        &[
            PROGRAM,
            text("kind", "unknown_payment, other_amount, other_state, other_details, other_charge, other_balance, no_payment."),
            text("subject", "What stands for it."),
            text("creator_id", "Whom it concerns, or empty."),
            text("amount", "As the bank writes it, or empty."),
            text("place", "File and place."),
            text("what", "What the bank says."),
            text("imported_by", "Who imported it first."),
            time("imported_at", "When."),
        ],
    ),
    of(
        "erasures",
        &["program", "kind", "subject"],
        "Who was erased on request.",
        &[
            PROGRAM,
            text("kind", "creator, customer, email."),
            text("subject", "A creator's id, or a pseudonym."),
            text("fingerprint", "Of the key that made the pseudonym."),
            time("erased_at", "When."),
            text("erased_by", "By whom."),
            text("reason", "Why."),
        ],
    ),
];
