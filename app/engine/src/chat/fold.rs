//! A message and what was done to it since -> the message as it is shown. Pure.
//!
//! The order of acts is that of the channel's stream. An edit counts if it is the author's, a delete if it is the author's or an admin's, and
//! nothing counts after that; each account has each emoji once; the latest word on a pin is what holds.

use dialtone_protocol::AccountId;

use super::acts::{Act, What};
use super::directory::Directory;
use super::hidden::covered;
use crate::snapshot::{ItemBody, Quoted, Reaction, TimelineItem, Version};

/// The most emojis that are shown at one message.
const EMOJIS: usize = 40;
/// How much of an answered message is shown, in characters.
const QUOTE: usize = 160;

/// Writes into `item` what `acts`, in order, have done to it.
pub(crate) fn apply(item: &mut TimelineItem, acts: &[Act], me: AccountId, names: &Directory) {
    let author = item.from;
    let deleted = acts.iter().position(|act| act.deletes(Some(author)));
    if let Some(act) = deleted.and_then(|at| acts.get(at)) {
        let by = (act.account != author).then(|| names.person(&act.account));
        item.body = ItemBody::Deleted { by };
        item.marks.reply = None;
        return;
    }
    for act in acts {
        match &act.what {
            What::Edit(text) if act.account == author => edit(item, text, act.time_ms),
            What::Reaction { emoji, set } => {
                react(&mut item.marks.reactions, emoji, *set, act.account);
            }
            What::Pin(set) => item.marks.pinned = *set,
            What::Edit(_) | What::Delete => {}
        }
    }
    for reaction in &mut item.marks.reactions {
        reaction.mine = reaction.accounts.contains(&me);
    }
}

fn edit(item: &mut TimelineItem, new: &str, time_ms: u64) {
    let (ItemBody::Text(text) | ItemBody::Files { text, .. }) = &mut item.body else {
        return;
    };
    if text == new {
        return;
    }
    item.marks.versions.push(Version {
        until_ms: time_ms,
        text: std::mem::replace(text, new.to_owned()),
    });
}

fn react(reactions: &mut Vec<Reaction>, emoji: &str, set: bool, account: AccountId) {
    let at = reactions.iter().position(|one| one.emoji == emoji);
    match (at, set) {
        (None, true) if reactions.len() < EMOJIS => reactions.push(Reaction {
            emoji: emoji.to_owned(),
            accounts: vec![account],
            mine: false,
        }),
        (Some(at), true) => {
            if let Some(one) = reactions.get_mut(at)
                && !one.accounts.contains(&account)
            {
                one.accounts.push(account);
            }
        }
        (Some(at), false) => {
            if let Some(one) = reactions.get_mut(at) {
                one.accounts.retain(|who| *who != account);
                if one.accounts.is_empty() {
                    reactions.remove(at);
                }
            }
        }
        (None, _) => {}
    }
}

/// What is shown of an answered message.
pub(crate) fn quoted(body: &ItemBody) -> Quoted {
    match body {
        ItemBody::Files { text, files } if text.trim().is_empty() => Quoted::Files(files.len()),
        ItemBody::Text(text) | ItemBody::Files { text, .. } => Quoted::Text(beginning(text)),
        ItemBody::Deleted { .. } => Quoted::Deleted,
        ItemBody::Ignored(_)
        | ItemBody::Notice(_)
        | ItemBody::Waiting(_)
        | ItemBody::Refused(_) => Quoted::Missing,
    }
}

/// The beginning of a text, in one line.
fn beginning(text: &str) -> String {
    let text = covered(text);
    let mut words = text.split_whitespace();
    let mut line = words.next().unwrap_or_default().to_owned();
    for word in words {
        if line.chars().count() > QUOTE {
            break;
        }
        line.push(' ');
        line.push_str(word);
    }
    match line.char_indices().nth(QUOTE) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::ClientEventId;

    use super::*;
    use crate::snapshot::{Marks, Sending};

    const ANNA: AccountId = AccountId([1; 32]);
    const JO: AccountId = AccountId([2; 32]);
    const KIM: AccountId = AccountId([3; 32]);

    fn item() -> TimelineItem {
        TimelineItem {
            sequence: Some(1),
            hash: None,
            client_id: ClientEventId([0; 16]),
            from: ANNA,
            from_name: "Anna".into(),
            time_ms: 0,
            server_time_ms: None,
            body: ItemBody::Text("wind from the nroth".into()),
            sending: Sending::Sent,
            confirmed: true,
            marks: Marks::default(),
        }
    }

    fn act(account: AccountId, what: What) -> Act {
        Act {
            account,
            admin: false,
            time_ms: 7,
            what,
        }
    }

    fn folded(acts: &[Act]) -> TimelineItem {
        let mut item = item();
        apply(&mut item, acts, JO, &Directory::default());
        item
    }

    fn emoji(account: AccountId, emoji: &str, set: bool) -> Act {
        let emoji = emoji.to_owned();
        act(account, What::Reaction { emoji, set })
    }

    #[test]
    fn only_the_author_edits_and_every_version_is_kept() {
        let edits = [
            act(JO, What::Edit("not mine".into())),
            act(ANNA, What::Edit("wind from the north".into())),
            act(ANNA, What::Edit("wind from the north".into())),
            act(ANNA, What::Edit("wind from the west".into())),
        ];
        let item = folded(&edits);
        assert_eq!(item.body.text(), Some("wind from the west"));
        let versions: Vec<_> = item.marks.versions.iter().map(|one| &*one.text).collect();
        assert_eq!(versions, ["wind from the nroth", "wind from the north"]);
        assert_eq!(item.marks.versions[0].until_ms, 7);
    }

    #[test]
    fn the_author_and_admins_take_back_and_nothing_counts_after_that() {
        let foreign = act(JO, What::Delete);
        assert!(folded(std::slice::from_ref(&foreign)).body.text().is_some());
        let own = folded(&[act(ANNA, What::Delete), emoji(JO, "👍", true)]);
        assert_eq!(own.body, ItemBody::Deleted { by: None });
        assert!(own.marks.reactions.is_empty());
        let admin = Act {
            admin: true,
            ..foreign
        };
        let by_admin = folded(&[act(ANNA, What::Edit("x".into())), admin]);
        assert!(matches!(by_admin.body, ItemBody::Deleted { by: Some(_) }));
        assert!(by_admin.marks.versions.is_empty());
    }

    #[test]
    fn each_account_has_each_emoji_once() {
        let item = folded(&[
            emoji(KIM, "⚓", true),
            emoji(KIM, "⚓", true),
            emoji(JO, "★", true),
            emoji(JO, "⚓", true),
            emoji(KIM, "★", false),
            emoji(KIM, "⚓", false),
        ]);
        let told = item.marks.reactions.iter();
        let told: Vec<_> = told
            .map(|one| (&*one.emoji, &one.accounts[..], one.mine))
            .collect();
        assert_eq!(told, [("⚓", &[JO][..], true), ("★", &[JO][..], true)]);
        assert!(
            folded(&[emoji(JO, "⚓", true), emoji(JO, "⚓", false)])
                .marks
                .reactions
                .is_empty()
        );
    }

    #[test]
    fn a_flood_of_emojis_is_bounded() {
        let flood: Vec<Act> = ('😀'..'😿')
            .map(|one| emoji(KIM, &one.to_string(), true))
            .collect();
        assert!(flood.len() > EMOJIS);
        assert_eq!(folded(&flood).marks.reactions.len(), EMOJIS);
    }

    #[test]
    fn the_latest_word_on_a_pin_holds() {
        let pins = |words: &[bool]| {
            let acts: Vec<_> = words.iter().map(|set| act(KIM, What::Pin(*set))).collect();
            folded(&acts).marks.pinned
        };
        assert!(pins(&[true]) && !pins(&[true, false]) && pins(&[true, false, true]));
    }

    #[test]
    fn a_quote_is_one_short_line() {
        assert_eq!(
            quoted(&ItemBody::Text("a\n\n b".into())),
            Quoted::Text("a b".into())
        );
        let Quoted::Text(long) = quoted(&ItemBody::Text("é".repeat(5_000))) else {
            panic!("a text");
        };
        assert_eq!(long.chars().count(), QUOTE + 1);
        let files = ItemBody::Files {
            text: " ".into(),
            files: Vec::new(),
        };
        assert_eq!(quoted(&files), Quoted::Files(0));
    }
}
