//! Where the pages are.

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::web::{Web, router, serve};

/// Begins to show pages, if they have an address; ends when `stop` turns true.
pub(super) async fn begin(pages: Option<&str>, web: Web, mut stop: watch::Receiver<bool>) -> Result<JoinHandle<Result<()>>> {
    let Some(address) = pages else { return Ok(tokio::spawn(async { Ok(()) })) };
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!(
            "cannot show pages at {address}; give another address with --pages, such as 127.0.0.1:9465, or --pages off for none"
        )
    })?;
    let shown = listener.local_addr().context("cannot tell where the pages are")?;
    tracing::info!(pages = %shown, "the pages are at http://{shown}/");
    let stopped = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    Ok(tokio::spawn(serve(listener, router(web), stopped)))
}
