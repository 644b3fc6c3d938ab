//! What the sections are made of: cards with a heading, labelled lines.

use dialtone_words::say;
use egui::{Align, Layout, Role, Ui};

use crate::theme::{Type, palette};
use crate::widgets::{Icon, callout, card, segmented, text};

/// A card with a heading and something at its right end.
pub(super) fn titled<R>(
    ui: &mut Ui,
    title: &str,
    aside: &str,
    contents: impl FnOnce(&mut Ui) -> R,
) -> R {
    let palette = palette(ui);
    card(palette)
        .fill(palette.bg_3)
        .show(ui, |ui| {
            ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
                node.set_role(Role::Group);
                node.set_label(title);
            });
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 10.0;
            ui.horizontal(|ui| {
                text::label(ui, title, Type::SecondaryStrong, palette.text);
                if !aside.is_empty() && ui.available_width() > 120.0 {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let galley =
                            text::line(ui, aside, Type::Hint, palette.text_2, ui.available_width());
                        ui.add(egui::Label::new(galley));
                    });
                }
            });
            contents(ui)
        })
        .inner
}

/// Something that is wrong, with what to do.
pub(crate) fn warning(ui: &mut Ui, words: &str) {
    let palette = palette(ui);
    callout(ui, Icon::Warning, words, palette.text, palette.attention_bg);
}

/// A small label above a control.
pub(super) fn caption(ui: &mut Ui, words: &str) {
    let color = palette(ui).text_2;
    text::label(ui, words, Type::Hint, color);
}

/// A choice among numbers of minutes, of which 0 is never.
pub(super) fn minutes<const N: usize>(
    ui: &mut Ui,
    name: &str,
    now: u16,
    offered: [u16; N],
) -> Option<u16> {
    let words = offered.map(|minutes| match minutes {
        0 => say!("people-never").to_owned(),
        minutes => say!("people-minutes", minutes = minutes),
    });
    let options: Vec<(u16, &str)> = offered
        .into_iter()
        .zip(words.iter().map(String::as_str))
        .collect();
    segmented(ui, name, now, &options)
}

/// Two columns where there is room, else one below the other.
pub(super) fn pair(ui: &mut Ui, first: impl FnOnce(&mut Ui), second: impl FnOnce(&mut Ui)) {
    if ui.available_width() < 520.0 {
        ui.vertical(|ui| {
            first(ui);
            second(ui);
        });
        return;
    }
    ui.columns_const(|[left, right]| {
        first(left);
        second(right);
    });
}
