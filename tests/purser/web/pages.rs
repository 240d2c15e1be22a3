//! The frame of the pages, and what is at which address.

use super::*;

#[test]
fn the_frame_shows_who_is_signed_in_and_where() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "viewer")]);
    let pages = Pages::open(&shop);
    let mut browser = pages.signed_in("lee");
    let page = browser.get("/");
    assert!(page.text.contains("<h1>To do") && page.text.contains("Small"), "{}", page.text);
    for link in ["/programs/shop/batches", "/programs/shop/creators", "/programs/shop/books", "/account"] {
        assert!(page.text.contains(&format!("href=\"{link}\"")), "{link}: {}", page.text);
    }
    assert!(page.text.contains("href=\"/\" aria-current=\"page\""), "{}", page.text);
    assert!(!page.text.contains("href=\"/users\""), "only an admin manages users");
    let admin = pages.signed_in("mia").get("/users");
    assert!(admin.status == 200 && admin.text.contains("added as a viewer"), "{}", admin.text);
    let nowhere = browser.get("/nowhere");
    assert!(nowhere.status == 404 && nowhere.text.contains("There is no such page"), "{}", nowhere.text);
    for (asset, kind) in
        [("style.css", "text/css; charset=utf-8"), ("htmx.js", "text/javascript; charset=utf-8"), ("icon.svg", "image/svg+xml")]
    {
        let page = pages.browser().get(&format!("/assets/{asset}"));
        assert_eq!((page.status, page.header("content-type")), (200, Some(kind)));
    }
    assert!(pages.browser().get("/assets/htmx.js").text.contains("Zero-Clause BSD"), "the library keeps its licence");
}

#[test]
fn before_there_are_users_the_sign_in_says_how_to_begin() {
    let shop = Shop::small();
    let pages = Pages::open(&shop);
    let page = pages.browser().get("/sign-in");
    assert!(page.text.contains("purser user add NAME --role admin"), "{}", page.text);
    let page = pages.browser().post("/sign-in", &[("name", "mia"), ("password", PASSWORD)]);
    assert_eq!(page.status, 403, "nobody signs in");
}

#[test]
fn there_are_no_pages_where_none_are_wanted() {
    let shop = Shop::small();
    let server = Server::start_with_pages(&shop, "none", "off", |_| {}).ready();
    assert!(!server.log().contains("the pages are at"), "{}", server.log());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("it has an address").to_string();
    let done = shop.run(&["serve", "--listen", "127.0.0.1:0", "--pages", &address]);
    assert!(!done.ok && done.err.contains("cannot show pages at") && done.err.contains("--pages off"), "{}", done.err);
}

/// Who connects and says nothing does not keep others out.
#[test]
fn a_page_of_nobody_stays_on_its_own_connection() {
    let shop = shop_with(Kind::Sqlite, &[("lee", "viewer")]);
    let pages = Pages::open(&shop);
    let silent: Vec<_> = (0..100).map(|_| std::net::TcpStream::connect(&pages.address).expect("it listens")).collect();
    assert_eq!(pages.signed_in("lee").get("/").status, 200);
    drop(silent);
}
