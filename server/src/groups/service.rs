//! Groups by id: each behind a lock of its own, in memory as long as it is used, the store deciding who is first.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use dialtone_protocol::group_rules::PrivateGroup;
use dialtone_protocol::http::{
    CommitAccepted, CommitInfo, CommitPage, CommitPublish, GroupCreate, GroupState,
};
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{DeviceId, GroupId};
use dialtone_store::{
    CommitOutcome, NewCommit, NewGroup, NewWelcome, Store, StoreError, Transaction, UnixMillis,
};
use parking_lot::Mutex;
use tokio::sync::Mutex as AsyncMutex;

use super::natures::Natures;
use super::public::{self, PublicHalf};
use super::{GroupError, answer, judge};
use crate::bus::News;
use crate::channels::access::{self, Readers};
use crate::live::Frame;
use crate::state::AppState;
use crate::transaction::settle;

/// The longest commit, in bytes: its frame must fit.
const COMMIT_LIMIT: usize = dialtone_protocol::frame::FRAME_LIMIT - 1024;
/// The longest group info without a tree, in bytes.
const GROUP_INFO_LIMIT: usize = 64 * 1024;
/// Commits in one page.
const PAGE: u32 = 100;

/// A group in memory, in the epoch that the store is in as far as this process knows.
struct Loaded {
    half: PublicHalf,
    group_info: Vec<u8>,
    /// For who joins in this epoch, once somebody asked.
    answer: Option<Bytes>,
}

impl Loaded {
    fn state(&self) -> Result<GroupState, GroupError> {
        Ok(GroupState {
            epoch: self.half.epoch(),
            group_info: self.group_info.clone().into(),
            tree: self.half.tree()?.into(),
        })
    }
}

type Slot = Arc<AsyncMutex<Option<Loaded>>>;

/// All groups that were used.
pub(crate) struct Groups {
    slots: Mutex<HashMap<GroupId, Slot>>,
    natures: Natures,
}

impl Groups {
    /// None is used yet.
    pub(crate) async fn load(store: &dyn Store) -> Result<Self, StoreError> {
        Ok(Self {
            slots: Mutex::default(),
            natures: Natures::load(store).await?,
        })
    }

    /// What a private group is; none of the lobby, and of one that nobody made.
    pub(crate) fn private(&self, group: &GroupId) -> Option<Arc<PrivateGroup>> {
        self.natures.get(group)
    }

    fn slot(&self, id: GroupId) -> Slot {
        Arc::clone(self.slots.lock().entry(id).or_default())
    }
}

/// The device may see the group: the lobby as it is now, or a private one that is for its account.
async fn check_visible(
    state: &AppState,
    device: &DeviceId,
    id: &GroupId,
) -> Result<Arc<Roster>, GroupError> {
    let roster = state.roster.current().ok_or(GroupError::Unknown)?;
    if !access::may_see_group(state, device, id) && state.bus.is_on() {
        // Another instance may have made it, or put the device in, a moment ago.
        read_again(state, *id).await;
    }
    if access::may_see_group(state, device, id) {
        Ok(roster)
    } else {
        Err(GroupError::Unknown)
    }
}

/// Makes a group.
pub(super) async fn create(
    state: &AppState,
    device: DeviceId,
    id: GroupId,
    body: GroupCreate,
) -> Result<(), GroupError> {
    let own = state.clone();
    let work = async move { create_now(&own, device, id, body).await };
    state.work.complete(work).await
}

async fn create_now(
    state: &AppState,
    device: DeviceId,
    id: GroupId,
    body: GroupCreate,
) -> Result<(), GroupError> {
    let roster = state.roster.current().ok_or(GroupError::Unknown)?;
    check_size(&body.group_info.0, GROUP_INFO_LIMIT, "group info")?;
    let info = public::read_group_info(&body.group_info.0)?;
    judge::check_extensions(&info)?;
    if info.group_id().as_slice() != id.0 {
        return Err(GroupError::Malformed("group info (it names another group)"));
    }
    let named_at = roster.named_at(&id).ok_or(GroupError::Unknown)?.length;
    let half = PublicHalf::create(info, &body.tree.0, named_at)?;
    if roster.view().current_group(id) != id {
        return Err(GroupError::Unknown);
    }
    let before = roster.view().replaced_by(&id);
    let replaced = before.and_then(|(before, _)| access::nature(state, &roster, &before));
    judge::judge_new(&half, &id, &device, &roster, replaced.as_deref())?;
    let private = half.private()?;
    let new = NewGroup {
        group: id,
        epoch: 0,
        group_info: body.group_info.0,
        public_state: half.to_bytes(),
        tree: half.tree()?,
        nature: private.as_ref().map(PrivateGroup::to_bytes),
    };
    let slot = state.groups.slot(id);
    let mut loaded = slot.lock().await;
    let now = state.clock.now();
    let settled = settle(&*state.store, |tx| {
        let new = new.clone();
        Box::pin(async move { Ok::<_, GroupError>(tx.groups().create(&new, now).await?) })
    })
    .await;
    let created = settled.result? || (settled.doubt && is_created(state, &new).await?);
    if !created {
        return Err(GroupError::Exists);
    }
    if let Some(private) = private {
        state.groups.natures.set(id, private);
    }
    *loaded = Some(Loaded {
        half,
        group_info: new.group_info,
        answer: None,
    });
    state.bus.tell(|| News::Group { group: id });
    tracing::info!("a group was made");
    Ok(())
}

/// The group as it is now, for who joins.
pub(super) async fn get(
    state: &AppState,
    device: DeviceId,
    id: GroupId,
) -> Result<GroupState, GroupError> {
    check_visible(state, &device, &id).await?;
    let slot = state.groups.slot(id);
    let mut loaded = slot.lock().await;
    load(state, id, &mut loaded).await?.state()
}

/// The same as JSON, compressed.
pub(super) async fn get_compressed(
    state: &AppState,
    device: DeviceId,
    id: GroupId,
) -> Result<Bytes, GroupError> {
    check_visible(state, &device, &id).await?;
    let slot = state.groups.slot(id);
    let mut loaded = slot.lock().await;
    let loaded = load(state, id, &mut loaded).await?;
    if let Some(answer) = &loaded.answer {
        return Ok(answer.clone());
    }
    let now = loaded.state()?;
    let work = tokio::task::spawn_blocking(move || answer::compress(&now));
    let answer = work
        .await
        .map_err(|error| GroupError::Stored(error.to_string()))??;
    loaded.answer = Some(answer.clone());
    Ok(answer)
}

/// Takes a commit: valid, and the first of its epoch.
pub(super) async fn commit(
    state: &AppState,
    device: DeviceId,
    id: GroupId,
    body: CommitPublish,
) -> Result<CommitAccepted, GroupError> {
    let own = state.clone();
    let work = async move { commit_now(&own, device, id, body).await };
    state.work.complete(work).await
}

async fn commit_now(
    state: &AppState,
    device: DeviceId,
    id: GroupId,
    body: CommitPublish,
) -> Result<CommitAccepted, GroupError> {
    let roster = check_visible(state, &device, &id).await?;
    if roster.view().current_group(id) != id {
        return Err(GroupError::Unknown);
    }
    check_size(&body.commit.0, COMMIT_LIMIT, "commit")?;
    check_size(&body.group_info.0, GROUP_INFO_LIMIT, "group info")?;
    let slot = state.groups.slot(id);
    let mut guard = slot.lock().await;
    let current = load(state, id, &mut guard).await?.half.epoch();
    if body.epoch != current {
        return Err(GroupError::Stale(current));
    }
    // Out of its slot while it is worked on: whatever fails, the next one loads what the store has.
    let mut loaded = guard.take().ok_or(GroupError::Unknown)?;
    let work = tokio::task::spawn_blocking(move || {
        let judged = judge::judge(&loaded.half, &device, &body, &roster);
        (judged, loaded, body)
    });
    let (judged, back, body) = work
        .await
        .map_err(|error| GroupError::Stored(error.to_string()))?;
    loaded = back;
    let judged = match judged {
        Ok(judged) => judged,
        Err(error) => {
            *guard = Some(loaded);
            return Err(error);
        }
    };
    loaded.half.merge(*judged.staged, judged.position.length)?;
    let new = NewCommit {
        group: id,
        expected_epoch: current,
        commit: body.commit.0,
        group_info: body.group_info.0,
        public_state: loaded.half.to_bytes(),
        tree: loaded.half.tree()?,
        nature: judged.after.as_ref().map(PrivateGroup::to_bytes),
    };
    let welcome = body.welcome.map(|welcome| NewWelcome {
        group: id,
        epoch: loaded.half.epoch(),
        welcome: welcome.0,
        tree: new.tree.clone(),
        devices: judged.added,
    });
    let now = state.clock.now();
    let settled = settle(&*state.store, |tx| {
        let (new, welcome) = (new.clone(), welcome.clone());
        Box::pin(async move { store_commit(tx, &new, welcome.as_ref(), now).await })
    })
    .await;
    let outcome = match settled.result? {
        CommitOutcome::Stale { epoch } if settled.doubt && is_committed(state, &new).await? => {
            CommitOutcome::Committed { epoch }
        }
        outcome => outcome,
    };
    match outcome {
        CommitOutcome::Committed { epoch } => {
            loaded.group_info = new.group_info;
            loaded.answer = None;
            *guard = Some(loaded);
            if let Some(after) = judged.after.clone() {
                state.groups.natures.set(id, after);
            }
            let readers = readers_of_commit(judged.before, judged.after);
            let frame = Frame::commit(id, current, new.commit);
            state.hub.publish(&[(frame, readers)]);
            tracing::info!(epoch, "commit");
            Ok(CommitAccepted { epoch })
        }
        CommitOutcome::Stale { epoch } => Err(GroupError::Stale(epoch)),
        CommitOutcome::UnknownGroup => Err(GroupError::Unknown),
    }
}

/// Who belongs to the group after a commit, and who is out: they are told by it that they are.
fn readers_of_commit(before: Option<PrivateGroup>, after: Option<PrivateGroup>) -> Readers {
    match (before, after) {
        (Some(before), Some(after)) => Readers::Private(vec![Arc::new(before), Arc::new(after)]),
        _ => Readers::Members,
    }
}

/// A commit, and what puts in whom it adds.
async fn store_commit(
    tx: &mut dyn Transaction,
    new: &NewCommit,
    welcome: Option<&NewWelcome>,
    now: UnixMillis,
) -> Result<CommitOutcome, GroupError> {
    let outcome = tx.groups().commit(new, now).await?;
    if let (CommitOutcome::Committed { .. }, Some(welcome)) = (outcome, welcome) {
        tx.welcomes().put(welcome).await?;
    }
    Ok(outcome)
}

/// Whether the stored group is the one that was to be made.
async fn is_created(state: &AppState, new: &NewGroup) -> Result<bool, GroupError> {
    let mut tx = state.store.read().await?;
    let stored = tx.groups().find(&new.group).await?;
    Ok(stored
        .is_some_and(|stored| (stored.epoch, &stored.group_info) == (new.epoch, &new.group_info)))
}

/// Whether the commit is the one that led out of its epoch.
async fn is_committed(state: &AppState, new: &NewCommit) -> Result<bool, GroupError> {
    let mut tx = state.store.read().await?;
    let first = tx
        .groups()
        .commits(&new.group, new.expected_epoch, 1)
        .await?;
    Ok(first
        .first()
        .is_some_and(|stored| (stored.epoch, &stored.commit) == (new.expected_epoch, &new.commit)))
}

/// Commits from an epoch on, one page.
pub(super) async fn commits(
    state: &AppState,
    device: DeviceId,
    id: GroupId,
    from: u64,
) -> Result<CommitPage, GroupError> {
    check_visible(state, &device, &id).await?;
    let mut tx = state.store.read().await?;
    let commits = tx.groups().commits(&id, from, PAGE).await?;
    Ok(CommitPage {
        commits: commits
            .into_iter()
            .map(|commit| CommitInfo {
                epoch: commit.epoch,
                commit: commit.commit.into(),
            })
            .collect(),
    })
}

/// The group in memory, read from the store where it is not there yet.
async fn load<'a>(
    state: &AppState,
    id: GroupId,
    slot: &'a mut Option<Loaded>,
) -> Result<&'a mut Loaded, GroupError> {
    if let Some(loaded) = slot.take()
        && !is_stale(state, id, &loaded).await?
    {
        return Ok(slot.insert(loaded));
    }
    let mut tx = state.store.read().await?;
    let stored = tx.groups().find(&id).await?.ok_or(GroupError::Unknown)?;
    drop(tx);
    let half = PublicHalf::load(&id, &stored.public_state)?;
    // A commit whose outcome was not known may have changed it.
    if let Some(private) = half.private()? {
        state.groups.natures.set(id, private);
    }
    let loaded = Loaded {
        half,
        group_info: stored.group_info,
        answer: None,
    };
    Ok(slot.insert(loaded))
}

/// Whether another instance has taken a commit that is not in memory yet.
async fn is_stale(state: &AppState, id: GroupId, loaded: &Loaded) -> Result<bool, StoreError> {
    if !state.bus.is_on() {
        return Ok(false);
    }
    let mut tx = state.store.read().await?;
    let epoch = tx.groups().epoch(&id).await?;
    Ok(epoch != Some(loaded.half.epoch()))
}

/// Another instance made a group, or took a commit: what it is now is read from the store.
pub(crate) async fn read_again(state: &AppState, id: GroupId) {
    let slot = state.groups.slot(id);
    let mut loaded = slot.lock().await;
    let is_lobby = state
        .roster
        .current()
        .is_some_and(|roster| roster.view().lobby() == id);
    if is_lobby {
        // Who is in it is the roster's matter: read when somebody asks for it.
        *loaded = None;
        return;
    }
    match load(state, id, &mut loaded).await {
        Ok(_) | Err(GroupError::Unknown) => {}
        Err(error) => {
            tracing::warn!(%error, "a group cannot be read now");
            *loaded = None;
        }
    }
}

fn check_size(bytes: &[u8], limit: usize, what: &'static str) -> Result<(), GroupError> {
    if bytes.len() <= limit {
        Ok(())
    } else {
        Err(GroupError::Malformed(what))
    }
}
