//! The address to which partners' servers report: on its own, as it may be reached from outside, and off unless it is asked for.
//!
//! Anybody may knock. So a connection has little time, there are only so many of them, and a request is small; a signature is looked at before
//! anything else, and each source may report so much a second. What is answered says nothing that a stranger could use.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as Task, Poll};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::Sleep;

use super::pulse::Pulse;
use crate::app::{Kept, PostbackBooks, SignedPostback, keep_postback, signed_postback};
use crate::error::{self, Kind};
use crate::program::Program;

/// The largest report (bytes), in the query or in the body.
const LARGEST: usize = 4096;

/// How many connections there are at once; others wait.
const CONNECTIONS: usize = 128;

/// How long a connection lasts, whatever is sent over it.
const LIFE: Duration = Duration::from_secs(20);

/// How many reports of a source are taken in a second, and how many at once after a quiet time.
const RATE: u32 = 50;
const BURST: u32 = 200;

/// How often the log tells of refusals.
const TELL: Duration = Duration::from_secs(10);

/// The programs by the names of their files; none of one whose file cannot be used now.
pub(super) type Programs = BTreeMap<String, Option<Arc<Program>>>;

struct Desk {
    programs: watch::Receiver<Programs>,
    books: PostbackBooks,
    pulse: Arc<Pulse>,
    /// What each source may still report, and since when.
    left: Mutex<HashMap<String, (u32, Instant)>>,
    /// How many were refused since the log last said so.
    refused: Mutex<(u64, Option<Instant>)>,
}

/// Begins to take reports; ends when `stop` turns true.
pub(super) async fn begin(
    listen: &str,
    programs: watch::Receiver<Programs>,
    pulse: Arc<Pulse>,
    mut stop: watch::Receiver<bool>,
) -> Result<JoinHandle<Result<()>>> {
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen for postbacks at {listen}; give another address with --postbacks, such as 127.0.0.1:9466")
    })?;
    let desk = Desk { programs, books: PostbackBooks::default(), pulse, left: Mutex::default(), refused: Mutex::default() };
    let router = Router::new()
        .route("/postbacks/{program}/{source}", any(take))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(Arc::new(desk));
    let stopped = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let bounded = Bounded { listener, permits: Arc::new(Semaphore::new(CONNECTIONS)) };
    let serving =
        async move { axum::serve(bounded, router).with_graceful_shutdown(stopped).await.context("cannot take postbacks") };
    Ok(tokio::spawn(serving))
}

async fn take(
    State(desk): State<Arc<Desk>>,
    Path((program, source)): Path<(String, String)>,
    method: Method,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let text = match method {
        Method::GET => query.unwrap_or_default(),
        Method::POST if query.is_none() => String::from_utf8_lossy(&body).into_owned(),
        Method::POST => return answer(StatusCode::BAD_REQUEST, "send a query, or a body of the same form, and not both"),
        _ => return answer(StatusCode::METHOD_NOT_ALLOWED, "send it by GET or POST"),
    };
    if text.len() > LARGEST {
        return answer(StatusCode::PAYLOAD_TOO_LARGE, "this is too large");
    }
    let Some(known) = desk.programs.borrow().get(&program).cloned() else {
        return answer(StatusCode::NOT_FOUND, "there is no such source of postbacks");
    };
    let Some(known) = known else {
        return answer(StatusCode::SERVICE_UNAVAILABLE, "the program cannot be used now; try again later");
    };
    // The disk is waited for elsewhere.
    let done = tokio::task::spawn_blocking(move || {
        let name = format!("{program}/{source}");
        let signed = signed_postback(&known, &source, &text, (desk.pulse.clock)());
        let (state, response) = desk.decide(&name, signed);
        desk.pulse.count_postback(&program, state);
        response
    });
    done.await.unwrap_or_else(|error| {
        tracing::error!("an internal fault stopped the taking of a postback: {error}");
        answer(StatusCode::INTERNAL_SERVER_ERROR, "it was not kept; try again later")
    })
}

impl Desk {
    fn decide(&self, name: &str, signed: Result<SignedPostback>) -> (&'static str, Response) {
        let kept = signed.and_then(|signed| match self.may_report(name) {
            true => keep_postback(&self.books, &signed).map(Some),
            false => Ok(None),
        });
        match kept {
            Ok(Some(Kept::New)) => ("kept", answer(StatusCode::OK, "kept")),
            Ok(Some(Kept::Before)) => ("repeated", answer(StatusCode::OK, "kept")),
            Ok(None) => {
                self.tell(name, "more than its rate allows");
                let mut response = answer(StatusCode::TOO_MANY_REQUESTS, "this is too much at once; try again later");
                response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
                ("refused", response)
            }
            Err(error) => {
                self.tell(name, &format!("{error:#}"));
                let response = match error::kind_of(&error) {
                    Some(Kind::Forbidden) => answer(StatusCode::UNAUTHORIZED, "the signature is not that of this query"),
                    Some(Kind::NotFound) => answer(StatusCode::NOT_FOUND, "there is no such source of postbacks"),
                    Some(Kind::Conflict) => answer(StatusCode::CONFLICT, &error.to_string()),
                    Some(Kind::Invalid) => answer(StatusCode::BAD_REQUEST, &error.to_string()),
                    _ => answer(StatusCode::SERVICE_UNAVAILABLE, "it cannot be kept now; try again later"),
                };
                ("refused", response)
            }
        }
    }

    /// Whether a source may report once more; if so, that is counted.
    fn may_report(&self, name: &str) -> bool {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let (tokens, since) = left.entry(name.to_owned()).or_insert((BURST, Instant::now()));
        let new = u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX).saturating_mul(RATE) / 1000;
        if new > 0 {
            (*tokens, *since) = (tokens.saturating_add(new).min(BURST), Instant::now());
        }
        let may = *tokens > 0;
        *tokens = tokens.saturating_sub(1);
        may
    }

    /// Tells the log of what was refused, and not of each: strangers would fill the disk.
    fn tell(&self, name: &str, why: &str) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.0 += 1;
        if refused.1.is_none_or(|told| told.elapsed() >= TELL) {
            tracing::warn!(refused = refused.0, "refused a postback to {name}: {why}");
            *refused = (0, Some(Instant::now()));
        }
    }
}

fn answer(status: StatusCode, text: &str) -> Response {
    (status, format!("{text}\n")).into_response()
}

/// A listener that lets in so many connections at once.
struct Bounded {
    listener: TcpListener,
    permits: Arc<Semaphore>,
}

/// A connection that ends in time.
struct Brief {
    stream: TcpStream,
    end: Pin<Box<Sleep>>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Listener for Bounded {
    type Io = Brief;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // The permits are never closed.
        let permit = self.permits.clone().acquire_owned().await.ok();
        let (stream, from) = Listener::accept(&mut self.listener).await;
        (Brief { stream, end: Box::pin(tokio::time::sleep(LIFE)), _permit: permit }, from)
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

impl Brief {
    fn is_over(&mut self, task: &mut Task<'_>) -> bool {
        self.end.as_mut().poll(task).is_ready()
    }
}

/// What ends a connection that lasts too long.
fn over<T>() -> Poll<std::io::Result<T>> {
    Poll::Ready(Err(std::io::ErrorKind::TimedOut.into()))
}

impl AsyncRead for Brief {
    fn poll_read(mut self: Pin<&mut Self>, task: &mut Task<'_>, buffer: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        if self.is_over(task) { over() } else { Pin::new(&mut self.stream).poll_read(task, buffer) }
    }
}

impl AsyncWrite for Brief {
    fn poll_write(mut self: Pin<&mut Self>, task: &mut Task<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        if self.is_over(task) { over() } else { Pin::new(&mut self.stream).poll_write(task, bytes) }
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(task)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(task)
    }
}
