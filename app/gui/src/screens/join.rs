//! Joining by a link: what the link is, whether it is genuine, name and password, how far joining has come.

use dialtone_engine::snapshot::{Here, Invitation, InvitationKind, JoinProgress, LinkCheck};
use dialtone_engine::{CommunityId, Secret};
use dialtone_words::say;
use egui::{Key, Ui};

use super::centered;
use super::new_password::NewPassword;
use crate::theme::{Type, palette};
use crate::widgets::{Button, Field, Icon, Look, callout, text, text_button};

/// What is typed.
#[derive(Default)]
pub struct JoinForm {
    /// The name.
    pub name: String,
    /// The password.
    pub password: NewPassword,
    /// How a founder names the community.
    pub community: String,
    tried: bool,
}

/// What was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinAction {
    /// Create the account.
    Join {
        /// The name.
        username: String,
        /// The password.
        password: Secret,
        /// The community's name, by its founder.
        community_name: Option<String>,
        /// The password alone is to open the account.
        by_password: bool,
    },
    /// Show the community, in which one is already.
    Open(CommunityId),
    /// Look at the link again.
    CheckAgain,
    /// Forget the link.
    Back,
}

/// What the screen says.
#[derive(Debug, PartialEq, Eq)]
pub struct JoinModel {
    title: String,
    words: String,
    check: Check,
    founding: bool,
    /// What the button says.
    go: &'static str,
    /// There is another community on this device already.
    another: bool,
    /// One is in the community already.
    open: Option<CommunityId>,
    /// What becomes of what this computer has of the community from before.
    replaces: Option<String>,
    working: Option<String>,
    error: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Check {
    Checking(String),
    Genuine(String),
    Refused(String),
}

/// The most characters of a community's name that are taken.
const LONGEST_NAME: usize = 64;

/// The screen for `invitation`; `another` when a community was joined on this device before.
pub fn build(invitation: &Invitation, another: bool) -> JoinModel {
    let community = invitation
        .community_name
        .as_deref()
        .filter(|name| !name.trim().is_empty());
    let inviter = invitation
        .inviter_name
        .as_deref()
        .filter(|name| !name.trim().is_empty());
    let founding = invitation.kind == InvitationKind::Founding;
    let open = match invitation.here {
        Some(Here::In(id)) => Some(id),
        _ => None,
    };
    let title = match (founding, community) {
        _ if open.is_some() => say!("join-in-already").to_owned(),
        (true, _) => say!("join-found-title").to_owned(),
        (false, Some(name)) => say!("join-title", name = name),
        // Cut off: it does not even say where it leads.
        (false, None) if invitation.server.is_empty() => say!("panel-join-another").to_owned(),
        (false, None) => say!("join-title", name = invitation.server),
    };
    let readable = say!("join-readable");
    let words = match (invitation.kind, inviter) {
        _ if invitation.server.is_empty() => String::new(),
        _ if open.is_some() => say!("join-in-already-words").to_owned(),
        (InvitationKind::Founding, _) => say!(
            "join-new-server",
            server = invitation.server,
            readable = readable
        ),
        (InvitationKind::Member, Some(inviter)) => {
            say!("join-invited-by", inviter = inviter, readable = readable)
        }
        (InvitationKind::Member, None) => say!("join-invited", readable = readable),
        (InvitationKind::Knock, _) => say!("join-knock-words", readable = readable),
    };
    JoinModel {
        title,
        words,
        check: check(invitation, inviter),
        founding,
        go: match invitation.kind {
            InvitationKind::Founding => say!("join-found-it"),
            InvitationKind::Member => say!("join"),
            InvitationKind::Knock => say!("join-ask-in"),
        },
        another,
        open,
        replaces: invitation
            .here
            .and_then(|here| replaces(here, invitation.kind)),
        working: match &invitation.progress {
            JoinProgress::Working(step) => Some(step.clone()),
            JoinProgress::Ready | JoinProgress::Failed(_) => None,
        },
        error: match &invitation.progress {
            JoinProgress::Failed(why) => Some(why.clone()),
            JoinProgress::Ready | JoinProgress::Working(_) => None,
        },
    }
}

/// What becomes of what is here from before.
fn replaces(here: Here, kind: InvitationKind) -> Option<String> {
    let knocks = kind == InvitationKind::Knock;
    let copy = if knocks {
        say!("join-replaces-knock")
    } else {
        say!("join-replaces")
    };
    match here {
        Here::In(_) => None,
        Here::Out => Some(say!("join-was-out", copy = copy)),
        Here::DeviceOut => Some(say!("join-device-out", copy = copy)),
        Here::Waiting if knocks => Some(say!("join-waiting-knock").to_owned()),
        Here::Waiting => Some(say!("join-waiting").to_owned()),
    }
}

fn check(invitation: &Invitation, inviter: Option<&str>) -> Check {
    match &invitation.checked {
        LinkCheck::Checking => Check::Checking(say!("join-asking", server = invitation.server)),
        LinkCheck::Refused(why) => Check::Refused(why.clone()),
        LinkCheck::Genuine => Check::Genuine(match (invitation.kind, inviter) {
            (InvitationKind::Member, Some(inviter)) => {
                say!("join-genuine-inviter", inviter = inviter)
            }
            (InvitationKind::Member, None) => say!("join-genuine").to_owned(),
            (InvitationKind::Founding | InvitationKind::Knock, _) => {
                say!("join-genuine-key").to_owned()
            }
        }),
    }
}

/// What is wrong with a name, in words.
fn name_problem(name: &str) -> Option<String> {
    let name = name.trim();
    if name.is_empty() {
        return Some(say!("join-choose-name").to_owned());
    }
    dialtone_engine::check_username(name).err()
}

/// Shows the screen.
pub fn show(ui: &mut Ui, model: &JoinModel, form: &mut JoinForm) -> Option<JoinAction> {
    centered::card(ui, "join", |ui| {
        let palette = palette(ui);
        centered::sign(ui);
        ui.spacing_mut().item_spacing.y = 4.0;
        text::label(ui, &model.title, Type::Heading, palette.text);
        text::label(ui, &model.words, Type::Body, palette.text_2);
        ui.add_space(12.0);
        if let Some(community) = model.open {
            return already(ui, community);
        }
        match &model.check {
            Check::Checking(words) => {
                callout(ui, Icon::Clock, words, palette.text_2, palette.bg_3);
            }
            Check::Genuine(words) => {
                callout(ui, Icon::Shield, words, palette.accent, palette.accent_bg);
            }
            Check::Refused(words) => {
                callout(ui, Icon::ShieldOff, words, palette.text, palette.bad_bg);
                return refused(ui);
            }
        }
        if let Some(words) = &model.replaces {
            ui.add_space(8.0);
            callout(ui, Icon::Info, words, palette.text, palette.bg_3);
        }
        fields(ui, model, form)
    })
}

fn already(ui: &mut Ui, community: CommunityId) -> Option<JoinAction> {
    let open = Button::new(say!("join-open-it"))
        .look(Look::Primary)
        .height(44.0)
        .full_width();
    let pressed = ui.add(open).clicked();
    pressed.then_some(JoinAction::Open(community)).or(back(ui))
}

fn refused(ui: &mut Ui) -> Option<JoinAction> {
    ui.add_space(14.0);
    let again = Button::large(say!("say-check-again")).icon(Icon::Retry);
    let pressed = ui.add(again).clicked().then_some(JoinAction::CheckAgain);
    pressed.or(back(ui))
}

fn back(ui: &mut Ui) -> Option<JoinAction> {
    ui.add_space(8.0);
    ui.vertical_centered(|ui| text_button(ui, say!("join-other-link")))
        .inner
        .clicked()
        .then_some(JoinAction::Back)
}

fn fields(ui: &mut Ui, model: &JoinModel, form: &mut JoinForm) -> Option<JoinAction> {
    let palette = palette(ui);
    let free = model.working.is_none();
    let tried = form.tried;
    let mut entered = false;
    if model.founding {
        ui.add_space(14.0);
        let missing = form.community.trim().is_empty();
        let problem = (tried && missing).then_some(say!("join-name-it"));
        let field = Field::new(say!("join-community-name"), &mut form.community)
            .hint(say!("join-community-example"))
            .limit(LONGEST_NAME)
            .enabled(free)
            .problem(problem)
            .focus_first();
        let shown = field.show(ui);
        entered |= submitted(ui, &shown);
    }
    ui.add_space(14.0);
    let problem = name_problem(&form.name).filter(|_| tried);
    let mut name = Field::new(say!("say-your-name"), &mut form.name)
        .enabled(free)
        .problem(problem.as_deref());
    if !model.founding {
        name = name.focus_first();
    }
    let shown = name.show(ui);
    entered |= submitted(ui, &shown);
    ui.add_space(12.0);
    entered |= form.password.show(ui, free, tried, model.another);
    if let Some(error) = &model.error {
        ui.add_space(8.0);
        callout(ui, Icon::Warning, error, palette.text, palette.bad_bg);
    }
    ui.add_space(14.0);
    let words = model.working.as_deref().unwrap_or(model.go);
    let checked = matches!(model.check, Check::Genuine(_));
    let button = Button::large(words)
        .look(Look::Primary)
        .enabled(free && checked);
    let pressed = ui.add(button).clicked();
    if (pressed || entered) && free && checked {
        form.tried = true;
        return ready(model, form);
    }
    if free { back(ui) } else { None }
}

fn ready(model: &JoinModel, form: &mut JoinForm) -> Option<JoinAction> {
    let community = form.community.trim();
    let named = !model.founding || !community.is_empty();
    let complete = named && name_problem(&form.name).is_none() && form.password.problem().is_none();
    complete.then(|| JoinAction::Join {
        username: form.name.trim().to_owned(),
        // The field keeps it until joining has worked, so that a failure does not ask for it again.
        password: Secret::new(form.password.text.clone()),
        community_name: model.founding.then(|| community.to_owned()),
        by_password: form.password.opens_alone(),
    })
}

fn submitted(ui: &Ui, response: &egui::Response) -> bool {
    response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn genuine_is_said_only_after_the_check() {
        let mut invitation = demo::invitation();
        invitation.checked = LinkCheck::Checking;
        assert!(matches!(
            build(&invitation, false).check,
            Check::Checking(_)
        ));
        invitation.checked = LinkCheck::Genuine;
        let Check::Genuine(words) = build(&invitation, false).check else {
            panic!("genuine");
        };
        assert!(words.contains("Anna's invitation"));
    }

    #[test]
    fn each_kind_says_what_happens() {
        let mut invitation = demo::invitation();
        assert_eq!(build(&invitation, false).title, "Join Harbour crew");
        invitation.kind = InvitationKind::Knock;
        assert!(
            build(&invitation, false)
                .words
                .contains("an admin lets you in")
        );
        invitation.kind = InvitationKind::Founding;
        assert_eq!(build(&invitation, false).title, "Found a community");
        invitation.kind = InvitationKind::Member;
        invitation.community_name = Some("  ".to_owned());
        invitation.inviter_name = None;
        assert_eq!(build(&invitation, false).title, "Join harbour.example:7443");
        invitation.server.clear();
        let model = build(&invitation, false);
        assert_eq!(
            (model.title.as_str(), model.words.as_str()),
            ("Join another community", "")
        );
    }

    #[test]
    fn what_becomes_of_an_old_copy_is_said_before_and_who_is_in_makes_no_account() {
        let mut invitation = demo::invitation();
        assert_eq!(build(&invitation, true).replaces, None);
        invitation.here = Some(Here::Out);
        let words = build(&invitation, true).replaces.unwrap();
        assert!(words.contains("until you are in; then"), "{words}");
        assert!(words.contains("the old copy is deleted"), "{words}");
        invitation.kind = InvitationKind::Knock;
        let words = build(&invitation, true).replaces.unwrap();
        assert!(words.contains("until an admin has let you in"), "{words}");
        invitation.here = Some(Here::DeviceOut);
        let words = build(&invitation, true).replaces.unwrap();
        assert!(words.contains("your recovery key"), "{words}");
        let id = demo::harbour().communities[0].id;
        invitation.here = Some(Here::In(id));
        let model = build(&invitation, true);
        assert_eq!((model.open, model.replaces), (Some(id), None));
        assert_eq!(model.title, "You are in it already");
    }

    #[test]
    fn names_out_of_bounds_are_named() {
        assert!(name_problem("   ").is_some());
        assert!(name_problem("a\u{7}b").is_some());
        assert!(name_problem(&"x".repeat(33)).is_some());
        assert!(name_problem("an na").is_some());
        assert!(name_problem("Ü").is_some());
        assert!(name_problem("Åsa").is_none());
    }

    #[test]
    fn an_incomplete_form_does_not_join() {
        let mut invitation = demo::invitation();
        invitation.kind = InvitationKind::Founding;
        let model = build(&invitation, false);
        let mut form = JoinForm {
            name: "Tomas".to_owned(),
            ..JoinForm::default()
        };
        form.password.text = "flint kestrel boat".to_owned();
        assert_eq!(ready(&model, &mut form), None);
        form.community = "Harbour".to_owned();
        assert!(matches!(
            ready(&model, &mut form),
            Some(JoinAction::Join { community_name: Some(name), .. }) if name == "Harbour"
        ));
    }
}
