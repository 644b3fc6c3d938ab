//! Choose a day to go to: one month at a time.

use dialtone_engine::ChannelId;
use dialtone_words::say;
use egui::{Align, EventFilter, Key, Modifiers, Rect, Role, Sense, Ui, WidgetInfo, vec2};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::{DialogAction, foot, heading};
use crate::theme::{Type, around_line, palette, radius};
use crate::time::Clock;
use crate::widgets::{Button, Icon, IconButton, focus_ring, text};

/// The month that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarForm {
    channel: ChannelId,
    /// The day that has the keyboard.
    day: Date,
    taken: bool,
}

impl CalendarForm {
    /// For a channel, around this moment (ms since 1970).
    pub fn new(channel: ChannelId, around_ms: u64, clock: &Clock) -> Self {
        let day = clock
            .date(around_ms)
            .or_else(|| clock.date(clock.now_ms))
            .unwrap_or(Date::constant(2000, 1, 1));
        Self {
            channel,
            day,
            taken: false,
        }
    }
}

/// The days of the month, in weeks that begin on Monday.
fn weeks(day: Date) -> Vec<[Option<Date>; 7]> {
    let first = day.first_of_month();
    let before = usize::from(first.weekday().to_monday_zero_offset().unsigned_abs());
    let mut weeks =
        vec![[None; 7]; (before + usize::from(day.days_in_month().unsigned_abs())).div_ceil(7)];
    for number in 1..=day.days_in_month() {
        let place = before + usize::from(number.unsigned_abs()) - 1;
        weeks[place / 7][place % 7] = Date::new(day.year(), day.month(), number).ok();
    }
    weeks
}

fn moved(day: Date, by: jiff::Span) -> Date {
    day.checked_add(by).unwrap_or(day)
}

/// Shows the month.
pub(super) fn show(ui: &mut Ui, form: &mut CalendarForm, clock: &Clock) -> Option<DialogAction> {
    heading(ui, say!("panel-go-to-day"), say!("dialog-day-words"));
    let today = clock.date(clock.now_ms);
    month_bar(ui, form);
    let mut picked = None;
    let width = ui.available_width() / 7.0;
    let palette = palette(ui);
    let (rect, _) = ui.allocate_exact_size(
        vec2(ui.available_width(), around_line(ui, 20.0)),
        Sense::hover(),
    );
    for (column, name) in crate::time::short_weekdays().into_iter().enumerate() {
        let at = rect.min + vec2(column as f32 * width, 0.0);
        let room = Rect::from_min_size(at, vec2(width, rect.height()));
        text::paint_in(ui, room, Align::Center, name, Type::Hint, palette.text_3);
    }
    keys(ui, form, today);
    for week in weeks(form.day) {
        let (rect, _) = ui.allocate_exact_size(
            vec2(ui.available_width(), around_line(ui, 36.0)),
            Sense::hover(),
        );
        for (column, day) in week.into_iter().enumerate() {
            let at = rect.min + vec2(column as f32 * width, 0.0);
            let room = Rect::from_min_size(at, vec2(width, rect.height()));
            if let Some(day) = day
                && cell(ui, form, room, day, today)
            {
                picked = Some(day);
            }
        }
    }
    let moment = picked.and_then(|day| day.to_zoned(clock.zone.clone()).ok());
    if let Some(moment) = moment {
        let ms = u64::try_from(moment.timestamp().as_millisecond()).unwrap_or_default();
        return Some(DialogAction::GoToMoment(form.channel, ms));
    }
    foot(ui, |ui| {
        let cancel = ui.add(Button::new(say!("say-cancel")));
        cancel.clicked().then_some(DialogAction::Close)
    })
}

fn month_bar(ui: &mut Ui, form: &mut CalendarForm) {
    let palette = palette(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let back = IconButton::new(Icon::Back, say!("dialog-month-before")).size(32.0, 32.0);
        if ui.add(back).clicked() {
            form.day = moved(form.day, -1.month());
        }
        let room = vec2((ui.available_width() - 36.0).max(40.0), 32.0);
        let (rect, response) = ui.allocate_exact_size(room, Sense::hover());
        let words = crate::time::month_and_year(form.day);
        text::paint_in(ui, rect, Align::Center, &words, Type::Title, palette.text);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
        let next = IconButton::new(Icon::Forward, say!("dialog-month-after")).size(32.0, 32.0);
        if ui.add(next).clicked() {
            form.day = moved(form.day, 1.month());
        }
    });
}

fn keys(ui: &Ui, form: &mut CalendarForm, today: Option<Date>) {
    let step = ui.input_mut(|input| {
        [
            (Key::ArrowLeft, -1.day()),
            (Key::ArrowRight, 1.day()),
            (Key::ArrowUp, -7.days()),
            (Key::ArrowDown, 7.days()),
            (Key::PageUp, -1.month()),
            (Key::PageDown, 1.month()),
        ]
        .into_iter()
        .find(|(key, _)| input.consume_key(Modifiers::NONE, *key))
    });
    if let Some((_, by)) = step {
        form.day = moved(form.day, by);
        form.taken = false;
    }
    if let Some(today) = today {
        form.day = form.day.min(today);
    }
}

/// A day; true when it is wanted.
fn cell(ui: &Ui, form: &mut CalendarForm, room: Rect, day: Date, today: Option<Date>) -> bool {
    let palette = palette(ui);
    let future = today.is_some_and(|today| day > today);
    let chosen = day == form.day;
    let sense = match (future, chosen) {
        (true, _) => Sense::hover(),
        (false, true) => Sense::click(),
        (false, false) => Sense::CLICK,
    };
    let place = Rect::from_center_size(room.center(), vec2(36.0, 34.0));
    let response = ui.interact(place, ui.scope_id().with(("day", day)), sense);
    let name = crate::time::with_year(day);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, !future, &name));
    if chosen && !std::mem::replace(&mut form.taken, true) {
        response.request_focus();
    }
    if response.has_focus() {
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    }
    let is_today = Some(day) == today;
    if is_today || (response.hovered() && !future) {
        let fill = if is_today {
            palette.accent_bg
        } else {
            palette.raised
        };
        ui.painter().rect_filled(place, radius::ROW, fill);
    }
    let color = match (future, is_today) {
        (true, _) => palette.text_3.gamma_multiply(0.6),
        (false, true) => palette.accent,
        (false, false) => palette.text,
    };
    let number = day.day().to_string();
    text::paint_in(ui, place, Align::Center, &number, Type::Body, color);
    focus_ring(ui, &response, radius::ROW);
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_all_its_days_under_their_names() {
        let november = weeks(Date::constant(2026, 11, 17));
        assert_eq!(november.len(), 6, "the first is a Sunday");
        assert_eq!(november[0][6].map(Date::day), Some(1));
        assert_eq!(november[5][0].map(Date::day), Some(30));
        let days = november.iter().flatten().flatten().count();
        assert_eq!(days, 30);
        let february = weeks(Date::constant(2027, 2, 1));
        assert_eq!(february.len(), 4, "begins on a Monday and has 28 days");
    }
}
