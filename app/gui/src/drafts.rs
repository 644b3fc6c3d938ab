//! What is typed in each channel and not sent yet: with what it answers, or in place of which message it is to stand. Pure.

use std::collections::HashMap;

use dialtone_engine::snapshot::Draft;
use dialtone_engine::{ChannelId, CommunityId, Hash};

/// Where.
type Place = (CommunityId, ChannelId);

/// Typing has paused when nothing was typed for so long, in seconds.
const PAUSE_S: f64 = 1.0;

/// What is typed in each channel.
#[derive(Debug, Default)]
pub struct Drafts(HashMap<Place, Written>);

/// What is typed in one channel.
#[derive(Debug, Default)]
pub struct Written {
    /// As typed.
    pub text: String,
    /// The message that it is to answer.
    pub reply_to: Option<Hash>,
    /// One's own message that is written anew.
    editing: Option<Editing>,
    /// What the engine keeps of it.
    saved: Draft,
    /// What it was when it was looked at last, and since when it is that.
    looked: Draft,
    since: f64,
    /// What was kept from before was taken in.
    adopted: bool,
}

/// One's own message is written anew; what one had begun comes back after.
#[derive(Debug)]
struct Editing {
    target: Hash,
    before: Draft,
}

impl Written {
    /// The message that is written anew.
    pub fn edits(&self) -> Option<Hash> {
        self.editing.as_ref().map(|editing| editing.target)
    }

    /// Begins to write a message anew, which says `text` now.
    pub fn begin_edit(&mut self, target: Hash, text: &str) {
        self.end_edit();
        self.editing = Some(Editing {
            target,
            before: Draft {
                text: std::mem::replace(&mut self.text, text.to_owned()),
                reply_to: self.reply_to.take(),
            },
        });
    }

    /// Gives back what was interrupted; the message that was being written anew.
    pub fn end_edit(&mut self) -> Option<Hash> {
        let editing = self.editing.take()?;
        self.text = editing.before.text;
        self.reply_to = editing.before.reply_to;
        Some(editing.target)
    }

    /// Takes in what was kept from before, once, if nothing is typed.
    pub fn adopt(&mut self, draft: &Draft) {
        if std::mem::replace(&mut self.adopted, true) {
            return;
        }
        self.saved = draft.clone();
        self.looked = draft.clone();
        if self.text.is_empty() && self.reply_to.is_none() && self.editing.is_none() {
            self.text.clone_from(&draft.text);
            self.reply_to = draft.reply_to;
        }
    }

    /// What is to be kept.
    fn now(&self) -> (&str, Option<Hash>) {
        match &self.editing {
            Some(editing) => (&editing.before.text, editing.before.reply_to),
            None => (&self.text, self.reply_to),
        }
    }

    fn is(&self, draft: &Draft) -> bool {
        let (text, reply_to) = self.now();
        // An answer without words is none yet.
        let text_same = text.trim() == draft.text.trim();
        text_same && (reply_to == draft.reply_to || text.trim().is_empty())
    }

    fn draft(&self) -> Draft {
        let (text, reply_to) = self.now();
        if text.trim().is_empty() {
            return Draft::default();
        }
        Draft {
            text: text.to_owned(),
            reply_to,
        }
    }
}

impl Drafts {
    /// What is typed in one channel.
    pub fn of(&mut self, community: CommunityId, channel: ChannelId) -> &mut Written {
        self.0.entry((community, channel)).or_default()
    }

    /// Puts a text back that was not taken, before what was typed since.
    pub fn give_back(
        &mut self,
        community: CommunityId,
        channel: ChannelId,
        text: &str,
        reply_to: Option<Hash>,
    ) {
        let written = self.of(community, channel);
        let (kept, answers) = match &mut written.editing {
            Some(editing) => (&mut editing.before.text, &mut editing.before.reply_to),
            None => (&mut written.text, &mut written.reply_to),
        };
        if kept.is_empty() {
            text.clone_into(kept);
        } else if !text.is_empty() {
            kept.insert_str(0, &format!("{text}\n"));
        }
        *answers = reply_to.or(*answers);
    }

    /// What is to be kept now: where typing has paused, and at once where one does not write any more. `now` in seconds.
    pub fn due(&mut self, now: f64, here: Option<Place>) -> Vec<(Place, Draft)> {
        let mut due = Vec::new();
        for (place, written) in &mut self.0 {
            if written.is(&written.saved) {
                continue;
            }
            if !written.is(&written.looked) {
                // What comes back from the engine later is what was told to it.
                written.adopted = true;
                written.looked = written.draft();
                written.since = now;
            }
            if Some(*place) != here || now - written.since >= PAUSE_S {
                written.saved = written.draft();
                due.push((*place, written.saved.clone()));
            }
        }
        due
    }

    /// Something is typed that is not kept yet.
    pub fn waits(&self) -> bool {
        self.0.values().any(|written| !written.is(&written.saved))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = (CommunityId([1; 32]), ChannelId([2; 16]));

    fn texts(due: Vec<(Place, Draft)>) -> Vec<String> {
        due.into_iter().map(|(_, draft)| draft.text).collect()
    }

    #[test]
    fn a_draft_is_kept_once_typing_pauses_or_one_goes_elsewhere() {
        let mut drafts = Drafts::default();
        let typed = |drafts: &mut Drafts, text: &str| {
            text.clone_into(&mut drafts.of(PLACE.0, PLACE.1).text);
        };
        typed(&mut drafts, "a");
        assert!(drafts.due(0.0, Some(PLACE)).is_empty());
        typed(&mut drafts, "ab");
        assert!(drafts.due(0.9, Some(PLACE)).is_empty());
        assert!(drafts.due(1.5, Some(PLACE)).is_empty(), "typed since");
        assert!(drafts.waits());
        assert_eq!(texts(drafts.due(2.0, Some(PLACE))), ["ab"]);
        assert!(drafts.due(9.0, Some(PLACE)).is_empty() && !drafts.waits());
        typed(&mut drafts, "abc");
        assert_eq!(texts(drafts.due(9.1, None)), ["abc"]);
        typed(&mut drafts, "");
        assert_eq!(texts(drafts.due(9.2, None)), [""]);
    }

    #[test]
    fn what_was_kept_is_taken_in_once_and_never_over_what_is_typed() {
        let kept = Draft {
            text: "from before".to_owned(),
            reply_to: Some(Hash([7; 32])),
        };
        let mut written = Written::default();
        written.adopt(&kept);
        assert_eq!(written.text, "from before");
        assert_eq!(written.reply_to, kept.reply_to);
        written.text.clear();
        written.adopt(&kept);
        assert_eq!(written.text, "");
        let mut typed = Written {
            text: "mine".to_owned(),
            ..Written::default()
        };
        typed.adopt(&kept);
        assert_eq!(typed.text, "mine");
        // What was typed, told and sent since does not come back from the engine.
        let mut drafts = Drafts::default();
        drafts.of(PLACE.0, PLACE.1).text = "sent".to_owned();
        drafts.due(0.0, None);
        drafts.of(PLACE.0, PLACE.1).text.clear();
        drafts.of(PLACE.0, PLACE.1).adopt(&kept);
        assert_eq!(drafts.of(PLACE.0, PLACE.1).text, "");
    }

    #[test]
    fn editing_gives_back_what_it_interrupted() {
        let mut drafts = Drafts::default();
        let written = drafts.of(PLACE.0, PLACE.1);
        written.text = "begun".to_owned();
        written.begin_edit(Hash([1; 32]), "old");
        written.text = "old and new".to_owned();
        assert_eq!(written.edits(), Some(Hash([1; 32])));
        assert_eq!(
            texts(drafts.due(5.0, None)),
            ["begun"],
            "not what is edited"
        );
        drafts.give_back(PLACE.0, PLACE.1, "lost", None);
        let written = drafts.of(PLACE.0, PLACE.1);
        assert_eq!(written.text, "old and new");
        assert_eq!(written.end_edit(), Some(Hash([1; 32])));
        assert_eq!(written.text, "lost\nbegun");
        assert_eq!(written.end_edit(), None);
    }

    #[test]
    fn an_unsent_answer_is_one_again() {
        let mut drafts = Drafts::default();
        drafts.give_back(PLACE.0, PLACE.1, "yes", Some(Hash([3; 32])));
        let written = drafts.of(PLACE.0, PLACE.1);
        assert_eq!(
            (&*written.text, written.reply_to),
            ("yes", Some(Hash([3; 32])))
        );
    }
}
