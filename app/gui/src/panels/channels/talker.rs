//! Who is in a channel's call, under its row.

use dialtone_engine::snapshot::{Community, Connection, Talker, VoiceStanding};
use dialtone_words::say;
use egui::{
    Align, Frame, Layout, Margin, Popup, PopupCloseBehavior, Rect, Role, Sense, Ui, WidgetInfo,
    pos2, vec2,
};

use super::ChannelsAction;
use crate::panels::hearing::{self, Hearing, HearingAction};
use crate::panels::voices::{self, VoiceChoice};
use crate::theme::{Type, around_line, palette, radius, size};
use crate::widgets::{Avatar, Button, Icon, Urgency, announce, focus_ring, icons, switch, text};

#[derive(Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent marks of one talker"
)]
pub(super) struct TalkerRow {
    hearing: Hearing,
    oneself: bool,
    speaking: bool,
    muted: bool,
    deafened: bool,
    connected: bool,
    /// Whispers to oneself.
    whispers: bool,
    voice: VoiceStanding,
    choices: Vec<VoiceChoice>,
}

pub(super) fn talker_row(talker: &Talker, community: &Community) -> TalkerRow {
    let oneself = talker.device == community.me.device;
    let call = community.call.as_ref().filter(|_| oneself);
    TalkerRow {
        hearing: Hearing::of(talker, community),
        oneself,
        speaking: call.map_or(talker.speaking, |call| call.speaking && !call.muted),
        muted: call.map_or(talker.muted, |call| call.muted),
        deafened: call.map_or(talker.deafened, |call| call.deafened),
        connected: oneself || community.call.is_none() || talker.connected,
        whispers: talker.whispers,
        voice: talker.voice,
        choices: choices(talker, community),
    }
}

/// What one may do with their voice, while an entry of the member list can be made.
fn choices(talker: &Talker, community: &Community) -> Vec<VoiceChoice> {
    let mut members = community.members.iter();
    let member = members.find(|member| member.account == talker.account);
    let online = community.connection == Connection::Online;
    let member = member.filter(|_| online);
    member.map_or_else(Vec::new, |member| {
        voices::choices(&community.me, member.account, member.role, talker.voice)
    })
}

/// Shows one of them.
pub(super) fn talker_line(ui: &mut Ui, talker: &TalkerRow) -> Option<ChannelsAction> {
    let palette = palette(ui);
    let (rect, _) = ui.allocate_exact_size(
        vec2(ui.available_width(), around_line(ui, 28.0)),
        Sense::hover(),
    );
    let place = Rect::from_min_max(
        pos2(rect.left() + 24.0, rect.top()),
        pos2(rect.right() - 8.0, rect.bottom()),
    );
    let response = ui.interact(
        place,
        ui.scope_id().with(("talker", talker.hearing.account)),
        Sense::click(),
    );
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), talker_words(talker)));
    if talker.hearing.withheld.is_some() {
        announce(ui, &response, Urgency::Urgent);
    }
    if response.hovered() {
        ui.painter()
            .rect_filled(place, radius::ROW, palette.hovered);
    }
    Avatar::new(talker.hearing.account, &talker.hearing.name)
        .diameter(22.0)
        .speaking(talker.speaking)
        .dim(!talker.connected)
        .paint(ui, pos2(rect.left() + 43.0, rect.center().y));
    let mut right = place.right() - 8.0;
    let own = |shown: bool, icon| shown.then_some((icon, palette.bad));
    for (icon, color) in [
        own(talker.deafened, Icon::HeadphonesOff),
        own(talker.muted_themselves(), Icon::MicrophoneOff),
        own(talker.hearing.withheld.is_some(), Icon::SpeakerOff),
        voices::mark(talker.voice, palette),
    ]
    .into_iter()
    .flatten()
    {
        let at = pos2(right - 8.0, rect.center().y);
        icons::paint(ui.painter(), icon, at, size::ICON, color);
        right -= 22.0;
    }
    let room = Rect::from_min_max(
        pos2(rect.left() + 62.0, rect.top()),
        pos2(right, rect.bottom()),
    );
    let color = if talker.speaking {
        palette.text
    } else if talker.connected {
        palette.text_2
    } else {
        palette.text_3
    };
    let (shown, color) = if talker.hearing.withheld.is_some() {
        (
            say!("voice-not-heard", name = talker.hearing.name),
            palette.bad,
        )
    } else if talker.whispers {
        (
            say!("voice-whispers", name = talker.hearing.name),
            palette.accent,
        )
    } else {
        (talker.hearing.name.clone(), color)
    };
    text::paint_in(ui, room, Align::Min, &shown, Type::Secondary, color);
    focus_ring(ui, &response, radius::ROW);
    if talker.oneself {
        return None;
    }
    Popup::menu(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(say!("voice-volume-of", name = talker.hearing.name))
        .show(|ui| padded(ui, |ui| menu(ui, talker)))
        .and_then(|shown| shown.inner)
}

/// A menu stretches lines to its width, and has no room around what are no rows.
fn padded<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let room = Frame::new().inner_margin(Margin::symmetric(6, 4));
    let left = Layout::top_down(Align::Min);
    let shown = room.show(ui, |ui| ui.with_layout(left, contents).inner);
    shown.inner
}

/// How one hears them, and what admins do.
fn menu(ui: &mut Ui, talker: &TalkerRow) -> Option<ChannelsAction> {
    ui.set_width(240.0);
    let heard = hearing::show(ui, &talker.hearing);
    if heard == Some(HearingAction::Quality) {
        Popup::close_all(ui.ctx());
    }
    let voice = voice(ui, talker);
    let account = talker.hearing.account;
    let voice = voice.map(|choice| ChannelsAction::Voice(account, choice.standing()));
    voice.or(heard.map(ChannelsAction::Hear))
}

/// What admins do with a voice for everybody.
fn voice(ui: &mut Ui, talker: &TalkerRow) -> Option<VoiceChoice> {
    let mut chosen = None;
    for choice in &talker.choices {
        ui.add_space(4.0);
        let pressed = match choice {
            VoiceChoice::Mute | VoiceChoice::LetSpeak => {
                let button = Button::new(choice.words()).icon(choice.icon());
                let pressed = ui.add(button.height(28.0)).clicked();
                if pressed {
                    Popup::close_all(ui.ctx());
                }
                pressed
            }
            VoiceChoice::Priority | VoiceChoice::NoPriority => {
                let hint = say!("voice-priority-hint");
                let on = *choice == VoiceChoice::NoPriority;
                switch(ui, on, say!("voice-priority"), hint)
            }
        };
        chosen = pressed.then_some(*choice).or(chosen);
    }
    chosen
}

impl TalkerRow {
    /// Whoever an admin muted is shown as that alone.
    fn muted_themselves(&self) -> bool {
        self.muted && self.voice != VoiceStanding::Muted
    }
}

/// One of them in words.
pub(super) fn talker_words(talker: &TalkerRow) -> String {
    let mut words = talker.hearing.name.clone();
    for (is, what) in [
        (
            talker.speaking && !talker.whispers,
            say!("voice-is-speaking"),
        ),
        (talker.whispers, say!("voice-is-whispering")),
        (talker.hearing.whispered_to, say!("voice-is-whispered-to")),
        (talker.muted_themselves(), say!("voice-is-muted")),
        (talker.deafened, say!("voice-is-deafened")),
        (!talker.connected, say!("voice-is-connecting")),
    ] {
        if is {
            words.push_str(", ");
            words.push_str(what);
        }
    }
    if let Some(why) = talker.hearing.withheld {
        words.push_str(", ");
        words.push_str(voices::withheld(why));
    }
    if let Some(what) = voices::words(talker.voice) {
        words.push_str(", ");
        words.push_str(what);
    }
    words
}
