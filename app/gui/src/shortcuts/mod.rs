//! The window's shortcuts: one table of all that there are, which keys each has, and what was pressed.
//!
//! settings -> [`Bindings`] -> kept with egui's context -> whoever reads a key, and whoever says one in a tooltip

mod bindings;
mod combination;
mod record;
mod table;

pub use bindings::{Bindings, Conflict, Holder};
pub use combination::Combination;
pub use record::{Recorded, Refusal, ShortcutForm, record, suits};
pub use table::{FIXED, Scope, Shortcut};

use std::sync::Arc;

use egui::{Context, Id};

fn place() -> Id {
    Id::unique("the window's shortcuts")
}

/// Lets the window hear, and say, these from now on.
pub fn install(ctx: &Context, bindings: Bindings) {
    ctx.data_mut(|data| data.insert_temp(place(), Arc::new(bindings)));
}

/// Those that count in this window.
pub fn of(ctx: &Context) -> Arc<Bindings> {
    let known = ctx.data(|data| data.get_temp::<Arc<Bindings>>(place()));
    known.unwrap_or_default()
}

/// Whether the keys of `shortcut` were pressed; they are taken away from all others.
pub fn pressed(ctx: &Context, shortcut: Shortcut) -> bool {
    let bindings = of(ctx);
    ctx.input_mut(|input| bindings.take(input, shortcut))
}

/// `words`, and the keys of `shortcut` behind them where it has some: for tooltips.
pub fn hint(ctx: &Context, words: &str, shortcut: Shortcut) -> String {
    match of(ctx).keys(shortcut) {
        Some(keys) => format!("{words} ({keys})"),
        None => words.to_owned(),
    }
}
