//! Traces by OTLP over HTTP: one span a request, with its route's pattern and its status. Sent in batches by a thread of their own; a collector that is
//! gone costs a line in the log and the spans.

use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::Boxed;

/// How long the collector may take for a batch.
const ANSWER_TIME: Duration = Duration::from_secs(5);
/// What one is called, unless something else is set.
const NAME: &str = "dialtone-server";

/// What is on its way.
pub(super) struct Traces(SdkTracerProvider);

/// To `endpoint`, below which the specification puts `/v1/traces`, by this `name` or the usual one.
pub(super) fn start(endpoint: &str, name: Option<String>) -> Result<(Traces, Boxed), String> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .with_timeout(ANSWER_TIME)
        .build()
        .map_err(|error| error.to_string())?;
    let name = name.unwrap_or_else(|| NAME.to_owned());
    let resource = Resource::builder().with_service_name(name);
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource.build())
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(NAME))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(Targets::new().with_target("dialtone_server", LevelFilter::INFO))
        .boxed();
    Ok((Traces(provider), layer))
}

impl Traces {
    pub(super) fn finish(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces were not taken");
        }
    }
}
