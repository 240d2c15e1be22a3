//! Tables for whose columns `purser check` does not answer in the shop of `tamper`, and why they may change there.

const USERS: &[&str] = &[
    "name",
    "role",
    "user_groups",
    "password",
    "token",
    "token_until",
    "second_factor",
    "pending_factor",
    "last_step",
    "disabled_at",
    "added_at",
];

/// Tables for whose columns no check answers, and why they may change.
#[rustfmt::skip]
pub const BEYOND: &[(&str, &[&str], &str)] = &[
    (
        "runs",
        &["run_id", "program", "job", "as_of", "actor", "state", "started_at", "ended_at", "manifest",
            "fetched", "report", "error", "slot"],
        "What jobs did, for people; retention and erasures edit it. What moved money stands in entries, with who, when and by which \
         facts. The last reconciliation is compared with its run (`outcomes`), facts with their lists (`facts`), the heads that reports \
         name with the chain (`chain`).",
    ),
    (
        "source_cursors",
        &["program", "source", "manifest", "state"],
        "How far APIs were read. The copies behind a cursor are in a list of facts like any other (`facts`); a cursor that lies ahead is \
         found out when the next fetch compares the shop's count with what is kept, one that lies behind fetches again.",
    ),
    ("users", USERS, "Who may use purser. It is empty in this shop; each column is covered in `web::users`."),
    ("sessions", &["hash", "name", "begun_at", "seen_at", "is_whole"], "Who is signed in now, by hashes that nobody can guess."),
    ("attempts", &["attempt_key", "since", "failures"], "How often somebody tried to guess, for a quarter of an hour."),
    (
        "user_changes",
        &["number", "changed_at", "changed_by", "name", "change", "state", "hash"],
        "What was changed about users, a chain of its own. It is empty in this shop; each column is covered in `web::users`.",
    ),
    (
        "bank_files",
        &["program", "digest", "name", "imported_at"],
        "Which files of banks were imported. One too many imports nothing new; one too few leaves payments open.",
    ),
    (
        "bank_problems",
        &["program", "kind", "subject", "creator_id", "amount", "place", "what", "imported_by", "imported_at"],
        "What banks said that nothing followed from, for people to look at. It moves no money, and importing the file again keeps it again. It is \
         empty in this shop.",
    ),
    ("leases", &["program", "epoch", "expires_at", "has_lock"], "Who is at work now."),
    (
        "schedules",
        &["program", "job", "schedule", "time_zone", "since"],
        "From when on a job is due. A run too many posts nothing; one too few is caught up by the next.",
    ),
    (
        "slots",
        &["program", "job", "slot", "state", "attempts", "next_attempt", "run_id"],
        "Which scheduled times were done. A run too many posts nothing; one too few is caught up by the next.",
    ),
    (
        "alerts",
        &["program", "alert", "kind", "job", "headline", "body", "raised_at", "cleared_at", "letters"],
        "What operators are told on screen, which erasures reword. What they are sent is covered, and `letters` with it, in `unseen`.",
    ),
    (
        "acknowledgements",
        &["program", "subject", "number", "acknowledged_by", "acknowledged_at", "assigned_to", "note"],
        "What people said about alerts and exceptions. It only says about what nobody is asked for a month; `check` and `status` show all of it.",
    ),
    (
        "bounces",
        &["program", "message_key", "evidence", "is_hard", "address", "status", "said", "found_at", "told", "lifted_at", "lifted_by",
            "lift_reason", "seal"],
        "Which emails came back. It is empty in this shop; each column is covered in `bounces`.",
    ),
    (
        "noticed",
        &["program", "event", "subject", "said", "letters"],
        "What creators were told by mails of their own. It is empty in this shop. A mail too many is refused by the outbox, whose key says \
         what it tells; how many were written (`letters`) is compared with it, see `notices`.",
    ),
    (
        "erasures",
        &["program", "kind", "subject", "fingerprint", "erased_at", "erased_by", "reason"],
        "Who is not to be read from sources again. It is empty in this shop; each column is covered in `unseen`.",
    ),
];
