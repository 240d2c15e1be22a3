//! Sessions: how they begin, how they end, and how often somebody may guess.

use super::*;

#[test]
fn who_is_not_signed_in_is_sent_to_the_sign_in_and_back() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "viewer")]);
    let pages = Pages::open(&shop);
    let mut browser = pages.browser();
    for path in ["/", "/account", "/users"] {
        let page = browser.get(path);
        let to = page.header("location").unwrap_or_default().to_owned();
        assert!(page.status == 303 && to.starts_with("/sign-in"), "{path}: {} {to}", page.status);
    }
    let part = browser.send("GET", "/account", &[("hx-request", "true")], b"");
    assert_eq!((part.status, part.header("hx-redirect")), (401, Some("/sign-in")), "a part of a page leads there as a whole");
    let form = browser.get("/sign-in?to=%2Faccount");
    assert_eq!(form.hidden("to").as_deref(), Some("/account"));
    // However the name is spelled.
    let page = browser.post("/sign-in", &[("name", " LEE "), ("password", PASSWORD), ("to", "/account")]);
    assert_eq!((page.status, page.header("location")), (303, Some("/account")));
    let account = browser.get("/account");
    assert!(account.status == 200 && account.text.contains("lee") && account.text.contains("viewer"), "{}", account.text);
    assert_eq!(browser.get("/users").status, 403, "a viewer manages nobody");
    for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "evil"] {
        let page = pages.browser().post("/sign-in", &[("name", "lee"), ("password", PASSWORD), ("to", elsewhere)]);
        assert_eq!(page.header("location"), Some("/"), "{elsewhere}");
    }
}

#[test]
fn a_session_ends_when_somebody_signs_out_and_is_gone() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "viewer")]);
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in("lee");
    let copy = browser.clone();
    let page = browser.submit("/account", "/sign-out", &[]);
    assert_eq!((page.status, page.header("location")), (303, Some("/sign-in")));
    assert!(browser.cookies.is_empty(), "the cookie is gone");
    assert_eq!(copy.clone().get("/account").status, 303, "who kept its id has no session any more");
    assert_eq!(shop.database.sql("SELECT COUNT(*) FROM sessions").trim(), "0");
}

#[test]
fn a_session_ends_by_itself() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "viewer")]);
    let pages = Pages::open(&shop);
    let minutes = |minutes: i64| minutes * 60_000_000;
    for (column, ago, goes_on) in [
        ("seen_at", minutes(29), true),
        ("seen_at", minutes(31), false),
        ("begun_at", minutes(719), true),
        ("begun_at", minutes(721), false),
    ] {
        let mut browser = pages.signed_in("lee");
        shop.database.sql(&format!("UPDATE sessions SET {column} = {column} - {ago}"));
        assert_eq!(browser.get("/account").status == 200, goes_on, "{column} {ago}");
        shop.database.sql("DELETE FROM sessions");
    }
}

#[test]
fn what_changes_a_user_ends_their_sessions() {
    for kind in Kind::BOTH {
        let shop = shop_with(kind, &[("lee", "viewer")]);
        let admin = token(&shop, "mia");
        let pages = Pages::open(&shop);
        for change in [&["role", "lee", "preparer"][..], &["groups", "lee", "finance"], &["disable", "lee"]] {
            let mut browser = pages.signed_in("lee");
            assert_eq!(browser.get("/account").status, 200);
            let done = with_token(&shop, &admin, &[&["user"], change, &["--by", "mia"]].concat());
            assert!(done.ok, "{change:?}: {}", done.err);
            assert_eq!(browser.get("/account").status, 303, "{change:?}");
        }
        let refused = pages.browser().post("/sign-in", &[("name", "lee"), ("password", PASSWORD)]);
        assert!(refused.status == 403 && refused.text.contains("the name or the password is wrong"), "{}", refused.text);
    }
}

/// An id that somebody else put into the browser before is worth nothing after.
#[test]
fn a_session_is_never_one_that_was_there_before() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "viewer"), ("eve", "viewer")]);
    let pages = Pages::open(&shop);
    let eves = pages.signed_in("eve");
    let planted = "0123456789abcdef".repeat(4);
    for before in [planted.as_str(), eves.cookies["purser"].as_str()] {
        let mut victim = pages.browser();
        victim.cookies.insert("purser".to_owned(), before.to_owned());
        victim.post("/sign-in", &[("name", "lee"), ("password", PASSWORD)]);
        assert_ne!(victim.cookies["purser"], before, "the id is another one");
        assert!(victim.get("/account").text.contains("lee"));
        let mut attacker = pages.browser();
        attacker.cookies.insert("purser".to_owned(), before.to_owned());
        assert!(!attacker.get("/account").text.contains("lee"));
    }
}

#[test]
fn with_a_second_factor_a_password_alone_opens_nothing() {
    for kind in Kind::BOTH {
        let shop = shop_with(kind, &[("lee", "approver")]);
        let app = App::set_up(&shop, "lee");
        let pages = Pages::open(&shop);
        let mut browser = pages.browser();
        let page = browser.post("/sign-in", &[("name", "lee"), ("password", PASSWORD), ("to", "/account")]);
        assert_eq!((page.status, page.header("location")), (303, Some("/sign-in/code?to=%2Faccount")));
        let half = browser.cookies["purser"].clone();
        for path in ["/", "/account"] {
            assert_eq!(browser.get(path).status, 303, "{path} opens to nobody who is half signed in");
        }
        let code = app.code(0);
        let wrong = browser.submit("/sign-in/code", "/sign-in/code", &[("code", "000000")]);
        assert_eq!(wrong.status, 403, "{}", wrong.text);
        let page = browser.submit("/sign-in/code", "/sign-in/code", &[("code", &code), ("to", "/account")]);
        assert_eq!((page.status, page.header("location")), (303, Some("/account")), "{}", page.text);
        assert_ne!(browser.cookies["purser"], half, "another session takes the place of the half one");
        assert_eq!(browser.get("/account").status, 200);
        let mut old = pages.browser();
        old.cookies.insert("purser".to_owned(), half);
        assert_eq!(old.get("/account").status, 303, "the half one is gone");
        // The same code again.
        let mut second = pages.browser();
        second.post("/sign-in", &[("name", "lee"), ("password", PASSWORD)]);
        let used = second.submit("/sign-in/code", "/sign-in/code", &[("code", &code)]);
        assert!(used.status == 403 && used.text.contains("was used before"), "{}", used.text);
    }
}

#[test]
fn a_second_factor_is_set_up_on_the_pages_and_counts_once_it_was_shown_to_work() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "approver")]);
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in("lee");
    let refused = browser.submit("/account", "/account/second-factor", &[("password", "not this one at all")]);
    assert_eq!(refused.status, 403, "it takes the password: {}", refused.text);
    let page = browser.submit("/account", "/account/second-factor", &[("password", PASSWORD)]);
    let uri =
        page.text.split("href=\"otpauth://").nth(1).and_then(|rest| rest.split('"').next()).expect("the page has the address");
    let app = App::of(&format!("otpauth://{}", uri.replace("&amp;", "&").replace("&#38;", "&")));
    assert!(shop.must(&["user", "list", "--format", "csv"]).contains("lee,approver,,no,"), "it does not count yet");
    let wrong = browser.submit("/account", "/account/second-factor/confirm", &[("code", "000000")]);
    assert_eq!(wrong.status, 403);
    let done = browser.submit("/account", "/account/second-factor/confirm", &[("code", &app.code(0))]);
    assert_eq!(done.status, 303, "{}", done.text);
    assert!(shop.must(&["user", "list", "--format", "csv"]).contains("lee,approver,,yes,"));
    assert_eq!(browser.get("/account").status, 303, "sessions of before have ended");
}

#[test]
fn a_password_is_changed_by_who_knows_the_one_before() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "viewer")]);
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in("lee");
    for (old, new, status) in
        [("not this one at all", "another few words", 403), (PASSWORD, "short", 422), (PASSWORD, "lee lee lee lee", 422)]
    {
        let page = browser.submit("/account", "/account/password", &[("password", old), ("new", new)]);
        assert_eq!(page.status, status, "{new}: {}", page.text);
    }
    let page = browser.submit("/account", "/account/password", &[("password", PASSWORD), ("new", "another few words")]);
    assert_eq!(page.status, 303, "{}", page.text);
    let old = pages.browser().post("/sign-in", &[("name", "lee"), ("password", PASSWORD)]);
    assert_eq!(old.status, 403);
    let new = pages.browser().post("/sign-in", &[("name", "lee"), ("password", "another few words")]);
    assert_eq!(new.status, 303);
}

/// The ninth attempt is not judged any more, be the password right or wrong, the user known or unknown; and another user's is.
#[test]
fn who_guesses_passwords_is_stopped_and_learns_no_names() {
    for kind in Kind::BOTH {
        let shop = shop_with(kind, &[("lee", "viewer")]);
        let pages = Pages::open(&shop);
        let mut said = Vec::new();
        for name in ["lee", "nobody"] {
            let answers: Vec<(u16, String)> = (0..10)
                .map(|_| {
                    // Another spelling is no other user to try.
                    let page = pages.browser().post("/sign-in", &[("name", name), ("password", "wrong words are these")]);
                    let notice = page.text.split("role=\"alert\">").nth(1).and_then(|rest| rest.split('<').next());
                    (page.status, notice.unwrap_or_default().to_owned())
                })
                .collect();
            assert_eq!(
                answers.iter().map(|(status, _)| *status).collect::<Vec<_>>(),
                [vec![403; 8], vec![429; 2]].concat(),
                "{name}"
            );
            said.push(answers);
        }
        assert_eq!(said[0], said[1], "an unknown user is told the same");
        for name in ["lee", "LEE", "l\u{e9}e"] {
            let right = pages.browser().post("/sign-in", &[("name", name), ("password", PASSWORD)]);
            assert_eq!(right.status, 429, "{name}: what is right is not judged either");
        }
        assert_eq!(pages.browser().post("/sign-in", &[("name", "mia"), ("password", PASSWORD)]).status, 303, "others sign in");
        shop.database.sql("UPDATE attempts SET since = since - 900000001");
        assert_eq!(
            pages.browser().post("/sign-in", &[("name", "lee"), ("password", PASSWORD)]).status,
            303,
            "a quarter of an hour later"
        );
    }
}

/// Many at once are no way around: each is counted before it is judged.
#[test]
fn who_guesses_many_at_once_is_stopped_too() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "viewer")]);
    let pages = Pages::open(&shop);
    let attempt = || pages.browser().post("/sign-in", &[("name", "lee"), ("password", "wrong words are these")]).status;
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..24).map(|_| scope.spawn(attempt)).collect();
        all.into_iter().map(|one| one.join().expect("it ends")).collect()
    });
    assert_eq!(answers.iter().filter(|status| **status == 403).count(), 8, "{answers:?}");
}

/// Who tries codes is stopped after a few, and a right one then is not judged.
#[test]
fn who_guesses_codes_is_stopped() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "approver")]);
    let app = App::set_up(&shop, "lee");
    let pages = Pages::open(&shop);
    let mut browser = pages.browser();
    browser.post("/sign-in", &[("name", "lee"), ("password", PASSWORD)]);
    let answers: Vec<u16> =
        (0..8).map(|_| browser.submit("/sign-in/code", "/sign-in/code", &[("code", "000000")]).status).collect();
    assert_eq!(answers, [403, 403, 403, 403, 403, 403, 429, 429]);
    assert_eq!(browser.submit("/sign-in/code", "/sign-in/code", &[("code", &app.code(0))]).status, 429);
    let approve = ["batch", "approve", "shop-0001", "--by", "lee"];
    let code = app.code(0);
    let done = told(&mut keyed(&shop, &[&approve[..], &["--code", &code]].concat()), "");
    assert!(!done.ok && done.err.contains("too many attempts"), "the command line counts with the pages: {}", done.err);
}
