//! What only its owner knows stands nowhere else.

use super::*;
use crate::support::files_below;

/// Everything that the shop holds: files, logs, the database as a dump has it.
fn everything(shop: &Shop) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = files_below(shop.folder.path())
        .into_iter()
        .map(|path| (path.display().to_string(), String::from_utf8_lossy(&fs::read(&path).expect("it can be read")).into_owned()))
        .collect();
    let dump = match shop.database.kind {
        Kind::Sqlite => shop.database.sql(".dump"),
        Kind::Postgres => {
            let tables = ["users", "sessions", "attempts", "user_changes"];
            tables.map(|table| shop.database.sql(&format!("SELECT * FROM {table}"))).concat()
        }
    };
    all.push(("the database".to_owned(), dump));
    all
}

#[test]
fn no_password_token_second_factor_or_session_is_in_logs_database_or_errors() {
    for kind in Kind::BOTH {
        let shop = shop_with(kind, &[("lee", "approver"), ("ann", "approver")]);
        let token = token(&shop, "ann");
        let said = must(&shop, PASSWORD, &["user", "second-factor", "lee"]);
        let uri = said.split_whitespace().find(|word| word.starts_with("otpauth://")).expect("an address").to_owned();
        let secret = said.split_whitespace().find(|word| word.len() >= 32 && word.bytes().all(|b| b.is_ascii_alphanumeric()));
        let secret = secret.expect("a secret").to_owned();
        let app = App::of(&uri);
        must(&shop, "", &["user", "second-factor", "lee", "--confirm", &app.code(-30)]);
        let pages = Pages::open(&shop);
        let mut browser = pages.browser();
        browser.post("/sign-in", &[("name", "lee"), ("password", PASSWORD)]);
        let half = browser.cookies["purser"].clone();
        let code = app.code(0);
        browser.submit("/sign-in/code", "/sign-in/code", &[("code", &code)]);
        let whole = browser.cookies["purser"].clone();
        let account = browser.get("/account");
        assert_eq!(account.status, 200);
        let wrong = "wrong words are these";
        let mut shown = vec![
            account.text,
            browser.submit("/account", "/account/password", &[("password", wrong), ("new", "never to be seen")]).text,
            pages.browser().post("/sign-in", &[("name", "lee"), ("password", wrong)]).text,
            browser.submit("/account", "/account/second-factor/confirm", &[("code", "123456")]).text,
        ];
        for done in [
            with_token(&shop, &token, &["batch", "approve", "shop-0001", "--by", "lee"]),
            with_token(&shop, "0123456789abcdef", &["batch", "approve", "shop-0001", "--by", "ann"]),
            with_token(&shop, &token, &["batch", "approve", "shop-9999", "--by", "ann"]),
            with_token(&shop, &token, &["config"]),
            with_token(&shop, &token, &["user", "list"]),
            with_token(&shop, &token, &["user", "changes"]),
        ] {
            shown.push(done.out + &done.err);
        }
        shown.push(pages.server.log());
        let csrf = browser.get("/account").hidden("csrf").expect("a token of forms");
        let mut places = everything(&shop);
        places.extend(shown.into_iter().enumerate().map(|(at, text)| (format!("answer {at}"), text)));
        let key = KEY.split(':').nth(1).expect("digits");
        for planted in [PASSWORD, wrong, "never to be seen", &token, &secret, &half, &whole, key, "four+words", "four%20words"] {
            for (place, text) in &places {
                assert!(!text.contains(planted), "{planted} stands in {place}");
            }
        }
        let others = places.iter().filter(|(place, _)| !place.starts_with("answer"));
        for (place, text) in others {
            assert!(!text.contains(&csrf), "the token of forms stands in {place}");
        }
        let list = shop.database.sql("SELECT password FROM users");
        assert!(list.lines().all(|hash| hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")), "{list}");
        shop.must(&["export", "dump", "--out", "dump"]);
        for path in files_below(&shop.path("dump")) {
            let name = path.display().to_string();
            assert!(!name.contains("users") && !name.contains("sessions"), "{name}: no dump holds users");
        }
    }
}

#[test]
fn without_a_key_there_is_no_second_factor() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "approver")]);
    let done = told(&mut shop.command(&["user", "second-factor", "lee"]), PASSWORD);
    assert!(!done.ok && done.err.contains("PURSER_KEY") && done.err.contains("nothing was changed"), "{}", done.err);
    assert_eq!(shop.database.sql("SELECT COUNT(*) FROM users WHERE pending_factor IS NOT NULL").trim(), "0");
    // With another key, what is kept says so, and counts for nobody.
    let app = App::set_up(&shop, "lee");
    let code = app.code(0);
    let mut other = shop.command(&["batch", "approve", "shop-0001", "--by", "lee", "--code", &code]);
    let done = told(other.env("PURSER_KEY", KEY.replace("k1:0", "k2:1")), "");
    assert!(!done.ok && done.err.contains("was encrypted with the key k1"), "{}", done.err);
}

#[test]
fn passwords_are_read_from_files_and_the_terminal_and_taken_as_no_argument() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
    let file = password_file(&shop, "password", PASSWORD);
    let done = shop.run(&["user", "add", "mia", "--role", "admin", "--password-file", &file]);
    assert!(done.ok && !done.out.contains(PASSWORD), "{}", done.err);
    for (given, why) in [
        ("short", "12 to 256 characters"),
        ("mia mia mia mia", "too easy to guess"),
        ("", "is empty"),
        ("aaaaaaaaaaaaaaaa", "too easy"),
    ] {
        let file = password_file(&shop, "poor", given);
        let done = shop.run(&[
            "user",
            "password",
            "mia",
            "--password-file",
            &shop.path("password").display().to_string(),
            "--new-password-file",
            &file,
        ]);
        assert!(!done.ok && done.err.contains(why), "{given}: {}", done.err);
    }
    let new = password_file(&shop, "new", "another few words");
    shop.must(&["user", "password", "mia", "--password-file", &file, "--new-password-file", &new]);
    let old = shop.run(&["user", "token", "mia", "--password-file", &file]);
    assert!(!old.ok && old.err.contains("the name or the password is wrong"), "{}", old.err);
    shop.must(&["user", "token", "mia", "--password-file", &new]);
    let help = shop.must(&["user", "add", "--help"]);
    assert!(!help.contains("--password <"), "{help}");
}
