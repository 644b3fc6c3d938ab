//! Joining by a link: what the link is, whether it is genuine, name and password, how far joining has come.

use dialtone_engine::snapshot::{Here, Invitation, InvitationKind, JoinProgress, LinkCheck};
use dialtone_engine::{CommunityId, Secret};
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
        _ if open.is_some() => "You are in it already".to_owned(),
        (true, _) => "Found a community".to_owned(),
        (false, Some(name)) => format!("Join {name}"),
        (false, None) => format!("Join {}", invitation.server),
    };
    let readable = "What you say here is readable by its members only; the server cannot read it.";
    let words = match (invitation.kind, inviter) {
        _ if open.is_some() => {
            "This link leads into a community in which you are, on this computer. It is not needed, and changes nothing."
                .to_owned()
        }
        (InvitationKind::Founding, _) => format!(
            "The server {} is new and waits for its founder. {readable}",
            invitation.server
        ),
        (InvitationKind::Member, Some(inviter)) => format!("{inviter} invited you. {readable}"),
        (InvitationKind::Member, None) => format!("You are invited. {readable}"),
        (InvitationKind::Knock, _) => format!(
            "This link knocks at the door: an admin lets you in after you have created your account. {readable}"
        ),
    };
    JoinModel {
        title,
        words,
        check: check(invitation, inviter),
        founding,
        go: match invitation.kind {
            InvitationKind::Founding => "Found the community",
            InvitationKind::Member => "Join",
            InvitationKind::Knock => "Ask to be let in",
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
    let until = match kind {
        InvitationKind::Knock => "until an admin has let you in",
        InvitationKind::Founding | InvitationKind::Member => "until you are in",
    };
    let copy = format!(
        "What this computer has of it stays as it is {until}; then a new account takes its place, and the old copy is deleted, with its \
         private channels and direct conversations. What newcomers may read comes back from the others."
    );
    match here {
        Here::In(_) => None,
        Here::Out => Some(format!("You were in this community, and are out. {copy}")),
        Here::DeviceOut => Some(format!(
            "This computer was taken out of the community; your account is still in. To come back with it, do not use this link: have \
             another device add this computer, or use your recovery key. With this link you make another account, under another name. {copy}"
        )),
        Here::Waiting => Some(format!(
            "This computer has asked to come in before, and is not in. That stays as it is {until}; then a new account takes its place."
        )),
    }
}

fn check(invitation: &Invitation, inviter: Option<&str>) -> Check {
    match &invitation.checked {
        LinkCheck::Checking => Check::Checking(format!("Asking {}", invitation.server)),
        LinkCheck::Refused(why) => Check::Refused(why.clone()),
        LinkCheck::Genuine => Check::Genuine(match (invitation.kind, inviter) {
            (InvitationKind::Member, Some(inviter)) => format!(
                "The link is genuine: the server's key and the member list match what {inviter}'s invitation says."
            ),
            (InvitationKind::Member, None) => {
                "The link is genuine: the server's key and the member list match what it says."
                    .to_owned()
            }
            (InvitationKind::Founding | InvitationKind::Knock, _) => {
                "The link is genuine: the server's key is the one that it names.".to_owned()
            }
        }),
    }
}

/// What is wrong with a name, in words.
fn name_problem(name: &str) -> Option<String> {
    let name = name.trim();
    if name.is_empty() {
        return Some("Choose the name that others will see.".to_owned());
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
    let open = Button::new("Open it")
        .look(Look::Primary)
        .height(44.0)
        .full_width();
    let pressed = ui.add(open).clicked();
    pressed.then_some(JoinAction::Open(community)).or(back(ui))
}

fn refused(ui: &mut Ui) -> Option<JoinAction> {
    ui.add_space(14.0);
    let again = Button::large("Check again").icon(Icon::Retry);
    let pressed = ui.add(again).clicked().then_some(JoinAction::CheckAgain);
    pressed.or(back(ui))
}

fn back(ui: &mut Ui) -> Option<JoinAction> {
    ui.add_space(8.0);
    ui.vertical_centered(|ui| text_button(ui, "Use another link"))
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
        let problem = (tried && missing).then_some("Give the community a name.");
        let field = Field::new("Community name", &mut form.community)
            .hint("Harbour crew")
            .limit(LONGEST_NAME)
            .enabled(free)
            .problem(problem)
            .focus_first();
        let shown = field.show(ui);
        entered |= submitted(ui, &shown);
    }
    ui.add_space(14.0);
    let problem = name_problem(&form.name).filter(|_| tried);
    let mut name = Field::new("Your name", &mut form.name)
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
