//! The bar above the field while one answers a message, or writes one's own anew.

use dialtone_engine::snapshot::{Channel, ItemBody};
use dialtone_engine::{Hash, covered};
use dialtone_words::say;
use egui::{Align, CornerRadius, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::drafts::Written;
use crate::panels::within;
use crate::rich::plain;
use crate::theme::{Type, around_line, palette, radius};
use crate::widgets::{Icon, IconButton, icons, text};

/// What the bar says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Above {
    /// One writes a message of one's own anew, else one answers.
    pub edits: bool,
    /// Whom one answers; empty where that is not known.
    pub name: String,
    /// What they wrote, in one line.
    pub words: String,
}

/// What the bar says for what is typed in `channel`.
pub fn above(written: &Written, channel: &Channel) -> Option<Above> {
    let edits = written.edits();
    let target = edits.or(written.reply_to)?;
    let (name, words) = said(channel, target);
    Some(Above {
        edits: edits.is_some(),
        name,
        words,
    })
}

/// Who wrote a message that is loaded, and the beginning of it.
fn said(channel: &Channel, target: Hash) -> (String, String) {
    let mut items = channel.timeline.items.iter();
    let Some(item) = items.find(|item| item.hash == Some(target)) else {
        return (String::new(), say!("line-further-up").to_owned());
    };
    let words = match &item.body {
        ItemBody::Files { text, files } if text.is_empty() => {
            say!("line-files-count", count = files.len())
        }
        body => plain(&covered(body.text().unwrap_or(say!("line-a-deleted")))),
    };
    let line: String = words
        .chars()
        .map(|one| if one.is_control() { ' ' } else { one })
        .take(200)
        .collect();
    (item.from_name.clone(), line)
}

const HEIGHT: f32 = 32.0;

/// Shows the bar; true when one does not want to any more.
pub(super) fn show(ui: &mut Ui, above: &Above) -> bool {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(
        vec2(ui.available_width(), around_line(ui, HEIGHT)),
        Sense::hover(),
    );
    let corner = CornerRadius {
        nw: radius::CARD,
        ne: radius::CARD,
        sw: 0,
        se: 0,
    };
    ui.painter().rect_filled(rect, corner, palette.bg_1);
    let (icon, title) = if above.edits {
        (Icon::Pencil, say!("line-editing").to_owned())
    } else if above.name.is_empty() {
        (Icon::Reply, say!("line-replying").to_owned())
    } else {
        (Icon::Reply, say!("line-replying-to", name = above.name))
    };
    let told = format!("{title}: {}", above.words);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &told));
    let at = pos2(rect.left() + 22.0, rect.center().y);
    icons::paint(ui.painter(), icon, at, 14.0, palette.accent);
    let room = Rect::from_min_max(
        pos2(rect.left() + 38.0, rect.top()),
        pos2(rect.right() - 40.0, rect.bottom()),
    );
    let kind = Type::SecondaryStrong;
    let placed = text::paint_in(ui, room, Align::Min, &title, kind, palette.text_2);
    let room = Rect::from_min_max(pos2(placed.right() + 8.0, room.top()), room.max);
    if room.width() > 30.0 {
        let words = &above.words;
        text::paint_in(ui, room, Align::Min, words, Type::Secondary, palette.text_3);
    }
    let name = if above.edits {
        say!("line-stop-editing")
    } else {
        say!("line-do-not-reply")
    };
    let tip = format!("{name} (Escape)");
    let place =
        Rect::from_center_size(pos2(rect.right() - 22.0, rect.center().y), vec2(26.0, 26.0));
    let button = IconButton::new(Icon::Close, name).tooltip(&tip);
    within(ui, "above", place, |ui| {
        ui.add(button.size(26.0, 26.0)).clicked()
    })
}
