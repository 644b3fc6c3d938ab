//! Which chain is in use: presets, one's own, files.

use dialtone_engine::command::ChainCommand;
use dialtone_engine::settings::Preset;
use dialtone_engine::snapshot::{ChainSource, ChainView};
use dialtone_words::say;
use egui::{Key, Popup, Ui};

use super::MeterAction;
use super::model::chain_name;
use crate::theme::{Type, palette};
use crate::widgets::{Button, Field, Icon, Look, Row, group_label, small_opener, text};

/// What is being asked about the chain.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Question {
    /// What it is to be called as a new one.
    SaveAs(String),
    /// What it is to be called.
    Rename(String),
    /// Whether it is to be deleted.
    Delete,
    /// From which file to take one, where the system has no dialog for it.
    ImportFrom(String),
    /// Into which file to write it, likewise.
    ExportTo(String),
}

/// Shows which chain is in use and, while it is open, the list.
pub(super) fn menu(
    ui: &mut Ui,
    chain: &ChainView,
    question: &mut Option<Question>,
) -> Option<MeterAction> {
    let button = small_opener(ui, say!("meter-chain-in-use"), &chain_name(chain), 260.0);
    Popup::menu(&button)
        .width(264.0)
        .accessible_name(say!("set-chains"))
        .show(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let chosen = list(ui, chain).or_else(|| rest(ui, chain, question));
            if chosen.is_some() || question.is_some() {
                ui.close();
            }
            chosen
        })
        .and_then(|shown| shown.inner)
}

fn choose(source: ChainSource) -> MeterAction {
    MeterAction::chain(ChainCommand::Choose(source))
}

fn list(ui: &mut Ui, chain: &ChainView) -> Option<MeterAction> {
    let mut action = None;
    group_label(ui, say!("meter-presets"));
    for preset in Preset::ALL {
        let source = ChainSource::Preset(preset);
        let row = Row::new(super::super::audio::title(preset)).selected(chain.source == source);
        if row.show(ui).clicked() {
            action = Some(choose(source));
        }
    }
    if !chain.own.is_empty() {
        ui.add_space(6.0);
        group_label(ui, say!("meter-your-own"));
    }
    for own in &chain.own {
        let source = ChainSource::Own(own.file.clone());
        let row = Row::new(&own.name).selected(chain.source == source);
        if ui.push_id(&own.file, |ui| row.show(ui).clicked()).inner {
            action = Some(choose(source));
        }
    }
    action
}

fn rest(ui: &mut Ui, chain: &ChainView, question: &mut Option<Question>) -> Option<MeterAction> {
    let mut action = None;
    let own = matches!(chain.source, ChainSource::Own(_));
    ui.add_space(6.0);
    group_label(ui, say!("meter-this-chain"));
    if Row::new(say!("meter-save-as"))
        .icon(Icon::Plus)
        .show(ui)
        .clicked()
    {
        *question = Some(Question::SaveAs(String::new()));
    }
    if own
        && Row::new(say!("meter-rename-menu"))
            .icon(Icon::Pencil)
            .show(ui)
            .clicked()
    {
        *question = Some(Question::Rename(chain.name.clone()));
    }
    let bad = Some(palette(ui).bad);
    if own
        && Row::new(say!("line-menu-delete"))
            .icon(Icon::Trash)
            .color(bad)
            .show(ui)
            .clicked()
    {
        *question = Some(Question::Delete);
    }
    if Row::new(say!("meter-export-menu"))
        .icon(Icon::Download)
        .show(ui)
        .clicked()
    {
        action = Some(MeterAction::Export(file_name(&chain.name)));
    }
    if Row::new(say!("meter-import-menu"))
        .icon(Icon::File)
        .show(ui)
        .clicked()
    {
        action = Some(MeterAction::Import);
    }
    action
}

/// What a file with the chain of this name is called at first.
fn file_name(name: &str) -> String {
    let plain = |one: char| if one.is_alphanumeric() { one } else { '-' };
    let stem: String = name.to_lowercase().chars().map(plain).collect();
    let parts: Vec<&str> = stem.split('-').filter(|part| !part.is_empty()).collect();
    let stem = parts.join("-");
    format!("{}.toml", if stem.is_empty() { "chain" } else { &stem })
}

/// Shows what is being asked; it is taken away when it is answered.
pub(super) fn ask(
    ui: &mut Ui,
    chain: &ChainView,
    question: &mut Option<Question>,
) -> Option<MeterAction> {
    let open = question.as_mut()?;
    if *open == Question::Delete {
        return delete(ui, chain, question);
    }
    let (label, hint, verb, text) = match open {
        Question::SaveAs(text) => (
            say!("meter-new-chain-name"),
            "Podcast",
            say!("meter-save"),
            text,
        ),
        Question::Rename(text) => (say!("meter-chain-name"), "", say!("dialog-rename"), text),
        Question::ImportFrom(text) => (
            say!("meter-import-from"),
            "/path/of/chain.toml",
            say!("meter-import"),
            text,
        ),
        Question::ExportTo(text) => (
            say!("meter-export-into"),
            "/path/of/chain.toml",
            say!("meter-export"),
            text,
        ),
        Question::Delete => return None,
    };
    let field = Field::new(label, text)
        .hint(hint)
        .limit(240)
        .focus_first()
        .show(ui);
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let ready = !text.trim().is_empty();
    let mut answer = None;
    let mut closed = false;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let button = Button::new(verb)
            .look(Look::Primary)
            .height(32.0)
            .enabled(ready);
        answer = (ui.add(button).clicked() || entered && ready).then_some(());
        closed = ui
            .add(Button::new(say!("say-cancel")).height(32.0))
            .clicked();
    });
    if answer.is_none() {
        if closed {
            *question = None;
        }
        return None;
    }
    let wish = match question.take()? {
        Question::SaveAs(name) => ChainCommand::SaveAs(name),
        Question::Rename(name) => ChainCommand::Rename(name),
        Question::ImportFrom(path) => ChainCommand::Import(path.trim().into()),
        Question::ExportTo(path) => ChainCommand::Export(path.trim().into()),
        Question::Delete => return None,
    };
    Some(MeterAction::chain(wish))
}

fn delete(ui: &mut Ui, chain: &ChainView, question: &mut Option<Question>) -> Option<MeterAction> {
    let color = palette(ui).text;
    let words = say!("meter-delete-chain-named", name = chain.name);
    text::label(ui, &words, Type::Secondary, color);
    let mut action = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let delete = Button::new(say!("meter-delete-chain"))
            .look(Look::DangerFilled)
            .height(32.0);
        if ui.add(delete).clicked() {
            action = Some(MeterAction::chain(ChainCommand::Delete));
            *question = None;
        }
        if ui
            .add(Button::new(say!("say-cancel")).height(32.0))
            .clicked()
        {
            *question = None;
        }
    });
    action
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exported_files_have_plain_names() {
        assert_eq!(file_name("Voice, changed"), "voice-changed.toml");
        assert_eq!(file_name("../../etc"), "etc.toml");
        assert_eq!(file_name("\u{1f600}"), "chain.toml");
    }
}
