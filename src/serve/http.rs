//! What the server answers over HTTP: whether it lives, whether it can work, and its figures.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::metrics;
use super::pulse::Pulse;
use crate::app::{Environment, ping};

/// After how long without a look at what is due the server is not well (microseconds).
const SILENT: i64 = 180_000_000;

/// How long the database may take to answer.
const ANSWER: Duration = Duration::from_secs(3);

/// The database, once it is open.
pub(super) type Opened = watch::Receiver<Option<Arc<Environment>>>;

#[derive(Clone)]
struct Answers {
    pulse: Arc<Pulse>,
    at: Opened,
}

/// Begins to answer; ends when `stop` turns true.
pub(super) async fn begin(
    listen: &str,
    pulse: Arc<Pulse>,
    at: Opened,
    mut stop: watch::Receiver<bool>,
) -> Result<JoinHandle<Result<()>>> {
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!(
            "cannot listen at {listen}; give another address with --listen, such as 127.0.0.1:9464 (0.0.0.0:9464 in a container)"
        )
    })?;
    let router = Router::new()
        .route("/healthz", get(health))
        .route("/readyz", get(readiness))
        .route("/metrics", get(figures))
        .with_state(Answers { pulse, at });
    let stopped = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let serving =
        async move { axum::serve(listener, router).with_graceful_shutdown(stopped).await.context("cannot answer over HTTP") };
    Ok(tokio::spawn(serving))
}

/// Whether the server goes on looking what is due. One that does not should be started again.
async fn health(State(Answers { pulse, at }): State<Answers>) -> Response {
    let last = pulse.last_look.load(Ordering::Relaxed);
    let is_open = at.borrow().is_some();
    let silent = (pulse.clock)().saturating_sub(last);
    if is_open && last > 0 && silent > SILENT {
        let text = format!("has not checked for due jobs for {} s; see its log\n", silent / 1_000_000);
        return (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    }
    "alive\n".into_response()
}

/// Whether the server can work: its database answers.
async fn readiness(State(Answers { at, .. }): State<Answers>) -> Response {
    let Some(at) = at.borrow().clone() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "the database is not open yet; see the log\n").into_response();
    };
    match tokio::time::timeout(ANSWER, ping(&at)).await {
        Ok(Ok(_)) => "ready\n".into_response(),
        // Who asks may be anybody: the log says more.
        Ok(Err(error)) => {
            tracing::warn!("not ready: {error:#}");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer; see the log\n").into_response()
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database is not responding\n").into_response(),
    }
}

async fn figures(State(Answers { pulse, at }): State<Answers>) -> Response {
    let at = at.borrow().clone();
    match metrics::text(&pulse, at.as_deref()).await {
        Ok(text) => ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::warn!("the figures cannot be read: {error:#}");
            (StatusCode::SERVICE_UNAVAILABLE, "the figures cannot be read; see the log\n").into_response()
        }
    }
}
