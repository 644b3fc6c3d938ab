//! Traces, as a collector gets them.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tokio::sync::mpsc;

use crate::common::{Person, Process, program};

type Arrived = mpsc::Sender<ExportTraceServiceRequest>;

async fn collect(State(arrived): State<Arrived>, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    arrived.send(request).await.unwrap();
}

fn attribute<'a>(span: &'a Span, key: &str) -> Option<&'a Value> {
    let found = span.attributes.iter().find(|one| one.key == key)?;
    found.value.as_ref()?.value.as_ref()
}

#[tokio::test]
async fn a_collector_gets_a_span_for_each_request_by_its_route() {
    assert_eq!(traced_as("").await, "dialtone-server");
}

#[tokio::test]
async fn a_server_is_called_there_what_it_is_told() {
    assert_eq!(traced_as("our-dialtone").await, "our-dialtone");
}

/// How a server is called that was told this name.
async fn traced_as(name: &str) -> String {
    let (sender, mut arrived) = mpsc::channel(1000);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let collector = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/v1/traces", post(collect))
        .with_state(sender);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let folder = tempfile::TempDir::new().unwrap();
    let mut command = program(folder.path(), "");
    command
        .args(["--tls", "none"])
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
        .env("OTEL_SERVICE_NAME", name)
        .env("OTEL_BSP_SCHEDULE_DELAY", "50");
    let process = tokio::task::spawn_blocking(move || Process::run(command));
    let process = process.await.unwrap();
    let link = process.founding.clone().unwrap();
    let anna = Person::found_by(process.api.clone(), &link, "anna").await;
    let events = format!("/channels/{}/events", anna.directory());
    assert_eq!(anna.api.get(&events).await.status, 200);
    let (service, span) = loop {
        let request = arrived.recv().await.unwrap();
        let text = format!("{request:?}");
        assert!(!text.contains(&anna.directory().to_string()), "{text}");
        if let Some(found) = find(request, "GET /channels/{id}/events") {
            break found;
        }
    };
    assert_eq!(attribute(&span, "status"), Some(&Value::IntValue(200)));
    let route = Value::StringValue("/channels/{id}/events".to_owned());
    assert_eq!(attribute(&span, "route"), Some(&route));
    assert!(span.end_time_unix_nano > span.start_time_unix_nano);
    service
}

/// The span of this name, and whose it is.
fn find(request: ExportTraceServiceRequest, name: &str) -> Option<(String, Span)> {
    request.resource_spans.into_iter().find_map(|resource| {
        let mut spans = resource.scope_spans.into_iter().flat_map(|one| one.spans);
        let span = spans.find(|span| span.name == name)?;
        let told = resource.resource?.attributes;
        let service = told.into_iter().find(|one| one.key == "service.name")?;
        match service.value?.value? {
            Value::StringValue(service) => Some((service, span)),
            _ => None,
        }
    })
}
