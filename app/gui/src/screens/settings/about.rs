//! What runs here: the versions of this program and of the servers, its licence, and what it writes down about itself.

use std::cmp::Ordering;

use dialtone_engine::Snapshot;
use dialtone_engine::journal::PartKind;
use dialtone_engine::snapshot::Community;
use dialtone_words::say;
use egui::Ui;

use super::SettingsAction;
use super::pieces::titled;
use crate::theme::{Type, palette};
use crate::widgets::{Button, Icon, callout, text};

/// The version of this program.
const OWN: &str = env!("CARGO_PKG_VERSION");

/// What is said of one community's server.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ServerLine {
    words: String,
    /// It runs a newer version.
    newer: bool,
}

/// What is said of the servers of all communities.
fn build(communities: &[std::sync::Arc<Community>]) -> Vec<ServerLine> {
    let line = |community: &std::sync::Arc<Community>| {
        let name = &community.name;
        match community.server_version.as_deref() {
            None => ServerLine {
                words: say!("about-server-unknown", community = name),
                newer: false,
            },
            Some("") => ServerLine {
                words: say!("about-server-silent", community = name),
                newer: false,
            },
            Some(version) => ServerLine {
                words: say!("about-server", community = name, version = version),
                newer: compare(version, OWN) == Some(Ordering::Greater),
            },
        }
    };
    communities.iter().map(line).collect()
}

/// How two versions of the form 1.2.3 stand to each other; none where one has another form.
fn compare(one: &str, other: &str) -> Option<Ordering> {
    Some(numbers(one)?.cmp(&numbers(other)?))
}

fn numbers(version: &str) -> Option<[u32; 3]> {
    // What stands behind a sign names a build of the same version.
    let plain = version.split(['-', '+', ' ']).next()?;
    let mut parts = plain.split('.').map(|part| part.parse().ok());
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

/// Shows the section.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot) -> Option<SettingsAction> {
    let colors = palette(ui);
    titled(ui, say!("about-title"), "", |ui| {
        let words = say!("about-version", version = OWN);
        text::selectable(ui, &words, Type::Body, colors.text);
        let servers = build(&snapshot.communities);
        for server in &servers {
            text::selectable(ui, &server.words, Type::Secondary, colors.text_2);
        }
        if servers.iter().any(|server| server.newer) {
            let words = say!("about-newer");
            callout(ui, Icon::Info, words, colors.text, colors.accent_bg);
        }
        text::label(ui, say!("about-asks-nobody"), Type::Hint, colors.text_2);
    });
    let mut action = None;
    titled(ui, say!("about-licence"), "", |ui| {
        let words = say!("about-licence-words");
        text::label(ui, words, Type::Secondary, colors.text_2);
        let libraries = Button::new(say!("about-libraries")).icon(Icon::File);
        if ui.add(libraries.height(32.0)).clicked() {
            action = Some(SettingsAction::Libraries);
        }
    });
    titled(ui, say!("about-log"), "", |ui| {
        let words = say!("about-log-words");
        text::label(ui, words, Type::Secondary, colors.text_2);
        ui.horizontal_wrapped(|ui| {
            let show = Button::new(say!("about-show-log")).icon(Icon::File);
            if ui.add(show.height(32.0)).clicked() {
                action = Some(SettingsAction::Diagnose(Some(PartKind::Log)));
            }
            let bundle = Button::new(say!("about-bundle")).icon(Icon::Download);
            if ui.add(bundle.height(32.0)).clicked() {
                action = Some(SettingsAction::Diagnose(None));
            }
        });
    });
    action
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::demo::harbour;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(compare("0.10.0", "0.9.9"), Some(Ordering::Greater));
        assert_eq!(compare("1.0.0", "1.0.0-beta"), Some(Ordering::Equal));
        for odd in ["", "1.0", "1.0.0.0", "one", "99999999999.0.0"] {
            assert_eq!(compare(odd, "1.0.0"), None, "{odd}");
        }
    }

    #[test]
    fn a_newer_server_is_told_from_an_older_one() {
        let mut communities = harbour().communities;
        let mut line = |version: Option<&str>| {
            let community = Arc::make_mut(&mut communities[0]);
            community.server_version = version.map(str::to_owned);
            build(&communities)[0].clone()
        };
        assert!(line(Some("999.0.0")).newer);
        assert!(!line(Some("0.0.1")).newer && !line(None).newer && !line(Some("")).newer);
        assert!(line(Some("0.0.1")).words.contains("0.0.1"));
    }
}
