//! Who is no visitor: robots, previews and programs, as they call themselves.

/// What stands in the names of robots and programs, in lower case. Add here what turns up in a log; somebody who pretends to be a
/// visitor cannot be told by a name.
const NAMES: [&str; 43] = [
    "ahc/",
    "ahrefs",
    "apache-httpclient",
    "axios",
    "bot",
    "censys",
    "crawl",
    "curl/",
    "dalvik/",
    "datadog",
    "embedly",
    "facebookcatalog",
    "facebookexternalhit",
    "fetch",
    "flipboardproxy",
    "go-http-client",
    "google-inspectiontool",
    "googleother",
    "headless",
    "http_request",
    "httpie",
    "java/",
    "libwww",
    "lighthouse",
    "mediapartners-google",
    "monitor",
    "newrelic",
    "okhttp",
    "phantomjs",
    "pingdom",
    "playwright",
    "postman",
    "preview",
    "python",
    "ruby",
    "scan",
    "scrapy",
    "slurp",
    "spider",
    "statuscake",
    "uptime",
    "wget",
    "whatsapp",
];

/// Whether a user agent is no visitor. One without a name is none either: browsers have one.
pub(super) fn is_robot(user_agent: &str) -> bool {
    // The maker of a phone, which its browsers name.
    let name = user_agent.trim().to_ascii_lowercase().replace("cubot", "");
    name.is_empty() || name == "-" || NAMES.iter().any(|robot| name.contains(robot))
}
