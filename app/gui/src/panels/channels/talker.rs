//! Who is in a channel's call, under its row.

use dialtone_engine::AccountId;
use dialtone_engine::snapshot::{
    Community, Connection, Grade, Path, Talker, VoiceStanding, Withheld,
};
use dialtone_words::say;
use egui::{
    Align, Layout, Popup, PopupCloseBehavior, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::ChannelsAction;
use crate::dialogs::quality_color;
use crate::panels::voices::{self, VoiceChoice};
use crate::theme::{Type, palette, radius, size};
use crate::widgets::{
    Avatar, Button, Icon, Slider, Urgency, announce, focus_ring, icons, switch, text,
};

#[derive(Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent marks of one talker"
)]
pub(super) struct TalkerRow {
    account: AccountId,
    name: String,
    oneself: bool,
    speaking: bool,
    muted: bool,
    deafened: bool,
    connected: bool,
    volume_percent: u16,
    pinned: bool,
    /// Whispers to oneself.
    whispers: bool,
    /// Why they are not heard.
    withheld: Option<Withheld>,
    /// One whispers to them.
    whispered_to: bool,
    /// In one's own call, so that one can.
    can_hear: bool,
    quality: Option<(Grade, String)>,
    voice: VoiceStanding,
    choices: Vec<VoiceChoice>,
}

pub(super) fn talker_row(talker: &Talker, community: &Community) -> TalkerRow {
    let oneself = talker.device == community.me.device;
    let own = community.call.as_ref();
    let call = own.filter(|_| oneself);
    TalkerRow {
        account: talker.account,
        name: talker.name.clone(),
        oneself,
        speaking: call.map_or(talker.speaking, |call| call.speaking && !call.muted),
        muted: call.map_or(talker.muted, |call| call.muted),
        deafened: call.map_or(talker.deafened, |call| call.deafened),
        connected: oneself || community.call.is_none() || talker.connected,
        volume_percent: talker.volume_percent,
        pinned: talker.pinned,
        whispers: talker.whispers,
        withheld: talker.withheld,
        whispered_to: own.is_some_and(|call| call.whispering_to.contains(&talker.account)),
        can_hear: talker.connected && talker.account != community.me.account,
        quality: quality(talker),
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

/// How well one hears them, in a line.
fn quality(talker: &Talker) -> Option<(Grade, String)> {
    let quality = talker.quality.as_ref()?;
    let verdict = &quality.verdict;
    let mut words = say!("voice-quality-is", grade = verdict.grade.word());
    for more in quality
        .now
        .path
        .map(Path::words)
        .into_iter()
        .chain(verdict.why.as_deref())
    {
        words.push_str(", ");
        words.push_str(more);
    }
    Some((verdict.grade, words))
}

/// Shows one of them.
pub(super) fn talker_line(ui: &mut Ui, talker: &TalkerRow) -> Option<ChannelsAction> {
    let palette = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    let place = Rect::from_min_max(
        pos2(rect.left() + 24.0, rect.top()),
        pos2(rect.right() - 8.0, rect.bottom()),
    );
    let response = ui.interact(
        place,
        ui.scope_id().with(("talker", talker.account)),
        Sense::click(),
    );
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), talker_words(talker)));
    if talker.withheld.is_some() {
        announce(ui, &response, Urgency::Urgent);
    }
    if response.hovered() {
        ui.painter()
            .rect_filled(place, radius::ROW, palette.hovered);
    }
    Avatar::new(talker.account, &talker.name)
        .diameter(22.0)
        .speaking(talker.speaking)
        .dim(!talker.connected)
        .paint(ui, pos2(rect.left() + 43.0, rect.center().y));
    let mut right = place.right() - 8.0;
    let own = |shown: bool, icon| shown.then_some((icon, palette.bad));
    for (icon, color) in [
        own(talker.deafened, Icon::HeadphonesOff),
        own(talker.muted_themselves(), Icon::MicrophoneOff),
        own(talker.withheld.is_some(), Icon::SpeakerOff),
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
    let (shown, color) = if talker.withheld.is_some() {
        (say!("voice-not-heard", name = talker.name), palette.bad)
    } else if talker.whispers {
        (say!("voice-whispers", name = talker.name), palette.accent)
    } else {
        (talker.name.clone(), color)
    };
    text::paint_in(ui, room, Align::Min, &shown, Type::Secondary, color);
    focus_ring(ui, &response, radius::ROW);
    if talker.oneself {
        return None;
    }
    Popup::menu(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(say!("voice-volume-of", name = talker.name))
        .show(|ui| volume(ui, talker))
        .and_then(|shown| shown.inner)
}

fn volume(ui: &mut Ui, talker: &TalkerRow) -> Option<ChannelsAction> {
    let palette = palette(ui);
    ui.set_width(240.0);
    let words = say!("voice-how-loud", name = talker.name);
    text::label(ui, &words, Type::SecondaryStrong, palette.text);
    if let Some(why) = talker.withheld {
        // A menu stretches lines to its width.
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            text::label(ui, voices::withheld_hint(why), Type::Hint, palette.bad)
        });
        ui.add_space(4.0);
    }
    let name = say!("voice-volume-of", name = talker.name);
    let moved = Slider::new(&name, f32::from(talker.volume_percent), (0.0, 400.0), 5.0).show(ui);
    let percent = format!("{} %", talker.volume_percent);
    text::label(ui, &percent, Type::Hint, palette.text_3);
    let hint = say!("voice-always-hint");
    let turned = switch(ui, talker.pinned, say!("voice-always-hear"), hint);
    let hint = say!("voice-whisper-hint");
    if talker.can_hear && switch(ui, talker.whispered_to, say!("voice-whisper"), hint) {
        return Some(ChannelsAction::Whisper(
            talker.account,
            !talker.whispered_to,
        ));
    }
    let asked = talker.quality.as_ref().is_some_and(|(grade, words)| {
        ui.add_space(4.0);
        text::label(ui, words, Type::Hint, quality_color(*grade, palette));
        ui.add(Button::new(say!("say-call-quality")).height(28.0))
            .clicked()
    });
    if asked {
        Popup::close_all(ui.ctx());
        return Some(ChannelsAction::Quality);
    }
    if let Some(choice) = voice(ui, talker) {
        return Some(ChannelsAction::Voice(talker.account, choice.standing()));
    }
    let moved = moved.map(|percent| ChannelsAction::Volume(talker.account, percent.round() as u16));
    moved.or_else(|| turned.then_some(ChannelsAction::Pin(talker.account, !talker.pinned)))
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
    let mut words = talker.name.clone();
    for (is, what) in [
        (
            talker.speaking && !talker.whispers,
            say!("voice-is-speaking"),
        ),
        (talker.whispers, say!("voice-is-whispering")),
        (talker.whispered_to, say!("voice-is-whispered-to")),
        (talker.muted_themselves(), say!("voice-is-muted")),
        (talker.deafened, say!("voice-is-deafened")),
        (!talker.connected, say!("voice-is-connecting")),
    ] {
        if is {
            words.push_str(", ");
            words.push_str(what);
        }
    }
    if let Some(why) = talker.withheld {
        words.push_str(", ");
        words.push_str(voices::withheld(why));
    }
    if let Some(what) = voices::words(talker.voice) {
        words.push_str(", ");
        words.push_str(what);
    }
    words
}
