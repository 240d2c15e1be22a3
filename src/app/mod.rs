//! The use cases: what operators, finance and creators ask purser to do, one function each.
//!
//! This is the only door: the command line, the server and the pages call these functions, and nothing else that changes
//! anything. So a rule about who may do what holds whichever way somebody comes. A function takes the [`Environment`], the
//! program, who asks, the time that decides, and the request. It prints nothing and returns a report or what
//! was found. The clock is the environment's: it dates records, and bounds the time that decides (`times.rs`), never what is paid. Rules of money live in [`crate::reconcile`], rules about who may do what in [`crate::payout`] and
//! [`crate::adjustments`]; here they are only put together.
//!
//! [`run`] does a job's steps in order, each recorded and whole or not at all:
//!
//! 1. `fetch`: keep what the sources hold today;
//! 2. `reconcile`: compute what everybody should have earned, compare with what is posted, post the difference;
//! 3. `payout`: draft a batch of what is due;
//! 4. `statements`: close the months that are due, and send every mail that waits.
//!
//! A step can run again at any time: what it posts follows from the difference between what should be and what is, so a repeat
//! finds nothing to do. Of two runs that are started at once, the second waits for the first (see [`crate::leases`]).
//!
//! One transaction for a whole run was rejected: it would hold the database for minutes, and a mail server that is away would
//! undo a good reconciliation. A queue of work was rejected as well: what is due follows from schedules and the ledger.
//!
//! To add a use case, add a file here with its function, and have the command line or a page call it. To add a step of jobs:
//! [`crate::program::Step`], a file here that `run.rs` calls, its report in `report.rs`.

mod adjustments;
mod answers;
mod api_source;
mod bank_charges;
mod bank_folder;
mod bank_problems;
mod basis;
mod batches;
mod bounces;
mod brought;
mod check;
mod cleared;
mod compare_api;
mod creators;
mod deliver;
mod doctor;
mod door;
mod environment;
mod erase;
mod exceptions;
mod explain;
mod export;
mod fetch;
mod fetch_api;
mod holds;
mod input;
mod journal;
mod ledgers;
mod log_lines;
mod mail;
mod missing;
mod monitoring;
mod month_end;
mod moving_in;
mod notices;
mod options;
mod payees;
mod payout;
mod postbacks;
mod proof;
mod reconcile;
mod report;
mod reread;
mod restatement;
mod run;
mod run_end;
mod session;
mod sheet;
mod shelf;
mod statements;
mod status;
mod tidy;
mod times;
mod todays_payees;
mod users;
mod validate;
mod words;

pub use crate::facts::{Compared, Sound, TableSize};
pub use adjustments::{decide_proposal, find_proposal, list_proposals, propose};
pub use answers::{Imported, import_answers};
pub use bank_charges::enter_funds;
pub use batches::{change_line, decide_batch, export_batch, find_batch, list_batches, payment_list, settle_batch};
pub use bounces::{lift_suppression, read_bounces, suppressed_addresses};
pub use check::check;
pub use cleared::{ClearedBy, Share, cleared_by_days, cleared_picture};
pub use creators::{CreatorNames, CreatorSheet, ListedCreator, creator_names, creator_sheet, creator_transfers, list_creators};
pub use deliver::{Waiting, deliver_waiting};
pub use doctor::{
    Finding, Findings, Health, check_database, check_disk, check_hints, check_mail, check_new_database, check_open, check_rights,
    check_sources,
};
pub use environment::{Environment, default_data_folder};
pub use erase::{Erasing, Erasure, Gone, Part as ErasingPart, Who, erase};
pub use exceptions::{Matter, Nag, OpenException, acknowledge_nag, list_acknowledgements, open_exceptions};
pub use explain::{Comparison, ExplainedOrder, TargetRow, explain_order};
pub use export::{Figures, export_dump, export_figures, export_journal};
pub use holds::{hold_creator, list_holds, release_creator};
pub use journal::{AccountMonths, Bridge, account_months, batch_entries, bridges, find_entry, line_transfers, list_entries};
pub use ledgers::{Renaming, Retirement, kept_program, list_ledgers, rename, retire, with_ledger};
pub use mail::{MailStatus, Previewed, Retried, Retry, TestMail, mail_retry, mail_status, test_mail};
pub use monitoring::{AllFigures, all_figures, ping, send_alert_now};
pub use month_end::{Ages, Liability, LiabilityRow, export_month, liability_by_age};
pub use moving_in::{MovingIn, moving_in};
pub use options::{Actor, OnStep, RunOptions, Stopped};
pub use payees::{BatchPayees, FileOrder, Funds, check_payees, export_batch_files, exported_files};
pub use postbacks::{
    PostbackBooks, SignedPostback, VerifiedPostback, keep_postback, postback_url, signed_postback, verify_postback,
};
pub use proof::Proof;
pub use report::{
    AnswersReport, Exceptions, NoticesReport, PayoutReport, PostedWhy, ReconcileReport, Report, RunResult, StatementMonth,
    StatementsReport, StepReport, TakenFromPaid,
};
pub use run::run;
pub(crate) use run_end::job_slot;
pub use sheet::{ApprovalAbsence, ApprovalLine, ApprovalSheet, Flag, approval_sheet};
pub use statements::{NamedStatement, statement_of};
pub use status::{ProgramStatus, balance_of, list_alerts, list_runs, program_status};
pub use tidy::{Tidied, tidy};
pub use users::{
    NewUser, PasswordBy, SignIn, UserChange, add_user, change_user, confirm_second_factor, confirm_sign_in, list_user_changes,
    list_users, make_token, session_of, set_password, sign_in, sign_out, start_second_factor,
};
pub use validate::{check_ledger, validate_facts};
pub use words::{absence_words, detail_of, held_words, missing_words, proposal_words, signers_words, title_of};

// What the functions above take and return.
pub use crate::adjustments::{
    Decided as DecidedProposal, Kind as ProposalKind, KnownOrder, Proposal, Proposed, Request, Settled, Settlement,
    State as ProposalState, Verdict, Worth,
};
pub use crate::alerts::{Acknowledgement, Alert, AlertKind, Raised};
pub use crate::audit::{Check, Found, Wanted};
pub use crate::dump::Dumped;
pub use crate::explain::{Explanation, RowNote as ExplainedRow};
pub use crate::facts::FoundRow;
pub use crate::ledger::{
    Account, Balance, Books, DayOf, EntryKind, Head, JournalEntry, Ledgers, MonthBooks, MonthSums, Moved, Particulars, Posted,
    Standing, Transfer, checked_name, checked_reason, is_same_person,
};
pub use crate::outbox::{LetterState, Letters, Pace, Post, ReturnPath, Returned, Signer, Suppressed, Unsent};
pub use crate::payees::{Keyring, Rail};
pub use crate::payout::{
    Absent, Batch, BatchLine, BatchState, Change, Changed, Charged, Conversion, Decided as DecidedBatch, Decision, Exported,
    ExportedFiles, FileFormat, FundsAvailable, Hold, HoldKind, HoldRequest, KeptExport, LeftOut, LineChange, LineState, Missing,
    Problem, SheetLine, Signature, Why, Withheld, missing as missing_signatures,
};
pub use crate::posting::OnHold;
pub use crate::privacy::{Removed, key_file};
pub use crate::runs::{RunRecord, RunState};
pub use crate::sources::Kept;
pub use crate::statement::{
    ClosedMonth, Line as StatementLine, ListedStatement, Rendered, Section as StatementSection, Shown, Statement, Totals,
    csv as statement_csv,
};
pub use crate::store::{Address, secretless};
pub use crate::users::{Act, ChangeRow, Enrolment, Role, Secret, Session, User};
