//! The guard is not switched off from behind.

use super::{FIRST, SECOND, last_reason, put, shop};
use crate::support::database::Kind;

/// What the guard compares with is what the journal names. Where that is not to be had, whatever moves counts as edited.
#[test]
fn the_guard_is_not_switched_off_by_changing_what_is_kept() {
    let tampered: [(&str, &str); 5] = [
        ("another text", "UPDATE program_texts SET body = replace(body, 'percent = \"10\"', 'percent = \"90\"')"),
        ("no text", "DELETE FROM program_texts"),
        ("another text as the last one", "UPDATE reconciled SET program_text = 'NEW'"),
        ("both", "DELETE FROM program_texts; UPDATE reconciled SET program_text = 'NEW'"),
        ("no list of facts", "UPDATE manifests SET body = replace(body, '.csv', '.old'), digest = 'x' || digest"),
    ];
    for kind in Kind::BOTH {
        for (name, sql) in tampered {
            let shop = shop(kind);
            shop.must(FIRST);
            put(&shop, "percent = \"10\"", "percent = \"90\"");
            shop.add("links.csv", "lnew,cho,,\n");
            let hash = blake3::hash(shop.read("shop.toml").as_bytes()).to_hex().to_string();
            shop.database.sql(&sql.replace("NEW", &hash));
            let done = shop.run(SECOND);
            assert!(!done.ok, "{name}: {}", done.out);
            assert!(done.err.contains("ana: 1 amount, 40.00 → 360.00 (+320.00)"), "{name}: {}", done.err);
            let told = "are unknown (the text of the program file that it names is missing";
            assert_eq!(
                done.err.contains(told),
                name.contains("text") && !name.contains("last") || name == "both",
                "{}",
                done.err
            );
            shop.must(&[SECOND, &["--restate", "the database was restored"]].concat());
            assert_eq!(last_reason(&shop), "the database was restored");
        }
    }
}
