//! What is probably not meant is said where somebody looks anyway: in the night's report, and by `doctor`.

use serde_json::Value;

use crate::support::Shop;
use crate::support::database::Kind;

const NIGHT: [&str; 4] = ["run", "nightly", "--as-of", "2026-02-10T00:00:00Z"];

/// The small shop with mistakes of five kinds, seven in all.
fn shop(kind: Kind) -> Shop {
    let shop = Shop::small_on(kind);
    shop.add("codes.csv", "CHO10,choo,,\nBEN10,bem,,\nZED,zed,,\n");
    shop.add("links.csv", "lcho,chow,,\n");
    shop.add("orders.csv", "o4,2026-02-01T10:00:00Z,2026-02-09T10:00:00Z,paid,USD,p4,,,,ANA\n");
    let rates = "[[commission.rates]]\ngroup = \"gold\"\npercent = \"120\"\n";
    shop.write("shop.toml", shop.read("shop.toml") + rates);
    shop
}

#[test]
fn a_night_tells_how_many_and_the_first_of_each_kind() {
    for kind in Kind::BOTH {
        let shop = shop(kind);
        let told = "  possible mistakes: 7\n    \
                    rate 2: group gold, 120%: above 100%, so creators earn more than their sales come to; percents are written \"10\" for 10%\n    \
                    links: 1 row names the creator \"chow\", who is not in creators; the closest is \"cho\"\n    \
                    codes: 1 row names the creator \"bem\", who is not in creators; the closest is \"ben\"\n    \
                    full list: purser validate\n";
        let first = shop.must(&NIGHT);
        assert!(first.contains(told), "wanted: {told}\nsaid: {first}");
        // A night that finds everything as it was says it again; no kept fact is read for that.
        let again = shop.must(&NIGHT);
        assert!(again.contains("nothing to post") && again.contains(told), "{again}");
        let json = shop.must(&[&NIGHT[..], &["--format", "json"]].concat());
        let report: Value = serde_json::from_str(&json).expect("it is JSON");
        assert_eq!(report[0]["steps"][1]["reconciled"]["hints"]["count"], 7, "{report}");
        assert_eq!(shop.must(&["validate"]).matches("\nwarning: ").count(), 7, "`validate` lists them all");
    }
}

#[test]
fn a_scheduled_night_raises_no_alert_by_it() {
    let shop = shop(Kind::Sqlite);
    shop.must(&["run", "nightly", "--slot", "2026-02-10T02:00:00Z"]);
    assert_eq!(shop.database.sql("SELECT COUNT(*) FROM alerts").trim(), "0");
}

#[test]
fn doctor_repeats_what_the_last_night_found() {
    let shop = shop(Kind::Sqlite);
    let facts = || {
        let csv = shop.run(&["doctor", "--format", "csv"]).out;
        let rows = csv.lines().filter(|row| row.contains("facts of shop")).map(str::to_owned);
        rows.collect::<String>()
    };
    shop.must(&["run", "nightly", "--as-of", "2026-02-10T00:00:00Z", "--dry-run"]);
    assert!(facts().starts_with("not checked,facts of shop,they have never been reconciled"), "{}", facts());
    shop.must(&NIGHT);
    let said = facts();
    assert!(
        said.starts_with("warning,facts of shop,\"possible mistakes, as of 2026-02-10T00:00:00Z: 6, such as: links: "),
        "{said}"
    );
    assert!(said.ends_with(",`purser validate --program shop` lists all"), "{said}");
    // An outcome that an older purser kept says nothing of it.
    let older = "UPDATE reconciled SET outcome = replace(outcome, '\"hints\":', '\"older\":')";
    shop.database.sql(older);
    assert!(facts().starts_with("not checked,facts of shop,the last run was by an older purser"), "{}", facts());
    let clean = Shop::small();
    clean.must(&NIGHT);
    let csv = clean.run(&["doctor", "--format", "csv"]).out;
    assert!(csv.contains("ok,facts of shop,\"no likely mistakes, as of 2026-02-10T00:00:00Z\""), "{csv}");
    assert!(!clean.must(&NIGHT).contains("possible mistakes"));
}
