//! One person: who they are, how trust reached them, their devices, and what one may do with them.

use dialtone_engine::snapshot::{Community, Connection, Member, Presence, Role, VoiceStanding};
use dialtone_engine::{AccountId, PeopleCommand};
use dialtone_words::say;
use egui::{Rect, ScrollArea, Sense, Ui, vec2};

use super::{DialogAction, close};
use crate::panels::hearing::{self, Hearing};
use crate::panels::members::{self, MembersAction};
use crate::theme::{Type, around_line, palette};
use crate::widgets::{
    Avatar, Button, Field, Icon, Look, Row, callout, heads_dialog, hline, icons, text,
};

/// What stands around the choices in the dialog, with the smallest of windows in mind.
const AROUND: f32 = 340.0;
/// The longest name, in characters.
const LONGEST: usize = 64;

/// What is typed.
#[derive(Debug, Default)]
pub struct ProfileForm {
    /// Another name of oneself; none: it is not being changed.
    name: Option<String>,
}

/// Shows the dialog.
pub(super) fn show(
    ui: &mut Ui,
    account: AccountId,
    form: &mut ProfileForm,
    community: &Community,
) -> Option<DialogAction> {
    let member = community.members.iter().find(|one| one.account == account);
    let Some(member) = member else {
        super::heading(
            ui,
            say!("people-not-member"),
            say!("people-not-member-words"),
        );
        return close(ui);
    };
    head(ui, member);
    ui.add_space(10.0);
    facts(ui, member, community);
    let own = account == community.me.account;
    let mut action = if own {
        oneself(ui, form, community)
    } else {
        None
    };
    ui.add_space(6.0);
    let line = ui.available_rect_before_wrap();
    hline(ui, line.x_range(), line.top(), palette(ui).line);
    ui.add_space(6.0);
    action = choices(ui, member, community).or(action);
    let closed = close(ui);
    action.or(closed)
}

/// What one may do; what cannot be taken back last.
fn choices(ui: &mut Ui, member: &Member, community: &Community) -> Option<DialogAction> {
    let account = member.account;
    let (grave, plain): (Vec<_>, Vec<_>) = members::choices_of(community, member)
        .into_iter()
        .partition(members::Choice::is_grave);
    let mut action = None;
    let room = ui.ctx().content_rect().height() - AROUND;
    ScrollArea::vertical()
        .max_height(room.max(70.0))
        .auto_shrink([false, true])
        .show(ui, |ui| {
            if let Some(hearing) = Hearing::in_own_call(account, community) {
                action = heard(ui, &hearing);
            }
            ui.spacing_mut().item_spacing.y = 2.0;
            let mut row = |ui: &mut Ui, choice: members::Choice| {
                let bad = choice.is_grave().then_some(palette(ui).bad);
                let row = Row::new(choice.words()).icon(choice.icon()).color(bad);
                if row.show(ui).clicked() {
                    action = Some(DialogAction::Member(choice.action(account, &member.name)));
                }
            };
            for choice in plain {
                row(ui, choice);
            }
            let history = Row::new(say!("people-what-they-did")).icon(Icon::Clock);
            let pressed = history.show(ui).clicked();
            for choice in grave {
                row(ui, choice);
            }
            if pressed {
                action = Some(DialogAction::Member(MembersAction::Chronicle(Some(
                    account,
                ))));
            }
        });
    action
}

/// How one hears them, while both are in a call.
fn heard(ui: &mut Ui, hearing: &Hearing) -> Option<DialogAction> {
    ui.spacing_mut().item_spacing.y = 4.0;
    let action = hearing::show(ui, hearing).map(DialogAction::Hear);
    ui.add_space(8.0);
    let line = ui.available_rect_before_wrap();
    hline(ui, line.x_range(), line.top(), palette(ui).line);
    ui.add_space(6.0);
    action
}

/// Picture, name, what they may do, whether they are here.
fn head(ui: &mut Ui, member: &Member) {
    let palette = palette(ui);
    let here = member.presence.is_connected();
    ui.horizontal(|ui| {
        let (rect, response) = ui.allocate_exact_size(vec2(64.0, 64.0), Sense::hover());
        let words = say!("people-picture-of", name = member.name);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &words));
        Avatar::new(member.account, &member.name)
            .diameter(64.0)
            .dim(!here)
            .online_on(here.then_some(palette.bg_2))
            .away(member.presence == Presence::Away)
            .paint(ui, rect.center());
        ui.add_space(12.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add_space(8.0);
            let heading = text::label(ui, &member.name, Type::Heading, palette.text);
            heads_dialog(ui, &heading);
            let role = match member.role {
                Role::Member => "member",
                Role::Admin => "admin",
                Role::Founder => "founder",
            };
            let here = match member.presence {
                Presence::Online => say!("panel-kind-online"),
                Presence::Away => say!("panel-kind-away"),
                Presence::Offline => say!("panel-kind-offline"),
            };
            let words = say!("people-is-here", role = role, here = here);
            text::label(ui, &words, Type::Secondary, palette.text_2);
        });
    });
}

/// What is known of them, in words.
fn facts(ui: &mut Ui, member: &Member, community: &Community) {
    let palette = palette(ui);
    ui.spacing_mut().item_spacing.y = 6.0;
    if let Some(like) = &member.looks_like {
        let words = say!("people-alike-before", like = like);
        callout(
            ui,
            Icon::Warning,
            &words,
            palette.text,
            palette.attention_bg,
        );
    }
    let own = member.account == community.me.account;
    let trust = say!(
        "people-trust-entry",
        trust = sentence(&member.trust),
        number = member.since
    );
    fact(ui, Icon::People, &trust);
    if !own {
        let words = if member.verified {
            say!("people-compared")
        } else {
            say!("people-not-compared")
        };
        let icon = if member.verified {
            Icon::Shield
        } else {
            Icon::ShieldOff
        };
        fact(ui, icon, words);
    }
    fact(ui, Icon::Lock, &devices(&member.devices));
    match member.voice {
        VoiceStanding::Ordinary => {}
        VoiceStanding::Muted => fact(ui, Icon::MicrophoneOff, say!("people-muted-for-all")),
        VoiceStanding::Priority => fact(ui, Icon::Megaphone, say!("people-heard-first")),
    }
    if member.ignored {
        fact(ui, Icon::EyeOff, say!("people-you-ignore"));
    }
}

/// Words that may have come without an end.
fn sentence(words: &str) -> String {
    let mut words = words.to_owned();
    if !words.is_empty() && !words.ends_with('.') {
        words.push('.');
    }
    words
}

/// How many devices, and which entries added them.
fn devices(numbers: &[u64]) -> String {
    let entries: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    say!(
        "people-devices",
        count = numbers.len(),
        entries = entries.join(", ")
    )
}

fn fact(ui: &mut Ui, icon: Icon, words: &str) {
    let palette = palette(ui);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        let (place, _) = ui.allocate_exact_size(vec2(16.0, around_line(ui, 18.0)), Sense::hover());
        let middle = Rect::from_center_size(place.center(), vec2(16.0, 16.0)).center();
        icons::paint(ui.painter(), icon, middle, 16.0, palette.text_3);
        ui.vertical(|ui| text::label(ui, words, Type::Secondary, palette.text_2));
    });
}

/// One's own name, to be changed, and the way to one's picture.
fn oneself(ui: &mut Ui, form: &mut ProfileForm, community: &Community) -> Option<DialogAction> {
    let online = community.connection == Connection::Online;
    let mut action = None;
    ui.add_space(4.0);
    let Some(name) = &mut form.name else {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            let change = Button::new(say!("people-change-name"))
                .icon(Icon::Pencil)
                .height(32.0)
                .enabled(online);
            if ui.add(change).clicked() {
                form.name = Some(community.me.name.clone());
            }
            let picture = Button::new(say!("set-your-picture"))
                .icon(Icon::Picture)
                .height(32.0);
            if ui.add(picture).clicked() {
                action = Some(DialogAction::OwnPicture);
            }
        });
        return action;
    };
    let field = Field::new(say!("people-name-here"), name)
        .limit(LONGEST)
        .focus_first()
        .show(ui);
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    let hint = say!("people-name-words");
    text::label(ui, hint, Type::Hint, palette(ui).text_3);
    let ready = !name.trim().is_empty() && name.trim() != community.me.name;
    let save = Button::new(say!("meter-save"))
        .look(Look::Primary)
        .height(32.0)
        .enabled(ready);
    if ui.add(save).clicked() || (entered && ready) {
        let wish = PeopleCommand::Rename(name.trim().to_owned());
        form.name = None;
        action = Some(DialogAction::Affairs(wish));
    }
    action
}
