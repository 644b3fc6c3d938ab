//! Answers commands as the engine would, on the state alone.

use std::sync::Arc;

use dialtone_engine::handle::{EngineHandle, EngineSide, channel};
use dialtone_engine::snapshot::{
    ApprovalStage, Asking, AtOnce, Call, CallState, ChainView, Channel, ChannelSetting, Community,
    Connection, InvitationKind, ItemBody, JoinProgress, LinkCheck, Marks, Private, ProfileState,
    Safety, Sending, Talker, TimelineItem,
};
use dialtone_engine::{
    AccountId, CallId, ChannelId, ClientEventId, Command, CommunityCommand, CommunityId, Event,
    Hash, PrivateCommand, Snapshot,
};

use super::{affairs, community, files, messages, meter};

/// A pretended engine.
pub struct FakeEngine {
    /// The state, as the next snapshot will have it.
    pub state: Snapshot,
    now_ms: u64,
    next: u64,
    /// Chains from before changes of them.
    past: Vec<ChainView>,
}

impl FakeEngine {
    /// In `state`; what is said happens at `now_ms`.
    pub fn new(state: Snapshot, now_ms: u64) -> Self {
        Self {
            state,
            now_ms,
            next: 1000,
            past: Vec::new(),
        }
    }

    /// Carries out one command; what happened beside the state.
    pub fn apply(&mut self, command: Command) -> Vec<Event> {
        match command {
            Command::InspectLink(link) => self.inspect(link),
            Command::DismissAsking => self.state.asking = None,
            Command::AskApproval { .. } => {
                self.state.asking = Some(Asking::Waiting { online: true });
            }
            Command::DismissInvitation => self.state.invitation = None,
            Command::Join { username, .. } => self.join(&username),
            Command::Unlock(secret) => self.unlock(secret.expose()),
            Command::OpenAtOnce(on) => {
                self.state.keyring.at_once = if on { AtOnce::On } else { AtOnce::Off };
            }
            Command::UsePassword | Command::Lock => {
                self.state.profile = ProfileState::Locked { error: None }
            }
            Command::SetAudio(audio) => self.state.settings.audio = audio,
            Command::WatchVoice(true) => meter::open(&mut self.state),
            Command::WatchVoice(false) => meter::close(&mut self.state),
            Command::Chain(wish) => meter::apply(&mut self.state, &mut self.past, wish),
            Command::SetLook(look) => self.state.settings.look = look,
            Command::SetNotifications(wish) => self.state.settings.notifications = wish,
            Command::SetNotifyLevel(community, channel, level) => {
                let settings = &mut self.state.settings.notifications;
                settings.choose(&community, &channel, level);
            }
            Command::SetDoNotDisturb(wish) => {
                self.state.settings.notifications.do_not_disturb = wish;
            }
            Command::SetDesktop(desktop) => self.state.settings.desktop = desktop,
            Command::SetShortcuts(wish) => self.state.settings.shortcuts = wish,
            Command::DismissNotice(id) => self.state.notices.retain(|notice| notice.id != id),
            Command::Forget(id) => self.state.communities.retain(|one| one.id != id),
            Command::Shutdown => return vec![Event::Stopped],
            Command::In(id, wish) => return self.in_community(id, wish),
            _ => {}
        }
        Vec::new()
    }

    fn inspect(&mut self, link: String) {
        let mut invitation = community::invitation();
        if link.contains("found") {
            invitation.kind = InvitationKind::Founding;
            invitation.community_name = None;
            invitation.inviter_name = None;
        }
        if link.contains("bad") {
            invitation.checked = LinkCheck::Refused(
                "The server's key is not the one that the link names. Ask for a new link."
                    .to_owned(),
            );
        }
        invitation.link = link;
        self.state.invitation = Some(invitation);
    }

    fn join(&mut self, username: &str) {
        if username == "taken" {
            if let Some(invitation) = &mut self.state.invitation {
                let why = "The name \"taken\" is in use. Choose another one.";
                invitation.progress = JoinProgress::Failed(why.to_owned());
            }
            return;
        }
        let mut joined = community::harbour();
        for one in &mut joined.communities {
            username.clone_into(&mut Arc::make_mut(one).me.name);
        }
        joined.settings = self.state.settings.clone();
        joined.keyring = self.state.keyring.clone();
        self.state = joined;
    }

    fn unlock(&mut self, password: &str) {
        self.state.profile = if password == "wrong" {
            ProfileState::Locked {
                error: Some(
                    "This password does not open the keys on this computer; try again.".to_owned(),
                ),
            }
        } else {
            ProfileState::Unlocked
        };
    }

    fn in_community(&mut self, id: CommunityId, wish: CommunityCommand) -> Vec<Event> {
        let (now_ms, next) = (self.now_ms, self.next);
        self.next += 1;
        let found = self.state.communities.iter_mut().find(|one| one.id == id);
        let Some(community) = found.map(Arc::make_mut) else {
            return Vec::new();
        };
        match wish {
            CommunityCommand::Open(channel) => open(community, channel),
            CommunityCommand::Submit {
                channel,
                text,
                reply_to,
            } => {
                submit(community, (channel, text, reply_to), next, now_ms);
            }
            CommunityCommand::Message(wish) => messages::apply(community, wish, now_ms),
            CommunityCommand::CreateChannel { name, voice } => {
                let number = 100 + (next % 100) as u8;
                let made = community::channel(number, &name, "", voice);
                community.channels.push(Arc::new(made));
            }
            CommunityCommand::People(wish) => affairs::apply(community, wish, now_ms),
            CommunityCommand::Private(wish) => private(community, wish, next),
            CommunityCommand::File(wish) => files::apply(community, &wish),
            CommunityCommand::RenameChannel { channel, name } => {
                change(community, channel, |found| found.name = Some(name));
            }
            CommunityCommand::DeleteChannel(channel) => {
                community.channels.retain(|one| one.id != channel);
                community.open = community.channels.first().map(|one| one.id);
            }
            CommunityCommand::CreateInvite { .. } if community.connection != Connection::Online => {
                return vec![Event::InviteFailed {
                    community: id,
                    reason: "The server cannot be reached.".to_owned(),
                }];
            }
            CommunityCommand::CreateInvite { .. } => return vec![invite(community)],
            CommunityCommand::Admit(account) => {
                community.knocking.retain(|one| one.account != account);
            }
            CommunityCommand::CompareSafety(account) => {
                community.safety = account.map(|account| Safety {
                    account,
                    words: demo_words(),
                    length: 57,
                });
            }
            CommunityCommand::SetVerified { account, verified } => {
                verify(community, account, verified);
            }
            wish @ (CommunityCommand::SetChannelRule { .. }
            | CommunityCommand::SetLifetime { .. }
            | CommunityCommand::SetVoiceStanding { .. }
            | CommunityCommand::SetVolume { .. }
            | CommunityCommand::SetPinned { .. }
            | CommunityCommand::SetWhisper(_)) => rule(community, wish),
            CommunityCommand::Approve(false) | CommunityCommand::CompareCode { same: false } => {
                community.approval = None;
            }
            CommunityCommand::CompareCode { same: true } => {
                if let Some(approval) = &mut community.approval {
                    approval.stage = ApprovalStage::Confirmed;
                }
            }
            CommunityCommand::AdmitAutomatically(on) => {
                community.admits_automatically = on;
                community.knocking.retain(|_| !on);
            }
            CommunityCommand::JoinCall(channel) => join_call(community, channel),
            CommunityCommand::LeaveCall => leave_call(community),
            CommunityCommand::SetMuted(muted) => with_call(community, |call| mute(call, muted)),
            CommunityCommand::SetDeafened(deafened) => {
                with_call(community, |call| call.deafened = deafened);
            }
            CommunityCommand::Drop(id) => drop_message(community, id),
            _ => {}
        }
        Vec::new()
    }
}

/// What holds in a channel, or of a voice.
fn rule(community: &mut Community, wish: CommunityCommand) {
    match wish {
        CommunityCommand::SetChannelRule { channel, setting } => {
            community::set_rule(community, channel, setting);
        }
        CommunityCommand::SetLifetime { channel, seconds } => {
            let setting = ChannelSetting::Lifetime(seconds);
            community::set_rule(community, channel, setting);
        }
        CommunityCommand::SetVoiceStanding { account, standing } => {
            community::say_how(community, account, standing);
        }
        CommunityCommand::SetVolume { account, percent } => {
            of_talker(community, account, |talker| talker.volume_percent = percent);
        }
        CommunityCommand::SetPinned { account, pinned } => {
            of_talker(community, account, |talker| talker.pinned = pinned);
        }
        CommunityCommand::SetWhisper(to) => {
            if let Some(call) = &mut community.call {
                call.whispering_to = to;
            }
        }
        _ => {}
    }
}

/// Changes what one hears of somebody, in every call.
fn of_talker(community: &mut Community, account: AccountId, how: impl Fn(&mut Talker)) {
    for channel in &mut community.channels {
        let talkers = Arc::make_mut(channel).talkers.iter_mut();
        talkers.filter(|one| one.account == account).for_each(&how);
    }
}

fn invite(community: &Community) -> Event {
    let link = format!(
        "dialtone://{}/join#v1.8fJq2mVt0cYxW5sKzR7uLhN3bTgPdE1aQ9iOoXwC4kM.k7",
        community.server
    );
    Event::InviteReady {
        community: community.id,
        link,
    }
}

fn verify(community: &mut Community, account: AccountId, verified: bool) {
    let mut members = community.members.iter_mut();
    if let Some(member) = members.find(|member| member.account == account) {
        member.verified = verified;
    }
}

fn private(community: &mut Community, wish: PrivateCommand, next: u64) {
    let me = community.me.account;
    let number = 100 + (next % 100) as u8;
    match wish {
        PrivateCommand::Create {
            name,
            voice,
            accounts,
        } => {
            let mut made = community::channel(number, &name, "", voice);
            made.private = Some(Private {
                direct: false,
                accounts: accounts.into_iter().chain([me]).collect(),
                admins: vec![me],
                may_change: true,
                may_delete: true,
            });
            community.open = Some(made.id);
            community.channels.push(Arc::new(made));
        }
        PrivateCommand::Message(accounts) => {
            let is_it = |channel: &Channel| {
                channel.private.as_ref().is_some_and(|private| {
                    private.direct
                        && private.accounts.len() == accounts.len() + 1
                        && accounts.iter().all(|one| private.accounts.contains(one))
                })
            };
            let found = community.channels.iter().find(|channel| is_it(channel));
            community.open = found.map(|channel| channel.id).or(community.open);
        }
        PrivateCommand::Add { channel, accounts } => with_people(community, channel, |people| {
            people.extend(accounts);
        }),
        PrivateCommand::TakeOut { channel, account } => {
            with_people(community, channel, |people| {
                people.retain(|one| *one != account);
            });
        }
        PrivateCommand::Leave(channel) => {
            community.channels.retain(|one| one.id != channel);
            community.open = community.channels.first().map(|one| one.id);
        }
    }
}

fn with_people(community: &mut Community, id: ChannelId, how: impl FnOnce(&mut Vec<AccountId>)) {
    change(community, id, |channel| {
        if let Some(private) = &mut channel.private {
            how(&mut private.accounts);
        }
    });
}

fn change(community: &mut Community, id: ChannelId, how: impl FnOnce(&mut Channel)) {
    let found = community.channels.iter_mut().find(|one| one.id == id);
    if let Some(channel) = found {
        how(Arc::make_mut(channel));
    }
}

fn open(community: &mut Community, id: ChannelId) {
    community.open = Some(id);
    change(community, id, |channel| channel.unread = 0);
}

fn submit(
    community: &mut Community,
    (id, text, reply_to): (ChannelId, String, Option<Hash>),
    next: u64,
    now_ms: u64,
) {
    let me = community.me.clone();
    let mut client_id = [7; 16];
    client_id[..8].copy_from_slice(&next.to_be_bytes());
    let body = if text.starts_with('/') {
        ItemBody::Notice("This is a demonstration: commands are not carried out.".to_owned())
    } else {
        ItemBody::Text(text)
    };
    let item = TimelineItem {
        sequence: Some(next),
        hash: Some(community::hash(next)),
        client_id: ClientEventId(client_id),
        from: me.account,
        from_name: me.name,
        time_ms: now_ms,
        server_time_ms: None,
        body,
        sending: Sending::Sent,
        confirmed: true,
        marks: Marks {
            may_edit: true,
            may_delete: true,
            ..Marks::default()
        },
    };
    change(community, id, |channel| {
        let mut item = item;
        item.marks.reply = reply_to.map(|target| messages::quote(channel, target));
        channel.timeline.items.push(Arc::new(item));
    });
}

fn drop_message(community: &mut Community, id: ClientEventId) {
    for channel in &mut community.channels {
        let items = &mut Arc::make_mut(channel).timeline.items;
        items.retain(|item| item.client_id != id);
    }
}

fn mute(call: &mut Call, muted: bool) {
    call.muted = muted;
    call.deafened &= muted;
    call.unheard &= muted;
}

fn join_call(community: &mut Community, id: ChannelId) {
    leave_call(community);
    let me = community.me.clone();
    community.call = Some(Call {
        id: CallId([2; 16]),
        channel: id,
        state: CallState::Connected,
        moving_to: None,
        muted: false,
        deafened: false,
        speaking: false,
        path: "direct".to_owned(),
        round_trip_ms: Some(24.0),
        loss_percent: 0.0,
        verdict: community::good(),
        sound_problem: None,
        unheard: false,
        speakers: Vec::new(),
        whispering_to: Vec::new(),
    });
    change(community, id, |channel| {
        channel.talkers.push(Talker {
            account: me.account,
            device: me.device,
            name: me.name,
            speaking: false,
            muted: false,
            deafened: false,
            level_dbfs: -60.0,
            connected: true,
            volume_percent: 100,
            pinned: false,
            whispers: false,
            withheld: None,
            voice: me.voice,
            quality: None,
        });
    });
}

fn leave_call(community: &mut Community) {
    community.call = None;
    let me = community.me.device;
    for channel in &mut community.channels {
        let talkers = &mut Arc::make_mut(channel).talkers;
        talkers.retain(|talker| talker.device != me);
    }
}

fn with_call(community: &mut Community, how: impl FnOnce(&mut Call)) {
    if let Some(call) = &mut community.call {
        how(call);
    }
}

/// Runs `engine` on a thread of its own until it is told to shut down; what a window holds of it.
///
/// # Errors
/// When no thread can be started.
pub fn serve(mut engine: FakeEngine) -> std::io::Result<EngineHandle> {
    let (handle, mut side): (EngineHandle, EngineSide) = channel(Snapshot::default());
    side.publish(engine.state.clone());
    std::thread::Builder::new()
        .name("fake-engine".to_owned())
        .spawn(move || {
            while let Some(command) = side.commands.blocking_recv() {
                let events = engine.apply(command);
                side.publish(engine.state.clone());
                let stop = events.contains(&Event::Stopped);
                for event in events {
                    // Nobody listening is not an error.
                    let _ = side.events.send(event);
                }
                if stop {
                    return;
                }
            }
        })?;
    Ok(handle)
}

fn demo_words() -> Vec<String> {
    "roast enter night rain pink foster purse figure emerge canvas online siege"
        .split(' ')
        .map(str::to_owned)
        .collect()
}
