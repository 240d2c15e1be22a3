//! Time runs neither ahead of the clock nor back: what posts, sends or removes takes no time that has not come, and none before
//! the entry that it follows.

use chrono::Utc;

use crate::serve::Clock;
use crate::support::Shop;
use crate::support::database::Kind;
use crate::support::picture::Picture;

/// What a night posts is payable at once by this.
const PAYABLE: &str = "2026-02-01T02:00:00Z";

/// The small shop after its first night.
fn shop(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    shop.must(&["run", "nightly", "--as-of", PAYABLE, "--by", "rosa"]);
    shop
}

/// The same with a batch that was drafted on 1 February at 9:00.
fn drafted(kind: Kind) -> Shop {
    let shop = shop(kind);
    shop.must(&["run", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
    shop
}

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// Refused with these words, and nothing is changed.
#[track_caller]
fn refused(shop: &Shop, command: &str, wanted: &[&str]) {
    let before = Picture::of(shop);
    let done = shop.run(&words(command));
    assert_eq!(done.code, Some(1), "{command}: {}{}", done.out, done.err);
    for wanted in wanted {
        assert!(done.err.contains(wanted), "{command}: {wanted} in {}", done.err);
    }
    Picture::of(shop).must_be(&before, command);
}

/// An hour from now, and what the tests of a mistyped year try.
fn times_ahead() -> Vec<String> {
    let soon = (Utc::now() + chrono::TimeDelta::hours(1)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    [soon.as_str(), "2062-02-02T02:00:00Z", "9999-12-31T23:59:59Z"].map(str::to_owned).into()
}

#[test]
fn no_command_takes_a_time_after_the_clock() {
    for kind in Kind::BOTH {
        let shop = drafted(kind);
        shop.write("opening.csv", "creator_id,amount\nana,10.00\n");
        shop.must(&words("adjust ana 5.00 --reason sample --by mia --as-of 2026-02-01T10:00:00Z"));
        for time in times_ahead() {
            for command in [
                "run nightly",
                "run payout",
                "run statements",
                "batch approve shop-0001 --by lee",
                "batch hold shop-0001 --by lee --creator ana --reason form",
                "hold add ana --by lee --reason form",
                "hold release ana --by lee --reason form",
                "batch reject shop-0001 --by lee",
                "batch export shop-0001 --by lee",
                "batch settle shop-0001 --by lee",
                "batch void shop-0001 --by lee --reason lost",
                "batch return shop-0001 --by lee --creator ana --reason closed",
                "adjust ana 6.00 --reason sample --by mia",
                "write-off ana --reason left --by mia",
                "credit o3 ana --reason banner --by mia",
                "opening opening.csv --reason old --by mia",
                "proposal approve shop-p0001 --by lee",
                "proposal reject shop-p0001 --by lee",
                "tidy",
            ] {
                refused(
                    &shop,
                    &format!("{command} --as-of {time}"),
                    &["is in the future (the clock says 20", "nothing was changed"],
                );
            }
            refused(&shop, &format!("run nightly --slot {time}"), &["is in the future"]);
        }
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM slots").trim(), "0", "no time that has not come was written down");
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM runs").trim(), "2", "nor a run");
    }
}

/// One mistyped year once made every later scheduled run one of that year.
#[test]
fn the_slots_of_the_next_day_run_as_of_that_day() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        refused(&shop, "run nightly --as-of 2062-02-02T02:00:00Z", &["2062-02-02T02:00:00Z is in the future"]);
        refused(&shop, "run statements --as-of 2062-03-01T10:00:00Z", &["2062-03-01T10:00:00Z is in the future"]);
        shop.add("orders.csv", "new,2026-02-02T13:00:00Z,2026-02-02T13:00:00Z,paid,USD,p9,,,,ANA\n");
        shop.add("order_lines.csv", "new,1,A,x,1,400.00\n");
        shop.must(&words("run nightly --slot 2026-02-03T02:00:00Z"));
        shop.must(&words("run payout --slot 2026-02-03T09:00:00Z"));
        let runs = shop.must(&words("status --format csv"));
        for slot in ["nightly,2026-02-03T02:00:00Z,done", "payout,2026-02-03T09:00:00Z,done"] {
            assert!(runs.contains(slot), "{slot} in {runs}");
        }
        let commissions = shop.must(&["export", "commissions"]);
        assert!(commissions.contains("code,new,1,ana,ANA,400.00,40.00,pending"), "it is 13 hours old: {commissions}");
    }
}

#[test]
fn no_decision_is_earlier_than_the_last_entry_about_its_batch() {
    for kind in Kind::BOTH {
        let shop = drafted(kind);
        let drafted = [
            "shop-0001 already has entry 2 (drafted shop-0001), dated 2026-02-01T09:00:00Z; a decision cannot be dated earlier than that",
        ];
        for verb in ["approve", "reject", "settle", "export"] {
            refused(&shop, &format!("batch {verb} shop-0001 --by lee --as-of 2026-02-01T08:59:59.999999Z"), &drafted);
        }
        shop.must(&words("batch approve shop-0001 --by mia --as-of 2026-02-12T09:00:00Z"));
        let approved =
            ["(approved shop-0001), dated 2026-02-12T09:00:00Z; a decision cannot be dated earlier than that, at 2026-02-1"];
        for verb in ["settle", "export", "reject"] {
            for time in ["2026-02-11T09:00:00Z", "2026-02-12T08:59:59.999999Z"] {
                refused(&shop, &format!("batch {verb} shop-0001 --by lee --as-of {time}"), &approved);
            }
        }
        shop.must(&words("batch export shop-0001 --by lee --as-of 2026-02-12T09:00:00Z"));
        let exported = ["(exported shop-0001), dated 2026-02-12T09:00:00Z"];
        refused(&shop, "batch void shop-0001 --by lee --reason lost --as-of 2026-02-12T08:59:59Z", &exported);
        refused(&shop, "batch settle shop-0001 --by lee --as-of 2026-02-11T09:00:00Z", &exported);
        shop.must(&words("batch settle shop-0001 --by lee --as-of 2026-02-13T09:00:00Z"));
        let settled = ["(settled shop-0001), dated 2026-02-13T09:00:00Z"];
        refused(&shop, "batch return shop-0001 --creator ana --by lee --reason closed --as-of 2026-02-13T08:59:59Z", &settled);
    }
}

#[test]
fn no_proposal_is_decided_before_it_was_made() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        refused(&shop, "adjust ana 5.00 --reason sample --by mia --as-of 9999-01-01T00:00:00Z", &["is in the future"]);
        shop.must(&words("adjust ana 5.00 --reason sample --by mia --as-of 2026-02-02T10:00:00Z"));
        let made = ["entry 2 (proposed shop-p0001), dated 2026-02-02T10:00:00Z; a decision cannot be dated earlier than that"];
        for verb in ["approve", "reject"] {
            refused(&shop, &format!("proposal {verb} shop-p0001 --by lee --as-of 2026-02-02T09:59:59.999999Z"), &made);
            refused(&shop, &format!("proposal {verb} shop-p0001 --by lee --as-of 9999-01-01T00:00:00Z"), &["is in the future"]);
        }
        shop.must(&words("proposal approve shop-p0001 --by lee --as-of 2026-02-02T10:00:00Z"));
        // A void takes effect after what was last decided about its batch.
        shop.must(&words("run payout --as-of 2026-02-03T09:00:00Z --by rosa"));
        shop.must(&words("batch approve shop-0001 --by mia --as-of 2026-02-03T10:00:00Z"));
        shop.must(&words("batch export shop-0001 --by mia --as-of 2026-02-03T11:00:00Z"));
        shop.must(&words("batch void shop-0001 --by mia --reason lost --as-of 2026-02-03T12:00:00Z"));
        refused(&shop, "proposal approve shop-p0002 --by lee --as-of 2026-02-03T11:59:59Z", &["(proposed shop-p0002)"]);
        shop.must(&words("proposal approve shop-p0002 --by lee --as-of 2026-02-03T12:00:00Z"));
    }
}

#[test]
fn no_run_is_earlier_than_the_last_entry_of_its_program() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        let posted = ["would be earlier than entry 1 (reconciled), of 2026-02-01T02:00:00Z"];
        for job in ["nightly", "payout", "statements"] {
            refused(&shop, &format!("run {job} --as-of 2026-02-01T01:59:59.999999Z"), &posted);
        }
        shop.must(&words("run nightly --as-of 2026-02-01T08:00:00Z"));
        refused(&shop, "run payout --as-of 2026-02-01T07:59:59Z", &["than the last reconciliation, of 2026-02-01T08:00:00Z"]);
        shop.must(&words("run payout --as-of 2026-02-01T09:00:00Z --by rosa"));
        shop.must(&words("batch approve shop-0001 --by mia --as-of 2026-02-02T09:00:00Z"));
        let approved = ["than entry 3 (approved shop-0001), of 2026-02-02T09:00:00Z; postings are never undone"];
        refused(&shop, "run nightly --as-of 2026-02-02T02:00:00Z", &approved);
        // A scheduled run follows what was posted since; it is the day's, whenever it runs.
        shop.must(&words("run nightly --slot 2026-02-02T02:00:00Z"));
        let runs = shop.must(&words("status --format csv"));
        assert!(runs.contains("nightly,2026-02-02T09:00:00Z,done"), "{runs}");
    }
}

#[test]
fn a_time_before_the_programs_earliest_day_is_refused() {
    let shop = shop(Kind::Sqlite);
    let told = ["is before 2000-01-01, the program's earliest day", "`earliest`"];
    refused(&shop, "adjust ana 5.00 --reason sample --by mia --as-of 1026-01-01T00:00:00Z", &told);
    refused(&shop, "run statements --as-of 1999-12-31T23:59:59Z", &told);
}

#[test]
fn a_dry_run_and_what_only_looks_may_look_ahead() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        let posted =
            || shop.database.sql("SELECT * FROM entries") + &shop.database.sql("SELECT * FROM transfers") + &shop.exports();
        let before = posted();
        let told = shop.must(&words("run nightly payout statements --dry-run --as-of 2026-12-31T02:00:00Z"));
        assert!(told.contains("dry run: nothing was posted"), "{told}");
        shop.must(&words("run nightly --dry-run --as-of 2062-02-02T02:00:00Z"));
        shop.must(&words("tidy --dry-run --as-of 2062-02-02T02:00:00Z"));
        shop.must(&words("explain o1 --as-of 2062-02-02T02:00:00Z"));
        shop.must(&words("statement ana --month 2027-01 --as-of 2062-02-02T02:00:00Z"));
        assert_eq!(posted(), before, "they changed nothing");
    }
}

/// Does a command as an older version did, which took any time: under a clock that says that time.
fn under(shop: &Shop, clock: &str, command: &str) {
    let clock = Clock::at(shop.folder.path(), purser::calendar::parse_time(clock).expect("a time"));
    let mut command = shop.command(&words(command));
    clock.under(&mut command);
    let output = command.output().expect("the binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::remove_file(shop.path("clock")).expect("it is no part of the shop");
}

/// As older versions could leave one.
#[test]
fn a_ledger_ahead_of_the_clock_says_so() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        under(&shop, "2062-02-02T03:00:00Z", "run nightly --as-of 2062-02-02T02:00:00Z");
        let ahead = [
            "entry 2 (reconciled) is dated 2062-02-02T02:00:00Z, which is in the future (the clock says 20",
            "restore the backup",
        ];
        for command in ["run nightly", "run payout --as-of 2026-02-03T09:00:00Z", "run statements --as-of 2026-03-01T10:00:00Z"] {
            refused(&shop, command, &ahead);
        }
        for slot in ["nightly --slot 2026-02-03T02:00:00Z", "payout --slot 2026-02-03T09:00:00Z"] {
            let done = shop.run(&words(&format!("run {slot}")));
            assert!(done.code == Some(1) && ahead.iter().all(|wanted| done.err.contains(wanted)), "{}", done.err);
        }
        let slots = shop.database.sql("SELECT DISTINCT state, attempts FROM slots");
        assert_eq!(slots.trim(), "failed|1", "they are not tried again and again");
        for look in ["status", "doctor", "check times"] {
            let done = shop.run(&words(look));
            assert!(
                done.out.contains("is dated 2062-02-02T02:00:00Z, which is in the future (the clock says 20"),
                "{look}: {}",
                done.out
            );
        }
        assert!(!shop.run(&["check", "times"]).ok, "it counts as broken");
        assert!(shop.run(&["check", "chain", "balanced", "balances"]).ok, "and nothing else does");
        // What does not follow it goes on: somebody can see who is owed what.
        shop.must(&["export", "balances"]);
    }
}

/// Clocks of two machines differ a little: that passes by itself.
#[test]
fn an_entry_of_a_clock_slightly_ahead_is_waited_for() {
    let shop = shop(Kind::Sqlite);
    let soon = (Utc::now() + chrono::TimeDelta::minutes(5)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    under(&shop, &soon, &format!("adjust ana 5.00 --reason sample --by mia --as-of {soon}"));
    let done = shop.run(&words("run nightly --slot 2026-02-03T02:00:00Z --patience 0"));
    assert!(done.code == Some(75) && done.err.contains("is in the future"), "{}", done.err);
    assert_eq!(shop.database.sql("SELECT state FROM slots").trim(), "due", "it is tried again");
}
