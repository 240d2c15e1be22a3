//! Traces, sent to a collector by the OpenTelemetry protocol over HTTP.

use std::time::Duration;

use anyhow::{Context, Result};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

/// How long the last traces may take to be sent.
const LAST: Duration = Duration::from_secs(1);

/// The way of traces to their collector. Dropped, it sends what it still has.
pub(super) struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Sends traces to an address such as `http://localhost:4318`; to nobody where it is empty.
    pub(super) fn start(endpoint: &str) -> Result<Option<Self>> {
        let endpoint = endpoint.trim().trim_end_matches('/');
        if endpoint.is_empty() {
            return Ok(None);
        }
        let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build();
        let client = Client { client: client.context("cannot prepare to send traces")?, runtime: Handle::current() };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{endpoint}/v1/traces"))
            .build()
            .context("OTEL_EXPORTER_OTLP_ENDPOINT is not the address of a collector; write http://HOST:4318")?;
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

/// Requests that run on the program's own runtime, whichever thread asks.
#[derive(Debug)]
struct Client {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let client = self.client.clone();
        self.runtime
            .spawn(async move {
                let answer = client.execute(request).await?;
                let status = answer.status();
                let mut response = Response::new(answer.bytes().await?);
                *response.status_mut() = status;
                Ok(response)
            })
            .await?
    }
}
