//! A size that is known only once a thing was shown, and needed before: the one of the pass before.

use egui::{Id, Ui};

/// The size of something, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    id: Id,
    known: f32,
}

impl Measured {
    /// Of what is called `id`; `at_first` before it was ever shown.
    pub fn new(ui: &Ui, id: Id, at_first: f32) -> Self {
        let known = ui.data(|data| data.get_temp(id)).unwrap_or(at_first);
        Self { id, known }
    }

    /// What is known of it.
    pub fn known(&self) -> f32 {
        self.known
    }

    /// What it is: where that is not what was known, the pass is shown anew.
    pub fn shown(&self, ui: &Ui, size: f32) {
        if (size - self.known).abs() > 0.5 {
            ui.data_mut(|data| data.insert_temp(self.id, size));
            ui.ctx()
                .request_discard("something has another size than it had");
            // Frames come only when something changes: a quiet one in between keeps egui from taking three changes for a loop.
            ui.ctx().request_repaint();
        }
    }
}
