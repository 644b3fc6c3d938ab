//! A request sees what any instance has acknowledged before it, whichever it comes to.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::roster;
use crate::state::AppState;

/// What is asked of this instance alone, and must be answered quickly whatever the database does.
const OWN: [&str; 4] = ["/", "/health", "/ready", "/metrics"];

/// Takes in what the others have appended to the roster, by one look at where it stands; of one instance nothing is asked.
pub(crate) async fn see_all(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    if state.bus.is_on() && !OWN.contains(&request.uri().path()) {
        roster::catch_up_with_store(&state).await;
    }
    next.run(request).await
}
