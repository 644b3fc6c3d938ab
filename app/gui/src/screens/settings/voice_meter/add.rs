//! What can be added to the chain: the stages of the program, and plugins of other makers.

use dialtone_engine::command::{ChainCommand, ChainEdit};
use dialtone_engine::snapshot::{ChainView, PluginView, PluginsView};
use dialtone_words::say;
use egui::{Popup, PopupCloseBehavior, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::model::place_for;
use super::words::kinds;
use crate::theme::{Type, palette, radius};
use crate::widgets::{focus_ring, group_label, text};

/// Shows the button and, while it is open, the list.
pub(super) fn show(ui: &mut Ui, chain: &ChainView) -> Option<ChainCommand> {
    let palette = palette(ui);
    let galley = text::line(
        ui,
        say!("meter-add-plus"),
        Type::BodyStrong,
        palette.accent,
        ui.available_width(),
    );
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(20.0, 14.0), Sense::click());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, ui.is_enabled(), say!("meter-add-stage"))
    });
    if response.hovered() {
        ui.painter().rect_filled(rect, radius::ROW, palette.hovered);
    }
    let at = pos2(rect.left() + 10.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, palette.accent);
    focus_ring(ui, &response, radius::ROW);
    let screen = ui.ctx().content_rect().size();
    let width = (screen.x - 60.0).clamp(220.0, 400.0);
    let height = (screen.y - 160.0).clamp(160.0, 620.0);
    let shown = Popup::menu(&response)
        .width(width)
        // It stays while plugins are being looked for.
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(say!("meter-stages-plugins"))
        .show(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ScrollArea::vertical()
                .max_height(height)
                .min_scrolled_height(height)
                .show(ui, |ui| list(ui, chain))
                .inner
        });
    shown.and_then(|shown| shown.inner)
}

fn list(ui: &mut Ui, chain: &ChainView) -> Option<ChainCommand> {
    let mut wish = None;
    group_label(ui, say!("meter-stages"));
    for kind in kinds() {
        if entry(ui, kind.title, kind.does, true) {
            wish = Some(add(chain, kind.name, None));
            ui.close();
        }
    }
    ui.add_space(6.0);
    group_label(ui, say!("meter-plugins"));
    let color = palette(ui).text_2;
    match &chain.plugins {
        PluginsView::NotLooked => {
            if entry(
                ui,
                say!("meter-look-plugins"),
                say!("meter-each-tried"),
                true,
            ) {
                wish = Some(ChainCommand::FindPlugins);
            }
        }
        PluginsView::Looking => {
            text::label(ui, say!("meter-looking-plugins"), Type::Secondary, color);
        }
        PluginsView::Found(found) if found.is_empty() => {
            let words = say!("meter-no-plugins");
            text::label(ui, words, Type::Secondary, color);
        }
        PluginsView::Found(found) => {
            for plugin in found {
                let words = about(plugin);
                if entry(ui, &plugin.name, &words, plugin.problem.is_none()) {
                    wish = Some(add(chain, &plugin.kind, Some(plugin)));
                    ui.close();
                }
            }
        }
    }
    wish
}

fn about(plugin: &PluginView) -> String {
    match &plugin.problem {
        Some(problem) => say!("meter-cannot-be-stage", problem = problem),
        None if plugin.vendor.is_empty() => say!("meter-other-maker").to_owned(),
        None => say!("meter-plugin-by", vendor = plugin.vendor),
    }
}

fn add(chain: &ChainView, kind: &str, plugin: Option<&PluginView>) -> ChainCommand {
    ChainCommand::Edit(ChainEdit::Add {
        kind: kind.to_owned(),
        file: plugin.map(|plugin| plugin.file.clone()),
        at: place_for(kind, &chain.stages),
    })
}

/// One line of the list, with a sentence under it.
fn entry(ui: &mut Ui, title: &str, words: &str, enabled: bool) -> bool {
    let palette = palette(ui);
    let width = ui.available_width();
    let color = if enabled {
        palette.text
    } else {
        palette.text_3
    };
    let title_galley = text::line(ui, title, Type::BodyMedium, color, width - 20.0);
    let job = text::wrapped(ui, words, Type::Hint, palette.text_2, width - 20.0);
    let hint = ui.fonts_mut(|fonts| fonts.layout_job(job));
    let height = title_galley.size().y + hint.size().y + 12.0;
    let sense = if enabled {
        Sense::click()
    } else {
        Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, enabled, title));
    if enabled && (response.hovered() || response.has_focus()) {
        ui.painter().rect_filled(rect, radius::ROW, palette.raised);
    }
    let at = rect.min + vec2(10.0, 6.0);
    let below = title_galley.size().y;
    ui.painter().galley(at, title_galley, color);
    ui.painter()
        .galley(at + vec2(0.0, below), hint, palette.text_2);
    focus_ring(ui, &response, radius::ROW);
    response.clicked()
}
