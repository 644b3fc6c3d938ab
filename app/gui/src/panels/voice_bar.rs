//! The voice bar: where one talks, how well, how loud; mute, deafen, leave.

use dialtone_engine::settings::TalkMode;
use dialtone_engine::snapshot::{Call, CallState, Community, Grade, Verdict};
use dialtone_engine::{AccountId, CommunityId, Snapshot};
use dialtone_words::say;
use egui::{
    Align, Color32, Label, Margin, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::channels::channel_name;
use super::{voices, within};
use crate::shortcuts::{self, Shortcut};
use crate::theme::{Palette, Type, around_line, palette, size};
use crate::widgets::{
    Button, Icon, IconButton, Look, Meter, Urgency, announce, card, focus_ring, icons, text,
};

/// What the voice bar says.
#[derive(Debug, PartialEq)]
pub struct VoiceBarModel {
    channel: String,
    line: String,
    tone: Tone,
    problem: Option<String>,
    muted: bool,
    deafened: bool,
    level_dbfs: Option<f32>,
    raw_dbfs: Option<f32>,
    threshold_dbfs: Option<f32>,
    gate_open: bool,
    hint: Option<String>,
    /// That an admin has muted one.
    silenced: Option<String>,
    /// One speaks, and nobody hears it.
    unheard: Option<&'static str>,
    /// Who speaks while one is silent.
    speakers: Option<String>,
    /// To whom alone one speaks.
    whisper: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Plain,
    Attention,
    Bad,
}

impl Tone {
    fn color(self, palette: &Palette) -> Color32 {
        match self {
            Self::Plain => palette.text_2,
            Self::Attention => palette.attention,
            Self::Bad => palette.bad,
        }
    }
}

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoiceBarAction {
    /// Stop or resume sending.
    Mute(bool),
    /// Stop or resume hearing.
    Deafen(bool),
    /// Leave the call.
    Leave,
    /// Look at the devices.
    Devices,
    /// Look at how well one hears everybody.
    Quality,
    /// Whisper no longer.
    SpeakToAll,
}

/// The voice bar of `community`, if one is in a call there; `shown` is the community that the window shows.
pub fn build(
    snapshot: &Snapshot,
    community: &Community,
    shown: Option<CommunityId>,
) -> Option<VoiceBarModel> {
    let call = community.call.as_ref()?;
    let audio = &snapshot.settings.audio;
    let channel = community
        .call_channel()
        .map_or(say!("voice-a-call"), |channel| channel_name(channel));
    let channel = if shown == Some(community.id) {
        channel.to_owned()
    } else {
        format!("{channel} · {}", community.name)
    };
    let (line, tone) = match &call.state {
        _ if call.moving_to.is_some() => (moving_words(community, call), Tone::Plain),
        CallState::Connecting => (say!("panel-connecting").to_owned(), Tone::Plain),
        CallState::Reconnecting(why) => (why.clone(), Tone::Attention),
        CallState::Failed(why) => (why.clone(), Tone::Bad),
        CallState::Connected => connected_words(&call.path, call.round_trip_ms, &call.verdict),
    };
    let silenced = voices::own_words(&community.me, community.call_channel());
    Some(VoiceBarModel {
        channel,
        line,
        tone,
        problem: call.sound_problem.clone(),
        muted: call.muted || call.deafened,
        deafened: call.deafened,
        level_dbfs: snapshot.audio.gate_dbfs,
        raw_dbfs: snapshot.audio.input_dbfs,
        threshold_dbfs: audio
            .talk_mode
            .by_voice()
            .then_some(snapshot.audio.line_dbfs(audio)),
        gate_open: call.speaking && !call.muted,
        hint: key_hint(snapshot).filter(|_| !call.muted && silenced.is_none()),
        // An admin's word comes before one's own switch.
        unheard: (call.unheard && silenced.is_none()).then_some(unheard_words(call.deafened)),
        silenced,
        speakers: speakers_words(&speakers(community, &call.speakers)),
        whisper: whisper_words(&speakers(community, &call.whispering_to)),
    })
}

/// Said until the call of another channel stands.
fn moving_words(community: &Community, call: &Call) -> String {
    let mut channels = community.channels.iter();
    let goal = channels.find(|channel| Some(channel.id) == call.moving_to);
    let goal = goal.map_or(say!("voice-another-call"), |channel| channel_name(channel));
    say!("voice-going-over", goal = goal)
}

fn unheard_words(deafened: bool) -> &'static str {
    if deafened {
        say!("voice-you-deafened")
    } else {
        say!("voice-you-muted")
    }
}

/// The names of these people in the call.
fn speakers<'a>(community: &'a Community, accounts: &[AccountId]) -> Vec<&'a str> {
    let name = |account: &AccountId| {
        let mut talkers = community.others_in_call();
        talkers.find(|talker| talker.account == *account)
    };
    let talkers = accounts.iter().filter_map(name);
    talkers.map(|talker| talker.name.as_str()).collect()
}

/// Who speaks, in a few words.
fn speakers_words(names: &[&str]) -> Option<String> {
    let count = names.len();
    names_in_short(names).map(|names| say!("voice-names-speak", names = names, count = count))
}

/// One or two names, or one and how many others; none of nobody.
pub(super) fn names_in_short(names: &[&str]) -> Option<String> {
    match names {
        [] => None,
        [one] => Some((*one).to_owned()),
        [one, two] => Some(say!("voice-one-and-two", one = one, two = two)),
        [one, rest @ ..] => Some(say!("voice-one-and-others", one = one, count = rest.len())),
    }
}

fn key_hint(snapshot: &Snapshot) -> Option<String> {
    let audio = &snapshot.settings.audio;
    let key = snapshot.audio.push.key(&audio.push_to_talk_key);
    match audio.talk_mode {
        TalkMode::PushToTalk => Some(say!("voice-hold-to-talk", key = key.to_string())),
        TalkMode::PushToMute => Some(say!("voice-hold-to-be-silent", key = key.to_string())),
        TalkMode::VoiceActivity | TalkMode::Open => None,
    }
}

fn connected_words(path: &str, round_trip: Option<f32>, verdict: &Verdict) -> (String, Tone) {
    let mut parts = vec![path.to_owned()];
    if let Some(round_trip) = round_trip.filter(|ms| ms.is_finite()) {
        parts.push(format!("{round_trip:.0} ms"));
    }
    let word = verdict.grade.word();
    match (&verdict.why, verdict.grade) {
        (_, Grade::Unknown) => {}
        (Some(why), _) => parts.push(say!("voice-word-and-why", word = word, why = why)),
        (None, _) => parts.push(word.to_owned()),
    }
    parts.retain(|part| !part.is_empty());
    let tone = match verdict.grade {
        Grade::Poor => Tone::Bad,
        Grade::Fair => Tone::Attention,
        Grade::Good | Grade::Unknown => Tone::Plain,
    };
    (parts.join(" · "), tone)
}

/// Shows the voice bar as a card.
pub fn show(ui: &mut Ui, model: &VoiceBarModel) -> Option<VoiceBarAction> {
    let palette = palette(ui);
    card(palette)
        .inner_margin(Margin::same(12))
        .outer_margin(Margin::symmetric(8, 0))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing = vec2(8.0, 4.0);
            heading(ui, model);
            let asked = quality_line(ui, model);
            for (words, color) in [
                (&model.silenced, palette.attention),
                (&model.problem, palette.attention),
                (&model.hint, palette.text_2),
            ] {
                if let Some(words) = words {
                    text::label(ui, words, Type::Hint, color);
                }
            }
            let mut action = asked.then_some(VoiceBarAction::Quality);
            if show_whisper(ui, model) {
                action = Some(VoiceBarAction::SpeakToAll);
            }
            if show_hints(ui, model) {
                action = Some(VoiceBarAction::Mute(false));
            }
            if model.problem.is_some() {
                let button = Button::new(say!("voice-choose-microphone")).height(28.0);
                if ui.add(button).clicked() {
                    action = Some(VoiceBarAction::Devices);
                }
            }
            ui.add_space(4.0);
            Meter::new(say!("say-microphone-level"), model.level_dbfs)
                .raw(model.raw_dbfs)
                .threshold(model.threshold_dbfs)
                .open(model.gate_open)
                .show(ui);
            ui.add_space(6.0);
            let width = ((ui.available_width() - 16.0) / 3.0).floor();
            buttons(ui, model, width).or(action)
        })
        .inner
}

/// To whom alone one speaks, and the way back. True: it was taken.
fn show_whisper(ui: &mut Ui, model: &VoiceBarModel) -> bool {
    let Some(words) = &model.whisper else {
        return false;
    };
    let label = hint(ui, words, palette(ui).accent);
    announce(ui, &label, Urgency::Polite);
    ui.add(Button::new(say!("voice-speak-to-all")).height(28.0))
        .clicked()
}

fn whisper_words(names: &[&str]) -> Option<String> {
    names_in_short(names).map(|names| say!("voice-you-whisper-to", names = names))
}

/// What whoever is silent is told, said by a screen reader as well. True: one wants to be heard again.
fn show_hints(ui: &mut Ui, model: &VoiceBarModel) -> bool {
    let palette = palette(ui);
    if let Some(words) = &model.speakers {
        let label = hint(ui, words, palette.text);
        announce(ui, &label, Urgency::Polite);
    }
    let Some(words) = model.unheard else {
        return false;
    };
    let label = hint(ui, words, palette.attention);
    announce(ui, &label, Urgency::Urgent);
    let unmute = Button::new(say!("voice-unmute")).height(28.0);
    let response = ui.add(unmute);
    let clicked = response.clicked();
    if let Some(keys) = shortcuts::of(ui.ctx()).keys(Shortcut::Mute) {
        response.on_hover_text(keys.to_string());
    }
    clicked
}

fn hint(ui: &mut Ui, words: &str, color: Color32) -> Response {
    let job = text::wrapped(ui, words, Type::Hint, color, ui.available_width());
    ui.add(Label::new(job).wrap().halign(Align::LEFT))
}

/// Shows the call in one row of `place`: where, how well, the three buttons.
pub fn show_strip(ui: &mut Ui, place: Rect, model: &VoiceBarModel) -> Option<VoiceBarAction> {
    const BUTTON: f32 = 36.0;
    let right = place.right() - 12.0;
    let count = if model.problem.is_some() { 4.0 } else { 3.0 };
    let size = vec2(count * BUTTON + (count - 1.0) * 8.0, 32.0);
    let at = pos2(
        (right - size.x).max(place.left()),
        place.center().y - size.y / 2.0,
    );
    let room = Rect::from_min_max(
        pos2(place.left() + 16.0, place.top()),
        pos2((at.x - 8.0).max(place.left() + 16.0), place.bottom()),
    );
    let (upper, lower) = room.split_top_bottom_at_fraction(0.5);
    let upper = upper.translate(vec2(0.0, 4.0));
    let lower = lower.translate(vec2(0.0, -4.0));
    within(ui, "where", upper, |ui| heading(ui, model));
    let asked = if strip_hint(ui, lower, model) {
        None
    } else {
        strip_quality(ui, lower, model)
    };
    let pressed = within(ui, "buttons", Rect::from_min_size(at, size), |ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 0.0);
        ui.horizontal(|ui| {
            let settings =
                IconButton::new(Icon::Gear, say!("voice-choose-microphone")).size(BUTTON, 32.0);
            let devices = model.problem.is_some() && ui.add(settings).clicked();
            let action = devices.then_some(VoiceBarAction::Devices);
            buttons(ui, model, BUTTON).or(action)
        })
        .inner
    });
    pressed.or(asked)
}

/// In a strip there is room for one line: what whoever is silent must know goes before how well it goes. The button that unmutes
/// is beside it. False: there is nothing to tell.
fn strip_hint(ui: &Ui, place: Rect, model: &VoiceBarModel) -> bool {
    let palette = palette(ui);
    let (words, color, urgency) = match (model.unheard, &model.whisper, &model.speakers) {
        (Some(words), ..) => (words, palette.attention, Urgency::Urgent),
        (None, Some(words), _) => (words.as_str(), palette.accent, Urgency::Polite),
        (None, None, Some(words)) => (words.as_str(), palette.text, Urgency::Polite),
        (None, None, None) => return false,
    };
    text::paint_in(ui, place, Align::Min, words, Type::Hint, color);
    let said = ui.interact(place, ui.scope_id().with("hint"), Sense::hover());
    said.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    announce(ui, &said, urgency);
    true
}

fn strip_quality(ui: &Ui, place: Rect, model: &VoiceBarModel) -> Option<VoiceBarAction> {
    let palette = palette(ui);
    let (words, color) = match model.silenced.as_ref().or(model.problem.as_ref()) {
        Some(problem) => (problem, palette.attention),
        None => (&model.line, model.tone.color(palette)),
    };
    text::paint_in(ui, place, Align::Min, words, Type::Hint, color);
    let how_well = ui.interact(place, ui.scope_id().with("how-well"), Sense::click());
    name_quality(&how_well, words);
    focus_ring(ui, &how_well, 4);
    let asked = how_well
        .on_hover_text(say!("voice-about-quality"))
        .clicked();
    asked.then_some(VoiceBarAction::Quality)
}

/// How well it goes, in words; a press shows more. True: it was pressed.
fn quality_line(ui: &mut Ui, model: &VoiceBarModel) -> bool {
    let color = model.tone.color(palette(ui));
    let job = text::wrapped(ui, &model.line, Type::Hint, color, ui.available_width());
    let response = ui.add(
        Label::new(job)
            .wrap()
            .halign(Align::LEFT)
            .sense(Sense::click()),
    );
    name_quality(&response, &model.line);
    focus_ring(ui, &response, 4);
    response
        .on_hover_text(say!("voice-about-quality"))
        .clicked()
}

fn name_quality(response: &Response, words: &str) {
    let name = say!("voice-call-quality-is", words = words);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
}

fn heading(ui: &mut Ui, model: &VoiceBarModel) {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(
        vec2(ui.available_width(), around_line(ui, 20.0)),
        Sense::hover(),
    );
    response.widget_info(|| {
        egui::WidgetInfo::labeled(
            egui::Role::Label,
            true,
            say!("voice-in-call-of", channel = model.channel),
        )
    });
    icons::paint(
        ui.painter(),
        Icon::Speaker,
        pos2(rect.left() + 8.0, rect.center().y),
        size::ICON,
        palette.accent,
    );
    let room = Rect::from_min_max(pos2(rect.left() + 24.0, rect.top()), rect.max);
    text::paint_in(
        ui,
        room,
        Align::Min,
        &model.channel,
        Type::SecondaryStrong,
        palette.accent,
    );
}

fn buttons(ui: &mut Ui, model: &VoiceBarModel, width: f32) -> Option<VoiceBarAction> {
    let mut action = None;
    ui.horizontal(|ui| {
        let (icon, look, tooltip) = if let Some(words) = &model.silenced {
            (Icon::MicrophoneOff, Look::Danger, words.as_str())
        } else if model.muted {
            (Icon::MicrophoneOff, Look::Danger, say!("voice-unmute-hint"))
        } else {
            (Icon::Microphone, Look::On, say!("voice-mute"))
        };
        let tooltip = shortcuts::hint(ui.ctx(), tooltip, Shortcut::Mute);
        let mute = IconButton::new(icon, say!("voice-mute"))
            .tooltip(&tooltip)
            .look(look)
            .size(width, 32.0)
            .pressed(model.muted);
        if ui.add(mute).clicked() {
            action = Some(VoiceBarAction::Mute(!model.muted));
        }
        let (icon, look, tooltip) = if model.deafened {
            (
                Icon::HeadphonesOff,
                Look::Danger,
                say!("voice-undeafen-hint"),
            )
        } else {
            (Icon::Headphones, Look::Plain, say!("voice-deafen"))
        };
        let tooltip = shortcuts::hint(ui.ctx(), tooltip, Shortcut::Deafen);
        let deafen = IconButton::new(icon, say!("voice-deafen"))
            .tooltip(&tooltip)
            .look(look)
            .size(width, 32.0)
            .pressed(model.deafened);
        if ui.add(deafen).clicked() {
            action = Some(VoiceBarAction::Deafen(!model.deafened));
        }
        let leave = IconButton::new(Icon::HangUp, say!("voice-leave-call"))
            .look(Look::Danger)
            .size(width, 32.0);
        if ui.add(leave).clicked() {
            action = Some(VoiceBarAction::Leave);
        }
    });
    action
}

#[cfg(test)]
mod tests {
    use dialtone_engine::ptt::{BackendKind, Listening};
    use dialtone_engine::snapshot::VoiceStanding;

    use super::*;
    use crate::demo;

    fn of_first(snapshot: &Snapshot) -> Option<VoiceBarModel> {
        let community = &snapshot.communities[0];
        build(snapshot, community, Some(community.id))
    }

    #[test]
    fn a_call_elsewhere_says_in_which_community() {
        let snapshot = demo::harbour();
        let model = build(&snapshot, &snapshot.communities[0], None).unwrap();
        assert_eq!(model.channel, "on the water · Harbour crew");
    }

    #[test]
    fn says_where_how_and_how_well() {
        let snapshot = demo::harbour();
        let model = of_first(&snapshot).unwrap();
        assert_eq!(model.channel, "on the water");
        assert_eq!(model.line, "direct · 24 ms · good");
        assert_eq!(model.threshold_dbfs, Some(-37.0));
    }

    #[test]
    fn a_reason_and_nonsense_are_words() {
        let poor = Verdict {
            grade: Grade::Poor,
            why: Some("the way takes 500 ms".to_owned()),
        };
        assert_eq!(
            connected_words("relayed", Some(f32::NAN), &poor),
            ("relayed · poor: the way takes 500 ms".to_owned(), Tone::Bad)
        );
        assert_eq!(connected_words("", None, &Verdict::default()).0, "");
    }

    #[test]
    fn a_call_that_waits_for_the_network_says_so() {
        let mut snapshot = demo::harbour();
        let community = std::sync::Arc::make_mut(&mut snapshot.communities[0]);
        let words = "No way to the server.".to_owned();
        let call = community.call.as_mut().unwrap();
        call.state = CallState::Reconnecting(words.clone());
        let model = of_first(&snapshot).unwrap();
        assert_eq!((model.line, model.tone), (words, Tone::Attention));
    }

    #[test]
    fn whom_an_admin_muted_is_told_instead_of_how_to_speak() {
        let mut snapshot = demo::harbour();
        snapshot.settings.audio.talk_mode = TalkMode::PushToTalk;
        let community = std::sync::Arc::make_mut(&mut snapshot.communities[0]);
        community.me.voice = VoiceStanding::Muted;
        community.me.voice_by = Some("Mikael".to_owned());
        let model = of_first(&snapshot).unwrap();
        let words = "An admin muted you (Mikael): nobody hears you";
        assert_eq!(model.silenced.as_deref(), Some(words));
        assert_eq!((model.hint, model.muted), (None, false));
    }

    #[test]
    fn who_speaks_while_one_is_silent_is_named_in_a_few_words() {
        let words = |names: &[&str]| speakers_words(names).unwrap_or_default();
        assert_eq!(words(&[]), "");
        assert_eq!(words(&["Anna"]), "Anna speaks");
        assert_eq!(words(&["Anna", "Ben"]), "Anna and Ben speak");
        assert_eq!(words(&["Anna", "B", "C"]), "Anna and 2 others speak");
        assert_eq!(words(&["Anna", "B", "C", "D"]), "Anna and 3 others speak");
    }

    #[test]
    fn whoever_speaks_and_is_not_heard_is_told_why() {
        let snapshot = demo::bad_state("unheard").unwrap();
        let model = of_first(&snapshot).unwrap();
        assert_eq!(model.unheard, Some("You are muted: nobody hears you."));
        assert_eq!(model.speakers.as_deref(), Some("Mikael and Jo speak"));
        let snapshot = demo::bad_state("unheard-deafened").unwrap();
        let model = of_first(&snapshot).unwrap();
        assert_eq!(model.unheard, Some("You are deafened: nobody hears you."));
        assert_eq!(of_first(&demo::harbour()).unwrap().unheard, None);
    }

    #[test]
    fn whoever_whispers_is_told_to_whom() {
        let model = |name| of_first(&demo::bad_state(name).unwrap()).unwrap();
        let words = model("whispering").whisper;
        assert_eq!(words.as_deref(), Some("You whisper to Jo"));
        assert_eq!(model("moving").whisper, None);
        let words = whisper_words(&["Anna", "Ben", "Cleo"]);
        assert_eq!(words.as_deref(), Some("You whisper to Anna and 2 others"));
    }

    #[test]
    fn whoever_moves_is_told_where_to() {
        let mut snapshot = demo::harbour();
        let community = std::sync::Arc::make_mut(&mut snapshot.communities[0]);
        let goal = community.channels[0].id;
        community.call.as_mut().unwrap().moving_to = Some(goal);
        let model = of_first(&snapshot).unwrap();
        assert_eq!(model.channel, "on the water");
        assert_eq!(
            model.line,
            "Going over to general; until then you are heard here"
        );
    }

    #[test]
    fn no_call_no_bar() {
        let mut snapshot = demo::harbour();
        std::sync::Arc::make_mut(&mut snapshot.communities[0]).call = None;
        assert_eq!(of_first(&snapshot), None);
    }

    #[test]
    fn push_to_talk_names_the_key_instead_of_a_threshold() {
        let mut snapshot = demo::harbour();
        snapshot.settings.audio.talk_mode = TalkMode::PushToTalk;
        let model = of_first(&snapshot).unwrap();
        assert_eq!(model.hint.as_deref(), Some("Hold F8 to talk"));
        assert_eq!(model.threshold_dbfs, None);
        snapshot.settings.audio.talk_mode = TalkMode::PushToMute;
        snapshot.audio.push.listening = Listening::Running {
            backend: BackendKind::Portal,
            trigger: Some("Meta+F9".to_owned()),
            caveat: None,
        };
        let model = of_first(&snapshot).unwrap();
        assert_eq!(model.hint.as_deref(), Some("Hold Meta+F9 to be silent"));
        assert_eq!(model.threshold_dbfs, Some(-37.0));
    }
}
