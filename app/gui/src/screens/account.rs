//! What is asked of whoever has an account already: the server, a name, a password.

use dialtone_engine::Secret;
use dialtone_words::say;
use egui::{Key, Ui};

use crate::theme::{Type, palette};
use crate::widgets::{Field, text};

/// What is typed.
#[derive(Default)]
pub(super) struct AccountForm {
    server: String,
    name: String,
    password: String,
}

impl AccountForm {
    /// Shows the three fields; true when Enter was pressed in one.
    pub(super) fn show(&mut self, ui: &mut Ui, free: bool) -> bool {
        let server = Field::new(say!("join-server"), &mut self.server)
            .hint("chat.example.org:7440")
            .focus_first()
            .enabled(free);
        let mut entered = submitted(ui, server);
        ui.add_space(10.0);
        let name = Field::new(say!("say-your-name"), &mut self.name).enabled(free);
        entered |= submitted(ui, name);
        ui.add_space(10.0);
        let password = Field::new(say!("say-password"), &mut self.password)
            .password()
            .enabled(free);
        entered | submitted(ui, password)
    }

    /// `host:port`, as typed.
    pub(super) fn server(&self) -> String {
        self.server.trim().to_owned()
    }

    /// As typed.
    pub(super) fn name(&self) -> String {
        self.name.trim().to_owned()
    }

    /// As typed.
    pub(super) fn password(&self) -> Secret {
        Secret::new(self.password.clone())
    }

    /// It is not needed any more.
    pub(super) fn forget_password(&mut self) {
        self.password.clear();
    }

    /// Whether something stands in each.
    pub(super) fn is_complete(&self) -> bool {
        [&self.server, &self.name, &self.password]
            .iter()
            .all(|text| !text.trim().is_empty())
    }
}

/// Says what becomes of what is here from before.
pub(super) fn replaced(ui: &mut Ui) {
    let words = say!("join-old-copy");
    ui.add_space(6.0);
    text::label(ui, words, Type::Hint, palette(ui).text_2);
}

/// Shows a field; true when Enter was pressed in it.
pub(super) fn submitted(ui: &mut Ui, field: Field<'_>) -> bool {
    let shown = field.show(ui);
    shown.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}
