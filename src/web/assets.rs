//! Files that stand in pages as they are.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use super::state::Web;

/// Which files these are: their address changes when they do, as the address names the version of purser.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

const FILES: &[(&str, &str, &[u8])] = &[
    ("style.css", "text/css; charset=utf-8", include_bytes!("assets/style.css")),
    ("htmx.js", "text/javascript; charset=utf-8", include_bytes!("assets/htmx.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("assets/icon.svg")),
];

pub(super) fn routes() -> Router<Web> {
    FILES.iter().fold(Router::new(), |router, (name, kind, bytes)| {
        let file = move || async move {
            let headers = [(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "public, max-age=600")];
            (headers, *bytes).into_response()
        };
        router.route(&format!("/assets/{name}"), get(file))
    })
}
