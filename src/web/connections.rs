//! Connections: how many there may be, and how long one may be silent, so that nobody keeps the server busy by doing nothing.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::extract::connect_info::Connected;
use axum::http::HeaderMap;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{self, AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep};

/// How many connections there are at once; more wait.
const AT_ONCE: usize = 512;

/// How long nothing may move on a connection, and how long it lasts at most.
const SILENT: Duration = Duration::from_secs(75);
const LONGEST: Duration = Duration::from_secs(900);

/// Answers at an address until `stop` ends.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    let listener = Limited { inner: listener, permits: Arc::new(Semaphore::new(AT_ONCE)) };
    let service = router.into_make_service_with_connect_info::<Peer>();
    Ok(axum::serve(listener, service).with_graceful_shutdown(stop).await?)
}

/// Who is at the other end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(Option<SocketAddr>);

impl Peer {
    /// The address of the browser: what a proxy on this machine says it is, else the other end.
    pub(super) fn address(self, headers: &HeaderMap) -> String {
        let Some(peer) = self.0 else { return String::new() };
        let said = headers.get_all("x-forwarded-for").iter().next_back().and_then(|said| said.to_str().ok());
        // What stands before the last was said by those before, who may say anything.
        let last = said.and_then(|said| said.rsplit(',').next()).map(str::trim).filter(|said| !said.is_empty());
        match last {
            Some(last) if peer.ip().is_loopback() => last.to_owned(),
            _ => peer.ip().to_string(),
        }
    }
}

impl Connected<IncomingStream<'_, Limited>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Limited>) -> Self {
        Self(Some(*stream.remote_addr()))
    }
}

struct Limited {
    inner: TcpListener,
    permits: Arc<Semaphore>,
}

impl Listener for Limited {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let permit = self.permits.clone().acquire_owned().await.ok();
        let (stream, peer) = Listener::accept(&mut self.inner).await;
        let now = Instant::now();
        let connection =
            Connection { stream, silent: Box::pin(tokio::time::sleep(SILENT)), ends: now + LONGEST, _permit: permit };
        (connection, peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

struct Connection {
    stream: TcpStream,
    silent: Pin<Box<Sleep>>,
    ends: Instant,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Connection {
    /// The other side is there: it may be silent for a while again.
    fn heard(&mut self) {
        let until = (Instant::now() + SILENT).min(self.ends);
        self.silent.as_mut().reset(until);
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            if buffer.filled().len() > before {
                self.heard();
            }
            return read;
        }
        match self.silent.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if written.is_ready() {
            self.heard();
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
