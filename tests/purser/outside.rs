//! Text from outside does nothing where it is shown: no spreadsheet calculates it, no terminal obeys it; and what is secret in an
//! address is shown nowhere.

use std::process::Command;

use crate::support::database::Kind;
use crate::support::{Done, Shop, files_below, purser};

const FORMULA: &str = "=HYPERLINK(\"http://evil.example\")";

/// A shop in which creators, links, codes and orders have ids that somebody chose with care.
fn shop(kind: Kind, creator: &str, order: &str) -> Shop {
    let shop = Shop::small_on(kind);
    let quoted = |id: &str| format!("\"{}\"", id.replace('"', "\"\""));
    for (file, from, to) in [
        ("creators.csv", "ana,", format!("{},", quoted(creator))),
        ("links.csv", ",ana,", format!(",{},", quoted(creator))),
        ("codes.csv", ",ana,", format!(",{},", quoted(creator))),
        ("orders.csv", "o1,", format!("{},", quoted(order))),
        ("order_lines.csv", "o1,", format!("{},", quoted(order))),
        ("refunds.csv", "r1,o1,", format!("r1,{},", quoted(order))),
    ] {
        shop.write(file, shop.read(file).replace(from, &to));
    }
    shop
}

/// Orders that were paid and exported.
fn exported(kind: Kind, creator: &str, order: &str) -> Shop {
    let shop = shop(kind, creator, order);
    shop.must(&["run", "nightly", "payout", "--as-of", "2026-02-01T00:00:00Z", "--by", "noa"]);
    shop.must(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T00:00:00Z"]);
    shop.must(&["batch", "export", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T00:00:00Z"]);
    shop
}

#[test]
fn no_spreadsheet_calculates_what_stands_in_a_payment_list_or_the_journal() {
    for kind in Kind::BOTH {
        for id in [FORMULA, "+1", "-1", "@SUM(A1)", "\tx", "＝1"] {
            let shop = exported(kind, id, &format!("{id}o"));
            let by = ["--reason", "=1+1", "--by", "mia", "--as-of", "2026-02-03T00:00:00Z"];
            shop.must(&[&["adjust"], &by[..], &["--", id, "1.00"]].concat());
            shop.must(&["proposal", "approve", "shop-p0001", "--by", "lee", "--as-of", "2026-02-03T00:00:00Z"]);
            for text in [shop.read("ledger-data/payments/shop-0001.csv"), shop.must(&["export", "journal"])] {
                let mut rows = csv::ReaderBuilder::new().from_reader(text.as_bytes());
                let cells: Vec<String> = rows
                    .records()
                    .flat_map(|row| row.expect("it is CSV").iter().map(str::to_owned).collect::<Vec<_>>())
                    .collect();
                let is_formula = |cell: &&String| cell.starts_with(['=', '+', '@', '\t', '＝', '-']);
                assert_eq!(cells.iter().find(is_formula), None, "{text}");
                assert!(cells.contains(&format!("'{id}")), "the id stays what it says: {text}");
            }
            assert!(shop.must(&["export", "journal"]).contains("'=1+1"), "a reason is text, too");
        }
    }
}

/// Where a command shows figures as CSV, text is text and a figure is a figure. Exports are for programs.
#[test]
fn no_spreadsheet_calculates_what_is_shown_as_csv() {
    let shop = exported(Kind::Sqlite, "=1+1", "@o");
    let by = ["--reason=-1+1", "--by", "mia", "--as-of", "2026-02-03T00:00:00Z"];
    shop.must(&[&["adjust"], &by[..], &["--", "=1+1", "-1.00"]].concat());
    shop.must(&["run", "statements", "--as-of", "2026-02-03T00:00:00Z"]);
    for (command, holds) in [
        (&["batch", "show", "shop-0001"][..], "'=1+1,12.05,reserved"),
        (&["proposal", "list"], ",-1.00,USD,mia,2026-02-03T00:00:00Z,,,'-1+1"),
        (&["proposal", "show", "shop-p0001"], "'=1+1,-1.00"),
        (&["statement", "=1+1", "--month", "2026-01"], "'@o"),
    ] {
        let text = shop.must(&[command, &["--format", "csv"]].concat());
        assert!(text.contains(holds), "{command:?}: {holds} in {text}");
    }
    for (export, holds) in [("orders", "\n@o,attributed,link"), ("commissions", ",@o,1,=1+1,"), ("balances", "\n=1+1,0.00,0.00,")]
    {
        let text = shop.must(&["export", export, "--format", "csv"]);
        assert!(text.contains(holds), "exports are for programs and keep every byte: {holds} in {text}");
    }
}

/// The digest of what was exported stands in the journal.
#[test]
fn a_payment_list_that_an_older_purser_wrote_is_written_again_as_it_was() {
    let shop = exported(Kind::Sqlite, FORMULA, "o1");
    let list = "ledger-data/payments/shop-0001.csv";
    let escaped = shop.read(list);
    let before = escaped.replace("\"'=", "\"=");
    assert_ne!(before, escaped);
    let digest = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
    let triggers = shop.database.sql("SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_master WHERE type = 'trigger'");
    shop.database.sql(&triggers);
    shop.database.sql(&format!(
        "UPDATE entries SET facts = '{}' WHERE kind = 'exported' AND facts = '{}'",
        digest(&before),
        digest(&escaped)
    ));
    shop.must(&["batch", "export", "shop-0001", "--by", "mia", "--as-of", "2026-02-03T00:00:00Z"]);
    assert_eq!(shop.read(list), before);
}

/// A list that was exported can be written again once it is settled.
#[test]
fn a_settled_batch_has_its_payment_list_written_again() {
    for kind in Kind::BOTH {
        let shop = exported(kind, "ana", "o1");
        let before = shop.read("ledger-data/payments/shop-0001.csv");
        shop.must(&["batch", "settle", "shop-0001", "--by", "mia", "--as-of", "2026-02-03T00:00:00Z"]);
        shop.must(&["batch", "export", "shop-0001", "--by", "mia", "--as-of", "2026-02-04T00:00:00Z", "--out", "again.csv"]);
        assert_eq!(shop.read("again.csv"), before);
    }
}

/// An id that clears the screen, changes the title and turns what follows around.
const STEERING: &str = "o1\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{8}";

/// Runs a command whose output goes to a terminal.
fn on_a_terminal(shop: &Shop, arguments: &[&str]) -> String {
    let command = shop.command(arguments);
    let words: Vec<String> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| format!("'{}'", word.to_string_lossy().replace('\'', "'\\''")))
        .collect();
    let mut script = Command::new("script");
    script.current_dir(shop.folder.path()).args(["-qec", &words.join(" "), "/dev/null"]);
    let output = script.output().expect("there is script");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn no_id_steers_a_terminal() {
    let shop = shop(Kind::Sqlite, "ana", STEERING);
    let steers = |text: &str| text.contains(['\u{1b}', '\u{7}', '\u{8}', '\u{9b}', '\u{202e}']);
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    for arguments in [
        &["export", "orders", "--format", "table"][..],
        &["export", "commissions", "--format", "json"],
        &["explain", STEERING],
        &["explain", STEERING, "--format", "json"],
    ] {
        let out = shop.must(arguments);
        assert!(!steers(&out) && out.contains("o1\\u001b[2J"), "{arguments:?}: {out:?}");
    }
    let told = shop.run(&["explain", &format!("{STEERING}none")]);
    assert!(!told.ok && !steers(&told.err), "{:?}", told.err);
    // What a program reads has every byte; a terminal does not get them.
    for arguments in [&["export", "orders"][..], &["export", "journal"]] {
        assert!(shop.must(arguments).contains(STEERING), "{arguments:?}");
        let seen = on_a_terminal(&shop, arguments);
        assert!(!steers(&seen) && seen.contains("o1\\u001b[2J"), "{arguments:?}: {seen:?}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&shop.must(&["export", "orders", "--format", "json"])).expect("it is JSON");
    assert!(json.as_array().expect("a list").iter().any(|row| row["order_id"] == STEERING), "JSON says the same: {json}");
}

/// Two ids that look like one are told apart.
#[test]
fn no_character_of_an_id_is_hidden_in_a_table() {
    for hidden in ["\u{200e}", "\u{200b}", "\u{ad}", "\u{feff}", "\u{2060}"] {
        let shop = shop(Kind::Sqlite, &format!("ana{hidden}"), "o1");
        shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
        let table = shop.must(&["export", "balances", "--format", "table"]);
        let code = format!("ana\\u{:04x}", u32::from(hidden.chars().next().expect("one")));
        assert!(!table.contains(hidden) && table.contains(&code), "{code} in {table:?}");
    }
}

/// A line of a table stays one line.
#[test]
fn a_reason_with_a_line_break_forges_no_row() {
    let shop = shop(Kind::Sqlite, "ana\nben  999.99", "o1");
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T00:00:00Z"]);
    let table = shop.must(&["export", "balances", "--format", "table"]);
    assert!(table.contains("ana\\u000aben"), "{table}");
    assert_eq!(table.lines().count(), 4, "{table}");
}

/// What stands in the addresses below and must be seen nowhere.
const SECRETS: [&str; 3] = ["hush-user", "hush-word", "hush-token"];

fn says_no_secret(what: &str, done: &Done) {
    for secret in SECRETS {
        assert!(!done.out.contains(secret) && !done.err.contains(secret), "{what} shows {secret}: {}{}", done.out, done.err);
    }
}

/// Addresses of services that are away, that do not understand, or that are none, each with secrets in it.
#[test]
fn no_secret_of_an_address_is_shown_or_logged() {
    let shop = Shop::small();
    let away = "hush-user:hush-word@127.0.0.1:9";
    let both = |setting: &'static str, schemes: &[&str], path: &str| {
        let good = schemes.iter().map(|scheme| (setting, format!("{scheme}://{away}{path}")));
        let bad =
            [format!("{}://{away}:x{path}", schemes[0]), format!("hush-user:hush-word{path}"), format!("{}:/{away}", schemes[0])];
        good.chain(bad.map(|url| (setting, url))).collect::<Vec<_>>()
    };
    let settings = [
        both("OTEL_EXPORTER_OTLP_ENDPOINT", &["http", "https", "ftp"], "/hush-token?key=hush-token"),
        both("PURSER_WEBHOOK_URL", &["http", "https", "ftp"], "/hush-token?key=hush-token"),
        both("PURSER_SMTP_URL", &["smtp", "smtps", "ftp"], "?tls=hush-token"),
        both("PURSER_DATABASE", &["postgres", "mysql"], "/purser?sslkey=hush-token"),
        vec![
            ("PURSER_DATABASE", "host=127.0.0.1 port=9 user=hush-user password=hush-word".to_owned()),
            ("PURSER_DATABASE", "PASSWORD='hush-word' host=127.0.0.1 dbname=x.db".to_owned()),
            ("PURSER_DATABASE", "sqlite://hush-user:hush-word@nowhere/x.db".to_owned()),
        ],
    ]
    .concat();
    for (setting, url) in settings {
        for arguments in
            [&["config"][..], &["doctor"], &["run", "nightly", "statements", "--as-of", "2026-02-01T00:00:00Z"], &["status"]]
        {
            // What the libraries say is asked for, too.
            let mut command = purser();
            command.current_dir(shop.folder.path()).env(setting, &url).env("PURSER_LOG", "trace").env("PURSER_JOBS", "shop.toml");
            command.env("PURSER_DATA", shop.path("data"));
            if setting != "PURSER_DATABASE" {
                command.env("PURSER_DATABASE", &shop.database.url);
            }
            let done = Done::from(command.args(arguments).output().expect("the binary starts"));
            says_no_secret(&format!("{arguments:?} with {setting}={url}"), &done);
        }
    }
    for file in files_below(shop.folder.path()) {
        let text = String::from_utf8_lossy(&std::fs::read(&file).expect("it can be read")).into_owned();
        assert!(!SECRETS.iter().any(|secret| text.contains(secret)), "{}", file.display());
    }
}
