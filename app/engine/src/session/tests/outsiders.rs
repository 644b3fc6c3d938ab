//! A private channel of Mikael's and Anna's, and what members, out of it or in it, try together with the server.

use std::sync::Arc;

use dialtone_crypto::group::{ExternalJoin, Group};
use dialtone_crypto::{
    DeviceKey, KeyRing, OsRng, SenderChain, entries, open_grant, sign_key_request,
};
use dialtone_protocol::content::EventBody;
use dialtone_protocol::frame::{ClientFrame, ServerFrame};
use dialtone_protocol::group_rules::{PrivateGroup, PrivateKind};
use dialtone_protocol::roster::HistoryPolicy;
use dialtone_protocol::sealed::{StreamPosition, WantedKey};
use dialtone_protocol::{ChannelId, ClientEventId, GroupId};

use super::scene::{Person, Scene, commit_frame};
use super::signals::signal;
use crate::chat::records::Verdict;
use crate::session::state::Job;

/// The private group.
const GROUP: GroupId = GroupId([GroupId::XWING_DRAFT_06; 17]);

/// The scene's channel, stream, keys and Anna's group are the private ones; Carla is a member of the community alone.
struct Private {
    scene: Scene,
    carla: Person,
    /// The open channel, and the lobby as Anna holds it.
    open: ChannelId,
    lobby: Group,
}

impl Private {
    fn new() -> Self {
        let mut scene = Scene::new();
        let carla = Person::new();
        let knock = entries::knock(&scene.roster.community(), &carla.account, &carla.device);
        let admitted = entries::admit(&scene.anna.device, &scene.roster, &knock).unwrap();
        scene.append(admitted);
        let mikael = Arc::clone(&scene.mikael.device);
        let history = HistoryPolicy::All;
        let (channel, entry) =
            entries::create_channel(&mikael, &scene.roster, GROUP, history, &mut OsRng).unwrap();
        scene.append(entry);
        scene.show_roster();
        let account = scene.mikael.account.account();
        let nature = PrivateGroup {
            kind: PrivateKind::Channel,
            channel,
            history,
            accounts: [account, scene.anna.account.account()].into(),
            admins: [account].into(),
        };
        let (group, public, secret) =
            Group::create_private(GROUP, &mikael, account, &scene.roster, &nature).unwrap();
        scene.session.entered(group, secret).unwrap();
        let join = ExternalJoin::prepare(
            GROUP,
            &public.group_info,
            &public.tree,
            &scene.roster,
            &scene.anna.device,
            scene.anna.account.account(),
            0,
        )
        .unwrap();
        let (epoch, commit) = (join.epoch(), join.commit().to_vec());
        scene.session.commit(GROUP, epoch, &commit).unwrap();
        let (group, secret) = join.accept();
        let lobby = std::mem::replace(&mut scene.group, group);
        scene.keys = KeyRing::default();
        scene.keys.insert_epoch(secret);
        let open = std::mem::replace(&mut scene.channel, channel);
        scene.stream = StreamPosition::START;
        scene.anna.chain = SenderChain::START;
        scene.catch_up();
        Self {
            scene,
            carla,
            open,
            lobby,
        }
    }

    /// Mikael's client takes Anna out; only it and the server know.
    fn takes_anna_out(&mut self) {
        let anna = self.scene.anna.account.account();
        let state = &mut self.scene.session.state;
        let (roster, device) = (state.roster.clone().unwrap(), state.me.device.clone());
        let group = state.held_mut(&GROUP).unwrap();
        let after = group.private().unwrap().without(&anna);
        let made = group
            .make_change(&device, &roster, &after, Vec::new())
            .unwrap();
        let frame = commit_frame(GROUP, &made);
        self.scene.frame(frame).unwrap();
    }

    /// Anna writes in the epoch that she knows.
    fn anna_writes(&mut self, text: &str) -> Verdict {
        let position = self.scene.roster.position();
        let frame = self.scene.anna_writes(text, position);
        self.scene.frame(frame).unwrap();
        self.scene.verdict(self.scene.stream.sequence)
    }

    /// Mikael's client writes, and the server shows it to him.
    fn mikael_writes(&mut self, text: &str) {
        assert_eq!(self.scene.mikael_writes(text), 1);
        let key = self.scene.channel;
        let part = self.scene.session.state.channels.get(&key).unwrap();
        let item = part.outbox.values().next().unwrap();
        let sealed = item.sealed.clone().unwrap();
        let frame = self.scene.stored(sealed.to_vec());
        self.scene.frame(frame).unwrap();
    }

    /// Which of two keys, the open channel's and the private one's, a device that asks for them is given.
    fn granted(&mut self, device: &DeviceKey) -> Vec<ChannelId> {
        let session = &mut self.scene.session;
        session.state.out.clear();
        let wanted = [(self.open, self.lobby.id()), (self.scene.channel, GROUP)];
        let wanted = wanted.map(|(channel, group)| WantedKey {
            group,
            epoch: session.state.held(&group).unwrap().epoch(),
            channel,
        });
        let request = sign_key_request(device, &self.scene.roster, wanted.to_vec()).unwrap();
        let request = request.into();
        let frame = ServerFrame::KeysRequested { request };
        self.scene.frame(frame).unwrap();
        let out = self.scene.session.state.out.drain(..);
        let grants = out.filter_map(|(frame, _)| match frame {
            ClientFrame::Grant { grant, .. } => Some(grant),
            _ => None,
        });
        let opened = grants.map(|grant| open_grant(&grant, device, &self.scene.roster).unwrap());
        opened
            .flat_map(|grant| grant.keys.into_iter().map(|key| key.channel))
            .collect()
    }

    /// What Mikael's window calls the private channel after somebody has named it in a channel.
    fn named(&mut self, by: &DeviceKey, place: ChannelId, name: &str) -> Option<String> {
        let here = self.scene.channel;
        let info = EventBody::ChannelInfo {
            channel: here,
            name: name.into(),
            topic: String::new(),
            voice: false,
        };
        let position = self.scene.roster.position();
        let id = ClientEventId(crate::clock::random());
        self.scene.channel = place;
        let chain = SenderChain::START;
        let (frame, _) = self.scene.event(by, chain, id, info, position);
        self.scene.frame(frame).unwrap();
        let last = self.scene.verdict(self.scene.stream.sequence);
        assert!(matches!(last, Verdict::Opened(_)), "{last:?}");
        self.scene.channel = here;
        self.scene.session.state.channel_name(&here)
    }
}

#[test]
fn keys_of_a_private_channel_are_given_to_nobody_out_of_it() {
    let mut private = Private::new();
    let carla = Arc::clone(&private.carla.device);
    assert_eq!(private.granted(&carla), [private.open]);
    let anna = Arc::clone(&private.scene.anna.device);
    let both = [private.open, private.scene.channel];
    assert_eq!(private.granted(&anna), both);
    private.takes_anna_out();
    assert_eq!(private.granted(&anna), [private.open]);
}

#[test]
fn what_somebody_writes_who_was_taken_out_is_refused_once_the_channel_went_on() {
    let mut private = Private::new();
    assert!(matches!(private.anna_writes("in it"), Verdict::Opened(_)));
    private.takes_anna_out();
    private.mikael_writes("without her");
    let refused = private.anna_writes("dated back");
    assert!(matches!(refused, Verdict::Refused { .. }), "{refused:?}");
    assert_eq!(private.scene.alarm(), None);
}

#[test]
fn a_private_channel_is_named_in_itself_by_who_may_change_it() {
    let mut private = Private::new();
    let anna = Arc::clone(&private.scene.anna.device);
    let mikael = Arc::clone(&private.scene.mikael.device);
    let here = private.scene.channel;
    assert_eq!(private.named(&anna, here, "hers"), None);
    let name = private.named(&mikael, here, "watch");
    assert_eq!(name.as_deref(), Some("watch"));
    private.scene.restart();
    private.scene.catch_up();
    let name = private.scene.session.state.channel_name(&here);
    assert_eq!(name.as_deref(), Some("watch"));
    // An admin of the community names it for all to see: that is no name of it.
    let directory = private.scene.roster.community().directory();
    private.scene.stream = StreamPosition::START;
    let lobby = private.lobby.epoch_secret().unwrap();
    private.scene.keys.insert_epoch(lobby);
    std::mem::swap(&mut private.scene.group, &mut private.lobby);
    let name = private.named(&anna, directory, "in the open");
    assert_eq!(name.as_deref(), Some("watch"));
}

#[test]
fn a_signal_of_a_private_channel_counts_only_under_its_own_key() {
    let mut private = Private::new();
    let here = private.scene.channel;
    let writes = |private: &mut Private| {
        let frame = signal(&private.scene, &private.scene.roster);
        private.scene.frame(frame).unwrap();
        let typing = &mut private.scene.session.state.channel(here).typing;
        !std::mem::take(typing).is_empty()
    };
    assert!(writes(&mut private));
    // Sealed with what every member knows.
    std::mem::swap(&mut private.scene.group, &mut private.lobby);
    assert!(!writes(&mut private));
}

#[test]
fn only_what_the_member_list_has_is_entered_for_a_commit() {
    let mut private = Private::new();
    let commit = |group| ServerFrame::Commit {
        group,
        epoch: 0,
        commit: vec![1].into(),
    };
    let wants = |private: &Private, group| {
        let jobs = &private.scene.session.state.jobs;
        jobs.contains(&Job::EnterGroup(group))
    };
    let unknown = GroupId::new([0x32; 16]);
    private.scene.frame(commit(unknown)).unwrap();
    assert!(!wants(&private, unknown));
    private.scene.session.drop_group(GROUP).unwrap();
    private.scene.frame(commit(GROUP)).unwrap();
    assert!(wants(&private, GROUP));
}

#[test]
fn events_of_a_private_channel_that_one_is_not_in_leave_nothing_behind() {
    let mut private = Private::new();
    private.anna_writes("before");
    private.scene.session.drop_group(GROUP).unwrap();
    let before = private.scene.stream.sequence;
    let position = private.scene.roster.position();
    let frame = private.scene.anna_writes("after", position);
    private.scene.frame(frame).unwrap();
    let part = &private.scene.session.state.channels[&private.scene.channel];
    assert_eq!(part.checker.position().sequence, before);
    let mut open = private.scene.session.state.open_channels();
    assert!(open.all(|channel| channel != private.scene.channel));
}

#[test]
fn who_is_put_in_again_believes_no_older_state() {
    let mut private = Private::new();
    let session = &mut private.scene.session;
    let left_at = session.state.held(&GROUP).unwrap().position().length;
    session.drop_group(GROUP).unwrap();
    private.scene.restart();
    let session = &private.scene.session;
    let roster = session.state.roster.clone().unwrap();
    assert_eq!(session.known_since(&GROUP, &roster), left_at);
    assert!(session.state.held(&GROUP).is_none());
}

#[test]
fn both_groups_are_there_after_a_restart() {
    let mut private = Private::new();
    private.scene.restart();
    private.scene.catch_up();
    let state = &private.scene.session.state;
    assert_eq!(state.lobby().unwrap().id(), private.lobby.id());
    let held = state.held(&GROUP).unwrap();
    assert!(held.private().is_some());
    assert_eq!(private.scene.mikael_writes("goes on"), 1);
}
