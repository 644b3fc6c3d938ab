//! What a screen reader says by itself when it appears or changes.

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
