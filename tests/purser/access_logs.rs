//! Clicks from a web server's access log, in whatever form it writes it.

use std::io::Write;

use crate::support::Shop;

/// The small shop with its clicks in a log, which the program file describes with these keys.
fn shop(keys: &str, log: impl AsRef<[u8]>) -> Shop {
    let shop = Shop::small();
    shop.write("access.log", log);
    let source = format!("[sources.web]\nkind = \"access_log\"\npath = \"access.log*\"\n{keys}\n[attribution]");
    let program = shop.read("shop.toml").replace("clicks = \"clicks.csv\"\n", "").replace("[attribution]", &source);
    shop.write("shop.toml", program);
    shop
}

fn balances(shop: &Shop) -> String {
    shop.must(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    shop.must(&["export", "balances"])
}

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36";

/// A line in the combined format, with the visitor at its end.
fn line(time: &str, request: &str, status: u16, agent: &str, visitor: &str) -> String {
    format!("203.0.113.7 - - [{time}] \"{request}\" {status} 18422 \"https://l.example/\" \"{agent}\" visitor_id={visitor}\n")
}

/// The two clicks of the small shop's table.
fn combined() -> String {
    line("04/Jan/2026:05:00:00 -0500", "GET /serum?ref=lana&sub_id=story HTTP/2.0", 200, BROWSER, "v1")
        + &line("02/Jan/2026:10:00:00 +0000", "GET /?sub_id=bio&ref=lben HTTP/1.1", 301, BROWSER, "v1")
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text.as_bytes()).expect("it can be packed");
    packed.finish().expect("it can be packed")
}

#[test]
fn the_same_clicks_are_read_from_every_form_of_log() {
    let table = Shop::small();
    let wanted = balances(&table);
    let nginx =
        "format = '$time_iso8601|$status|$request_method|$request_uri|$cookie_vid|\"$http_user_agent\"'\nvisitor = \"vid\"\n";
    let nginx_log = format!(
        "2026-01-04T10:00:00+00:00|200|GET|/a?ref=lana|v1|\"{BROWSER}\"\n2026-01-02T11:00:00+01:00|200|GET|/b?ref=lben|v1|\"{BROWSER}\"\n"
    );
    let apache = "format = '%{sec}t %>s \"%m %U%q %H\" \"%{User-Agent}i\" %{vid}C'\nvisitor = \"vid\"\n";
    let apache_log = format!(
        "1767520800 200 \"GET /a?ref=lana HTTP/1.1\" \"{BROWSER} \\\"quoted\\\"\" v1\n1767348000 200 \"GET /b?ref=lben HTTP/1.1\" \"{BROWSER}\" v1\n"
    );
    let json = format!(
        "{{\"time_iso8601\":\"2026-01-04T10:00:00Z\",\"request\":\"GET /a?ref=lana HTTP/1.1\",\"status\":200,\"http_user_agent\":\"{BROWSER}\",\"visitor_id\":\"v1\"}}\n\
         {{\"msec\":1767348000.123,\"method\":\"GET\",\"uri\":\"/b\",\"args\":\"ref=lben\",\"status\":\"200\",\"user_agent\":\"{BROWSER}\",\"cookie_visitor_id\":\"v1\"}}\n"
    );
    let cloudfront = "#Version: 1.0\n#Fields: date time c-ip cs-method cs-uri-stem sc-status cs(User-Agent) cs-uri-query cs(Cookie)\n\
         2026-01-04\t10:00:00\t203.0.113.7\tGET\t/a\t200\tMozilla/5.0%20(X11)\tref=lana&sub_id=story\ttheme=dark;%20visitor_id=v1\n\
         2026-01-02\t10:00:00\t203.0.113.7\tGET\t/b\t200\tMozilla/5.0%20(X11)\tref=lben\tvisitor_id=v1\n";
    let iis = "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time cs-method cs-uri-stem cs-uri-query cs(User-Agent) cs(Cookie) sc-status\n\
         2026-01-04 10:00:00 GET /a ref=lana Mozilla/5.0+(X11) visitor_id=v1 200\n2026-01-02 10:00:00 GET /b ref=lben Mozilla/5.0+(X11) visitor_id=v1 200\n";
    let forms: [(&str, &str, Vec<u8>); 8] = [
        ("combined", "", combined().into()),
        ("combined, with Windows line ends", "", combined().replace('\n', "\r\n").into()),
        ("packed by gzip", "", gzip(&combined())),
        ("of nginx", nginx, nginx_log.into()),
        ("of Apache", apache, apache_log.into()),
        ("JSON lines", "", json.into()),
        ("of CloudFront, packed", "", gzip(cloudfront)),
        ("of IIS", "", iis.into()),
    ];
    for (name, keys, log) in forms {
        let shop = shop(keys, log);
        assert_eq!(balances(&shop), wanted, "{name}");
        let explained = shop.must(&["explain", "o1"]);
        assert!(explained.contains("lana") && !explained.contains("DIFFER"), "{name}: {explained}");
    }
}

#[test]
fn what_is_no_click_is_left_out_and_counted() {
    let visit = |request: &str, status, agent: &str| line("05/Jan/2026:09:00:00 +0000", request, status, agent, "v1");
    let others = [
        visit("GET /serum?ref=lben HTTP/2.0", 200, "Mozilla/5.0 (compatible; Googlebot/2.1)"),
        visit("GET /serum?ref=lben HTTP/2.0", 200, "facebookexternalhit/1.1"),
        visit("GET /serum?ref=lben HTTP/2.0", 200, "-"),
        visit("HEAD /serum?ref=lben HTTP/2.0", 200, BROWSER),
        visit("POST /cart?ref=lben HTTP/2.0", 200, BROWSER),
        visit("GET /serum?ref=lben HTTP/2.0", 404, BROWSER),
        visit("GET /hero.webp?ref=lben HTTP/2.0", 200, BROWSER),
        visit("GET /serum HTTP/2.0", 200, BROWSER),
        visit("GET /serum?ref= HTTP/2.0", 200, BROWSER),
        visit("GET /serum?prefer=lben HTTP/2.0", 200, BROWSER),
        visit("\\x16\\x03\\x01", 400, "-"),
        "this is no line of a log\n".to_owned(),
    ];
    let shop = shop("", combined() + &others.concat());
    let said = shop.run(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    assert!(said.ok, "{}", said.err);
    assert!(
        said.err.contains("access.log: 2 of 14 lines are clicks; 3 by robots and programs that look ahead were left out"),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("1 of 14 lines are in no form that is known and were left out, the first of them line 14"),
        "{}",
        said.err
    );
    assert_eq!(shop.must(&["export", "balances"]), balances(&Shop::small()));
}

#[test]
fn a_log_that_grows_and_is_rotated_loses_and_doubles_no_click() {
    let whole = combined();
    let (first, second) = whole.split_at(whole.find('\n').expect("it has two lines") + 1);
    // The second line is still being written.
    let shop = shop("", format!("{first}{}", &second[..second.len() - 30]));
    assert!(balances(&shop).contains("ana,"), "what is there counts");
    let before = shop.must(&["export", "commissions"]);
    shop.write("access.log", &whole);
    shop.must(&["run", "nightly", "--as-of", "2026-03-02T02:00:00Z"]);
    shop.write("access.log.1", &whole);
    shop.write("access.log", line("02/Mar/2026:10:00:00 +0000", "GET /?ref=lana HTTP/1.1", 200, BROWSER, "v9"));
    shop.must(&["run", "nightly", "--as-of", "2026-03-03T02:00:00Z"]);
    std::fs::remove_file(shop.path("access.log.1")).expect("the old log can be removed");
    let done = shop.run(&["run", "nightly", "--as-of", "2026-03-04T02:00:00Z"]);
    assert!(done.ok, "{}", done.err);
    assert_eq!(shop.must(&["export", "commissions"]), before);
    shop.must(&["check"]);
}

#[test]
fn what_is_wrong_with_a_log_says_what_to_do() {
    let shop = shop("", "a\nb\n");
    let refused = shop.run(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    let wanted = "access.log: none of its 2 lines can be read as the combined log format, JSON lines or a log that names its fields; copy \
                  the log's format from the web server's configuration to `format` in [sources.web]";
    assert!(!refused.ok && refused.err.contains(wanted), "{}", refused.err);
    let whole = shop.read("shop.toml");
    let parts = whole.split_once("[sources.web]").and_then(|(before, rest)| Some((before, rest.split_once("[attribution]")?.1)));
    let (before, after) = parts.expect("it has both");
    for (keys, wanted) in [
        ("[sources.web]\npath = \"access.log\"", "[sources.web] needs `kind`"),
        (
            "[sources.web]\nkind = \"access_logs\"\npath = \"access.log\"",
            "takes one of access_log, creator_sheet, goaffpro, postbacks, query, shopify, shopify_export, woocommerce, workbook, not \"access_logs\"",
        ),
        ("[sources.web]\nkind = \"access_log\"", "[sources.web] needs `path`"),
        (
            "[sources.web]\nkind = \"access_log\"\npath = \"access.log\"\nvisiter = \"v\"",
            "has no key `visiter`; did you mean `visitor`?",
        ),
        (
            "[sources.web]\nkind = \"access_log\"\npath = \"access.log\"\nformat = '%{%Y}t %r'",
            "times written as %{%Y}t are not known",
        ),
        ("[sources.web]\nkind = \"access_log\"\npath = \"access.log\"\nformat = '$request'", "has no time or no request"),
        ("[sources.web]\nkind = \"access_log\"\npath = \"gone.log\"", "web: there is no file"),
        ("", "[sources] needs `clicks`"),
    ] {
        shop.write("shop.toml", format!("{before}{keys}\n[attribution]{after}"));
        let said = shop.run(&["validate"]).err;
        assert!(said.contains(wanted), "{keys}: {said}");
        // A source that is wrong may be the one that was to feed its table.
        assert!(keys.is_empty() || !said.contains("needs `clicks`"), "{keys}: {said}");
    }
}
