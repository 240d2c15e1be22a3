//! What operators ask of purser: what has to be fixed, which settings are in force, where logs and traces go, manuals.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::Value;

use crate::support::http_server::HttpServer;
use crate::support::mail_server::MailServer;
use crate::support::{Done, Shop, purser};

/// An address of this machine at which nobody answers.
fn nobody() -> String {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free").to_string()
}

fn done(command: &mut Command) -> Done {
    command.output().expect("the binary starts").into()
}

/// What the doctor says about everything, and whether it found nothing that has to be fixed.
fn examined(shop: &Shop, settings: &[(&str, &str)]) -> (bool, Vec<Value>) {
    let mut command = shop.command(&["doctor", "--format", "json"]);
    let done = done(command.envs(settings.iter().copied()));
    let findings = serde_json::from_str(&done.out).unwrap_or_else(|why| panic!("{why}: {}{}", done.out, done.err));
    (done.ok, findings)
}

/// The finding of the doctor about something: how it is, what was found, what to do.
fn finding(shop: &Shop, settings: &[(&str, &str)], what: &str) -> (bool, [String; 3]) {
    let (ok, findings) = examined(shop, settings);
    (ok, about(&findings, what))
}

fn about(findings: &[Value], what: &str) -> [String; 3] {
    let found = findings.iter().find(|finding| finding["what"] == what);
    let found = found.unwrap_or_else(|| panic!("nothing is said of {what}: {findings:#?}"));
    ["health", "found", "to_do"].map(|name| found[name].as_str().expect("a text").to_owned())
}

#[test]
fn the_doctor_is_content_with_what_is_well() {
    let (shop, mails) = (Shop::small(), MailServer::refusing(""));
    shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
    let url = mails.url();
    let settings = [
        ("PURSER_SMTP_URL", url.as_str()),
        ("PURSER_MAIL_FROM", "Creators <pay@small-shop.com>"),
        ("PURSER_OPERATOR_MAIL", "ops@small-shop.com"),
        ("PURSER_WEBHOOK_URL", "https://hooks.small-shop.com/hush"),
    ];
    let (ok, findings) = examined(&shop, &settings);
    assert!(ok, "{findings:#?}");
    for (what, words) in [
        ("program shop", "3 scheduled jobs"),
        ("sources of shop", "all readable: 9 files"),
        ("time zones", "UTC"),
        ("database", "ledger.db"),
        ("data folder", "GB free"),
        ("mail", "the mail server answers"),
        ("sender", "pay@small-shop.com"),
        ("operator", "alerts go to ops@small-shop.com, the webhook"),
    ] {
        let [health, found, to_do] = about(&findings, what);
        assert!(health == "ok" && to_do.is_empty() && found.contains(words), "{what}: {health} {found} {to_do}");
    }
    // A call of the webhook would alert somebody: that it was left out is said.
    let [health, found, _] = about(&findings, "webhook");
    assert!(health == "not checked" && found.contains("would look like an alert"), "{health} {found}");
    assert!(mails.taken().is_empty(), "looking sends nothing");
}

/// Before the first run there is no database; all else is looked at all the same, and nothing is made.
#[test]
fn the_doctor_looks_at_everything_before_the_first_run() {
    let shop = Shop::small();
    let (ok, findings) = examined(&shop, &[]);
    assert!(ok, "nothing is wrong yet: {findings:#?}");
    for (what, health, words) in [
        ("sources of shop", "ok", "all readable: 9 files"),
        ("database", "warning", "there is none yet"),
        ("ledger", "not checked", "late jobs, failed runs, open alerts and unsent emails: there is no database"),
        ("data folder", "ok", "there is none yet"),
        ("mail", "warning", "saved as files"),
        ("sender", "not checked", "no mail server is set"),
    ] {
        let [found_health, found, _] = about(&findings, what);
        assert!(found_health == health && found.contains(words), "{what}: {found_health} {found}");
    }
    assert!(!shop.path("ledger.db").exists() && !shop.path("ledger-data").exists(), "looking makes nothing");
    let dead = format!("smtp://{}", nobody());
    let (ok, [health, found, _]) = finding(&shop, &[("PURSER_SMTP_URL", &dead)], "mail");
    assert!(!ok && health == "FAILED" && found.contains("Connection refused"), "{health} {found}");
    // Where nothing may be written, the first run would fail.
    shop.write("ledger-data", "no folder");
    let (ok, [health, found, _]) = finding(&shop, &[], "data folder");
    assert!(!ok && health == "FAILED" && found.contains("ledger-data"), "{health} {found}");
}

/// An address that no mail server elsewhere knows cannot be answered, and its mails are refused.
#[test]
fn the_doctor_knows_senders_that_nobody_can_answer() {
    let (shop, mails) = (Shop::small(), MailServer::refusing(""));
    let url = mails.url();
    for (sender, wanted) in [
        ("", "FAILED"),
        ("purser@localhost", "FAILED"),
        ("Pay <pay@mailhost>", "FAILED"),
        ("pay@127.0.0.1", "FAILED"),
        ("pay@LOCALHOST.localdomain", "FAILED"),
        ("pay@shop.local", "FAILED"),
        ("creators@shop.example", "warning"),
        ("creators@example.com", "warning"),
        ("pay@mylocal.com", "ok"),
        ("pay@pay.small-shop.com", "ok"),
    ] {
        let settings = [("PURSER_SMTP_URL", url.as_str()), ("PURSER_MAIL_FROM", sender)];
        let (ok, [health, found, to_do]) = finding(&shop, &settings, "sender");
        assert_eq!(health, wanted, "{sender}: {found}");
        assert_eq!(ok, wanted != "FAILED", "{sender}: the exit code says so");
        assert_eq!(to_do.contains("PURSER_MAIL_FROM"), wanted != "ok", "{sender}: {to_do}");
    }
    let settings = [("PURSER_SMTP_URL", url.as_str()), ("PURSER_OPERATOR_MAIL", "ops@small-shop.com, root@localhost")];
    let (_, [health, found, _]) = finding(&shop, &settings, "operator");
    assert!(health == "warning" && found.contains("root@localhost"), "{health} {found}");
}

/// One thing that cannot be used keeps no other from being looked at, and what it does keep is listed.
#[test]
fn the_doctor_lists_what_it_could_not_look_at() {
    let (shop, mails) = (Shop::small(), MailServer::refusing(""));
    shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
    let url = mails.url();
    let not_checked = |shop: &Shop, settings: &[(&str, &str)], what: &str, other: &str| {
        let (ok, findings) = examined(shop, settings);
        let [health, found, _] = about(&findings, what);
        assert!(!ok && health == "not checked" && !found.is_empty(), "{what}: {health} {found}");
        let [health, found, _] = about(&findings, other);
        assert_eq!(health, "ok", "{other} is looked at: {found}");
    };
    not_checked(&shop, &[("PURSER_SMTP_URL", "smpt://mail.example")], "mail server", "database");
    not_checked(&shop, &[("PURSER_LEASE", "soon"), ("PURSER_SMTP_URL", "smpt://mail.example")], "mail server", "database");
    shop.write("shop.toml", shop.read("shop.toml").replace("percent", "percentage"));
    not_checked(&shop, &[("PURSER_SMTP_URL", &url)], "sources of shop", "mail");
    let mut shop = shop.at("nowhere");
    not_checked(&shop, &[("PURSER_SMTP_URL", &url)], "sources", "database");
    not_checked(&shop, &[], "ledgers without a program file", "data folder");
    shop.database.url = format!("postgres://purser:hush@{}/purser", nobody());
    not_checked(&shop, &[("PURSER_SMTP_URL", &url)], "ledger", "mail");
}

/// Something that is wrong, and what the doctor says of it.
struct Trouble<'a> {
    what: &'a str,
    /// Makes it, in a shop of its own.
    make: &'a dyn Fn(&mut Shop),
    settings: &'a [(&'a str, &'a str)],
    health: &'a str,
    found: &'a str,
    to_do: &'a str,
}

#[test]
fn the_doctor_says_how_to_fix_what_is_wrong() {
    let nobody = nobody();
    let (mail, away) = (format!("smtp://{nobody}"), format!("postgres://purser:hush@{nobody}/purser"));
    let trouble = |what, make, health, found, to_do| Trouble { what, make, settings: &[], health, found, to_do };
    let settings = [("PURSER_SMTP_URL", mail.as_str())];
    let misspelt = |shop: &mut Shop| shop.write("shop.toml", shop.read("shop.toml").replace("percent", "percentage"));
    let removed = |shop: &mut Shop| fs::remove_file(shop.path("clicks.csv")).expect("it was there");
    let elsewhere = |shop: &mut Shop| shop.database.url = away.clone();
    let scribbled = |shop: &mut Shop| {
        // What its log holds would restore it.
        let _ = fs::remove_file(shop.path("ledger.db-wal"));
        shop.write("ledger.db", "no database at all");
    };
    let in_the_way = |shop: &mut Shop| {
        fs::remove_dir_all(shop.path("ledger-data")).expect("it was there");
        shop.write("ledger-data", "no folder");
    };
    let unmounted = |shop: &mut Shop| fs::remove_dir_all(shop.path("ledger-data")).expect("it was there");
    let unwritten = |shop: &mut Shop| fs::remove_file(shop.path("ledger.db")).expect("it was there");
    let renamed = |shop: &mut Shop| fs::rename(shop.path("shop.toml"), shop.path("store.toml")).expect("it was there");
    let refused = |shop: &mut Shop| {
        shop.add("refunds.csv", "r9,o1,1,yesterday,1.00\n");
        assert!(!shop.run(&["run", "nightly", "--as-of", "2026-02-11T00:00:00Z"]).ok);
    };
    let nothing = |_: &mut Shop| {};
    for trouble in [
        trouble("program shop", &misspelt, "FAILED", "percentage", "fix the file"),
        trouble("sources of shop", &removed, "FAILED", "clicks.csv", "check that they were delivered"),
        trouble("database", &elsewhere, "FAILED", "is not responding", "purser config"),
        trouble("database", &scribbled, "FAILED", "not a database", "purser config"),
        trouble("database", &unwritten, "warning", "there is none yet", "name it with --database"),
        trouble("data folder", &in_the_way, "FAILED", "ledger-data", "its owner"),
        trouble("data folder", &unmounted, "FAILED", "there is none at", "mount or restore it"),
        trouble("ledger store", &renamed, "FAILED", "purser rename shop store", "do what the message says"),
        trouble("job nightly of shop", &refused, "warning", "refunds.csv row 3", "run the job again"),
        Trouble {
            settings: &[("PURSER_SMTP_URL", "smpt://user:hush@mail.example")],
            ..trouble("mail", &nothing, "FAILED", "PURSER_SMTP_URL", "purser config")
        },
        Trouble {
            settings: &[("PURSER_LEASE", "soon")],
            ..trouble("settings", &nothing, "FAILED", "PURSER_LEASE", "purser config")
        },
        Trouble {
            settings: &[("PURSER_AT_ONCE", "none")],
            ..trouble("settings", &nothing, "FAILED", "PURSER_AT_ONCE", "purser config")
        },
        Trouble { settings: &settings, ..trouble("mail", &nothing, "FAILED", "Connection refused", "PURSER_SMTP_URL") },
        trouble("mail", &nothing, "warning", "saved as files", "set PURSER_SMTP_URL"),
        trouble("operator", &nothing, "warning", "no recipient is set for operator alerts", "set PURSER_OPERATOR_MAIL"),
        Trouble {
            settings: &[("PURSER_OPERATOR_MAIL", "ops@small-shop.com")],
            ..trouble("operator", &nothing, "warning", "saved as files", "set PURSER_SMTP_URL")
        },
    ] {
        let (what, mut shop) = (trouble.what, Shop::small().at("."));
        shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
        (trouble.make)(&mut shop);
        let (ok, [health, found, to_do]) = finding(&shop, trouble.settings, what);
        println!("{health:12}{what}: {found}: {to_do}");
        let is_said = health == trouble.health && found.contains(trouble.found) && to_do.contains(trouble.to_do);
        assert!(is_said, "{what}: {health} {found} {to_do}");
        assert_eq!(ok, health != "FAILED", "{what}: the exit code says whether something has to be fixed");
        assert!(!found.contains("hush"), "a secret is shown: {found}");
    }
}

#[test]
fn the_doctor_knows_what_is_late_and_what_was_refused() {
    let (shop, mails) = (Shop::small(), MailServer::refusing("ben@"));
    let good = shop.read("orders.csv");
    shop.write("orders.csv", good.replace("USD,p1", "dollars,p1"));
    let failed = shop.run(&["run", "nightly", "--slot", "2026-02-10T02:00:00Z"]);
    assert_eq!(failed.code, Some(1), "{}", failed.err);
    let (ok, [health, found, to_do]) = finding(&shop, &[], "job nightly of shop");
    assert!(ok && health == "warning" && found.starts_with("overdue by") && to_do.contains("purser status"), "{found}");
    let (_, [_, found, _]) = finding(&shop, &[], "alert");
    assert!(found.contains("nightly run for") && found.contains("failed, since"), "{found}");
    shop.write("orders.csv", good);
    let mut run = shop.command(&["run", "nightly", "statements", "--as-of", "2026-02-10T00:00:00Z"]);
    let sent = done(run.env("PURSER_SMTP_URL", mails.url()));
    assert!(sent.ok, "{}", sent.err);
    let (_, [health, found, to_do]) = finding(&shop, &[], "messages of shop");
    assert!(health == "warning" && found == "1 failed (statement)" && to_do.contains("address"), "{health} {found} {to_do}");
}

/// Flag before environment before file before default, and no secret in what is shown.
#[test]
fn config_shows_where_each_value_comes_from() {
    let shop = Shop::small();
    shop.write("smtp", "smtps://mia:hush@mail.example\n");
    let mut command = purser();
    command.current_dir(shop.folder.path()).args(["config", "--format", "json", "--jobs", "shop.toml"]);
    command.env("PURSER_JOBS", "elsewhere").env("PURSER_DATABASE", "postgres://purser:hush@db/purser").env("PURSER_DATA", "");
    command.env("PURSER_SMTP_URL_FILE", "smtp").env("PURSER_WEBHOOK_URL", "https://hooks.example/hush?token=hush");
    let done = done(&mut command);
    assert!(done.ok && !done.out.contains("hush"), "{}{}", done.out, done.err);
    let rows: Vec<Value> = serde_json::from_str(&done.out).expect("JSON");
    for (name, value, from) in [
        ("PURSER_JOBS", "shop.toml", "--jobs"),
        ("PURSER_DATABASE", "postgres://…@db/purser", "environment"),
        ("PURSER_DATA", "", "default"),
        ("PURSER_SMTP_URL", "smtps://…@mail.example", "PURSER_SMTP_URL_FILE: smtp"),
        ("PURSER_WEBHOOK_URL", "https://hooks.example/…", "environment"),
        ("PURSER_LEASE", "60", "default"),
    ] {
        let row = rows.iter().find(|row| row["setting"] == name).unwrap_or_else(|| panic!("{name} is shown: {}", done.out));
        assert_eq!((&row["value"], &row["from"]), (&value.into(), &from.into()), "{name}");
        assert!(row["meaning"].as_str().is_some_and(|meaning| !meaning.is_empty()), "{name} has a meaning");
    }
}

/// What `config` shows is what runs go by.
#[test]
fn settings_are_heeded_as_they_are_shown() {
    let (shop, mails) = (Shop::small(), MailServer::refusing(""));
    fs::create_dir(shop.path("jobs")).expect("the test can make folders");
    let text = shop.read("shop.toml").replace(" = \"", " = \"../").replace("\"../Small", "\"Small");
    shop.write(
        "jobs/shop.toml",
        text.replace("\"../USD", "\"USD").replace("\"../UTC", "\"UTC").replace("\"../14d", "\"14d").replace("\"../10", "\"10"),
    );
    shop.write("database", "sqlite://kept/books.db\n");
    shop.write("smtp", mails.url());
    let purser = |arguments: &[&str]| {
        let mut command = purser();
        command.current_dir(shop.folder.path()).args(arguments);
        // Empty is as if it were not there, and only a secret may stand in a file.
        command.env("PURSER_JOBS", "").env("PURSER_JOBS_FILE", "/nowhere").env("PURSER_DATA", " ");
        command.env("PURSER_DATABASE_FILE", "database").env("PURSER_SMTP_URL_FILE", "smtp");
        done(&mut command)
    };
    let run = purser(&["run", "nightly", "statements", "--as-of", "2026-02-10T00:00:00Z"]);
    assert!(run.ok, "{}", run.err);
    assert!(
        shop.path("kept/books.db").exists() && shop.path("kept/books-data/facts").is_dir(),
        "database and data are where it says"
    );
    assert_eq!(mails.taken().len(), 3, "each creator has a mail");
    fs::remove_file(shop.path("smtp")).expect("it was there");
    let missing = purser(&["run", "nightly", "--as-of", "2026-02-11T00:00:00Z"]);
    let words = "PURSER_SMTP_URL_FILE points to smtp, which cannot be read";
    assert!(!missing.ok && missing.err.contains(words), "{}", missing.err);
}

/// A dry run is none that anybody waits for: neither the status nor a metric takes it for a night that was done.
#[test]
fn a_rehearsal_is_not_taken_for_a_run() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--dry-run", "--as-of", "2026-02-10T00:00:00Z"]);
    let status = shop.must(&["status", "--format", "csv"]);
    assert!(status.lines().nth(1).is_some_and(|row| row.contains(",nightly,2026-02-10T00:00:00Z,rehearsed,")), "{status}");
    shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
    let status = shop.must(&["status", "--format", "csv"]);
    assert!(status.lines().nth(1).is_some_and(|row| row.contains(",done,")), "{status}");
}

/// Each line of a log, where no person looks on, says of which run it is, and names nobody.
#[test]
fn logs_are_read_by_machines_and_name_nobody() {
    let shop = Shop::small();
    let mut command = shop.command(&["run", "nightly", "payout", "statements", "--as-of", "2026-03-10T00:00:00Z"]);
    let done = done(command.env("PURSER_LOG", "purser=debug"));
    assert!(done.ok, "{}", done.err);
    let lines: Vec<Value> = done.err.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    for step in ["fetch", "reconcile", "payout", "statements"] {
        let of_step = lines.iter().find(|line| line["span"]["step"] == step).unwrap_or_else(|| panic!("{step}: {}", done.err));
        assert!(of_step["span"]["program"] == "shop" && of_step["span"]["run"].is_i64(), "{of_step}");
        assert!(of_step["timestamp"].is_string() && of_step["level"].is_string(), "{of_step}");
    }
    for name in ["ana@example.com", "Ana", "ben@example.com", "p1"] {
        assert!(!done.err.contains(name), "{name} stands in the log: {}", done.err);
    }
}

#[test]
fn traces_reach_a_collector_and_name_nobody() {
    let shop = Shop::small();
    let collector = HttpServer::new();
    let mut command = shop.command(&["run", "nightly", "payout", "statements", "--as-of", "2026-03-10T00:00:00Z"]);
    let done = done(command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url));
    assert!(done.ok, "{}", done.err);
    let taken = collector.taken();
    assert!(taken.iter().all(|request| request.line.starts_with("POST /v1/traces ")), "{taken:?}");
    // Texts stand in the protocol's messages as they are.
    let all: Vec<u8> = taken.into_iter().flat_map(|request| request.body).collect();
    let has = |text: &str| all.windows(text.len()).any(|window| window == text.as_bytes());
    for text in ["purser", "program", "shop", "nightly", "fetch", "reconcile", "payout", "statements"] {
        assert!(has(text), "no trace tells of {text}");
    }
    assert!(!has("example.com") && !has("Ana"), "a trace names somebody");
}

/// Nobody collects: the run is done all the same.
#[test]
fn a_collector_that_is_away_keeps_nothing_from_running() {
    let shop = Shop::small();
    let mut command = shop.command(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"]);
    let done = done(command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{}", nobody())));
    assert!(done.ok && done.out.contains("sale"), "{}{}", done.out, done.err);
}

/// The commands of a help text, and what is said of each.
fn commands(arguments: &[&str]) -> Vec<(String, String)> {
    let help = done(purser().args(arguments).arg("--help")).out;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let named = listed.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    named.filter_map(|line| line.split_once(' ')).map(|(name, about)| (name.to_owned(), about.trim().to_owned())).collect()
}

#[test]
fn every_command_has_a_manual_page() {
    let shop = Shop::small();
    shop.must(&["man", "--out", "man"]);
    let page = |name: &str| fs::read_to_string(shop.path("man").join(name)).unwrap_or_else(|why| panic!("{name}: {why}"));
    assert!(page("purser.1").contains(".TH purser 1"), "{}", page("purser.1"));
    let all = commands(&[]);
    assert!(all.len() > 20, "{all:?}");
    for (name, about) in &all {
        let text = page(&format!("purser-{name}.1")).replace("\\-", "-").replace("\\*(Aq", "'").replace('\n', " ");
        let start: String = about.chars().take(25).collect();
        assert!(text.contains(&start), "{name}: {text}");
        for (below, _) in commands(&[name]) {
            page(&format!("purser-{name}-{below}.1"));
        }
    }
}

#[test]
fn shells_complete_commands_and_their_words() {
    let shop = Shop::small();
    for (shell, word) in [
        ("bash", "complete"),
        ("zsh", "#compdef purser"),
        ("fish", "complete -c purser"),
        ("elvish", "purser"),
        ("powershell", "purser"),
    ] {
        let script = shop.must(&["completions", shell]);
        assert!(script.contains(word) && script.contains("write-off"), "{shell}: {script}");
    }
    // A real shell, as if TAB were pressed.
    shop.write("complete.bash", shop.must(&["completions", "bash"]));
    for (typed, wanted) in [
        (vec!["purser", "sta"], vec!["status", "statement"]),
        (vec!["purser", "batch", "ap"], vec!["approve"]),
        (vec!["purser", "export", "jou"], vec!["journal"]),
        (vec!["purser", "run", "--dry"], vec!["--dry-run"]),
    ] {
        let script = format!(
            "source complete.bash; COMP_WORDS=({}); COMP_CWORD={}; _purser purser \"${{COMP_WORDS[-1]}}\"; echo \"${{COMPREPLY[@]}}\"",
            typed.join(" "),
            typed.len() - 1
        );
        let output = Command::new("bash").current_dir(shop.folder.path()).args(["-c", &script]).output().expect("bash is there");
        let said = String::from_utf8(output.stdout).expect("it is text");
        assert_eq!(said.split_whitespace().collect::<Vec<_>>(), wanted, "{typed:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Looking and asking make nothing: neither a database, nor a folder.
#[test]
fn a_folder_that_may_only_be_read_is_no_reason_to_refuse_help() {
    let shop = Shop::small();
    let locked = shop.path("locked");
    fs::create_dir(&locked).expect("the test can make folders");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).expect("the test can set permissions");
    for arguments in [&["--help"][..], &["config"], &["completions", "bash"]] {
        let done = done(purser().current_dir(&locked).args(arguments));
        assert!(done.ok, "{arguments:?}: {}", done.err);
        assert_eq!(fs::read_dir(&locked).expect("it can be listed").count(), 0, "{arguments:?}");
    }
}
