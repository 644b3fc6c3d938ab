//! New messages of the channel in sight, for a screen reader that says them as they come.

use dialtone_engine::snapshot::{ItemBody, Timeline};
use dialtone_engine::{AccountId, covered};
use dialtone_words::say;
use egui::{Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::files;
use crate::rich::plain;
use crate::widgets::{Urgency, announce};

/// Of many messages that come at once only the last ones are said.
const MOST: usize = 3;

/// What was said.
#[derive(Debug, Default)]
pub(super) struct Spoken {
    /// The newest message that needs no saying; `None` before the timeline was first there.
    heard: Option<u64>,
    words: String,
}

impl Spoken {
    /// Takes in what is there now; what was there when the channel opened is not said.
    fn take(&mut self, timeline: &Timeline, me: AccountId) {
        let newest = timeline.items.iter().rev().find_map(|item| item.sequence);
        let Some(heard) = self.heard else {
            if !timeline.loading {
                self.heard = Some(newest.unwrap_or_default());
            }
            return;
        };
        let mut fresh: Vec<String> = timeline
            .items
            .iter()
            .rev()
            .take_while(|item| item.sequence.is_none_or(|sequence| sequence > heard))
            .filter(|item| item.sequence.is_some() && item.from != me)
            .filter_map(|item| match &item.body {
                ItemBody::Text(words) => {
                    let words = plain(&covered(words));
                    Some(say!("line-writes", name = item.from_name, words = words))
                }
                ItemBody::Files { text, files } => {
                    let words = files::spoken(&plain(&covered(text)), files);
                    Some(say!("line-sends", name = item.from_name, words = words))
                }
                _ => None,
            })
            .take(MOST)
            .collect();
        if !fresh.is_empty() {
            fresh.reverse();
            self.words = fresh.join("\n");
        }
        self.heard = self.heard.max(newest);
    }

    /// Has these words said.
    pub(super) fn say(&mut self, words: String) {
        self.words = words;
    }

    /// Shows the words to screen readers only.
    pub(super) fn show(&mut self, ui: &Ui, timeline: &Timeline, me: AccountId) {
        self.take(timeline, me);
        if self.words.is_empty() {
            return;
        }
        let place = Rect::from_min_size(ui.max_rect().min, vec2(1.0, 1.0));
        let id = ui.scope_id().with("spoken");
        let response = ui.interact(place, id, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &self.words));
        announce(ui, &response, Urgency::Polite);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;
    use std::sync::Arc;

    #[test]
    fn only_what_others_write_after_the_opening_is_said() {
        let snapshot = demo::harbour();
        let community = &snapshot.communities[0];
        let mut timeline = community.channels[0].timeline.clone();
        let me = community.me.account;
        let mut spoken = Spoken::default();
        spoken.take(&timeline, me);
        assert_eq!(spoken.words, "");
        let last = timeline.items.last().unwrap().clone();
        let add = |timeline: &mut Timeline, words: &str, from| {
            let mut item = (*last).clone();
            item.sequence = timeline.items.last().unwrap().sequence.map(|one| one + 1);
            item.from = from;
            item.body = ItemBody::Text(words.to_owned());
            timeline.items.push(Arc::new(item));
        };
        add(&mut timeline, "mine", me);
        spoken.take(&timeline, me);
        assert_eq!(spoken.words, "");
        let other = last.from;
        add(&mut timeline, "eight it is", other);
        spoken.take(&timeline, me);
        assert_eq!(
            spoken.words,
            format!("{} writes: eight it is", last.from_name)
        );
        add(&mut timeline, "it was ||the butler||", other);
        spoken.take(&timeline, me);
        assert!(spoken.words.ends_with("it was hidden text"));
        for words in ["a", "b", "c", "d"] {
            add(&mut timeline, words, other);
        }
        spoken.take(&timeline, me);
        assert!(spoken.words.ends_with('d') && !spoken.words.contains("writes: a"));
        let said = spoken.words.clone();
        spoken.take(&timeline, me);
        assert_eq!(spoken.words, said, "nothing new is said");
    }
}
