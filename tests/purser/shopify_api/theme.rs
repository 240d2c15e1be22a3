//! The snippet for themes: what it writes into the cart is what purser reads of the order.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::orders::{line, order, with};
use super::{ApiShop, NIGHT};
use crate::support::project;

/// A browser that visits pages of a shop one after the other; it answers what was written into the cart, visit by visit.
const BROWSER: &str = r#"
const fs = require('fs');
const code = fs.readFileSync(process.argv[1], 'utf8').split('<script>')[1].split('</script>')[0];
const jar = new Map(), session = new Map();
const document = {
  get cookie() { return [...jar].map(([name, value]) => name + '=' + value).join('; '); },
  set cookie(text) { const [pair] = text.split(';'); const at = pair.indexOf('='); jar.set(pair.slice(0, at), pair.slice(at + 1)); },
};
(async () => {
  const visits = [];
  for (const visit of JSON.parse(process.argv[2])) {
    if (visit.cart) jar.set('cart', visit.cart);
    let written = null;
    const window = {
      location: { search: visit.search }, crypto: require('crypto').webcrypto,
      sessionStorage: { getItem: (name) => session.get(name) ?? null, setItem: (name, value) => session.set(name, value) },
      Shopify: { routes: { root: '/en/' }, customerPrivacy: visit.refused ? { analyticsProcessingAllowed: () => false } : undefined },
      fetch: async (path, request) => { written = { path, body: JSON.parse(request.body) }; return { ok: visit.ok !== false }; },
    };
    new Function('window', 'document', 'URLSearchParams', code)(window, document, URLSearchParams);
    await new Promise((done) => setImmediate(done));
    visits.push({ written, cookies: Object.fromEntries(jar) });
  }
  console.log(JSON.stringify(visits));
})();
"#;

fn browse(visits: &Value) -> Vec<Value> {
    let mut node = Command::new("node");
    node.arg("-e").arg(BROWSER).arg(project().join("deploy/shopify/visitor.liquid")).arg(visits.to_string());
    let done = node.stdin(Stdio::null()).output().expect("tests need Node: start them with tests/run");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("it answers JSON")
}

#[test]
fn a_visitor_is_known_from_the_log_to_the_order() {
    let visits = browse(&json!([
        { "search": "?ref=lana", "cart": "c1", "ok": false },
        { "search": "", "cart": "c1" },
        { "search": "?page=2", "cart": "c1" },
        { "search": "", "cart": "c2" },
        { "search": "?ref=lben&click_id=k 7", "cart": "c2" },
    ]));
    let visitor = visits[0]["cookies"]["visitor_id"].as_str().expect("a visitor has an id").to_owned();
    assert!(visitor.len() == 32 && visitor.bytes().all(|byte| byte.is_ascii_hexdigit()), "{visitor}");
    let body = |visit: usize| visits[visit]["written"]["body"]["attributes"].clone();
    assert_eq!(body(0), json!({ "visitor_id": visitor }));
    assert_eq!(visits[0]["written"]["path"], "/en/cart/update.js");
    // What the shop did not take is written again, and then no more, but into another cart.
    assert_eq!((body(1), body(2), body(3)), (body(0), Value::Null, body(0)));
    assert_eq!(body(4), json!({ "visitor_id": visitor, "click_id": "k 7" }));

    // As Shopify gives them with the order; and as the web server wrote the visit down.
    let attributes = body(0);
    let attributes = attributes.as_object().expect("attributes").iter();
    let attributes: Vec<Value> = attributes.map(|(key, value)| json!({ "key": key, "value": value })).collect();
    let bought = order(1, vec![line(10, 1, "10.00", &[], &[])], "10.00");
    let shop = ApiShop::new(vec![with(bought, json!({ "discountCodes": [], "customAttributes": attributes }))]);
    let agent = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140";
    shop.shop.write(
        "access.log",
        format!(
            "203.0.113.7 - - [09/Jan/2026:10:00:00 +0000] \"GET /?ref=lana HTTP/2.0\" 200 9 \"-\" \"{agent}\" visitor_id={visitor}\n"
        ),
    );
    let source = "[sources.web]\nkind = \"access_log\"\npath = \"access.log\"\n\n[attribution]";
    shop.shop.write("shop.toml", shop.shop.read("shop.toml").replace("[attribution]", source));
    shop.must(&NIGHT);
    assert!(shop.must(&["export", "orders"]).contains("1,attributed,link"));
    assert!(shop.must(&["export", "commissions"]).contains(",ana,"));
}

#[test]
fn nothing_is_done_before_the_visitor_allows_it() {
    let visits = browse(&json!([{ "search": "?ref=lana", "cart": "c1", "refused": true }]));
    assert_eq!(visits[0], json!({ "written": null, "cookies": { "cart": "c1" } }));
}
