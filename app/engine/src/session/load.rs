//! State from the local database, and what one who has joined just now brings along.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::sync::Arc;

use dialtone_crypto::recovery::RecoveryKey;
use dialtone_crypto::rows::RowKey;
use dialtone_crypto::{KeyRing, SignalOpener, StreamChecker, invite};
use dialtone_protocol::revision::REVISION;
use dialtone_protocol::roster::{Roster, VoiceStanding};
use dialtone_protocol::sealed::SealedEvent;
use dialtone_protocol::{AccountId, ChannelId, CommunityId, GroupId, PublicKey};

use super::SessionConfig;
use super::administration::Administration;
use super::approvals::Approvals;
use super::away::Away;
use super::export::ExportPart;
use super::files::FilesPart;
use super::keys::KeysAsked;
use super::knocks::Admission;
use super::lines::Looking;
use super::recovery::Recovery;
use super::state::{Awaited, ChannelState, State};
use super::supervise::End;
use super::{emojis, groups, ignoring, marks, private, volumes};
use crate::chat::directory::{Directory, author};
use crate::chat::records::{OutboxItem, StoredEvent, StreamRow, Verdict, number_of};
use crate::joining::{Inspected, Joined};
use crate::local::{Database, LocalError, Table};
use crate::net::Network;
use crate::settings::IceSettings;
use crate::snapshot::Connection;
use crate::voice::{Audio, CallNetwork};
use dialtone_words::say;

/// Row of [`Table::Meta`]: a lobby that one founded and must create.
pub(super) const META_FOUNDS: &[u8] = b"founds";
/// Row of [`Table::Meta`]: what the founder called the community.
pub(super) const META_FOUNDING_NAME: &[u8] = b"founding-name";
/// Row of [`Table::Meta`]: why trust is broken; there until the user takes it away.
pub(super) const META_ALARM: &[u8] = b"alarm";
/// Row of [`Table::Meta`]: there where people who knock are let in without a question.
pub(super) const META_ADMITS: &[u8] = b"admits";
/// Row of [`Table::Meta`]: what seals history files, and their counter.
pub(super) const META_RECOVERY: &[u8] = b"recovery";
/// Row of [`Table::Meta`]: the recovery key's words, until somebody has written them down.
pub(super) const META_RECOVERY_WORDS: &[u8] = b"recovery-words";
/// Row of [`Table::Meta`]: when new devices were answered that asked to be added.
pub(super) const META_APPROVALS: &[u8] = b"approvals";
/// Rows of [`Table::Meta`], each with an account behind it: the account key that was verified.
pub(super) const META_VERIFIED: &[u8] = b"verified/";
/// Row of [`Table::Meta`]: the rows of [`super::marks`] are there; a profile of an earlier version has none.
pub(super) const META_MARKED: &[u8] = b"marked";
/// Row of [`Table::Meta`]: the channel that is shown.
pub(super) const META_OPEN: &[u8] = b"open";
/// Row of [`Table::Meta`]: a longer member list that somebody named.
pub(super) const META_AHEAD: &[u8] = b"ahead";

/// What the session keeps beside state and database.
pub(super) struct Parts {
    pub(super) audio: Arc<Audio>,
    pub(super) ice: IceSettings,
    pub(super) call_network: CallNetwork,
    pub(super) network: Arc<dyn Network>,
}

/// The local history cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    #[error(transparent)]
    Local(#[from] LocalError),
    #[error("{}", say!("engine-community-damaged", error = _0))]
    Damaged(String),
    #[error("{}", say!("engine-other-community"))]
    OtherCommunity,
}

impl LoadError {
    /// How the run of a session ends by it.
    pub(super) fn end(&self) -> End {
        match self {
            Self::Local(error) => error.into(),
            _ => End::Unusable(self.to_string()),
        }
    }
}

pub(super) fn damaged(what: impl std::fmt::Display) -> LoadError {
    LoadError::Damaged(what.to_string())
}

/// Opens the database and builds the state.
pub(super) fn open(config: &mut SessionConfig) -> Result<(State, Database, Parts), LoadError> {
    let mut database = Database::open(&config.database, config.row_key.clone())?;
    if let Some(joined) = &config.joined {
        remember_joining(&mut database, joined)?;
        config.joined = None;
    }
    let identity = config.identity.clone();
    let roster = load_roster(&database, &identity.community)?;
    let alarm = database.get(Table::Meta, META_ALARM)?;
    let ahead = single(&database, META_AHEAD)?;
    let admits = database.get(Table::Meta, META_ADMITS)?;
    let keys = KeyRing::load(pairs(database.all(Table::Keys, &[])?)).map_err(damaged)?;
    let told_voice = own_voice(roster.as_deref(), &identity.account);
    let mut state = State {
        signals: SignalOpener::new(identity.community, identity.device.id()),
        clock: config.clock.clone(),
        me: identity,
        roster,
        alarm: alarm.map(|words| String::from_utf8_lossy(&words).into_owned()),
        ahead,
        ahead_asked: false,
        ahead_tries: 0,
        lacking_since_ms: None,
        roster_asked_ms: 0,
        blamed: BTreeSet::new(),
        groups: BTreeMap::new(),
        plans: BTreeMap::new(),
        plans_tried_ms: 0,
        founds: None,
        keys,
        directory: Directory::default(),
        channels: BTreeMap::new(),
        open: None,
        looking: Looking::load(&database, config.at_hand.attends())?,
        administration: Administration::default(),
        export: ExportPart::default(),
        server_revision: REVISION,
        vanishes_ms: 0,
        ignored: ignoring::load(&database)?,
        online: BTreeSet::new(),
        away: Away::begin(config.at_hand.is_away()),
        calls: BTreeMap::new(),
        knocks: BTreeMap::new(),
        last_seen: BTreeMap::new(),
        server_version: None,
        verified: BTreeMap::new(),
        comparing: None,
        admission: Admission::new(admits.is_some()),
        connection: Connection::Connecting,
        caught_up: false,
        asked: BTreeSet::new(),
        entering: BTreeMap::new(),
        out: VecDeque::new(),
        requests: BTreeMap::new(),
        jobs: VecDeque::new(),
        call: None,
        moving: None,
        volumes: volumes::load(&database)?,
        emojis: emojis::load(&database)?,
        files: FilesPart::new(&config.database),
        words: Vec::new(),
        told_voice,
        recovery: Recovery::load(&database)?,
        approvals: Approvals::load(&database)?,
        founding_name: None,
        revoked: BTreeSet::new(),
        keys_asked: KeysAsked::default(),
        typed_ms: 0,
        signal_counter: 0,
        signal_stream: dialtone_protocol::StreamId(config.clock.random()),
        dirty: true,
        stirs: 0,
    };
    fill(&mut state, &mut database)?;
    Ok((state, database, parts(config)))
}

/// What a session has from outside.
fn parts(config: &SessionConfig) -> Parts {
    Parts {
        audio: Arc::clone(&config.audio),
        ice: config.ice.clone(),
        call_network: config.call_network.clone(),
        network: Arc::clone(&config.network),
    }
}

/// What the member list says of one's own voice.
fn own_voice(roster: Option<&Roster>, account: &AccountId) -> VoiceStanding {
    let own = roster.and_then(|roster| roster.view().account(account));
    own.map(|account| account.voice).unwrap_or_default()
}

/// What is in rows of its own.
fn fill(state: &mut State, database: &mut Database) -> Result<(), LoadError> {
    groups::load(state, database)?;
    private::load(state, database)?;
    load_founding(state, database)?;
    load_verified(state, database)?;
    marks::mark_all(database)?;
    load_channels(state, database)?;
    load_directory(state, database)
}

/// What a founder has still to do.
fn load_founding(state: &mut State, database: &Database) -> Result<(), LoadError> {
    let founds = database.get(Table::Meta, META_FOUNDS)?;
    state.founds = founds
        .map(|id| GroupId::from_slice(&id))
        .transpose()
        .map_err(damaged)?;
    let name = database.get(Table::Meta, META_FOUNDING_NAME)?;
    state.founding_name = name.and_then(|name| String::from_utf8(name).ok());
    Ok(())
}

/// Who was verified, and with which key.
fn load_verified(state: &mut State, database: &Database) -> Result<(), LoadError> {
    for (row, key) in database.all(Table::Meta, META_VERIFIED)? {
        let account = row.get(META_VERIFIED.len()..).unwrap_or_default();
        let account = AccountId::from_slice(account).map_err(damaged)?;
        let key = PublicKey::from_slice(&key).map_err(damaged)?;
        state.verified.insert(account, key);
    }
    Ok(())
}

/// A single value that is kept as CBOR.
pub(super) fn single<T>(database: &Database, name: &[u8]) -> Result<Option<T>, LoadError>
where
    T: for<'b> minicbor::Decode<'b, ()>,
{
    let row = database.get(Table::Meta, name)?;
    let value = row.map(|row| minicbor::decode(&row));
    value.transpose().map_err(damaged)
}

fn pairs(rows: Vec<(Vec<u8>, Vec<u8>)>) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    rows.into_iter()
}

/// Writes down, before the server makes the account true, what is known only now and needed after it: the keys of the link's
/// pack, the recovery key until it was written down, and how a founder calls the community. An answer that never comes, or a crash, loses nothing of it.
///
/// # Errors
/// When the local database cannot be written; nothing must be sent then.
pub(crate) fn remember_link(
    path: &Path,
    row_key: RowKey,
    inspected: &Inspected,
    founding_name: Option<&str>,
    recovery: &RecoveryKey,
) -> Result<(), LocalError> {
    let mut keys = KeyRing::default();
    let pack = inspected
        .pack
        .as_deref()
        .map(|pack| invite::open_pack(&inspected.link, pack));
    match pack {
        Some(Ok(granted)) => granted.iter().for_each(|key| {
            keys.insert_granted(None, key);
        }),
        // Names and history come from members then.
        Some(Err(error)) => tracing::warn!("the invite's pack is not used: {error}"),
        None => {}
    }
    let mut database = Database::open(path, row_key)?;
    let transaction = database.begin()?;
    for change in keys.drain_changes() {
        if let Some(value) = change.value {
            transaction.put(Table::Keys, &change.key, &value)?;
        }
    }
    if let Some(name) = founding_name {
        transaction.put(Table::Meta, META_FOUNDING_NAME, name.as_bytes())?;
    }
    Recovery::put_new(&transaction, recovery)?;
    transaction.commit()
}

/// Writes down what joining gave: the member list and the lobby to create.
fn remember_joining(database: &mut Database, joined: &Joined) -> Result<(), LoadError> {
    let transaction = database.begin()?;
    for (index, entry) in joined.roster.entries_from(0).iter().enumerate() {
        transaction.put(Table::Roster, &(index as u64).to_be_bytes(), entry)?;
    }
    if let Some(lobby) = joined.lobby {
        transaction.put(Table::Meta, META_FOUNDS, &lobby.0)?;
    }
    Ok(transaction.commit()?)
}

/// The member list, if there is one yet.
pub(super) fn load_roster(
    database: &Database,
    community: &CommunityId,
) -> Result<Option<Arc<Roster>>, LoadError> {
    let entries: Vec<_> = database
        .all(Table::Roster, &[])?
        .into_iter()
        .map(|(_, entry)| entry)
        .collect();
    if entries.is_empty() {
        return Ok(None);
    }
    let (roster, broken) = Roster::replay(entries).map_err(damaged)?;
    if roster.community() != *community {
        return Err(LoadError::OtherCommunity);
    }
    broken.map_or(Ok(Some(Arc::new(roster))), |error| Err(damaged(error)))
}

fn load_channels(state: &mut State, database: &Database) -> Result<(), LoadError> {
    for (key, row) in database.all(Table::Stream, &[])? {
        let channel = ChannelId::from_slice(&key).map_err(damaged)?;
        let row: StreamRow = minicbor::decode(&row).map_err(damaged)?;
        let checker = StreamChecker::from_bytes(&row.checker).map_err(damaged)?;
        let mut part = ChannelState::new(checker);
        part.unread = row.unread;
        part.mentions = row.mentions.unwrap_or(0);
        part.read_to = row.read_to;
        for (key, _) in database.all(Table::Waiting, &channel.0)? {
            let Some(event) = database.get(Table::Event, &key)? else {
                continue;
            };
            let event: StoredEvent = minicbor::decode(&event).map_err(damaged)?;
            if let (Verdict::Waiting { wanted, bytes, .. }, Some(sequence)) =
                (&event.verdict, number_of(&key))
            {
                let (_, header) = SealedEvent::read(bytes).map_err(damaged)?;
                let awaited = Awaited::new(*wanted, &header, &state.me.device.id());
                part.waiting.insert(sequence, awaited);
            }
        }
        state.channels.insert(channel, part);
    }
    for (key, item) in database.all(Table::Outbox, &[])? {
        let item: OutboxItem = minicbor::decode(&item).map_err(damaged)?;
        if let Some(order) = number_of(&key) {
            state.channel(item.channel).outbox.insert(order, item);
        }
    }
    Ok(())
}

fn load_directory(state: &mut State, database: &Database) -> Result<(), LoadError> {
    let Some(roster) = state.roster.clone() else {
        return Ok(());
    };
    let channel = state.me.community.directory();
    for (_, event) in database.all(Table::Event, &channel.0)? {
        let event: StoredEvent = minicbor::decode(&event).map_err(damaged)?;
        if let (Some(author), Verdict::Opened(content)) =
            (author(&event, roster.view()), &event.verdict)
        {
            state.apply_to_directory(author, &content.body);
        }
    }
    Ok(())
}
