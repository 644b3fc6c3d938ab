//! One picture by itself, over the whole window: Escape or a press beside it closes it.

use dialtone_engine::snapshot::{Community, FileId, FileState};
use dialtone_words::say;
use egui::{
    Align, Color32, Context, CornerRadius, Id, Modal, Rect, Role, Sense, TextureHandle, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::DialogAction;
use crate::panels::within;
use crate::pictures;
use crate::theme::{Type, palette, radius};
use crate::widgets::{Icon, IconButton, Look, name_dialog, text};

/// The picture that is looked at.
pub struct PictureView {
    /// Which.
    pub file: FileId,
    /// What it is called.
    pub name: String,
    /// Width and height in pixels.
    pub pixels: (u32, u32),
    large: Option<TextureHandle>,
}

impl std::fmt::Debug for PictureView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PictureView({})", self.file)
    }
}

impl PictureView {
    /// Of this file.
    pub fn new(file: FileId, name: String, pixels: (u32, u32)) -> Self {
        Self {
            file,
            name,
            pixels,
            large: None,
        }
    }
}

/// The bar above the picture.
const BAR: f32 = 44.0;

/// Shows it over everything.
pub(super) fn show(
    ctx: &Context,
    view: &mut PictureView,
    community: Option<&Community>,
) -> Option<DialogAction> {
    if let Some((file, picture)) = community.and_then(|one| one.files.viewed.as_ref())
        && *file == view.file
        && view.large.is_none()
    {
        view.large = Some(pictures::load(ctx, picture));
    }
    let room = ctx.content_rect().shrink(24.0).size() - vec2(0.0, BAR);
    let size = fitted(view.pixels, room, ctx.pixels_per_point());
    let width = size.x.max(260.0);
    let modal = Modal::new(Id::unique("picture"))
        .backdrop_color(Color32::from_black_alpha(200))
        .frame(egui::Frame::NONE)
        .show(ctx, |ui| {
            name_dialog(ui, &view.name);
            let (rect, _) = ui.allocate_exact_size(vec2(width, size.y + BAR), Sense::hover());
            let bar = Rect::from_min_max(rect.min, pos2(rect.right(), rect.top() + BAR));
            let below = Rect::from_min_max(pos2(rect.left(), bar.bottom()), rect.max);
            let place = Rect::from_center_size(below.center(), size);
            let state = community.and_then(|one| one.files.states.get(&view.file));
            paint(ui, place, view, state);
            buttons(ui, bar, view)
        });
    let closed = modal.should_close().then_some(DialogAction::Close);
    modal.inner.or(closed)
}

fn paint(ui: &Ui, place: Rect, view: &PictureView, state: Option<&FileState>) {
    let corner = CornerRadius::same(radius::ROW);
    let texture = view
        .large
        .clone()
        .or_else(|| pictures::texture(ui, view.file));
    if let Some(texture) = &texture {
        pictures::paint(ui, place, corner, texture, 1.0);
    } else {
        let palette = palette(ui);
        ui.painter().rect_filled(place, corner, palette.bg_1);
        let words = match state {
            Some(FileState::Failed(why)) => why.as_str(),
            _ => say!("dialog-fetching-picture"),
        };
        text::paint_in(
            ui,
            place.shrink(16.0),
            Align::Center,
            words,
            Type::Secondary,
            palette.text_2,
        );
    }
    ui.interact(place, ui.scope_id().with("picture"), Sense::hover())
        .widget_info(|| WidgetInfo::labeled(Role::Image, true, &view.name));
}

fn buttons(ui: &mut Ui, bar: Rect, view: &PictureView) -> Option<DialogAction> {
    let white = Color32::from_gray(235);
    let room = Rect::from_min_max(bar.min, pos2(bar.right() - 84.0, bar.bottom()));
    text::paint_in(ui, room, Align::Min, &view.name, Type::BodyMedium, white);
    let at = |from_right: f32| {
        Rect::from_center_size(
            pos2(bar.right() - from_right, bar.center().y),
            vec2(34.0, 34.0),
        )
    };
    let words = say!("dialog-save-named", name = view.name);
    let save = IconButton::new(Icon::Download, &words)
        .look(Look::Plain)
        .size(34.0, 34.0);
    let close = IconButton::new(Icon::Close, say!("say-close"))
        .look(Look::Plain)
        .size(34.0, 34.0);
    if within(ui, "save", at(58.0), |ui| ui.add(save).clicked()) {
        return Some(DialogAction::SaveFile(view.file));
    }
    within(ui, "close", at(17.0), |ui| ui.add(close).clicked()).then_some(DialogAction::Close)
}

/// As large as the picture's own pixels, or as fits.
fn fitted((width, height): (u32, u32), room: Vec2, pixels_per_point: f32) -> Vec2 {
    let own = vec2(width.max(1) as f32, height.max(1) as f32) / pixels_per_point.max(0.1);
    let share = (room.x / own.x).min(room.y / own.y).min(1.0);
    (own * share).max(Vec2::splat(24.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_never_larger_than_its_pixels_or_the_window() {
        let room = vec2(1_000.0, 800.0);
        assert_eq!(fitted((4_000, 2_000), room, 1.0), vec2(1_000.0, 500.0));
        assert_eq!(fitted((400, 200), room, 1.0), vec2(400.0, 200.0));
        assert_eq!(fitted((400, 200), room, 2.0), vec2(200.0, 100.0));
        assert_eq!(fitted((0, 0), room, 1.0), Vec2::splat(24.0));
    }
}
