//! The commands as people type them.

use crate::support::mail_server::MailServer;
use crate::support::{Done, Shop, purser};

#[test]
fn help_reads_at_every_level() {
    for command in [
        vec![],
        vec!["run"],
        vec!["validate"],
        vec!["status"],
        vec!["export"],
        vec!["explain"],
        vec!["check"],
        vec!["batch"],
        vec!["batch", "list"],
        vec!["batch", "show"],
        vec!["batch", "approve"],
        vec!["batch", "reject"],
        vec!["batch", "export"],
        vec!["batch", "settle"],
        vec!["batch", "return"],
        vec!["batch", "void"],
        vec!["adjust"],
        vec!["write-off"],
        vec!["credit"],
        vec!["opening"],
        vec!["proposal"],
        vec!["proposal", "list"],
        vec!["proposal", "show"],
        vec!["proposal", "approve"],
        vec!["proposal", "reject"],
        vec!["statement"],
        vec!["tidy"],
        vec!["erase"],
        vec!["erase", "creator"],
        vec!["erase", "customer"],
        vec!["init"],
        vec!["demo"],
        vec!["serve"],
        vec!["doctor"],
        vec!["config"],
        vec!["completions"],
        vec!["man"],
    ] {
        let output = purser().args(&command).arg("--help").output().expect("the binary starts");
        let text = String::from_utf8(output.stdout).expect("it is text");
        assert!(output.status.success() && text.contains("Usage: purser"), "{command:?}: {text}");
        assert!(text.lines().all(|line| line.chars().count() <= 110), "{command:?} has long lines:\n{text}");
    }
    let text = String::from_utf8(purser().arg("--help").output().expect("it starts").stdout).expect("it is text");
    assert!(text.contains("Exit codes: 0 success; 1 "), "{text}");
}

#[test]
fn exit_codes_are_those_of_the_help() {
    let code = |arguments: &[&str]| purser().args(arguments).output().expect("it starts").status.code();
    assert_eq!(code(&["--help"]), Some(0));
    assert_eq!(code(&["--jobs", "/nowhere", "run", "nightly"]), Some(1));
    assert_eq!(code(&["fly"]), Some(2));
    assert_eq!(code(&["run", "nightly", "--as-of", "tomorrow"]), Some(2));
}

/// The binary alone has no shop to play.
#[test]
fn the_demo_says_where_its_shop_is() {
    let empty = tempfile::TempDir::new().expect("a temporary folder");
    for folder in [None, Some("jobs")] {
        if let Some(folder) = folder {
            std::fs::create_dir(empty.path().join(folder)).expect("the test can make folders");
        }
        let output = purser().current_dir(empty.path()).arg("demo").output().expect("it starts");
        let said = String::from_utf8(output.stderr).expect("it is text");
        assert!(
            !output.status.success() && said.contains("jobs/glow.toml") && said.contains("in a clone of the source"),
            "{said}"
        );
        assert!(!said.contains("init"), "{said}");
        assert!(!empty.path().join("purser-data").exists(), "nothing is written");
    }
}

#[test]
fn one_thing_is_counted_as_one() {
    let shop = Shop::small();
    shop.add("refunds.csv", "r2,o99,,2026-02-03T09:00:00Z,5.00\n");
    let mut night = shop.command(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
    let output = night.env("PURSER_LOG", "purser=info").env("PURSER_LOG_FORMAT", "text").output().expect("it starts");
    let log = String::from_utf8(output.stderr).expect("it is text");
    assert!(
        log.contains("fetched and stored 9 files")
            && log.contains("4 orders, ")
            && log.contains(" posted, 1 exception, last ledger entry: "),
        "{log}"
    );
    let found = shop.must(&["check", "balanced"]);
    assert!(found.contains("1 entry\n") || found.trim_end().ends_with("1 entry"), "{found}");
}

/// It needs no program file, and is not content with a database in which there is nothing.
#[test]
fn a_check_names_what_it_looked_at() {
    let shop = Shop::small();
    let missing = shop.run(&["check"]);
    assert!(!missing.ok && missing.err.contains("there is no database"), "{}", missing.err);
    assert!(!shop.path("ledger.db").exists(), "looking makes nothing");
    shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
    let (database, data) = (shop.database.url.clone(), shop.path("ledger-data").display().to_string());
    let check = |arguments: &[&str]| {
        let places = ["--jobs", "/nowhere", "--database", &database, "--data", &data, "check"];
        purser().current_dir("/").args(places).args(arguments).output().expect("it starts")
    };
    let out = |arguments: &[&str]| String::from_utf8(check(arguments).stdout).expect("it is text");
    let all = out(&[]);
    for line in out(&["--list"]).lines() {
        let (name, about) = line.split_once(' ').expect("a name and a sentence");
        assert!(all.contains(&format!("\n  {name} ")) && about.trim().ends_with('.'), "{name}: {all}");
    }
    assert_eq!(out(&["balances", "facts"]).lines().count(), 3);
    assert_eq!(check(&["balence"]).status.code(), Some(2));
    assert_eq!(check(&["--program", "other"]).status.code(), Some(1));
    let found: serde_json::Value = serde_json::from_str(&out(&["balances", "--format", "json"])).expect("it is JSON");
    assert!(found[0]["program"] == "shop" && found[0]["check"] == "balances" && found[0]["broken"] == 0, "{found}");
}

#[test]
fn a_new_shop_starts_from_init() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let run = |arguments: &[&str]| {
        let done = purser().current_dir(folder.path()).args(arguments).output().expect("it starts");
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("it is text")
    };
    run(&["init"]);
    assert!(run(&["validate"]).contains("are valid"));
    let report = run(&["run", "nightly", "--as-of", "2026-03-15T00:00:00Z"]);
    assert!(report.contains("attributed") && report.contains("chain: entry 1"), "{report}");
    assert!(folder.path().join("purser-data/purser.db").exists(), "the ledger has a place of its own");
    let again = purser().current_dir(folder.path()).arg("init").output().expect("it starts");
    assert!(!again.status.success(), "init overwrites nothing");
}

#[test]
fn a_rehearsal_posts_nothing() {
    let shop = Shop::small();
    let report = shop.must(&["run", "nightly", "payout", "--as-of", "2026-03-01T00:00:00Z", "--dry-run"]);
    assert!(report.contains("dry run") && report.contains("sale"), "{report}");
    assert_eq!(shop.must(&["export", "balances"]).lines().count(), 1);
    assert_eq!(shop.must(&["batch", "list", "--format", "csv"]).lines().count(), 1);
}

#[test]
fn a_run_replays_the_facts_of_an_earlier_one() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    let before = shop.exports();
    shop.write("refunds.csv", "refund_id,order_id,line_id,refunded_at,amount\nr9,o2,1,2026-01-30T09:00:00Z,50.00\n");
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z", "--facts", "1"]);
    assert_eq!(shop.exports(), before);
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    assert_ne!(shop.exports(), before);
    let wrong = shop.run(&["run", "nightly", "--as-of", "2026-02-02T00:00:00Z", "--facts", "99"]);
    assert!(wrong.err.contains("run 99 of shop kept no facts"), "{}", wrong.err);
}

#[test]
fn a_run_never_goes_back() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
    let done = shop.run(&["run", "nightly", "--as-of", "2026-02-09T00:00:00Z"]);
    assert!(!done.ok && done.err.contains("would be earlier than entry 1 (reconciled), of 2026-02-10T00:00:00Z"), "{}", done.err);
    let done = shop.run(&["run", "payout", "--as-of", "2026-02-09T00:00:00Z"]);
    assert!(!done.ok && done.err.contains("would be earlier than entry 1"), "{}", done.err);
}

#[test]
fn maker_is_never_checker() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "payout", "--as-of", "2026-03-01T00:00:00Z", "--by", "mia"]);
    let own = shop.run(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-03-02T00:00:00Z"]);
    assert!(!own.ok && own.err.contains("mia drafted batch shop-0001 and cannot approve it"), "{}", own.err);
    let early = shop.run(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-03-02T00:00:00Z"]);
    assert!(!early.ok && early.err.contains("only a batch that is approved or exported can be settled"), "{}", early.err);
    let unknown = shop.run(&["batch", "approve", "shop-0002", "--by", "lee"]);
    assert!(unknown.err.contains("has no batch shop-0002"), "{}", unknown.err);
    shop.must(&["batch", "approve", "shop-0001", "--by", "lee", "--as-of", "2026-03-02T00:00:00Z"]);
    shop.must(&["batch", "settle", "shop-0001", "--by", "mia", "--as-of", "2026-03-03T00:00:00Z"]);
    let shown = shop.must(&["batch", "show", "shop-0001"]);
    assert!(shown.contains("settled, ") && shown.contains("drafted by mia") && shown.contains("approved by lee"), "{shown}");
}

/// 100.00 dollars once went out as 10,000 yen, because only the nightly run looked at the ledger's currency.
#[test]
fn a_ledger_keeps_its_currency() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
    shop.write("shop.toml", shop.read("shop.toml").replace("\"USD\"", "\"JPY\""));
    for command in [
        &["run", "payout", "--as-of", "2026-02-11T00:00:00Z"][..],
        &["run", "statements", "--as-of", "2026-02-11T00:00:00Z"],
        &["export", "balances"],
        &["batch", "list"],
        &["status"],
    ] {
        let done = shop.run(command);
        assert!(
            !done.ok && done.err.contains("the ledger of shop is in USD, but the program file says JPY"),
            "{command:?}: {}",
            done.err
        );
    }
    shop.write("shop.toml", shop.read("shop.toml").replace("\"JPY\"", "\"EUR\""));
    let done = shop.run(&["run", "nightly", "--as-of", "2026-02-11T00:00:00Z"]);
    assert!(!done.ok && done.err.contains("the ledger of shop is in USD, but the program file says EUR"), "{}", done.err);
}

/// Looking at an earlier run's facts once made them the facts that the next reconciliation read.
#[test]
fn a_rehearsal_of_old_facts_leaves_the_latest_ones_in_force() {
    let shop = Shop::small();
    let jobs = "\n[jobs.fetch]\nsteps = [\"fetch\"]\n[jobs.rec]\nsteps = [\"reconcile\"]\n";
    shop.write("shop.toml", shop.read("shop.toml") + jobs);
    shop.must(&["run", "fetch", "rec", "--as-of", "2026-02-10T00:00:00Z"]);
    shop.write("refunds.csv", format!("{}r2,o1,1,2026-02-09T09:00:00Z,50.00\n", shop.read("refunds.csv")));
    shop.must(&["run", "fetch", "rec", "--as-of", "2026-02-11T00:00:00Z"]);
    let wanted = shop.exports();
    shop.must(&["run", "rec", "--facts", "1", "--dry-run", "--as-of", "2026-02-12T00:00:00Z"]);
    shop.must(&["run", "rec", "--as-of", "2026-02-12T00:00:00Z"]);
    assert_eq!(shop.exports(), wanted);
}

#[test]
fn figures_come_as_tables_csv_and_json() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
    let csv = shop.must(&["export", "balances"]);
    assert!(csv.starts_with("creator_id,pending,payable,reserved,paid\nana,"), "{csv}");
    let json: serde_json::Value =
        serde_json::from_str(&shop.must(&["export", "balances", "--format", "json"])).expect("it is JSON");
    assert_eq!(json[0]["creator_id"], "ana");
    assert!(shop.must(&["export", "balances", "--format", "table"]).contains("creator id"));
    let report: serde_json::Value =
        serde_json::from_str(&shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z", "--format", "json"]))
            .expect("it is JSON");
    assert_eq!(report[0]["job"], "nightly");
}

/// Several programs share a folder and a database; one that fails keeps no other from its run.
#[test]
fn programs_stand_beside_each_other() {
    let shop = Shop::small();
    shop.write("other.toml", shop.read("shop.toml").replace("Small", "Other"));
    let folder = shop.folder.path().display().to_string();
    let both = |arguments: &[&str]| {
        let mut all = vec!["--jobs", folder.as_str(), "--database", "sqlite://both.db"];
        all.extend(arguments);
        purser().current_dir(shop.folder.path()).args(&all).output().expect("it starts")
    };
    assert!(both(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]).status.success());
    let several = both(&["export", "balances"]);
    assert!(String::from_utf8_lossy(&several.stderr).contains("there are several programs: other, shop"));
    assert!(both(&["--program", "other", "export", "balances"]).status.success());
    shop.write("other.toml", shop.read("other.toml").replace("refunds.csv", "gone.csv"));
    let one = both(&["run", "nightly", "--as-of", "2026-02-11T00:00:00Z"]);
    assert!(!one.status.success());
    let (out, err) = (String::from_utf8_lossy(&one.stdout), String::from_utf8_lossy(&one.stderr));
    assert!(out.contains("Small: nightly") && err.contains("could not fetch the facts of other"), "{out}{err}");
}

/// Whoever mistypes the database's name is told: only a run makes a new one.
#[test]
fn only_a_run_makes_a_database() {
    let shop = Shop::small();
    for arguments in [
        &["status"][..],
        &["doctor"],
        &["batch", "list"],
        &["proposal", "list"],
        &["export", "balances"],
        &["explain", "o1"],
        &["statement", "ana"],
        &["tidy", "--dry-run"],
        &["adjust", "ana", "1", "--reason", "x", "--by", "mia"],
    ] {
        let done = shop.run(arguments);
        assert!(
            done.err.contains("there is no database") || done.out.contains("there is none yet"),
            "{arguments:?}: {}",
            done.err
        );
        assert!(!shop.path("ledger.db").exists(), "{arguments:?}");
    }
    shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
}

#[test]
fn times_to_come_and_empty_reasons_are_told() {
    let shop = Shop::small();
    let ahead = shop.run(&["run", "nightly", "--slot", "2999-01-01T02:00:00Z"]);
    assert!(!ahead.ok && ahead.err.contains("is in the future (the clock says"), "{}", ahead.err);
    let ahead = shop.run(&["run", "nightly", "--as-of", "2999-01-01T02:00:00Z"]);
    assert!(!ahead.ok && ahead.err.contains("is in the future (the clock says"), "{}", ahead.err);
    for flag in ["--restate", "--accept-missing"] {
        assert_eq!(shop.run(&["run", "nightly", flag, " "]).code, Some(2), "{flag}");
    }
}

/// A job that one program has not keeps no other program from being paid.
#[test]
fn a_job_that_one_program_has_not_is_told_and_the_others_run() {
    let shop = Shop::small();
    shop.write("other.toml", shop.read("shop.toml") + "[jobs.night]\nsteps = [\"fetch\", \"reconcile\"]\n");
    let shop = shop.at(".");
    let done = shop.run(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
    assert!(!done.ok && done.err.contains("the program other has no job nightly; it has night"), "{}", done.err);
    assert!(done.out.contains("Small: nightly as of"), "{}", done.out);
    let none = shop.run(&["run", "nihgtly"]);
    assert!(!none.ok && none.err.contains("has no job nihgtly"), "{}", none.err);
}

/// A statement that could not be mailed is mailed by the next turn of a timer, whatever is due then.
#[test]
fn a_turn_of_the_timer_mails_what_waits() {
    let (shop, mails) = (Shop::small(), MailServer::refusing(""));
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free");
    let at = |url: String, arguments: &[&str]| -> Done {
        shop.command(arguments).env("PURSER_SMTP_URL", url).output().expect("it starts").into()
    };
    let away = at(format!("smtp://{nobody}"), &["run", "nightly", "statements", "--as-of", "2026-02-10T00:00:00Z"]);
    assert!(away.ok && away.out.contains("3 waiting"), "{}{}", away.out, away.err);
    assert!(shop.must(&["status"]).contains("3 statements not emailed yet"));
    let turn = at(mails.url(), &["run", "nightly", "payout", "statements", "--slot"]);
    assert!(turn.ok, "{}", turn.err);
    assert_eq!(mails.taken().len(), 3);
    assert!(!shop.must(&["status"]).contains("not emailed yet"));
}

/// A refund of what was paid already is no mistake, but somebody has to know: the report names whom it concerns.
#[test]
fn a_report_lists_what_is_taken_back_though_it_was_paid() {
    for kind in crate::support::database::Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.must(&["run", "nightly", "payout", "--as-of", "2026-02-01T00:00:00Z", "--by", "rosa"]);
        shop.must(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-01T09:00:00Z"]);
        shop.must(&["batch", "settle", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T09:00:00Z", "--failed", "ben"]);
        shop.write("refunds.csv", format!("{}r2,o2,1,2026-02-04T09:00:00Z,10.00\n", shop.read("refunds.csv")));
        let report = shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
        let listed: Vec<&str> = report.lines().skip_while(|line| !line.contains("clawed back after payment")).take(3).collect();
        // Ana's second line was refunded after the payment; Ben's payment failed, so nothing of his was paid.
        assert!(
            listed[1].trim().starts_with("ana") && listed[1].contains("refund") && listed[1].contains("2.05 USD"),
            "{report}"
        );
        assert!(!listed[2].contains("ben"), "{report}");
    }
}
