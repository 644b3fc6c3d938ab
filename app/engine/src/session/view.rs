//! State -> the community's part of the snapshot: pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dialtone_protocol::group_rules::PrivateKind;
use dialtone_protocol::roster::{Account, JoinedBy};
use dialtone_protocol::{AccountId, ChannelId, Hash};
use dialtone_words::say;

use super::moving::Moving;
use super::state::{ChannelState, Identity, State, role};
use crate::chat::{fold, timeline};
use crate::snapshot::{
    Ages, Call, Channel, Community, Connection, Files, Knock, Me, Member, Presence, Private, Quote,
    Quoted, RecoveryView, Role, Talker, Timeline, VoiceStanding,
};
use crate::voice::CallPart;

/// The community as the window draws it.
pub(super) fn community(state: &State) -> Community {
    let host = state.me.server.clone();
    Community {
        id: state.me.community,
        name: state
            .directory
            .community
            .clone()
            .unwrap_or_else(|| host.clone()),
        server: host,
        connection: state.connection.clone(),
        server_age: Ages::with(state.server_revision),
        me: Me {
            account: state.me.account,
            device: state.me.device.id(),
            name: my_name(state),
            role: state.role(),
            fingerprint: fingerprint(&state.me.account),
            voice: state.voice_standing_of(&state.me.account),
            voice_by: state
                .voice_changed_by(&state.me.account)
                .map(|by| state.directory.person(&by)),
        },
        channels: channels(state),
        open: state.open,
        members: members(state),
        knocking: knocking(state),
        admits_automatically: state.admission.automatic && state.role() >= Role::Admin,
        call: call(state),
        safety: state.safety(),
        server_version: state.server_version.clone(),
        recovery: state.recovery.view(),
        devices: state.own_devices(),
        // Before all that was missed is here nobody could be answered.
        approval: state.approvals.view().filter(|_| state.caught_up),
        files: state.files_view(),
        pins: state.looking.pins.clone(),
        search: state.looking.search.view.clone(),
        chronicle: state.administration.chronicle.clone(),
        invites: state.administration.invites.clone(),
        export: state.export.view.clone(),
        ignored: ignored(state),
        emojis: Arc::clone(&state.emojis),
        alarm: state.alarm.clone().or_else(|| lobby_problem(state)),
        server_lacks: state.lacking_since_ms.is_some(),
    }
}

/// The call that one is in.
fn call(state: &State) -> Option<Call> {
    let mut call = state.call.as_ref().map(CallPart::view)?;
    call.moving_to = state.moving.as_ref().and_then(Moving::goal);
    Some(call)
}

/// Why nothing can be sealed in the community's group.
fn lobby_problem(state: &State) -> Option<String> {
    let part = state.groups.get(&state.lobby_id()?)?;
    part.problem.clone()
}

/// One's own name, known before the directory is.
pub(super) fn my_name(state: &State) -> String {
    let known = state.directory.people.get(&state.me.account);
    known.cloned().unwrap_or_else(|| state.me.username.clone())
}

fn channels(state: &State) -> Vec<Arc<Channel>> {
    let arranged = state.arranged().into_iter();
    arranged.map(|id| Arc::new(channel(state, id))).collect()
}

fn channel(state: &State, id: ChannelId) -> Channel {
    let info = state.directory.channels.get(&id);
    let part = state.channels.get(&id);
    let rules = state.rules_of(&id);
    Channel {
        id,
        name: state.channel_name(&id),
        topic: info.map(|info| info.topic.clone()).unwrap_or_default(),
        voice: info.is_some_and(|info| info.voice),
        category: state.directory.place(&id).category,
        unread: part.map_or(0, |part| part.unread),
        mentions: part.map_or(0, |part| part.mentions),
        draft: part.and_then(|part| part.draft.clone()),
        talkers: talkers(state, id),
        timeline: match part {
            Some(part) if state.open == Some(id) => timeline(state, part),
            _ => Timeline::default(),
        },
        typing: part
            .map(|part| part.typing.keys().copied().collect())
            .unwrap_or_default(),
        held_up: part.and_then(|part| state.held_up(&id, part)),
        from_joining: state.is_from_joining(&id),
        rules,
        lifetime_s: state.lifetime_of(&id),
        may_write: state.is_among(rules.writing),
        may_speak: state.is_among(rules.speaking),
        paused_until_ms: part.and_then(|part| state.paused_until_ms(&id, part)),
        private: private(state, &id),
    }
}

fn private(state: &State, id: &ChannelId) -> Option<Private> {
    let nature = state.nature_of(id)?;
    Some(Private {
        direct: nature.kind == PrivateKind::Direct,
        accounts: nature.accounts.iter().copied().collect(),
        admins: nature.admins.iter().copied().collect(),
        may_change: state.may_change_private(id),
        may_delete: state.may_delete(id),
    })
}

fn timeline(state: &State, part: &ChannelState) -> Timeline {
    let mut items = Vec::with_capacity(part.lines.len() + part.notices.len() + part.outbox.len());
    let loaded =
        |after: u64| after + 1 >= part.loaded_from && part.loaded_to.is_none_or(|to| after < to);
    let notices = part.notices.iter().filter(|(after, _)| loaded(*after));
    let mut notices = notices.peekable();
    for (sequence, line) in &part.lines {
        while let Some((_, notice)) = notices.next_if(|(after, _)| after < sequence) {
            items.push(Arc::clone(notice));
        }
        items.push(Arc::clone(line));
    }
    items.extend(notices.map(|(_, notice)| Arc::clone(notice)));
    let me = state.me.account;
    let pending = part.outbox.values().filter(|_| part.has_present());
    items.extend(pending.filter_map(|item| {
        let mut line = timeline::pending_line(item, me, &state.directory)?;
        if let Some(target) = item.answers() {
            let quote = quote(part, target);
            Arc::make_mut(&mut line).marks.reply = Some(Arc::new(quote));
        }
        Some(line)
    }));
    Timeline {
        items: state.folded(items),
        has_earlier: part.loaded_from > 1,
        has_later: !part.has_present(),
        jumped: part.jumped,
        loading: !state.caught_up && part.lines.is_empty(),
        first_unread: part.first_unread,
    }
}

/// What something that waits to be sent answers, from what is loaded.
fn quote(part: &ChannelState, target: Hash) -> Quote {
    let line = part.lines.values().find(|line| line.hash == Some(target));
    Quote {
        target,
        from: line.map(|line| line.from),
        from_name: line.map(|line| line.from_name.clone()).unwrap_or_default(),
        said: line.map_or(Quoted::Missing, |line| fold::quoted(&line.body)),
    }
}

/// Who is in a channel's call, with what one hears of them.
fn talkers(state: &State, channel: ChannelId) -> Vec<Talker> {
    let call = state.calls.get(&channel);
    let part = state.call.as_ref().filter(|part| part.channel() == channel);
    let mut devices: Vec<_> = call.map(|call| call.devices.clone()).unwrap_or_default();
    // Who lost the server is heard on, and shown.
    let lingering = part.iter().flat_map(|part| part.lingering());
    devices
        .extend(lingering.filter(|device| call.is_none_or(|call| !call.devices.contains(device))));
    devices
        .iter()
        .filter_map(|device| {
            let account = state.account_of(device)?;
            let heard = part
                .and_then(|part| part.talker(device))
                .unwrap_or_default();
            Some(Talker {
                account,
                device: *device,
                name: state.directory.person(&account),
                speaking: heard.speaking,
                muted: heard.muted,
                deafened: heard.deafened,
                level_dbfs: heard.level_dbfs,
                connected: heard.connected,
                volume_percent: heard.volume_percent,
                pinned: heard.pinned,
                whispers: heard.whispers,
                withheld: heard.withheld,
                voice: state.voice_standing_of(&account),
                quality: part.and_then(|part| part.quality_of(device)),
            })
        })
        .collect()
}

fn members(state: &State) -> Vec<Member> {
    let Some(roster) = &state.roster else {
        return Vec::new();
    };
    let online = state.online.iter();
    let online: BTreeSet<AccountId> = online.filter_map(|one| state.account_of(one)).collect();
    let present = state.online.difference(&state.away.others);
    let present: BTreeSet<AccountId> = present.filter_map(|one| state.account_of(one)).collect();
    let mut devices: BTreeMap<AccountId, Vec<u64>> = BTreeMap::new();
    for device in roster.view().devices().values() {
        if device.is_active() {
            devices
                .entry(device.account)
                .or_default()
                .push(device.added_at + 1);
        }
    }
    for numbers in devices.values_mut() {
        numbers.sort_unstable();
    }
    let mut members: Vec<Member> = roster
        .view()
        .accounts()
        .iter()
        .filter(|(_, account)| account.is_active())
        .map(|(id, account)| Member {
            account: *id,
            name: state.directory.person(id),
            role: role(account),
            presence: match (present.contains(id), online.contains(id)) {
                (true, _) => Presence::Online,
                (false, true) => Presence::Away,
                (false, false) => Presence::Offline,
            },
            trust: trust(state, id, account),
            verified: state.is_verified(id, account),
            picture: state.directory.pictures.get(id).map(|(file, _)| *file),
            voice: account.voice,
            since: account.joined_at + 1,
            devices: devices.remove(id).unwrap_or_default(),
            ignored: state.ignored.contains(id),
            looks_like: state.administration.alike.get(id).cloned(),
        })
        .collect();
    members.sort_by_cached_key(|member| (member.name.to_lowercase(), member.account));
    members
}

/// Whom one ignores, by name.
fn ignored(state: &State) -> Vec<(AccountId, String)> {
    let accounts = state.ignored.iter();
    let mut named: Vec<_> = accounts
        .map(|one| (*one, state.directory.person(one)))
        .collect();
    named.sort_by_key(|(account, name)| (name.to_lowercase(), *account));
    named
}

/// How trust reached a member, in words.
fn trust(state: &State, id: &AccountId, account: &Account) -> String {
    let came = came(state, account);
    if state.is_verified(id, account) {
        say!("notice-trust-compared", came = came)
    } else if account.key_changes > 0 {
        say!("notice-trust-key-changed", came = came)
    } else {
        came
    }
}

fn came(state: &State, account: &Account) -> String {
    match account.joined_by {
        JoinedBy::Founding => say!("notice-trust-founded").into(),
        JoinedBy::Invite { issuer, .. } => {
            say!(
                "notice-trust-invited",
                name = state.directory.person(&issuer)
            )
        }
        JoinedBy::Admission { by } => {
            say!("notice-trust-let-in", name = state.directory.person(&by))
        }
    }
}

/// What two people compare by voice: 80 bits of the account's id, which is a hash of its key. To make another key with the
/// same ones is out of reach.
fn fingerprint(account: &AccountId) -> String {
    let text = account.to_string();
    let short: Vec<char> = text.chars().take(20).collect();
    let parts: Vec<String> = short.chunks(4).map(|part| part.iter().collect()).collect();
    parts.join(" ")
}

fn knocking(state: &State) -> Vec<Knock> {
    let knock = |account: &AccountId| Knock {
        account: *account,
        fingerprint: fingerprint(account),
    };
    state.knocks.keys().map(knock).collect()
}

/// The community before its state is read, or when it cannot be: all that the keystore knows.
pub(super) fn stub(me: &Identity, connection: Connection) -> Arc<Community> {
    Arc::new(Community {
        id: me.community,
        name: me.server.clone(),
        server: me.server.clone(),
        connection,
        server_age: Ages::Same,
        me: Me {
            account: me.account,
            device: me.device.id(),
            name: me.username.clone(),
            role: Role::Member,
            fingerprint: fingerprint(&me.account),
            voice: VoiceStanding::Ordinary,
            voice_by: None,
        },
        channels: Vec::new(),
        open: None,
        members: Vec::new(),
        knocking: Vec::new(),
        admits_automatically: false,
        call: None,
        safety: None,
        server_version: None,
        recovery: RecoveryView::default(),
        devices: Vec::new(),
        approval: None,
        files: Files::default(),
        pins: None,
        search: None,
        chronicle: None,
        invites: None,
        export: None,
        ignored: Vec::new(),
        emojis: Arc::default(),
        alarm: None,
        server_lacks: false,
    })
}
