//! Who came into the call that one is in, and who left it, for a screen reader that says it by itself.
//!
//! The words are not shown: whoever sees the list of talkers sees it there.

use std::collections::BTreeMap;

use dialtone_engine::snapshot::Community;
use dialtone_engine::{AccountId, CallId};
use dialtone_words::say;
use egui::{Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::voice_bar::names_in_short;
use crate::widgets::{Urgency, announce};

/// The others in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Others {
    call: CallId,
    names: BTreeMap<AccountId, String>,
}

impl Others {
    /// Those in the call that one is in here.
    pub fn of(community: &Community) -> Option<Self> {
        let others = community.others_in_call();
        let names = others.map(|talker| (talker.account, talker.name.clone()));
        Some(Self {
            call: community.call.as_ref()?.id,
            names: names.collect(),
        })
    }
}

/// What was said of them.
#[derive(Debug, Default)]
pub struct Comings {
    known: Option<Others>,
    words: String,
}

impl Comings {
    /// Takes in who is there now. Who was there when one came oneself is not said.
    fn take(&mut self, others: Others) {
        let before = self.known.replace(others);
        let (Some(before), Some(now)) = (before, &self.known) else {
            return;
        };
        if before == *now {
            return;
        }
        if before.call != now.call {
            self.words.clear();
            return;
        }
        let came = missing_in(&before, now).map(|names| say!("voice-came-in", names = names));
        let went = missing_in(now, &before).map(|names| say!("voice-went-out", names = names));
        let words: Vec<String> = came.into_iter().chain(went).collect();
        if !words.is_empty() {
            self.words = words.join("\n");
        }
    }

    /// Says it to screen readers only.
    pub fn show(&mut self, ui: &Ui, others: Others) {
        self.take(others);
        if self.words.is_empty() {
            return;
        }
        let place = Rect::from_min_size(ui.max_rect().min, vec2(1.0, 1.0));
        let response = ui.interact(place, ui.scope_id().with("comings"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &self.words));
        announce(ui, &response, Urgency::Polite);
    }
}

/// The names of those in `there` who are not in `here`.
fn missing_in(here: &Others, there: &Others) -> Option<String> {
    let names = there.names.iter();
    let new = names.filter(|(account, _)| !here.names.contains_key(account));
    let new: Vec<&str> = new.map(|(_, name)| name.as_str()).collect();
    names_in_short(&new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn others(call: u8, people: &[(u8, &str)]) -> Others {
        let names = people
            .iter()
            .map(|(number, name)| (AccountId([*number; 32]), (*name).to_owned()));
        Others {
            call: CallId([call; 16]),
            names: names.collect(),
        }
    }

    #[test]
    fn who_comes_and_goes_is_said_once_and_not_who_was_there() {
        let mut comings = Comings::default();
        comings.take(others(1, &[(1, "Jo")]));
        assert_eq!(comings.words, "");
        comings.take(others(1, &[(1, "Jo"), (2, "Mikael"), (3, "Saga")]));
        assert_eq!(comings.words, "Mikael and Saga joined the call");
        comings.take(others(1, &[(2, "Mikael"), (3, "Saga"), (4, "Rune")]));
        assert_eq!(comings.words, "Rune joined the call\nJo left the call");
        comings.take(others(2, &[(9, "Kim")]));
        assert_eq!(comings.words, "", "in another call they were there before");
    }
}
