use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::args::{Places, Serve};
use super::context::{ledger, new_workplace, now};
use super::settings;
use crate::serve::{Config, Open, serve as serve_until};

pub(super) async fn serve(places: Places, options: &Serve) -> Result<()> {
    let (listen, at_once) = settings::server(options.listen.as_deref(), options.at_once)?;
    // Mistakes in the settings are reported at once.
    settings::lease()?;
    let config = Config {
        jobs: settings::jobs(places.jobs.as_deref())?,
        only: places.program.clone(),
        listen,
        pages: settings::pages(options.pages.as_deref())?,
        postbacks: settings::postbacks(options.postbacks.as_deref())?,
        at_once,
        clock: now,
        data: ledger(&places)?.1,
        post: settings::post()?,
    };
    let open: Open = Box::new(move || {
        let places = places.clone();
        Box::pin(async move { new_workplace(&places).await })
    });
    serve_until(config, open, stop_signal()?).await
}

/// Turns true when the process is asked to stop.
fn stop_signal() -> Result<watch::Receiver<bool>> {
    let (tell, stop) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tell.send_replace(true);
        // A second signal means: do not wait.
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        std::process::exit(130);
    });
    Ok(stop)
}
