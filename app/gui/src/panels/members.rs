//! The members: who is here, who is away, what they may do, how trust reached them.

use dialtone_engine::AccountId;
use dialtone_engine::snapshot::{Community, Member, Role as MemberRole};
use egui::{
    Align, CornerRadius, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
    vec2,
};

use crate::theme::{Type, palette, radius, size};
use crate::widgets::{Avatar, Button, Icon, group_label, text};

/// All rows.
#[derive(Debug, PartialEq, Eq)]
pub struct MembersModel {
    online: Vec<MemberRow>,
    away: Vec<MemberRow>,
    waiting: usize,
}

#[derive(Debug, PartialEq, Eq)]
struct MemberRow {
    account: AccountId,
    name: String,
    role: Option<&'static str>,
    trust: String,
}

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MembersAction {
    /// Look at who waits to be let in.
    Waiting,
}

/// The rows of `community`.
pub fn build(community: &Community) -> MembersModel {
    let rows = |online| {
        community
            .members
            .iter()
            .filter(|member| member.online == online)
            .map(row)
            .collect()
    };
    MembersModel {
        online: rows(true),
        away: rows(false),
        waiting: community.knocking.len(),
    }
}

fn row(member: &Member) -> MemberRow {
    MemberRow {
        account: member.account,
        name: member.name.clone(),
        role: match member.role {
            MemberRole::Member => None,
            MemberRole::Admin => Some("admin"),
            MemberRole::Founder => Some("founder"),
        },
        trust: member.trust.clone(),
    }
}

/// Shows the members.
pub fn show(ui: &mut Ui, model: &MembersModel) -> Option<MembersAction> {
    let mut action = None;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if model.waiting > 0 {
            action = waiting(ui, model.waiting);
        }
        for (label, rows, away) in [
            ("Online", &model.online, false),
            ("Away", &model.away, true),
        ] {
            if rows.is_empty() {
                continue;
            }
            ui.add_space(16.0);
            ui.horizontal(|ui| {
                ui.add_space(16.0);
                group_label(ui, &format!("{label} · {}", rows.len()));
            });
            ui.add_space(6.0);
            for row in rows {
                member(ui, row, away);
            }
        }
        ui.add_space(12.0);
    });
    action
}

fn waiting(ui: &mut Ui, count: usize) -> Option<MembersAction> {
    let words = if count == 1 {
        "1 waits to be let in".to_owned()
    } else {
        format!("{count} wait to be let in")
    };
    let mut action = None;
    egui::Frame::new()
        .inner_margin(egui::Margin {
            left: 16,
            right: 16,
            top: 16,
            bottom: 0,
        })
        .show(ui, |ui| {
            let button = Button::new(&words)
                .icon(Icon::PersonPlus)
                .height(32.0)
                .full_width();
            action = ui.add(button).clicked().then_some(MembersAction::Waiting);
        });
    action
}

fn member(ui: &mut Ui, row: &MemberRow, away: bool) {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::hover());
    response.widget_info(|| {
        let words = match row.role {
            Some(role) => format!("{}, {role}", row.name),
            None => row.name.clone(),
        };
        WidgetInfo::labeled(Role::Label, true, words)
    });
    if response.hovered() {
        ui.painter()
            .rect_filled(rect.shrink2(vec2(8.0, 2.0)), radius::ROW, palette.hovered);
    }
    Avatar::new(row.account, &row.name)
        .diameter(size::AVATAR_LIST)
        .dim(away)
        .online_on((!away).then_some(palette.bg_1))
        .paint(ui, pos2(rect.left() + 30.0, rect.center().y));
    let mut right = rect.right() - 16.0;
    if let Some(role) = row.role {
        right = chip(ui, pos2(right, rect.center().y), role).left() - 8.0;
    }
    let room = Rect::from_min_max(
        pos2(rect.left() + 54.0, rect.top()),
        pos2(right, rect.bottom()),
    );
    let color = if away { palette.text_3 } else { palette.text };
    text::paint_in(ui, room, Align::Min, &row.name, Type::Body, color);
    if !row.trust.is_empty() {
        response.on_hover_text(format!("{}\n{}", row.name, row.trust));
    }
}

fn chip(ui: &Ui, right_middle: egui::Pos2, words: &str) -> Rect {
    let palette = palette(ui);
    let width = text::line(ui, words, Type::Group, palette.text_3, 90.0)
        .size()
        .x
        + 10.0;
    let rect = Rect::from_min_max(
        pos2(right_middle.x - width, right_middle.y - 9.0),
        pos2(right_middle.x, right_middle.y + 9.0),
    );
    ui.painter().rect_stroke(
        rect,
        CornerRadius::same(5),
        Stroke::new(1.0, palette.line),
        StrokeKind::Inside,
    );
    text::paint_in(ui, rect, Align::Center, words, Type::Group, palette.text_3);
    rect
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn online_first_with_roles() {
        let snapshot = demo::harbour();
        let model = build(&snapshot.communities[0]);
        assert_eq!(model.online.len(), 4);
        assert_eq!(model.away.len(), 2);
        let roles: Vec<_> = model.online.iter().map(|row| row.role).collect();
        assert_eq!(roles, [Some("founder"), None, Some("admin"), None]);
    }
}
