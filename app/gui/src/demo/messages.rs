//! What the engine would do with messages, on what is loaded alone; and a channel with many of them.

use std::sync::Arc;

use dialtone_engine::snapshot::{
    Channel, Community, Found, ItemBody, Jumped, Marks, Pins, Quote, Quoted, Reaction, Search,
    Snapshot, TimelineItem, Version,
};
use dialtone_engine::{AccountId, ChannelId, Hash, JumpTo, MessageCommand};

use super::community::{account, clock, harbour, item};

/// Carries out one wish at `now_ms`.
pub(super) fn apply(community: &mut Community, wish: MessageCommand, now_ms: u64) {
    let me = community.me.account;
    match wish {
        MessageCommand::Edit {
            channel,
            target,
            text,
        } => with_item(community, channel, target, |item| edit(item, text, now_ms)),
        MessageCommand::Delete { channel, target } => {
            with_item(community, channel, target, |item| {
                item.body = ItemBody::Deleted { by: None };
                item.marks = Marks::default();
            });
        }
        MessageCommand::React {
            channel,
            target,
            emoji,
            set,
        } => with_item(community, channel, target, |item| {
            react(&mut item.marks.reactions, emoji, me, set);
        }),
        MessageCommand::Pin {
            channel,
            target,
            set,
        } => {
            with_item(community, channel, target, |item| item.marks.pinned = set);
            if community.pins.is_some() {
                show_pins(community, Some(channel));
            }
        }
        MessageCommand::Jump(channel, to) => jump(community, channel, to),
        MessageCommand::SaveDraft(channel, draft) => with_channel(community, channel, |channel| {
            channel.draft = Some(Arc::new(draft));
        }),
        MessageCommand::UseEmoji(emoji) => {
            let used = Arc::make_mut(&mut community.emojis);
            used.retain(|one| *one != emoji);
            used.insert(0, emoji);
        }
        MessageCommand::ShowPins(channel) => show_pins(community, channel),
        MessageCommand::Search { text, most } => search(community, text, most),
        MessageCommand::LoadLater(_) => {}
    }
}

fn with_channel(community: &mut Community, id: ChannelId, how: impl FnOnce(&mut Channel)) {
    let found = community.channels.iter_mut().find(|one| one.id == id);
    if let Some(channel) = found {
        how(Arc::make_mut(channel));
    }
}

fn with_item(
    community: &mut Community,
    channel: ChannelId,
    target: Hash,
    how: impl FnOnce(&mut TimelineItem),
) {
    with_channel(community, channel, |channel| {
        let mut items = channel.timeline.items.iter_mut();
        if let Some(item) = items.find(|item| item.hash == Some(target)) {
            how(Arc::make_mut(item));
        }
    });
}

fn edit(item: &mut TimelineItem, text: String, now_ms: u64) {
    let before = item.body.text().unwrap_or_default().to_owned();
    item.marks.versions.push(Version {
        until_ms: now_ms,
        text: before,
    });
    match &mut item.body {
        ItemBody::Files { text: words, .. } => *words = text,
        body => *body = ItemBody::Text(text),
    }
}

fn react(reactions: &mut Vec<Reaction>, emoji: String, me: AccountId, set: bool) {
    let place = reactions.iter().position(|one| one.emoji == emoji);
    let place = place.unwrap_or_else(|| {
        reactions.push(Reaction {
            emoji,
            accounts: Vec::new(),
            mine: false,
        });
        reactions.len() - 1
    });
    let reaction = &mut reactions[place];
    reaction.accounts.retain(|one| *one != me);
    reaction.accounts.extend(set.then_some(me));
    reaction.mine = set;
    reactions.retain(|one| !one.accounts.is_empty());
}

fn jump(community: &mut Community, channel: ChannelId, to: JumpTo) {
    community.open = Some(channel);
    with_channel(community, channel, |channel| {
        let timeline = &mut channel.timeline;
        let mut items = timeline.items.iter();
        let found = match to {
            JumpTo::Message(target) => items.find(|item| item.hash == Some(target)),
            JumpTo::Moment(ms) => items.find(|item| item.time_ms >= ms),
            JumpTo::FirstUnread => items.find(|item| item.sequence == timeline.first_unread),
            JumpTo::Present => None,
        };
        timeline.jumped = Some(Jumped {
            to: found.and_then(|item| item.sequence),
            count: timeline.jumped.map_or(1, |jumped| jumped.count + 1),
        });
    });
}

fn show_pins(community: &mut Community, channel: Option<ChannelId>) {
    let found = community
        .channels
        .iter()
        .find(|one| Some(one.id) == channel);
    community.pins = found.map(|channel| {
        let items = channel.timeline.items.iter().rev();
        Arc::new(Pins {
            channel: channel.id,
            items: items.filter(|item| item.marks.pinned).cloned().collect(),
        })
    });
}

fn search(community: &mut Community, text: String, most: usize) {
    if text.trim().is_empty() {
        community.search = None;
        return;
    }
    let (filters, words): (Vec<&str>, Vec<&str>) =
        text.split_whitespace().partition(|word| word.contains(':'));
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let from = filters.iter().find_map(|one| one.strip_prefix("from:"));
    let unknown = filters.iter().find(|one| !one.starts_with("from:"));
    let problem = unknown.map(|one| format!("The demonstration knows only from:, not {one}"));
    let mut found: Vec<Found> = Vec::new();
    for channel in &community.channels {
        for item in channel.timeline.items.iter().rev() {
            let said = item.body.text().unwrap_or_default().to_lowercase();
            let place = |word: &String| Some((said.find(word.as_str())?, word.len()));
            let places: Option<Vec<_>> = words.iter().map(place).collect();
            let by = from.is_none_or(|name| item.from_name.to_lowercase().starts_with(name));
            if let Some(places) = places.filter(|_| by) {
                let mut places: Vec<_> = places.iter().map(|(at, long)| (*at, at + long)).collect();
                places.sort_unstable();
                found.push(Found {
                    channel: channel.id,
                    item: Arc::clone(item),
                    places,
                });
            }
        }
    }
    let has_more = found.len() > most;
    found.truncate(most);
    community.search = Some(Arc::new(Search {
        text,
        found,
        has_more,
        progress_percent: None,
        problem,
    }));
}

/// What a message of this channel is quoted as.
pub(super) fn quote(channel: &Channel, target: Hash) -> Arc<Quote> {
    let mut items = channel.timeline.items.iter();
    let item = items.find(|item| item.hash == Some(target));
    Arc::new(Quote {
        target,
        from: item.map(|item| item.from),
        from_name: item.map_or_else(String::new, |item| item.from_name.clone()),
        said: match item.map(|item| &item.body) {
            None => Quoted::Missing,
            Some(ItemBody::Deleted { .. }) => Quoted::Deleted,
            Some(ItemBody::Files { text, files }) if text.is_empty() => Quoted::Files(files.len()),
            Some(body) => {
                let text = body.text().unwrap_or_default();
                Quoted::Text(text.lines().next().unwrap_or_default().to_owned())
            }
        },
    })
}

/// *general* with what becomes of messages: edited, taken back, pinned, one that mentions oneself, and all that text can be.
pub(super) fn with_marks(community: &mut Community) {
    let now = clock().now_ms;
    let said = [
        (
            2,
            "Mikael",
            "For **Saturday**:\n- sails, *all* of them\n- ropes\n  1. the long one\n  2. the ~~short~~ red one\n> Who brings the flags?\n@Anna, can you? See [the plan](https://example.org/plan).",
        ),
        (
            1,
            "Anna",
            "```rust\nfn flags() -> usize {\n    40 // and one to spare\n}\n```",
        ),
        (3, "Jo", "👩‍🚀🏴󠁧󠁢󠁳󠁣󠁴󠁿 3️⃣ 👍🏽 ❤️ and `code` beside them"),
        (5, "Saga", "x"),
        (4, "Tomas", "At eight, by the pier."),
    ];
    let channel = community.open;
    let found = community
        .channels
        .iter_mut()
        .find(|one| Some(one.id) == channel);
    let Some(channel) = found.map(Arc::make_mut) else {
        return;
    };
    channel.typing.clear();
    let items = &mut channel.timeline.items;
    items.truncate(1);
    for (number, (who, name, words)) in (0_u64..).zip(said) {
        let at = now - (20 - number * 2) * 60_000;
        let body = ItemBody::Text(words.to_owned());
        items.push(Arc::new(item(50 + number, who, name, at, body)));
    }
    let mut marks = |index: usize, how: &dyn Fn(&mut TimelineItem)| {
        if let Some(item) = items.get_mut(index) {
            how(Arc::make_mut(item));
        }
    };
    marks(1, &|item| {
        item.marks.mentions_me = true;
        item.marks.pinned = true;
        react(&mut item.marks.reactions, "🎉".to_owned(), account(4), true);
    });
    marks(4, &|item| {
        item.body = ItemBody::Deleted {
            by: Some("Mikael".to_owned()),
        };
        item.marks = Marks::default();
    });
    marks(5, &|item| {
        item.marks.versions.push(Version {
            until_ms: now - 6 * 60_000,
            text: "At seven, by the pier.".to_owned(),
        });
    });
    channel.timeline.first_unread = None;
}

/// *general* with so many messages of all kinds.
pub fn many(count: u64) -> Snapshot {
    let mut snapshot = harbour();
    let community = Arc::make_mut(&mut snapshot.communities[0]);
    let people = [
        (1, "Anna"),
        (2, "Mikael"),
        (3, "Jo"),
        (4, "Tomas"),
        (5, "Saga"),
    ];
    let now = clock().now_ms;
    let channel = Arc::make_mut(&mut community.channels[0]);
    channel.timeline.has_earlier = false;
    channel.timeline.first_unread = None;
    channel.timeline.items.clear();
    for number in 0..count {
        let (who, name) = people[(number / 3 % 5) as usize];
        let words = match number % 9 {
            0 => format!(
                "Number {number}: wind from *the west*, **six** to eight, `gusts` to eleven ⛵"
            ),
            1 => "- sails\n- ropes\n- the **red** buoy".to_owned(),
            2 => format!("```rust\nfn wind() -> u32 {{\n    {number} // knots\n}}\n```"),
            3 => {
                "See https://example.org/chart and [the plan](https://example.org/plan).".to_owned()
            }
            4 => "> Who takes the committee boat?\nI do, if @Tomas brings the flags 👍".to_owned(),
            _ => format!(
                "Line number {number}. {}",
                "The morning start stands, so be there in time. ".repeat((number % 4) as usize)
            ),
        };
        let at = now - (count - number) * 70_000;
        let mut one = item(1_000 + number, who, name, at, ItemBody::Text(words));
        if number % 7 == 3 {
            for emoji in ["⚓", "👍"] {
                react(&mut one.marks.reactions, emoji.to_owned(), account(2), true);
            }
        }
        if number % 11 == 4
            && let Some(target) = channel.timeline.items.last().and_then(|last| last.hash)
        {
            one.marks.reply = Some(quote(channel, target));
        }
        channel.timeline.items.push(Arc::new(one));
    }
    snapshot
}
