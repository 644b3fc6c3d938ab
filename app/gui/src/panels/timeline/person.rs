//! Whose a message is: a press on the picture or the name shows who that is; a name like another's is marked.

use dialtone_engine::snapshot::{Community, TimelineItem};
use dialtone_words::say;
use egui::{CursorIcon, Id, Pos2, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::TimelineAction;
use super::metrics::{LEFT, Metrics};
use crate::theme::{Type, palette};
use crate::widgets::{Icon, icons};

/// Where the disc stands beside a name at `at`; a small one is no higher than its line.
pub(super) fn disc(at: Pos2, metrics: &Metrics) -> Rect {
    let line = metrics.line(Type::BodyStrong);
    let top = if metrics.avatar < line {
        ((line - metrics.avatar) / 2.0).round()
    } else {
        1.0
    };
    Rect::from_min_size(at + vec2(LEFT, top), Vec2::splat(metrics.avatar))
}

/// Makes the head of a message at `at` one that can be pressed.
pub(super) fn press(
    ui: &mut Ui,
    (at, metrics): (Pos2, &Metrics),
    item: &TimelineItem,
    community: &Community,
    scope: Id,
) -> Option<TimelineAction> {
    let picture = disc(at, metrics);
    let name = Rect::from_min_size(
        pos2(at.x + metrics.indent, at.y),
        vec2(
            8.0 * metrics.scale * item.from_name.chars().count() as f32,
            metrics.line(Type::BodyStrong),
        ),
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
        let corner = picture.right_bottom() - Vec2::splat(metrics.avatar / 9.0);
        let sign = (metrics.avatar / 2.6).max(9.0);
        let painter = ui.painter();
        painter.circle_filled(corner, sign * 0.65, palette.bg_2);
        icons::paint(painter, Icon::Warning, corner, sign, palette.attention);
        response = response.on_hover_text(say!("people-alike", like = like));
    }
    response
        .clicked()
        .then_some(TimelineAction::Profile(item.from))
}
