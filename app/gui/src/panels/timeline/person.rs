//! Whose a message is: a press on the picture or the name shows who that is; a name like another's is marked.

use dialtone_engine::snapshot::{Community, TimelineItem};
use dialtone_words::say;
use egui::{CursorIcon, Id, Pos2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::TimelineAction;
use crate::theme::{palette, size};
use crate::widgets::{Icon, icons};

/// Makes the head of a message at `at` one that can be pressed; `left` is where the name begins.
pub(super) fn press(
    ui: &mut Ui,
    (at, left): (Pos2, f32),
    item: &TimelineItem,
    community: &Community,
    scope: Id,
) -> Option<TimelineAction> {
    let picture = Rect::from_min_size(at + vec2(20.0, 1.0), vec2(size::AVATAR, size::AVATAR));
    let name = Rect::from_min_size(
        pos2(at.x + left, at.y),
        vec2(8.0 * item.from_name.chars().count() as f32, 20.0),
    );
    // The list of members leads there by keyboard: it takes no place in the order of Tab.
    let on_picture = ui.interact(picture, scope.with("picture"), Sense::CLICK);
    on_picture.widget_info(|| {
        let words = say!("people-picture-of", name = item.from_name);
        WidgetInfo::labeled(Role::Image, true, words)
    });
    let on_name = ui.interact(name, scope.with("name"), Sense::CLICK);
    let mut members = community.members.iter();
    let like = members
        .find(|one| one.account == item.from)
        .and_then(|one| one.looks_like.as_ref());
    let mut response = on_picture
        .union(on_name)
        .on_hover_cursor(CursorIcon::PointingHand);
    if let Some(like) = like {
        let palette = palette(ui);
        let corner = picture.right_bottom() - vec2(4.0, 4.0);
        ui.painter().circle_filled(corner, 9.0, palette.bg_2);
        icons::paint(ui.painter(), Icon::Warning, corner, 14.0, palette.attention);
        response = response.on_hover_text(say!("people-alike", like = like));
    }
    response
        .clicked()
        .then_some(TimelineAction::Profile(item.from))
}
