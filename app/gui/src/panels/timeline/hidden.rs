//! Which hidden texts of messages one wants to see, and what is said of those that one does not.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use dialtone_engine::{ClientEventId, covered};
use egui::{Key, Modifiers, Ui};

use super::MessageRow;
use crate::rich::hidden::{bit, cover, is_open};
use crate::rich::parse;

/// What was opened in the channel in sight: covered again when one leaves it.
#[derive(Debug, Default)]
pub(super) struct Opened {
    /// By message: what it said then, and which pieces.
    open: RefCell<HashMap<ClientEventId, (u64, u64)>>,
    /// In these something has just been opened or covered, and this is to be said.
    changed: RefCell<Vec<(ClientEventId, String)>>,
}

impl Opened {
    /// The pieces that are open in a message: none in one that says something else now.
    pub(super) fn of(&self, message: &MessageRow) -> u64 {
        let open = self.open.borrow();
        let known = open.get(&message.item.client_id);
        known.map_or(
            0,
            |(print, open)| {
                if *print == message.print { *open } else { 0 }
            },
        )
    }

    fn set(&self, message: &MessageRow, open: u64) {
        let id = message.item.client_id;
        self.open.borrow_mut().insert(id, (message.print, open));
        let said = self.said(message, message.said().0).into_owned();
        self.changed.borrow_mut().push((id, said));
    }

    /// One wants to see this piece.
    pub(super) fn open(&self, message: &MessageRow, piece: usize) {
        self.set(message, self.of(message) | bit(piece));
    }

    /// Opens the next piece; once all are open, `covers` says whether they are covered again. False: there is nothing to do.
    pub(super) fn turn(&self, message: &MessageRow, covers: bool) -> bool {
        let count = pieces(message.said().0);
        let open = self.of(message);
        match (0..count).find(|piece| !is_open(open, *piece)) {
            Some(next) => self.open(message, next),
            None if count > 0 && covers => self.set(message, 0),
            None => return false,
        }
        true
    }

    /// What is said of a text of `message`: all of it once every piece is open.
    pub(super) fn said<'a>(&self, message: &MessageRow, text: &'a str) -> Cow<'a, str> {
        let open = self.of(message);
        if open != 0 && (0..pieces(text)).all(|piece| is_open(open, piece)) {
            Cow::Borrowed(text)
        } else {
            covered(text)
        }
    }

    /// In which messages something was opened or covered since the last time, and what they say now.
    pub(super) fn changes(&self) -> Vec<(ClientEventId, String)> {
        std::mem::take(&mut self.changed.borrow_mut())
    }
}

/// How many hidden pieces a text has.
fn pieces(text: &str) -> usize {
    if text.contains("||") {
        cover(&mut parse(text, &[]), 0, "")
    } else {
        0
    }
}

/// Enter on a message that has hidden text; true when it was taken. Where all is open, it is for what the message answers.
pub(super) fn keys(ui: &Ui, message: &MessageRow, opened: &Opened) -> bool {
    let enter = ui.input(|input| input.modifiers.is_none() && input.key_pressed(Key::Enter));
    let taken = enter && opened.turn(message, message.item.marks.reply.is_none());
    if taken {
        ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
    }
    taken
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use dialtone_engine::snapshot::ItemBody;

    use super::*;
    use crate::demo;
    use crate::panels::timeline::{Row, build};

    fn message(text: &str) -> Arc<MessageRow> {
        let snapshot = demo::harbour();
        let mut timeline = snapshot.communities[0].channels[0].timeline.clone();
        let item = Arc::make_mut(&mut timeline.items[0]);
        item.body = ItemBody::Text(text.to_owned());
        let rows = build(&timeline, &demo::clock()).rows;
        let mut messages = rows.into_iter().filter_map(|row| match row {
            Row::Message(message) => Some(message),
            _ => None,
        });
        messages.next().unwrap()
    }

    #[test]
    fn pieces_open_one_after_the_other_and_then_are_covered_again() {
        let text = "the ||butler|| in the ||cellar||";
        let (one, opened) = (message(text), Opened::default());
        assert_eq!(opened.of(&one), 0);
        assert!(opened.turn(&one, true) && opened.turn(&one, true));
        assert_eq!(opened.of(&one), bit(0) | bit(1));
        assert_eq!(opened.said(&one, text), text);
        assert!(!opened.turn(&one, false), "Enter is for something else");
        assert!(opened.turn(&one, true));
        assert_eq!(opened.of(&one), 0);
        assert_eq!(opened.changes().len(), 3);
        assert!(opened.changes().is_empty());
        assert!(!opened.turn(&message("nothing"), true));
    }

    #[test]
    fn what_is_covered_is_not_said_nor_copied() {
        let text = "the ||butler|| in the ||cellar||";
        let (one, opened) = (message(text), Opened::default());
        let covered = "the hidden text in the hidden text";
        assert_eq!(opened.said(&one, text), covered);
        opened.open(&one, 1);
        assert_eq!(opened.said(&one, text), covered, "one is still covered");
        opened.open(&one, 0);
        assert_eq!(opened.said(&one, text), text);
        // It was edited meanwhile: what it says now was not opened.
        assert_eq!(opened.of(&message("||x|| ||y||")), 0);
    }
}
