//! Traces, sent to a collector by the OpenTelemetry protocol over HTTP.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

use crate::error::Invalid;

/// How long the last traces may take to be sent.
const LAST: Duration = Duration::from_secs(1);

/// What the exporter believes to be the collector's address.
const UNNAMED: &str = "http://collector/v1/traces";

/// What is wrong with an address, without repeating it.
const UNUSABLE: &str =
    "OTEL_EXPORTER_OTLP_ENDPOINT is not the address of a collector; write http://HOST:4318 or https://USER:PASSWORD@HOST/PATH";

/// The way of traces to their collector. Dropped, it sends what it still has.
pub(super) struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Sends traces to an address such as `http://localhost:4318`; to nobody where it is empty.
    pub(super) fn start(endpoint: &str) -> Result<Option<Self>> {
        let endpoint = endpoint.trim();
        if endpoint.is_empty() {
            return Ok(None);
        }
        let url = address(endpoint).ok_or_else(|| anyhow!(Invalid(UNUSABLE.to_owned())))?;
        let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build();
        let client = Client { client: client.context("cannot prepare to send traces")?, url, runtime: Handle::current() };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(UNNAMED)
            .build()
            .context("cannot prepare to send traces")?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(Resource::builder().with_service_name("purser").build())
            .build();
        Ok(Some(Self { provider }))
    }

    /// What turns spans into traces.
    pub(super) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> OpenTelemetryLayer<S, SdkTracer> {
        tracing_opentelemetry::layer().with_tracer(self.provider.tracer("purser"))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.provider.shutdown_with_timeout(LAST) {
            tracing::debug!("the last traces could not be sent: {error}");
        }
    }
}

/// Where a collector takes traces.
fn address(endpoint: &str) -> Option<reqwest::Url> {
    let mut url = reqwest::Url::parse(endpoint).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(["v1", "traces"]);
    Some(url)
}

/// Requests that run on the program's own runtime, whichever thread asks. The collector's address may hold a password or a token,
/// and stands nowhere else: the exporter repeats the one that it is given in its errors.
struct Client {
    client: reqwest::Client,
    url: reqwest::Url,
    runtime: Handle,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = request.into_parts();
        // A user and password in the address go along as credentials.
        let sending = self.client.request(head.method, self.url.clone()).headers(head.headers).body(body);
        self.runtime
            .spawn(async move {
                let answer = sending.send().await.map_err(reqwest::Error::without_url)?;
                let status = answer.status();
                let mut response = Response::new(answer.bytes().await.map_err(reqwest::Error::without_url)?);
                *response.status_mut() = status;
                Ok(response)
            })
            .await?
    }
}
