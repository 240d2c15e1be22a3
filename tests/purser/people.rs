//! One person is one person, however the name is spelled; and everything that people say of themselves is checked.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::support::database::Kind;
use crate::support::{Done, Shop};

/// Names of one person.
const SPELLINGS: [(&str, &str); 19] = [
    ("Jos\u{e9}", "Jose\u{301}"),
    ("Jos\u{e9}", "jose"),
    ("Stra\u{df}e", "STRASSE"),
    ("\u{130}pek", "ipek"),
    ("mia lee", "mia  lee"),
    ("mia lee", "mia\u{a0}lee"),
    ("mia lee", "Mia\u{3000}Lee"),
    ("mia", " MIA "),
    ("mia", "\u{ff4d}\u{ff49}\u{ff41}"),
    ("fiona", "\u{fb01}ona"),
    ("\u{3a3}\u{3cc}\u{3c6}\u{3bf}\u{3c2}", "\u{3c3}\u{3bf}\u{3c6}\u{3bf}\u{3c3}"),
    ("\u{149}dia", "\u{2bc}ndia"),
    ("mia", "m\u{34f}ia"),
    ("Jos\u{e9} Garc\u{ed}a", "Jose\u{301} Garci\u{301}a"),
    ("Jos\u{e9} Garc\u{ed}a", " Jos\u{c9}\u{a0}GARC\u{cd}A "),
    ("Anja Wei\u{df}", "ANJA WEISS"),
    ("Anja\u{2003}Wei\u{df}", "\u{ff21}nja Weiss"),
    ("\u{130}pek", "I\u{307}PEK"),
    ("\u{130}pek", "\u{ff49}\u{ff50}\u{ff45}\u{ff4b}"),
];

/// Names that nobody has: empty, unseen, more than a line, or the server's.
const REFUSED: [&str; 23] = [
    "mia\u{e000}",
    "mia\u{10fffd}",
    "mia\u{378}",
    "",
    "  ",
    "\u{a0}",
    "\u{2003}",
    "\u{301}",
    "\u{3164}",
    "\u{2800}",
    "mia\u{200b}",
    "mi\u{ad}a",
    "mia\u{202e}",
    "\u{202e}kepi",
    "Wei\u{ad}\u{df}",
    "mia\nlee",
    "mia\tlee",
    "mia\u{2028}lee",
    "mia\u{1b}[1m",
    "runner",
    " Runner ",
    "\u{ff52}\u{fc}nner",
    "RUNNE\u{301}R",
];

fn drafted(kind: Kind, by: &str) -> Shop {
    let shop = Shop::small_on(kind);
    shop.must(&["run", "nightly", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", by]);
    shop
}

#[test]
fn one_person_under_two_spellings_is_one_person() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(&["run", "nightly", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
        for (number, (maker, checker)) in SPELLINGS.into_iter().enumerate() {
            let id = format!("shop-p{:04}", number + 1);
            let reason = format!("reason {number}");
            shop.must(&["adjust", "ana", "-1.00", "--reason", &reason, "--by", maker, "--as-of", "2026-02-01T10:00:00Z"]);
            for by in [checker, maker] {
                let own = shop.run(&["proposal", "approve", &id, "--by", by, "--as-of", "2026-02-01T11:00:00Z"]);
                assert!(!own.ok && own.err.contains("cannot approve it; someone else has to"), "{maker} {checker}: {}", own.err);
            }
        }
        // The same that the same person proposed is the same proposal.
        let again = ["adjust", "ana", "-1.00", "--reason", "reason 0", "--by", "JOSE", "--as-of", "2026-02-01T12:00:00Z"];
        assert!(shop.must(&again).contains("shop-p0001"));
        shop.must(&["proposal", "approve", "shop-p0001", "--by", "nadia", "--as-of", "2026-02-01T13:00:00Z"]);
        shop.must(&["check"]);
    }
    let shop = drafted(Kind::Sqlite, "Jos\u{e9}");
    let own = shop.run(&["batch", "approve", "shop-0001", "--by", "JOSE", "--as-of", "2026-02-02T09:00:00Z"]);
    assert!(!own.ok && own.err.contains("drafted batch shop-0001 and cannot approve it"), "{}", own.err);
}

/// What got past an older version, or around purser, is found.
#[test]
fn the_check_compares_people_as_the_commands_do() {
    for (maker, checker) in [("Jos\u{e9}", "jose"), ("mia", "mi\u{200b}a"), ("mia lee", "MIA\u{a0}LEE")] {
        let shop = drafted(Kind::Sqlite, maker);
        shop.must(&["batch", "approve", "shop-0001", "--by", "nadia", "--as-of", "2026-02-02T09:00:00Z"]);
        shop.database.sql("DROP TRIGGER entries_are_never_updated");
        shop.database.sql(&format!("UPDATE entries SET actor = '{checker}' WHERE kind = 'approved'"));
        shop.database.sql(&format!("UPDATE batches SET approved_by = '{checker}'"));
        let found = shop.run(&["check", "batches"]);
        assert!(!found.ok && found.out.contains("approved batch shop-0001, and drafted it"), "{}{}", found.out, found.err);
    }
}

#[test]
fn the_database_refuses_a_checker_who_spells_the_maker_otherwise() {
    for kind in Kind::BOTH {
        let shop = drafted(kind, "Mia");
        for by in ["Mia", "mia", "MIA "] {
            let sql = format!("UPDATE batches SET approved_by = '{by}', state = 'approved'");
            let said = shop.database.try_sql(&sql).expect_err("it is refused");
            assert!(said.contains("who drafted a batch never approves it"), "{said}");
        }
        shop.must(&["adjust", "ana", "-1.00", "--reason", "sample", "--by", "Mia", "--as-of", "2026-02-01T10:00:00Z"]);
        let sql = "UPDATE proposals SET decided_by = 'mia', decided_at = 1, state = 'approved'";
        let said = shop.database.try_sql(sql).expect_err("it is refused");
        assert!(said.contains("who made a proposal never approves it"), "{said}");
    }
}

#[test]
fn a_name_that_nobody_has_is_refused_by_every_command() {
    let shop = drafted(Kind::Sqlite, "rosa");
    let as_of = ["--as-of", "2026-02-02T09:00:00Z"];
    let commands: [&[&str]; 13] = [
        &["run", "nightly"],
        // Also where nothing is due.
        &["run", "nightly", "--slot"],
        &["run", "payout", "--slot", "2026-02-02T09:00:00Z"],
        &["batch", "approve", "shop-0001"],
        &["batch", "hold", "shop-0001", "--creator", "ana", "--reason", "form"],
        &["hold", "add", "ana", "--reason", "form"],
        &["hold", "release", "ana", "--reason", "form"],
        &["batch", "settle", "shop-0001"],
        &["batch", "export", "shop-0001"],
        &["proposal", "approve", "shop-p0001"],
        &["adjust", "ana", "-1.00", "--reason", "sample"],
        &["write-off", "ana", "--reason", "left"],
        &["erase", "creator", "ana", "--reason", "asked"],
    ];
    let before = shop.database.sql("SELECT COUNT(*) FROM entries");
    for name in REFUSED {
        for command in commands {
            let takes_time = command[0] != "erase" && !command.contains(&"--slot");
            let times: &[&str] = if takes_time { &as_of } else { &[] };
            let done = shop.run(&[command, times, &["--by", name]].concat());
            assert!(!done.ok && done.err.contains("nothing was changed"), "{name:?} {command:?}: {}{}", done.out, done.err);
        }
    }
    assert_eq!(shop.database.sql("SELECT COUNT(*) FROM entries"), before);
}

#[test]
fn a_reason_that_says_nothing_is_refused_by_every_command() {
    let shop = drafted(Kind::Sqlite, "rosa");
    let commands: [(&[&str], &str); 10] = [
        (&["run", "nightly", "--as-of", "2026-02-02T09:00:00Z"], "--restate"),
        (&["run", "nightly", "--as-of", "2026-02-02T09:00:00Z"], "--accept-missing"),
        (&["adjust", "ana", "-1.00", "--by", "mia"], "--reason"),
        (&["credit", "o3", "cho", "--by", "mia"], "--reason"),
        (&["batch", "return", "shop-0001", "--creator", "ana", "--by", "mia"], "--reason"),
        (&["batch", "settle", "shop-0001", "--failed", "ana", "--by", "mia"], "--reason"),
        (&["erase", "creator", "ana", "--by", "mia"], "--reason"),
        (&["batch", "hold", "shop-0001", "--creator", "ana", "--by", "mia"], "--reason"),
        (&["hold", "add", "ana", "--by", "mia"], "--reason"),
        (&["hold", "release", "ana", "--by", "mia"], "--reason"),
    ];
    let before = shop.database.sql("SELECT COUNT(*) FROM entries");
    for reason in ["", " ", "\u{a0}", "\u{200b}", "left\nlater", "left\u{1b}[1m", "left\u{202e}"] {
        for (command, key) in commands {
            let done = shop.run(&[command, &[key, reason]].concat());
            assert!(!done.ok && done.err.contains("nothing was changed"), "{reason:?} {command:?}: {}{}", done.out, done.err);
        }
    }
    assert_eq!(shop.database.sql("SELECT COUNT(*) FROM entries"), before);
}

/// A shared account would hide the maker, and the environment says what anybody tells it.
#[test]
fn a_payout_by_hand_or_by_timer_is_drafted_by_whom_by_names_or_the_user_of_the_session() {
    let shop = Shop::small();
    let slot = ["run", "nightly", "payout", "--slot", "2026-02-01T09:00:00Z"];
    let drafter = |shop: &Shop| shop.database.sql("SELECT drafted_by FROM batches");
    let named = shop.copy();
    named.must(&[&slot[..], &["--by", "cron"]].concat());
    assert_eq!(drafter(&named).trim(), "cron");
    let user = String::from_utf8(Command::new("id").arg("-un").output().expect("id starts").stdout).expect("text");
    let done: Done = shop.command(&slot).env("USER", "somebody").env("LOGNAME", "else").output().expect("it starts").into();
    assert!(done.ok, "{}", done.err);
    assert_eq!(drafter(&shop).trim(), user.trim());
}

#[test]
fn a_session_without_a_user_drafts_nothing_unless_by_names_somebody() {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    if !is_root {
        // Only root can become a user whom the system does not know.
        return;
    }
    let shop = Shop::small();
    // The nameless may use neither root's folders nor a binary in them.
    let purser = shop.path("purser");
    fs::copy(env!("CARGO_BIN_EXE_purser"), &purser).expect("the binary can be copied");
    fs::set_permissions(shop.folder.path(), fs::Permissions::from_mode(0o755)).expect("it is the test's own");
    let mut command = Command::new(&purser);
    command.args(["--jobs", "shop.toml", "run", "payout", "--as-of", "2026-02-01T09:00:00Z"]).current_dir(shop.folder.path());
    let done: Done = command.uid(4_000_123).env("USER", "mia").output().expect("it starts").into();
    assert!(!done.ok && done.err.contains("--by NAME") && done.err.contains("has no name"), "{}", done.err);
}
