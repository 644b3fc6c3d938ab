//! The rows of the channels: pure.

use dialtone_engine::settings::NotificationSettings;
use dialtone_engine::snapshot::{Channel, Community, Connection, Role};
use dialtone_engine::{AccountId, ChannelId};
use dialtone_words::say;

use super::menu::ChannelRights;
use super::notify::Told;
use super::talker::{TalkerRow, talker_row};
use crate::panels::rail::count;

/// All rows.
#[derive(Debug, PartialEq)]
pub struct ChannelsModel {
    pub(super) text: Vec<ChannelRow>,
    /// Those that stand under headings of their own.
    pub(super) headed: Vec<Heading>,
    pub(super) voice: Vec<ChannelRow>,
    pub(super) direct: Vec<ChannelRow>,
    can_manage: bool,
    online: bool,
    waits_for_admission: bool,
}

/// A heading that admins made, with what stands under it.
#[derive(Debug, PartialEq)]
pub(super) struct Heading {
    pub(super) name: String,
    /// Only what wants attention is shown of it.
    pub(super) folded: bool,
    pub(super) rows: Vec<ChannelRow>,
}

/// Who reads a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Readers {
    /// Every member.
    All,
    /// Whoever belongs to it.
    Private,
    /// One other person, online or not.
    One(AccountId, bool),
    /// Several others, always the same.
    Several,
}

#[derive(Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent marks of one row"
)]
pub(super) struct ChannelRow {
    pub(super) id: ChannelId,
    pub(super) name: String,
    pub(super) voice: bool,
    pub(super) selected: bool,
    pub(super) unread: Option<String>,
    /// Some of them mention oneself.
    pub(super) mentions: Option<String>,
    pub(super) in_its_call: bool,
    pub(super) readers: Readers,
    pub(super) rights: ChannelRights,
    /// One may put it elsewhere in the list.
    pub(super) movable: bool,
    pub(super) told: Told,
    pub(super) talkers: Vec<TalkerRow>,
}

/// The name to show for a channel.
pub fn channel_name(channel: &Channel) -> &str {
    channel.name.as_deref().unwrap_or(say!("panel-unnamed"))
}

/// The same among words: with the sign of a channel that everybody reads.
pub fn marked_name(channel: &Channel) -> String {
    let sign = if channel.private.is_none() { "#" } else { "" };
    format!("{sign}{}", channel_name(channel))
}

/// A conversation between the same people for ever.
fn is_direct(channel: &Channel) -> bool {
    channel
        .private
        .as_ref()
        .is_some_and(|private| private.direct)
}

/// It stands under no heading of its own.
fn is_plain(channel: &Channel) -> bool {
    channel.category.is_empty() && !is_direct(channel)
}

/// The headings in the order of their first channels.
fn headings(community: &Community, settings: &NotificationSettings) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    for channel in community
        .channels
        .iter()
        .filter(|one| !one.category.is_empty())
    {
        let row = row(community, channel, settings);
        let name = &channel.category;
        match headings.iter_mut().find(|heading| heading.name == *name) {
            Some(heading) => heading.rows.push(row),
            None => headings.push(Heading {
                name: name.clone(),
                folded: false,
                rows: vec![row],
            }),
        }
    }
    headings
}

/// The rows of `community`, where one is told of what `settings` say.
pub fn build(community: &Community, settings: &NotificationSettings) -> ChannelsModel {
    let rows = |shown: &dyn Fn(&Channel) -> bool| -> Vec<ChannelRow> {
        let channels = community.channels.iter();
        channels
            .filter(|channel| shown(channel))
            .map(|channel| row(community, channel, settings))
            .collect()
    };
    let mut direct = rows(&is_direct);
    direct.sort_by_key(|row| row.name.to_lowercase());
    ChannelsModel {
        text: rows(&|channel| !channel.voice && is_plain(channel)),
        headed: headings(community, settings),
        voice: rows(&|channel| channel.voice && is_plain(channel)),
        direct,
        can_manage: community.me.role >= Role::Admin,
        online: community.connection == Connection::Online,
        waits_for_admission: community.connection == Connection::WaitingForAdmission,
    }
}

fn row(community: &Community, channel: &Channel, settings: &NotificationSettings) -> ChannelRow {
    let call = community.call.as_ref().map(|call| call.channel);
    ChannelRow {
        id: channel.id,
        name: channel_name(channel).to_owned(),
        voice: channel.voice,
        selected: community.open == Some(channel.id),
        unread: (channel.unread > 0).then(|| count(u64::from(channel.unread))),
        mentions: (channel.mentions > 0)
            .then(|| format!("@{}", count(u64::from(channel.mentions)))),
        in_its_call: call == Some(channel.id),
        readers: readers(community, channel),
        rights: ChannelRights::of(community, channel),
        movable: channel.private.is_none()
            && community.me.role >= Role::Admin
            && community.connection == Connection::Online,
        told: Told::of(settings, community.id, channel),
        talkers: channel
            .talkers
            .iter()
            .map(|talker| talker_row(talker, community))
            .collect(),
    }
}

fn readers(community: &Community, channel: &Channel) -> Readers {
    let Some(private) = &channel.private else {
        return Readers::All;
    };
    if !private.direct {
        return Readers::Private;
    }
    let me = community.me.account;
    let mut others = private.accounts.iter().filter(|one| **one != me);
    match (others.next(), others.next()) {
        (Some(one), None) => {
            let mut members = community.members.iter();
            let here =
                members.any(|member| member.account == *one && member.presence.is_connected());
            Readers::One(*one, here)
        }
        _ => Readers::Several,
    }
}

impl ChannelRow {
    /// Shown also under a heading that is folded.
    pub(super) fn wants_attention(&self) -> bool {
        self.selected || self.unread.is_some() || self.in_its_call
    }
}

impl ChannelsModel {
    /// Folds the headings of which `is_folded` says so.
    pub fn fold(&mut self, is_folded: impl Fn(&str) -> bool) {
        for heading in &mut self.headed {
            heading.folded = is_folded(&heading.name);
        }
    }

    /// No channel at all.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
            && self.headed.is_empty()
            && self.voice.is_empty()
            && self.direct.is_empty()
    }

    /// What stands where the channels would, and whether one can be made from there.
    pub(super) fn words_when_empty(&self) -> (&'static str, bool) {
        match (self.online, self.can_manage) {
            _ if self.waits_for_admission => (say!("panel-channels-let-in"), false),
            (false, _) => (say!("panel-channels-fetched"), false),
            (true, true) => (say!("panel-no-channels-make"), true),
            (true, false) => (say!("panel-no-channels"), false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;
    use crate::panels::channels::talker::talker_words;

    #[test]
    fn voice_and_conversations_are_listed_apart() {
        let snapshot = demo::harbour();
        let model = build(&snapshot.communities[0], &NotificationSettings::default());
        assert_eq!(model.text.len(), 4);
        assert_eq!(model.voice.len(), 2);
        let talkers = &model.voice[0].talkers;
        assert!(model.voice[0].in_its_call);
        assert_eq!(
            talkers.iter().map(talker_words).collect::<Vec<_>>(),
            ["Anna, speaking", "Mikael", "Jo, muted"]
        );
        let names: Vec<_> = model.direct.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["Jo, Tomas", "Mikael"]);
        assert_eq!(model.direct[0].readers, Readers::Several);
        assert!(matches!(model.direct[1].readers, Readers::One(_, true)));
        assert_eq!(model.text[3].readers, Readers::Private);
    }

    #[test]
    fn channels_stand_under_their_headings_and_fold_but_for_what_wants_attention() {
        let mut snapshot = demo::harbour();
        let community = std::sync::Arc::make_mut(&mut snapshot.communities[0]);
        for at in [1, 2, 4] {
            std::sync::Arc::make_mut(&mut community.channels[at]).category = "Boats".to_owned();
        }
        let mut model = build(community, &NotificationSettings::default());
        assert_eq!((model.text.len(), model.voice.len()), (2, 1));
        let [boats] = &model.headed[..] else {
            panic!("one heading");
        };
        let names: Vec<_> = boats.rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["race-planning", "boat-yard", "on the water"]);
        model.fold(|name| name == "Boats");
        assert!(model.headed[0].folded);
        let shown = model.headed[0]
            .rows
            .iter()
            .filter(|row| row.wants_attention());
        let names: Vec<_> = shown.map(|row| row.name.as_str()).collect();
        assert_eq!(
            names,
            ["race-planning", "on the water"],
            "unread, and one's call"
        );
        community.me.role = Role::Member;
        assert!(!build(community, &NotificationSettings::default()).text[0].movable);
    }

    #[test]
    fn oneself_is_shown_as_the_call_says() {
        let mut snapshot = demo::harbour();
        let community = std::sync::Arc::make_mut(&mut snapshot.communities[0]);
        if let Some(call) = &mut community.call {
            call.muted = true;
        }
        let model = build(&snapshot.communities[0], &NotificationSettings::default());
        assert_eq!(talker_words(&model.voice[0].talkers[0]), "Anna, muted");
    }

    #[test]
    fn a_nameless_channel_says_so() {
        let mut channel = (*demo::harbour().communities[0].channels[0]).clone();
        channel.name = None;
        assert_eq!(channel_name(&channel), "name not known yet");
    }

    #[test]
    fn a_channel_is_offered_only_where_one_can_be_made() {
        let mut community = (*demo::harbour().communities[0]).clone();
        community.channels.clear();
        let mut empty = |connection, role| {
            community.connection = connection;
            community.me.role = role;
            build(&community, &NotificationSettings::default()).words_when_empty()
        };
        let waiting = empty(Connection::WaitingForAdmission, Role::Member);
        assert_eq!(
            waiting,
            ("Channels appear here once you are let in.", false)
        );
        assert!(empty(Connection::Online, Role::Admin).1);
        assert!(!empty(Connection::Online, Role::Member).1);
        assert!(!empty(Connection::CatchingUp, Role::Admin).1);
    }
}
