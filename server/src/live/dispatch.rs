//! One frame of a client -> the service it is for -> its answer.

use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame};
use dialtone_store::StoreError;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::outgoing::Frame;
use crate::auth::Session;
use crate::error::is_passing;
use crate::state::AppState;
use crate::{approvals, calls, grants, messages, relay, turn};

/// An answer, where one is awaited.
pub(super) type Answer = Option<Frame>;

/// Why a frame is refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: RefusalCode,
    pub(crate) message: String,
    /// Of `SlowMode`: seconds.
    pub(crate) wait_s: Option<u32>,
    /// Of `Elsewhere`: `host:port` of the instance to go to.
    pub(crate) at: Option<String>,
}

impl Refusal {
    pub(crate) fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            wait_s: None,
            at: None,
        }
    }

    /// Another instance of the server does it, which is reached there.
    pub(crate) fn elsewhere(address: String) -> Self {
        let words = "another of the server's machines does this: connect there";
        Self {
            at: Some(address),
            ..Self::new(RefusalCode::Unavailable, words)
        }
    }

    /// The channel's pause is not over before so many seconds.
    pub(crate) fn wait(seconds: u32) -> Self {
        let words = "the channel has a pause between messages";
        Self {
            wait_s: Some(seconds),
            ..Self::new(RefusalCode::SlowMode, words)
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        if is_passing(&error) {
            tracing::warn!(%error, "the database cannot be used");
        } else {
            tracing::error!(%error, "the database answered with what should not happen");
        }
        Self::new(
            RefusalCode::Unavailable,
            "the server's database cannot be used now: try again shortly",
        )
    }
}

/// Starts on a frame. What it does is ordered among the connection's frames as far as it has begun here.
pub(super) fn dispatch(
    state: AppState,
    session: Session,
    request: u32,
    frame: ClientFrame,
) -> BoxFuture<'static, Answer> {
    async move {
        let result = handle(&state, &session, frame).await;
        if request == 0 {
            if let Err(refusal) = result {
                tracing::debug!(code = ?refusal.code, "a frame without an answer was refused");
            }
            return None;
        }
        let frame = result.unwrap_or_else(|refusal| ServerFrame::Refused {
            code: refusal.code,
            message: refusal.message,
            wait_s: refusal.wait_s,
            at: refusal.at,
        });
        Some(Frame::answer(request, &frame))
    }
    .boxed()
}

async fn handle(
    state: &AppState,
    session: &Session,
    frame: ClientFrame,
) -> Result<ServerFrame, Refusal> {
    match frame {
        ClientFrame::Send {
            channel,
            event,
            mark,
            keep_s,
        } => {
            let said = (mark.unwrap_or(false), keep_s);
            messages::send(state, session, channel, event.into(), said).await
        }
        ClientFrame::Signal { signal } => calls::signal(state, session, signal.into()),
        ClientFrame::RequestKeys { request } => grants::request(state, session, request.into()),
        ClientFrame::Grant { to, grant } => grants::grant(state, session, to, grant.into()).await,
        ClientFrame::GrantsTaken { ids } => grants::taken(state, session, &ids).await,
        ClientFrame::JoinCall { channel } => calls::join(state, session, channel).await,
        ClientFrame::LeaveCall { call } => calls::leave(state, session, call).await,
        ClientFrame::Approval { id, message } => {
            approvals::by_device(state, session, id, message.into()).await
        }
        ClientFrame::RelayOffer { call, sdp } => relay::offer(state, session, call, sdp).await,
        ClientFrame::RelayPins { call, devices } => relay::pin(state, session, call, devices).await,
        ClientFrame::RelayLeave { call } => Ok(relay::leave(state, session.device, call).await),
        ClientFrame::AskTurn => turn::hand_out(state, session),
        ClientFrame::Away { away } => {
            state.hub.set_away(session.device, away);
            Ok(ServerFrame::Done)
        }
        _ => Err(Refusal::new(RefusalCode::Malformed, "not expected here")),
    }
}
