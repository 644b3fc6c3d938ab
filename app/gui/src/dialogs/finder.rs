//! One field and a list below it: places and people, or everything that can be done.

use dialtone_engine::Snapshot;
use dialtone_engine::snapshot::Community;
use dialtone_words::say;
use egui::{
    Align, Align2, Context, Frame, Id, Key, Margin, Modal, Modifiers, Rect, Role, ScrollArea,
    Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::{DialogAction, takes_keyboard};
use crate::finder::{Entry, EntrySign, deeds, places, rank};
use crate::theme::{Type, around_line, palette, palette_of, radius, size};
use crate::widgets::{Avatar, Query, icons, name_dialog, tell_chosen, text};

/// What is looked for.
#[derive(Debug, Default)]
pub struct FinderForm {
    /// Things to do, else places and people.
    pub deeds: bool,
    query: String,
    chosen: usize,
}

impl FinderForm {
    /// For things to do, or for places and people.
    pub fn new(deeds: bool) -> Self {
        Self {
            deeds,
            ..Self::default()
        }
    }
}

const MOST: usize = 40;
const ROW: f32 = 38.0;
const HEIGHT: f32 = 9.0 * ROW;

/// Shows it over everything.
pub(crate) fn show(
    ctx: &Context,
    form: &mut FinderForm,
    snapshot: &Snapshot,
    community: Option<&Community>,
) -> Option<DialogAction> {
    let colors = palette_of(ctx);
    let room = ctx.content_rect();
    let width = (room.width() - 48.0).clamp(220.0, 540.0);
    let frame = Frame::new()
        .fill(colors.bg_2)
        .stroke(Stroke::new(1.0, colors.line))
        .corner_radius(radius::DIALOG)
        .inner_margin(Margin::same(14))
        .shadow(ctx.global_style().visuals.window_shadow);
    let id = Id::unique("finder");
    let above = (room.height() * 0.14).min(110.0);
    let area = Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, above));
    let modal = Modal::new(id)
        .area(area)
        .backdrop_color(colors.veil)
        .frame(frame)
        .show(ctx, |ui| {
            ui.set_width(width);
            let most = (room.height() - above - 120.0).clamp(ROW * 2.0, HEIGHT);
            contents(ui, form, (snapshot, community), most)
        });
    let closed = modal.should_close().then_some(DialogAction::Close);
    modal.inner.or(closed)
}

fn contents(
    ui: &mut Ui,
    form: &mut FinderForm,
    (snapshot, community): (&Snapshot, Option<&Community>),
    most: f32,
) -> Option<DialogAction> {
    ui.spacing_mut().item_spacing.y = 8.0;
    let (up, down, enter) = ui.input_mut(|input| {
        (
            input.consume_key(Modifiers::NONE, Key::ArrowUp),
            input.consume_key(Modifiers::NONE, Key::ArrowDown),
            input.consume_key(Modifiers::NONE, Key::Enter),
        )
    });
    let (name, hint) = if form.deeds {
        (say!("dialog-find-deed"), say!("dialog-what-do"))
    } else {
        (say!("dialog-find-place"), say!("dialog-where-go"))
    };
    name_dialog(ui, name);
    let before = form.query.clone();
    let field = Query::new(name, &mut form.query).hint(hint);
    let field = field.above_a_list().show(ui);
    takes_keyboard(ui, &field);
    let all = if form.deeds {
        deeds(snapshot, community)
    } else {
        places(snapshot, community.map(|one| one.id))
    };
    let found = rank(all, &form.query, MOST);
    if before != form.query {
        form.chosen = 0;
    }
    let last = found.len().saturating_sub(1);
    form.chosen = match (up, down) {
        (true, _) => form.chosen.checked_sub(1).unwrap_or(last),
        (_, true) if form.chosen >= last => 0,
        (_, true) => form.chosen + 1,
        _ => form.chosen.min(last),
    };
    let mut goal = None;
    if found.is_empty() {
        let words = say!("dialog-nothing-called");
        let (rect, response) = ui.allocate_exact_size(
            vec2(ui.available_width(), around_line(ui, ROW)),
            Sense::hover(),
        );
        let palette = palette(ui);
        text::paint_in(
            ui,
            rect,
            Align::Center,
            words,
            Type::Secondary,
            palette.text_2,
        );
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    }
    // As high whatever is found, so that it does not jump while one types.
    ScrollArea::vertical()
        .max_height(most)
        .min_scrolled_height(most)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, entry) in found.iter().enumerate() {
                let chosen = index == form.chosen;
                let (response, rect) = row(ui, entry, chosen);
                if chosen && (up || down) {
                    ui.scroll_to_rect(rect, None);
                }
                let moved = ui.input(|input| input.pointer.delta() != egui::Vec2::ZERO);
                if response.hovered() && moved {
                    form.chosen = index;
                }
                if response.clicked() {
                    goal = Some(entry.goal);
                }
            }
        });
    let entered = found.get(form.chosen).filter(|_| enter);
    goal = goal.or(entered.map(|entry| entry.goal));
    goal.map(DialogAction::Go)
}

fn row(ui: &mut Ui, entry: &Entry, chosen: bool) -> (egui::Response, Rect) {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(
        vec2(ui.available_width(), around_line(ui, ROW)),
        Sense::CLICK,
    );
    let name = match (entry.unread, entry.aside.as_str()) {
        (0, "") => entry.title.clone(),
        (0, aside) => format!("{}, {aside}", entry.title),
        (new, aside) => say!(
            "dialog-title-new",
            title = entry.title,
            aside = aside,
            count = new
        ),
    };
    if chosen {
        tell_chosen(ui, &response, &name);
        ui.painter().rect_filled(rect, radius::ROW, palette.raised);
    } else {
        response.widget_info(|| WidgetInfo::labeled(Role::ListBoxOption, true, &name));
    }
    let middle = pos2(rect.left() + 20.0, rect.center().y);
    match entry.sign {
        EntrySign::Icon(icon) => {
            icons::paint(ui.painter(), icon, middle, size::ICON, palette.text_3);
        }
        EntrySign::Face(account, here) => {
            Avatar::new(account, &entry.title)
                .diameter(22.0)
                .dim(!here)
                .paint(ui, middle);
        }
    }
    let kind = if entry.unread > 0 {
        Type::BodyStrong
    } else {
        Type::Body
    };
    let room = Rect::from_min_max(
        pos2(rect.left() + 40.0, rect.top()),
        pos2(rect.right() - 12.0, rect.bottom()),
    );
    let placed = text::paint_in(ui, room, Align::Min, &entry.title, kind, palette.text);
    let room = room.with_min_x(placed.right() + 12.0);
    if room.width() > 40.0 {
        let (words, kind) = if entry.keys.is_empty() {
            (entry.aside.as_str(), Type::Hint)
        } else {
            (entry.keys.as_str(), Type::Hint)
        };
        let new = say!("dialog-count-new", count = entry.unread);
        let (words, color) = if entry.unread > 0 {
            (format!("{new} · {words}"), palette.accent)
        } else {
            (words.to_owned(), palette.text_3)
        };
        text::paint_in(ui, room, Align::Max, &words, kind, color);
    }
    (response, rect)
}
