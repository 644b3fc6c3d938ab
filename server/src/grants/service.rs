//! Sealed grants by the device that they are for.

use dialtone_protocol::DeviceId;
use dialtone_protocol::frame::{RefusalCode, ServerFrame};
use dialtone_protocol::sealed::{GRANT_LIMIT, KeyRequest, KeyRequestBody, SealedGrant};
use dialtone_protocol::signing::{self, Purpose};
use dialtone_protocol::strict;
use dialtone_store::{Grant, GrantId, NewGrant, PutGrant, StoreError};

use crate::auth::Session;
use crate::channels::access;
use crate::live::Refusal;
use crate::state::AppState;
use crate::transaction::{settle, transact};

/// Grants that may wait for one device.
const CAPACITY: u32 = 256;
/// Grants in one read.
const PAGE: u32 = 32;
/// The longest request for keys, in bytes.
const REQUEST_LIMIT: usize = 128 * 1024;
/// The most numbers in one [`taken`].
const MOST_TAKEN: usize = 1000;

fn not_a_member() -> Refusal {
    Refusal::new(RefusalCode::NotAllowed, "only members may do this")
}

/// Keeps a grant for a device and pushes it where that is connected.
pub(crate) async fn grant(
    state: &AppState,
    session: &Session,
    to: DeviceId,
    bytes: Vec<u8>,
) -> Result<ServerFrame, Refusal> {
    if !access::is_member(state, &session.device) {
        return Err(not_a_member());
    }
    strict::decode::<SealedGrant>(&bytes, GRANT_LIMIT)
        .map_err(|error| Refusal::new(RefusalCode::Malformed, error.to_string()))?;
    if !access::is_member(state, &to) {
        return Err(Refusal::new(
            RefusalCode::Unknown,
            "no member has this device",
        ));
    }
    let new = NewGrant {
        to,
        from: session.device,
        bytes,
    };
    let own = state.clone();
    state
        .work
        .complete(async move { put(&own, new).await })
        .await
}

/// Stores and pushes. Where the database's answer gets lost it may be kept twice, and taken twice, which does no harm.
async fn put(state: &AppState, new: NewGrant) -> Result<ServerFrame, Refusal> {
    let (to, now) = (new.to, state.clock.now());
    let put = settle(&*state.store, |tx| {
        let new = new.clone();
        Box::pin(async move { tx.grants().put(&new, CAPACITY, now).await })
    })
    .await
    .result?;
    match put {
        PutGrant::Put(GrantId(id)) => {
            let frame = ServerFrame::Grant {
                id,
                grant: new.bytes.into(),
            };
            state.hub.send_to(&[to], &frame);
            Ok(ServerFrame::Done)
        }
        PutGrant::Full => Err(Refusal::new(
            RefusalCode::TooMany,
            "too many grants wait for this device: try again when it was online",
        )),
        PutGrant::UnknownDevice => Err(Refusal::new(
            RefusalCode::Unknown,
            "no member has this device",
        )),
    }
}

/// Lets go what a device took.
pub(crate) async fn taken(
    state: &AppState,
    session: &Session,
    ids: &[u64],
) -> Result<ServerFrame, Refusal> {
    if ids.len() > MOST_TAKEN {
        return Err(Refusal::new(RefusalCode::Malformed, "too many numbers"));
    }
    let ids: Vec<_> = ids.iter().map(|id| GrantId(*id)).collect();
    let device = session.device;
    transact(&*state.store, |tx| {
        let ids = ids.clone();
        Box::pin(async move { tx.grants().delete(&device, &ids).await })
    })
    .await?;
    Ok(ServerFrame::Done)
}

/// What waits for a device after a number, in order, one page; nothing when that was all.
pub(crate) async fn waiting(
    state: &AppState,
    device: &DeviceId,
    after: Option<GrantId>,
) -> Result<Vec<Grant>, StoreError> {
    let mut tx = state.store.read().await?;
    tx.grants().list(device, after, PAGE).await
}

/// Passes a request for keys on to the other members' devices that are online.
pub(crate) fn request(
    state: &AppState,
    session: &Session,
    bytes: Vec<u8>,
) -> Result<ServerFrame, Refusal> {
    let malformed =
        |error: strict::StrictError| Refusal::new(RefusalCode::Malformed, error.to_string());
    let signed: KeyRequest = strict::decode(&bytes, REQUEST_LIMIT).map_err(malformed)?;
    let body: KeyRequestBody = strict::decode(&signed.body, REQUEST_LIMIT).map_err(malformed)?;
    let roster = state.roster.current().ok_or_else(not_a_member)?;
    let device = roster
        .view()
        .device(&session.device)
        .filter(|device| device.is_active())
        .ok_or_else(not_a_member)?;
    let signature = signing::verify(
        &device.keys.signature_key,
        Purpose::KeyRequest,
        &roster.community(),
        &signed.body,
        &signed.signature,
    );
    if body.device != session.device || signature.is_err() {
        return Err(Refusal::new(
            RefusalCode::NotAllowed,
            "the request is not signed by this device",
        ));
    }
    let frame = ServerFrame::KeysRequested {
        request: bytes.into(),
    };
    state.hub.send_to_others(session.device, &frame);
    Ok(ServerFrame::Done)
}
