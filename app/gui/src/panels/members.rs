//! The members: who is here, who is away, what they may do, how trust reached them.

use dialtone_engine::snapshot::{
    Community, Connection, Me, Member, Presence, Private, Role as MemberRole, VoiceStanding,
};
use dialtone_engine::{AccountId, ChannelId};
use dialtone_words::say;
use egui::{
    Align, CornerRadius, Popup, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use super::voices::{self, VoiceChoice};
use crate::theme::{Type, around_line, is_compact, palette, radius, size};
use crate::widgets::{Avatar, Button, Icon, Row, focus_ring, group_label, icons, text};

/// All rows.
#[derive(Debug, PartialEq, Eq)]
pub struct MembersModel {
    /// Above them: who they are.
    pub title: &'static str,
    online: Vec<MemberRow>,
    offline: Vec<MemberRow>,
    waiting: usize,
}

#[derive(Debug, PartialEq, Eq)]
struct MemberRow {
    account: AccountId,
    name: String,
    role: Option<&'static str>,
    trust: String,
    verified: bool,
    voice: VoiceStanding,
    /// Who was here before, and is called nearly the same.
    looks_like: Option<String>,
    ignored: bool,
    choices: Vec<Choice>,
    away: bool,
}

/// What one may do with a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    Message,
    Compare,
    TakeOut(ChannelId),
    MakeAdmin,
    MakeMember,
    PassOn,
    Voice(VoiceChoice),
    Ignore(bool),
    Remove,
    Leave,
}

/// What was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MembersAction {
    /// Look at who waits to be let in.
    Waiting,
    /// Give somebody another role.
    ChangeRole(AccountId, MemberRole),
    /// Say how everybody hears somebody.
    Voice(AccountId, VoiceStanding),
    /// Ask whether to pass the founder's role on to somebody of this name.
    PassOn(AccountId, String),
    /// Ask whether to remove somebody of this name.
    Remove(AccountId, String),
    /// Compare safety words with somebody of this name.
    Compare(AccountId, String),
    /// Open the conversation with somebody.
    Message(AccountId),
    /// Take somebody out of a private channel.
    TakeOut(ChannelId, AccountId),
    /// Show who somebody is.
    Profile(AccountId),
    /// Look at what somebody did here, or everybody.
    Chronicle(Option<AccountId>),
    /// Ignore somebody, or no longer.
    Ignore(AccountId, bool),
    /// Ask whether to leave.
    Leave,
}

/// The rows of `community`: all its members, or who belongs to the private channel that is open.
pub fn build(community: &Community) -> MembersModel {
    let mut channels = community.channels.iter();
    let open = channels.find(|channel| Some(channel.id) == community.open);
    let private = open.and_then(|open| Some((open.id, open.private.as_ref()?)));
    let belongs = |member: &Member| {
        private.is_none_or(|(_, private)| private.accounts.contains(&member.account))
    };
    let rows = |online| {
        community
            .members
            .iter()
            .filter(|member| member.presence.is_connected() == online && belongs(member))
            .map(|member| row(community, member, private))
            .collect()
    };
    MembersModel {
        title: match private {
            None => say!("say-members"),
            Some((_, private)) if private.direct => say!("panel-in-conversation"),
            Some(_) => say!("panel-in-channel"),
        },
        online: rows(true),
        offline: rows(false),
        waiting: community.knocking.len(),
    }
}

/// What the rules of the member list let `me` do with a member.
fn choices(me: &Me, member: &Member) -> Vec<Choice> {
    let (mine, theirs) = (me.role, member.role);
    let voice = voices::choices(me, member.account, theirs, member.voice);
    let voice = voice.into_iter().map(Choice::Voice);
    if me.account == member.account {
        let rest = match mine {
            // A community has a founder: first the role is passed on.
            MemberRole::Founder => Vec::new(),
            MemberRole::Admin => vec![Choice::MakeMember, Choice::Leave],
            MemberRole::Member => vec![Choice::Leave],
        };
        return voice.chain(rest).collect();
    }
    let mut choices = vec![Choice::Message, Choice::Compare];
    if mine < MemberRole::Admin || mine <= theirs {
        return choices;
    }
    if mine == MemberRole::Founder {
        choices.push(if theirs == MemberRole::Admin {
            Choice::MakeMember
        } else {
            Choice::MakeAdmin
        });
        choices.push(Choice::PassOn);
    }
    choices.extend(voice);
    choices.push(Choice::Remove);
    choices
}

/// What one may do with a member now.
pub(crate) fn choices_of(community: &Community, member: &Member) -> Vec<Choice> {
    let mut choices = if community.connection == Connection::Online {
        choices(&community.me, member)
    } else {
        Vec::new()
    };
    if member.account != community.me.account {
        let at = choices.iter().position(Choice::is_grave);
        let at = at.unwrap_or(choices.len());
        choices.insert(at, Choice::Ignore(!member.ignored));
    }
    choices
}

impl Choice {
    /// It cannot be taken back.
    pub(crate) fn is_grave(&self) -> bool {
        matches!(self, Self::Remove | Self::Leave)
    }

    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::Message => say!("panel-message-them"),
            Self::Compare => say!("panel-compare-words"),
            Self::TakeOut(_) => say!("panel-take-out-of-channel"),
            Self::MakeAdmin => say!("panel-make-admin"),
            Self::MakeMember => say!("panel-make-member"),
            Self::PassOn => say!("panel-make-founder"),
            Self::Voice(choice) => choice.words(),
            Self::Ignore(true) => say!("people-ignore"),
            Self::Ignore(false) => say!("people-listen-to-them"),
            Self::Remove => say!("panel-remove-them"),
            Self::Leave => say!("panel-leave-community"),
        }
    }

    pub(crate) fn icon(&self) -> Icon {
        match self {
            Self::Message => Icon::Send,
            Self::Compare => Icon::Shield,
            Self::TakeOut(_) => Icon::Close,
            Self::MakeAdmin | Self::MakeMember | Self::PassOn => Icon::People,
            Self::Voice(choice) => choice.icon(),
            Self::Ignore(true) => Icon::EyeOff,
            Self::Ignore(false) => Icon::Eye,
            Self::Remove => Icon::Trash,
            Self::Leave => Icon::HangUp,
        }
    }

    /// What follows from it for somebody of this name.
    pub(crate) fn action(self, account: AccountId, name: &str) -> MembersAction {
        let name = name.to_owned();
        match self {
            Self::Message => MembersAction::Message(account),
            Self::TakeOut(channel) => MembersAction::TakeOut(channel, account),
            Self::Compare => MembersAction::Compare(account, name),
            Self::MakeAdmin => MembersAction::ChangeRole(account, MemberRole::Admin),
            Self::MakeMember => MembersAction::ChangeRole(account, MemberRole::Member),
            Self::PassOn => MembersAction::PassOn(account, name),
            Self::Voice(choice) => MembersAction::Voice(account, choice.standing()),
            Self::Ignore(on) => MembersAction::Ignore(account, on),
            Self::Remove => MembersAction::Remove(account, name),
            Self::Leave => MembersAction::Leave,
        }
    }
}

/// A role that is more than an ordinary one, in a word.
pub(crate) fn role_words(role: MemberRole) -> Option<&'static str> {
    match role {
        MemberRole::Member => None,
        MemberRole::Admin => Some(say!("panel-admin")),
        MemberRole::Founder => Some(say!("panel-founder")),
    }
}

fn row(community: &Community, member: &Member, open: Option<(ChannelId, &Private)>) -> MemberRow {
    let is_other = member.account != community.me.account;
    let out = open.filter(|(_, private)| private.may_change && !private.direct && is_other);
    let out = out.map(|(channel, _)| Choice::TakeOut(channel));
    MemberRow {
        account: member.account,
        name: member.name.clone(),
        role: role_words(member.role),
        trust: member.trust.clone(),
        verified: member.verified,
        voice: member.voice,
        looks_like: member.looks_like.clone(),
        ignored: member.ignored,
        away: member.presence == Presence::Away,
        choices: {
            let mut choices = choices_of(community, member);
            choices.extend(out.filter(|_| community.connection == Connection::Online));
            choices
        },
    }
}

/// Shows the members.
pub fn show(ui: &mut Ui, model: &MembersModel) -> Option<MembersAction> {
    let mut action = None;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if model.waiting > 0 {
            action = waiting(ui, model.waiting);
        }
        for (label, rows, offline) in [
            (say!("say-online"), &model.online, false),
            (say!("panel-offline-members"), &model.offline, true),
        ] {
            if rows.is_empty() {
                continue;
            }
            ui.add_space(16.0);
            ui.horizontal(|ui| {
                ui.add_space(16.0);
                group_label(ui, &format!("{label} · {}", rows.len()));
            });
            ui.add_space(6.0);
            for row in rows {
                action = member(ui, row, offline).or(action.take());
            }
        }
        ui.add_space(12.0);
    });
    action
}

fn waiting(ui: &mut Ui, count: usize) -> Option<MembersAction> {
    let words = say!("panel-wait", count = count);
    let mut action = None;
    egui::Frame::new()
        .inner_margin(egui::Margin {
            left: 16,
            right: 16,
            top: 16,
            bottom: 0,
        })
        .show(ui, |ui| {
            let button = Button::new(&words)
                .icon(Icon::PersonPlus)
                .height(32.0)
                .full_width();
            action = ui.add(button).clicked().then_some(MembersAction::Waiting);
        });
    action
}

fn member(ui: &mut Ui, row: &MemberRow, offline: bool) -> Option<MembersAction> {
    let palette = palette(ui);
    let high = if is_compact(ui) { 34.0 } else { 40.0 };
    let (rect, response) = ui.allocate_exact_size(
        vec2(ui.available_width(), around_line(ui, high)),
        Sense::click(),
    );
    response.widget_info(|| {
        let mut words = row.name.clone();
        for more in row
            .role
            .into_iter()
            .chain(row.away.then_some(say!("panel-kind-away")))
            .chain(row.verified.then_some(say!("panel-verified")))
            .chain(voices::words(row.voice))
            .chain(row.ignored.then_some(say!("people-ignored-row")))
            .chain(row.looks_like.as_ref().map(|_| say!("people-alike-row")))
        {
            words = format!("{words}, {more}");
        }
        WidgetInfo::labeled(Role::Button, ui.is_enabled(), words)
    });
    if response.hovered() {
        ui.painter()
            .rect_filled(rect.shrink2(vec2(8.0, 2.0)), radius::ROW, palette.hovered);
    }
    Avatar::new(row.account, &row.name)
        .diameter(size::AVATAR_LIST)
        .dim(offline)
        .online_on((!offline).then_some(palette.bg_1))
        .away(row.away)
        .paint(ui, pos2(rect.left() + 30.0, rect.center().y));
    let right = signs(ui, row, rect);
    let room = Rect::from_min_max(
        pos2(rect.left() + 54.0, rect.top()),
        pos2(right, rect.bottom()),
    );
    let color = if offline {
        palette.text_3
    } else {
        palette.text
    };
    text::paint_in(ui, room, Align::Min, &row.name, Type::Body, color);
    focus_ring(ui, &response, radius::ROW);
    let response = if row.trust.is_empty() {
        response
    } else {
        let mut words = format!("{}\n{}", row.name, row.trust);
        if let Some(like) = &row.looks_like {
            words = format!("{words}\n{}.", say!("people-alike", like = like));
        }
        response.on_hover_text(words)
    };
    Popup::menu(&response)
        .accessible_name(&row.name)
        .show(|ui| menu(ui, row))
        .and_then(|shown| shown.inner)
}

/// What stands at the end of a row; where the room before it ends.
fn signs(ui: &Ui, row: &MemberRow, rect: Rect) -> f32 {
    let palette = palette(ui);
    let mut right = rect.right() - 16.0;
    if let Some(role) = row.role {
        right = chip(ui, pos2(right, rect.center().y), role).left() - 8.0;
    }
    if row.verified {
        let at = pos2(right - size::ICON / 2.0, rect.center().y);
        icons::paint(ui.painter(), Icon::Shield, at, size::ICON, palette.accent);
        right -= size::ICON + 8.0;
    }
    if let Some((icon, color)) = voices::mark(row.voice, palette) {
        let at = pos2(right - size::ICON / 2.0, rect.center().y);
        icons::paint(ui.painter(), icon, at, size::ICON, color);
        right -= size::ICON + 8.0;
    }
    for (icon, color) in [
        row.looks_like
            .as_ref()
            .map(|_| (Icon::Warning, palette.attention)),
        row.ignored.then_some((Icon::EyeOff, palette.text_3)),
    ]
    .into_iter()
    .flatten()
    {
        let at = pos2(right - size::ICON / 2.0, rect.center().y);
        icons::paint(ui.painter(), icon, at, size::ICON, color);
        right -= size::ICON + 8.0;
    }
    right
}

/// Who it is, how trust reached them, and what one may do.
fn menu(ui: &mut Ui, row: &MemberRow) -> Option<MembersAction> {
    ui.set_width(220.0);
    let palette = palette(ui);
    egui::Frame::new()
        .inner_margin(egui::Margin::symmetric(8, 6))
        .show(ui, |ui| {
            text::label(ui, &row.name, Type::BodyStrong, palette.text);
            text::label(ui, &row.trust, Type::Hint, palette.text_2);
        });
    let mut action = None;
    if Row::new(say!("people-profile"))
        .icon(Icon::Info)
        .show(ui)
        .clicked()
    {
        action = Some(MembersAction::Profile(row.account));
        ui.close();
    }
    for choice in &row.choices {
        let bad = choice.is_grave().then_some(palette.bad);
        let shown = Row::new(choice.words()).icon(choice.icon()).color(bad);
        if shown.show(ui).clicked() {
            action = Some(choice.action(row.account, &row.name));
            ui.close();
        }
    }
    action
}

/// A word in a frame whose right edge is at `right_middle`.
pub(crate) fn chip(ui: &Ui, right_middle: egui::Pos2, words: &str) -> Rect {
    let palette = palette(ui);
    let width = text::line(ui, words, Type::Group, palette.text_3, 90.0)
        .size()
        .x
        + 10.0;
    let rect = Rect::from_min_max(
        pos2(right_middle.x - width, right_middle.y - 9.0),
        pos2(right_middle.x, right_middle.y + 9.0),
    );
    ui.painter().rect_stroke(
        rect,
        CornerRadius::same(5),
        Stroke::new(1.0, palette.line),
        StrokeKind::Inside,
    );
    text::paint_in(ui, rect, Align::Center, words, Type::Group, palette.text_3);
    rect
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn online_first_with_roles() {
        let snapshot = demo::harbour();
        let model = build(&snapshot.communities[0]);
        assert_eq!(model.online.len(), 4);
        assert_eq!(model.offline.len(), 2);
        let roles: Vec<_> = model.online.iter().map(|row| row.role).collect();
        assert_eq!(roles, [Some("founder"), None, Some("admin"), None]);
    }

    #[test]
    fn of_a_private_channel_those_are_shown_who_read_it() {
        let mut snapshot = demo::harbour();
        let community = std::sync::Arc::make_mut(&mut snapshot.communities[0]);
        let mut channels = community.channels.iter();
        let committee = channels.find(|one| one.name.as_deref() == Some("committee"));
        let id = committee.unwrap().id;
        community.open = Some(id);
        let model = build(community);
        let rows = model.online.iter().chain(&model.offline);
        let names: Vec<_> = rows.map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["Anna", "Mikael", "Saga"]);
        assert_eq!(model.title, "In this channel");
        let out = Choice::TakeOut(id);
        assert!(model.online[1].choices.contains(&out));
        assert!(!model.online[0].choices.contains(&out), "that is leaving");
    }

    #[test]
    fn one_may_do_what_the_ranks_allow() {
        use MemberRole::{Admin, Founder, Member as Ordinary};
        let mut snapshot = demo::harbour();
        let community = std::sync::Arc::make_mut(&mut snapshot.communities[0]);
        let mut other = community.members[1].clone();
        let mut may = |mine, theirs| {
            community.me.role = mine;
            other.role = theirs;
            choices(&community.me, &other)
        };
        let (message, compare) = (Choice::Message, Choice::Compare);
        let (remove, pass_on) = (Choice::Remove, Choice::PassOn);
        let [mute, first] = [VoiceChoice::Mute, VoiceChoice::Priority].map(Choice::Voice);
        assert_eq!(may(Ordinary, Ordinary), [message, compare]);
        let below = [message, compare, mute, first, remove];
        assert_eq!(may(Admin, Ordinary), below);
        assert_eq!(may(Admin, Admin), [message, compare]);
        assert_eq!(may(Admin, Founder), [message, compare]);
        let make = Choice::MakeAdmin;
        let promote = [message, compare, make, pass_on, mute, first, remove];
        assert_eq!(may(Founder, Ordinary), promote);
        let make = Choice::MakeMember;
        let demote = [message, compare, make, pass_on, mute, first, remove];
        assert_eq!(may(Founder, Admin), demote);
        other.account = community.me.account;
        let mut own = |role| {
            community.me.role = role;
            choices(&community.me, &other)
        };
        assert_eq!(own(Founder), [first]);
        assert_eq!(own(Admin), [first, Choice::MakeMember, Choice::Leave]);
        assert_eq!(own(Ordinary), [Choice::Leave]);
    }
}
