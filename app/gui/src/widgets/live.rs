//! What a screen reader says by itself when it appears or changes, and what it says of a field beside its name.

use egui::accesskit::Live;
use egui::{Response, Ui};

/// How soon it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// When the reader has finished what it says.
    Polite,
    /// At once.
    Urgent,
}

/// Lets a screen reader say the words of `response`, without the keyboard going there.
pub fn announce(ui: &Ui, response: &Response, urgency: Urgency) {
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_live(match urgency {
            Urgency::Polite => Live::Polite,
            Urgency::Urgent => Live::Assertive,
        });
    });
}

/// Tells a screen reader whether one can write into the field of `response`, and in `words` why not, or what is wrong.
pub fn explain_field(ui: &Ui, response: &Response, enabled: bool, words: Option<&str>) {
    ui.ctx().accesskit_node_builder(response.id, |node| {
        if !enabled {
            node.set_disabled();
        }
        if let Some(words) = words {
            node.set_description(words);
        }
    });
}
