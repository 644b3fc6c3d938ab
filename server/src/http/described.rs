//! The description of everything that is answered (`OpenAPI` 3.1), made by the same calls that make the routes: `GET /openapi.json`.

use axum::body::Bytes;
use axum::extract::Extension;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use dialtone_protocol::http::{
    ADMIN_TOKEN_HEADER, ENROLMENT_TOKEN_HEADER, ErrorBody, INVITE_TOKEN_HEADER,
};
use dialtone_protocol::{BlobId, CallId, GroupId};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Content, ContentBuilder, HeaderBuilder, OpenApi, PathItem, Ref, RefOr, ResponseBuilder,
    schema::{ObjectBuilder, Type},
};
use utoipa::{OpenApi as _, PartialSchema as _};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::request_id::REQUEST_ID;
use crate::state::AppState;

/// What is said of the whole.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Dialtone server",
        description = "Requests and answers are JSON, bytes in it unpadded base64url; files are bytes, and frames on the WebSockets CBOR. What is sealed in them, and what the server \
                       checks of it, is in docs/PROTOCOL.md.",
    ),
    components(schemas(ErrorBody, BlobId, CallId, GroupId))
)]
struct Whole;

/// What files are.
const BYTES: &str = "application/octet-stream";

/// The document, as it is sent.
#[derive(Clone)]
pub(super) struct Document(Bytes);

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Whole::openapi()).routes(routes!(document))
}

/// This description.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "operation",
    responses((status = 200, description = "the description", body = serde_json::Value))
)]
async fn document(Extension(Document(document)): Extension<Document>) -> Response {
    ([(CONTENT_TYPE, "application/json")], document).into_response()
}

impl Document {
    /// With what holds for every request: what it is refused with, and the tokens.
    pub(super) fn of(mut described: OpenApi) -> Self {
        for (path, item) in &mut described.paths.paths {
            for (method, operation) in operations(item) {
                operation.operation_id = Some(format!("{method} {path}"));
                complete(operation);
            }
        }
        let tokens = described.components.get_or_insert_default();
        for (name, scheme) in tokens_of_requests() {
            tokens
                .security_schemes
                .insert(name.to_owned(), scheme.into());
        }
        let text = serde_json::to_vec(&described).unwrap_or_default();
        Self(text.into())
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("get", &mut item.get),
        ("put", &mut item.put),
        ("post", &mut item.post),
        ("delete", &mut item.delete),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Every refusal has the same form; which code comes with which status is in `ErrorCode`.
fn complete(operation: &mut Operation) {
    let body = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ErrorBody")))
        .build();
    let wait = HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::Integer)))
        .description(Some("seconds after which to ask again"));
    let name = HeaderBuilder::new()
        .schema(Some(String::schema()))
        .description(Some("the name of the request"));
    let refused = ResponseBuilder::new()
        .description("refused: the body says why, for programs and for people")
        .content("application/json", body)
        .header("retry-after", wait.build())
        .header(REQUEST_ID, name.build())
        .build();
    let responses = &mut operation.responses.responses;
    for response in responses.values_mut() {
        if let RefOr::T(response) = response {
            response.content.get_mut(BYTES).map(be_bytes);
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.content.get_mut(BYTES).map(be_bytes);
    }
    responses.insert("default".to_owned(), RefOr::T(refused));
}

/// As they are: `OpenAPI` 3.1 says so by no schema.
fn be_bytes(content: &mut RefOr<Content>) {
    if let RefOr::T(content) = content {
        content.schema = None;
    }
}

fn tokens_of_requests() -> [(&'static str, SecurityScheme); 5] {
    let bearer = |words: &str| {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(words));
        SecurityScheme::Http(scheme.build())
    };
    let header = |name: &str, words: &str| {
        SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, words)))
    };
    [
        ("session", bearer("of POST /auth/session")),
        ("metrics", bearer("what DIALTONE_METRICS_TOKEN says")),
        (
            "admin",
            header(ADMIN_TOKEN_HEADER, "in the server's data folder"),
        ),
        ("invite", header(INVITE_TOKEN_HEADER, "of an invite")),
        (
            "enrolment",
            header(ENROLMENT_TOKEN_HEADER, "of POST /auth/login/finish"),
        ),
    ]
}
