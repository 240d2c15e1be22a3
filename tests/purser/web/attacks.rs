//! What somebody tries who is up to no good, and is refused.

use super::*;

#[test]
fn a_form_of_another_site_is_refused() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "viewer")]);
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in("lee");
    let csrf = browser.get("/account").hidden("csrf").expect("the page has a token");
    let fields = [("csrf", csrf.as_str()), ("password", PASSWORD), ("new", "another few words")];
    let own = format!("http://{}", pages.address);
    for (origin, site) in [
        ("https://evil.example", "cross-site"),
        ("https://evil.example", "same-origin"),
        (own.as_str(), "cross-site"),
        (own.as_str(), "same-site"),
        (own.as_str(), "none"),
        ("null", "same-origin"),
        ("http://127.0.0.1:1", "same-origin"),
    ] {
        let page = browser.post_from(origin, site, "/account/password", &fields);
        assert!(page.status == 403 && page.text.contains("another site"), "{origin} {site}: {} {}", page.status, page.text);
        let page = pages.browser().post_from(origin, site, "/sign-in", &[("name", "lee"), ("password", PASSWORD)]);
        assert_eq!(page.status, 403, "nobody is signed in by another site: {origin} {site}");
    }
    assert_eq!(browser.post("/account/password", &fields).status, 303, "the same form of a page of ours is taken");
}

#[test]
fn a_form_without_the_token_of_its_session_is_refused() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "viewer"), ("eve", "viewer")]);
    let pages = Pages::open(&shop);
    let (mut lee, mut eve) = (pages.signed_in("lee"), pages.signed_in("eve"));
    let eves = eve.get("/account").hidden("csrf").expect("the page has a token");
    let id = lee.cookies["purser"].clone();
    for csrf in ["", "0", &eves, &id] {
        for path in ["/account/password", "/account/second-factor", "/account/second-factor/confirm", "/sign-out"] {
            let page = lee.post(path, &[("csrf", csrf), ("password", PASSWORD), ("new", "another few words")]);
            assert!(
                page.status == 403 && page.text.contains("does not belong to your session"),
                "{path}: {} {}",
                page.status,
                page.text
            );
        }
    }
    let without = lee.post("/sign-out", &[]);
    assert_eq!(without.status, 403);
    let nobody = pages.browser().post("/account/password", &[("csrf", &eves)]);
    assert_eq!(nobody.status, 403, "without a session there is no token");
    assert_eq!(lee.get("/account").status, 200, "nothing was changed");
    for kind in ["application/json", "text/plain", ""] {
        let page = lee.send("POST", "/sign-out", &[("content-type", kind)], b"{}");
        assert_eq!(page.status, 415, "{kind}: only forms are taken");
    }
}

#[test]
fn what_is_too_large_is_not_taken() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "viewer")]);
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in("lee");
    let form = format!("csrf=0&new={}", "x".repeat(100_000));
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let page = browser.send("POST", "/account/password", &kind, form.as_bytes());
    assert_eq!(page.status, 413, "a form: {}", page.text);
    let boundary = [("content-type", "multipart/form-data; boundary=b")];
    let file = [
        b"--b\r\ncontent-disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n".as_slice(),
        &vec![b'x'; 17 << 20],
        b"\r\n--b--",
    ];
    let page = browser.send("POST", "/account/password", &boundary, &file.concat());
    assert_eq!(page.status, 413, "a file");
    let many = "a=1&".repeat(3_000);
    let page = browser.send("POST", "/account/password", &kind, many.as_bytes());
    assert_eq!(page.status, 415, "many fields");
    assert_eq!(browser.get("/account").status, 200, "the server goes on");
}

#[test]
fn a_role_is_not_raised_by_who_has_none_to_give() {
    for kind in Kind::BOTH {
        let shop = shop_with(kind, &[("lee", "viewer"), ("ann", "approver"), ("pat", "preparer")]);
        for name in ["lee", "ann", "pat"] {
            let token = token(&shop, name);
            for by in [name, "mia"] {
                for change in [&["role", name, "admin"][..], &["role", "mia", "viewer"], &["enable", name], &["disable", "mia"]] {
                    let done = with_token(&shop, &token, &[&["user"], change, &["--by", by]].concat());
                    assert!(
                        !done.ok && done.err.contains("nothing was changed"),
                        "{name} as {by} {change:?}: {}{}",
                        done.out,
                        done.err
                    );
                }
                let mut add = keyed(&shop, &["user", "add", "eve", "--role", "approver", "--by", by]);
                let done = told(add.env("PURSER_TOKEN", &token), PASSWORD);
                assert!(!done.ok && done.err.contains("nothing was changed"), "{}", done.err);
                let mut set = keyed(&shop, &["user", "password", "mia", "--by", by]);
                let done = told(set.env("PURSER_TOKEN", &token), "another few words");
                assert!(!done.ok && done.err.contains("nothing was changed"), "{}", done.err);
            }
            let done = told(&mut keyed(&shop, &["user", "add", "eve", "--role", "admin"]), PASSWORD);
            assert!(!done.ok && done.err.contains("an admin adds others"), "nobody is a first user twice: {}", done.err);
        }
        let list = shop.must(&["user", "list", "--format", "csv"]);
        for row in ["ann,approver,", "lee,viewer,", "mia,admin,", "pat,preparer,"] {
            assert!(list.contains(row), "{list}");
        }
        assert!(!list.contains("eve"), "{list}");
        // The token of one is no proof of another, even where both may.
        let last = with_token(&shop, &token(&shop, "mia"), &["user", "role", "mia", "viewer", "--by", "mia"]);
        assert!(!last.ok && last.err.contains("the last admin"), "{}", last.err);
    }
}

#[test]
fn every_answer_carries_what_protects_it() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "viewer")]);
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in("lee");
    for path in ["/", "/account", "/users", "/sign-in", "/nowhere", "/assets/style.css", "/programs/none/batches"] {
        let page = browser.get(path);
        let policy = page.header("content-security-policy").unwrap_or_default();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {part} in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(page.header("referrer-policy"), Some("same-origin"), "{path}");
        assert_eq!(page.header("x-frame-options"), Some("DENY"), "{path}");
        let is_asset = path.starts_with("/assets/");
        assert_eq!(page.header("cache-control") == Some("no-store"), !is_asset, "{path}");
        assert_eq!(page.header("strict-transport-security"), None, "not by plain http");
        let inline = [" style=", "<style", " onclick=", " onload=", "javascript:"];
        assert!(is_asset || inline.iter().all(|word| !page.text.contains(word)), "{path}: {}", page.text);
    }
    let encrypted = pages.browser().saying("x-forwarded-proto", "https").get("/sign-in");
    assert_eq!(encrypted.header("strict-transport-security"), Some("max-age=31536000"));
}

#[test]
fn cookies_are_strict_and_secure_where_they_can_be() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "viewer")]);
    let pages = Pages::open(&shop);
    let port = pages.address.rsplit(':').next().expect("a port").to_owned();
    for (host, proto, wanted) in [
        (pages.address.clone(), "", "purser="),
        (format!("localhost:{port}"), "", "purser="),
        (pages.address.clone(), "https", "__Host-purser="),
        ("pay.example".to_owned(), "https", "__Host-purser="),
        // Nobody signs in over a network in the clear: a browser drops such a cookie.
        ("pay.example".to_owned(), "", "__Host-purser="),
        ("localhost.evil.example".to_owned(), "", "__Host-purser="),
    ] {
        let mut browser = pages.browser();
        browser.host = host.clone();
        let mut browser = if proto.is_empty() { browser } else { browser.saying("x-forwarded-proto", proto) };
        let origin = format!("{}://{host}", if proto.is_empty() { "http" } else { proto });
        let page = browser.post_from(&origin, "same-origin", "/sign-in", &[("name", "lee"), ("password", PASSWORD)]);
        let cookie = page.header("set-cookie").unwrap_or_default();
        assert!(cookie.starts_with(wanted), "{host} {proto}: {cookie}");
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert_eq!(cookie.contains("; Secure"), wanted.starts_with("__Host-"), "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
        assert_eq!(browser.get("/account").status, 200, "{host} {proto}");
    }
}

/// A name that holds a script is text wherever it stands.
#[test]
fn a_script_in_a_name_does_nothing() {
    let name = "<script>alert(1)</script>\"'";
    let shop = shop_with(Kind::Sqlite, &[(name, "admin")]);
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in(name);
    for path in ["/", "/account", "/users"] {
        let page = browser.get(path);
        assert_eq!(page.status, 200);
        assert!(!page.text.contains("<script>alert") && page.text.contains("&#60;script&#62;alert(1)"), "{path}: {}", page.text);
    }
    let page = pages.browser().post("/sign-in", &[("name", name), ("password", "wrong words are these")]);
    assert!(page.status == 403 && !page.text.contains("<script>alert"), "{}", page.text);
    let page = pages.browser().get("/sign-in?to=%2F%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    assert!(page.status == 200 && !page.text.contains("<script>alert"), "{}", page.text);
}
