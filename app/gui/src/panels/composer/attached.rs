//! Files that go with the next message: dropped, pasted or chosen; shown above the field until they are sent or taken off.

use std::sync::Arc;

use dialtone_engine::snapshot::Picture;
use dialtone_engine::{FILES_LIMIT, FileSource};
use dialtone_words::say;
use egui::{
    Align, CornerRadius, Event, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::panels::within;
use crate::theme::{Type, around_lines, palette, radius, size};
use crate::widgets::{Icon, IconButton, icons, text};

/// A file's height and its greatest width.
const CHIP: egui::Vec2 = vec2(220.0, 32.0);

/// Takes in what was dropped on the window or pasted; true if something was.
pub(super) fn take_in(ui: &Ui, files: &mut Vec<FileSource>) -> bool {
    let mut came: Vec<FileSource> = ui.input_mut(|input| {
        let dropped = std::mem::take(&mut input.raw.dropped_files);
        let mut came: Vec<FileSource> = dropped
            .iter()
            .map(|file| FileSource::Path(file.path().to_owned()))
            .collect();
        input.events.retain(|event| {
            let Event::PasteImage(image) = event else {
                return true;
            };
            came.push(pasted(image));
            false
        });
        came
    });
    let any = !came.is_empty();
    files.append(&mut came);
    any
}

fn pasted(image: &egui::ColorImage) -> FileSource {
    let rgba = image
        .pixels
        .iter()
        .flat_map(egui::Color32::to_srgba_unmultiplied);
    FileSource::Pixels {
        name: say!("desk-pasted-picture").to_owned(),
        picture: Arc::new(Picture {
            width: image.width() as u32,
            height: image.height() as u32,
            rgba: rgba.collect(),
        }),
    }
}

/// Says where files go that one holds over the window.
pub(super) fn show_target(ui: &Ui, area: Rect, name: &str) {
    let held = ui.input(|input| input.raw.hovered_files.len());
    if held == 0 {
        return;
    }
    let palette = palette(ui);
    let place = area.shrink(12.0);
    let corner = CornerRadius::same(radius::DIALOG);
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop here"));
    let painter = ui.ctx().layer_painter(layer);
    painter.rect(
        place,
        corner,
        palette.bg_2.gamma_multiply(0.94),
        Stroke::new(2.0, palette.accent),
        StrokeKind::Inside,
    );
    let words = say!("line-drop-files", count = held, name = name);
    icons::paint(
        &painter,
        Icon::Clip,
        place.center() - vec2(0.0, 26.0),
        28.0,
        palette.accent,
    );
    let galley = text::line(ui, &words, Type::Title, palette.text, place.width() - 40.0);
    let at = place.center() - galley.size() / 2.0 + vec2(0.0, 10.0);
    painter.galley(at, galley, palette.text);
}

/// Shows them in rows, each with a button that takes it off.
pub(super) fn show(ui: &mut Ui, files: &mut Vec<FileSource>) {
    if files.is_empty() {
        return;
    }
    let mut off = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        for (index, file) in files.iter().enumerate() {
            let pressed = ui.push_id(index, |ui| chip(ui, file)).inner;
            off = pressed.then_some(index).or(off);
        }
    });
    if let Some(index) = off {
        files.remove(index);
    }
    ui.add_space(8.0);
}

/// One file; true when it is to be taken off.
fn chip(ui: &mut Ui, file: &FileSource) -> bool {
    let palette = palette(ui);
    let name = shown_name(file);
    let width = CHIP.x.min(ui.available_width());
    let (rect, response) =
        ui.allocate_exact_size(vec2(width, around_lines(ui, CHIP.y, 2.0)), Sense::hover());
    response
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, say!("line-attached", name = name)));
    ui.painter().rect(
        rect,
        CornerRadius::same(radius::ROW),
        palette.bg_3,
        Stroke::new(1.0, palette.line),
        StrokeKind::Inside,
    );
    let icon = match file {
        FileSource::Pixels { .. } => Icon::Picture,
        _ => Icon::File,
    };
    let at = pos2(rect.left() + 18.0, rect.center().y);
    icons::paint(ui.painter(), icon, at, size::ICON, palette.text_2);
    let room = Rect::from_min_max(
        pos2(rect.left() + 34.0, rect.top()),
        pos2(rect.right() - 32.0, rect.bottom()),
    );
    text::paint_in(ui, room, Align::Min, &name, Type::Secondary, palette.text);
    let place =
        Rect::from_center_size(pos2(rect.right() - 17.0, rect.center().y), vec2(24.0, 24.0));
    let words = say!("line-take-off", name = name);
    let button = IconButton::new(Icon::Close, &words).size(24.0, 24.0);
    within(ui, "off", place, |ui| ui.add(button).clicked())
}

fn shown_name(file: &FileSource) -> String {
    match file {
        FileSource::Path(path) => {
            let name = path.file_name().unwrap_or(path.as_os_str());
            name.to_string_lossy().into_owned()
        }
        FileSource::Bytes { name, .. } | FileSource::Pixels { name, .. } => name.clone(),
    }
}

/// Why these cannot go as one message.
pub(super) fn problem(files: &[FileSource]) -> Option<String> {
    (files.len() > FILES_LIMIT).then(|| {
        say!(
            "line-too-many-files",
            count = files.len(),
            most = FILES_LIMIT
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_by_its_name_alone() {
        let path = FileSource::Path("/photos/report.pdf".into());
        assert_eq!(shown_name(&path), "report.pdf");
        assert_eq!(shown_name(&FileSource::Path("/".into())), "/");
    }

    #[test]
    fn more_than_fit_into_a_message_is_said() {
        let file = FileSource::Path("a".into());
        assert_eq!(problem(&vec![file.clone(); FILES_LIMIT]), None);
        assert!(
            problem(&vec![file; FILES_LIMIT + 1])
                .unwrap()
                .starts_with("11 files")
        );
    }
}
