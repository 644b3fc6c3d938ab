//! Channels' names, topics and places in the list.

use dialtone_protocol::ChannelId;
use dialtone_protocol::content::{EventBody, NAME_LIMIT, TOPIC_LIMIT, is_valid_name};
use dialtone_words::say;

use super::run::{Ended, Session};
use super::state::State;
use crate::chat::directory::Place;
use crate::snapshot::Severity;

/// Between two places there is room for so many halvings.
const STEP: u64 = 1 << 32;

impl Session {
    /// Gives a channel another name, topic or kind.
    pub(super) async fn set_channel(
        &mut self,
        channel: ChannelId,
        (name, topic, voice): (&str, &str, bool),
    ) -> Result<(), Ended> {
        let (name, topic) = (name.trim().to_owned(), topic.trim().to_owned());
        let is_open = self.state.is_open_to_all(&channel);
        let may = if is_open {
            self.admin_only(say!("notice-admins-change")).await
        } else {
            self.state.may_change_private(&channel)
        };
        if !may || !self.valid_name(&name).await {
            return Ok(());
        }
        let is_topic = topic.chars().count() <= TOPIC_LIMIT && !topic.chars().any(char::is_control);
        if !is_topic {
            let words = say!("engine-valid-topic");
            self.notice(Severity::Warning, words.into()).await;
            return Ok(());
        }
        let known = self.state.directory.channels.get(&channel);
        if known
            .is_some_and(|known| (&known.name, &known.topic, known.voice) == (&name, &topic, voice))
        {
            return Ok(());
        }
        let place = if is_open {
            self.state.directory_id()
        } else {
            channel
        };
        let body = EventBody::ChannelInfo {
            channel,
            name,
            topic,
            voice,
        };
        self.enqueue(place, body)?;
        Ok(())
    }

    /// Puts a channel elsewhere in the list.
    pub(super) async fn place_channel(
        &mut self,
        channel: ChannelId,
        category: &str,
        before: Option<ChannelId>,
    ) -> Result<(), Ended> {
        let category = category.trim();
        let is_there = self.state.open_channels().any(|id| id == channel);
        if !is_there
            || !self.state.is_open_to_all(&channel)
            || !self.admin_only(say!("notice-admins-arrange")).await
        {
            return Ok(());
        }
        if !category.is_empty() && !is_valid_name(category) {
            let words = say!("engine-valid-heading", most = NAME_LIMIT);
            self.notice(Severity::Warning, words).await;
            return Ok(());
        }
        let order = self.state.arranged();
        let order: Vec<(ChannelId, Place)> = order
            .into_iter()
            .filter(|id| self.state.is_open_to_all(id))
            .map(|id| (id, self.state.directory.place(&id)))
            .collect();
        let directory = self.state.directory_id();
        for (channel, place) in moved(&order, channel, category, before) {
            let body = EventBody::ChannelPlace {
                channel,
                category: place.category,
                place: place.place,
            };
            if !self.enqueue(directory, body)? {
                break;
            }
        }
        Ok(())
    }
}

/// What must be said so that `channel` stands before another one, or at the end: its own place if there is room, else those of all.
fn moved(
    order: &[(ChannelId, Place)],
    channel: ChannelId,
    category: &str,
    before: Option<ChannelId>,
) -> Vec<(ChannelId, Place)> {
    let others: Vec<_> = order.iter().filter(|(id, _)| *id != channel).collect();
    let at = before.and_then(|before| others.iter().position(|(id, _)| *id == before));
    let at = at.unwrap_or(others.len());
    let low = at
        .checked_sub(1)
        .and_then(|at| others.get(at))
        .map_or(0, |(_, place)| place.place);
    let high = others.get(at).map(|(_, place)| place.place);
    let between = match high {
        Some(high) => low + high.saturating_sub(low) / 2,
        None => low.saturating_add(STEP),
    };
    // Those that were never placed all stand at 0, in the order in which they were made.
    let is_free = between > low && high.is_none_or(|high| between < high);
    let place = |place| Place {
        category: category.to_owned(),
        place,
    };
    if is_free {
        return vec![(channel, place(between))];
    }
    let mut ids: Vec<(ChannelId, Place)> = others.into_iter().cloned().collect();
    ids.insert(at, (channel, place(0)));
    let steps = (1..).map(|step: u64| step.saturating_mul(STEP));
    let renumbered = ids.into_iter().zip(steps);
    renumbered
        .map(|((id, old), place)| (id, Place { place, ..old }))
        .collect()
}

impl State {
    /// The channels of the list in the order in which they are shown.
    pub(super) fn arranged(&self) -> Vec<ChannelId> {
        let Some(roster) = &self.roster else {
            return Vec::new();
        };
        let channels = roster.view().channels();
        let mut found: Vec<(u64, u64, ChannelId)> = self
            .open_channels()
            .filter_map(|id| {
                let place = self
                    .directory
                    .places
                    .get(&id)
                    .map_or(0, |place| place.place);
                Some((place, channels.get(&id)?.created_at, id))
            })
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, _, id)| id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> ChannelId {
        ChannelId([number; 16])
    }

    fn apply(order: &mut [(ChannelId, Place)], said: Vec<(ChannelId, Place)>) -> usize {
        let count = said.len();
        for (channel, place) in said {
            let found = order.iter_mut().find(|(id, _)| *id == channel);
            found.unwrap().1 = place;
        }
        order.sort_by_key(|(_, place)| place.place);
        count
    }

    fn ids(order: &[(ChannelId, Place)]) -> Vec<u8> {
        order.iter().map(|(id, _)| id.0[0]).collect()
    }

    #[test]
    fn a_channel_stands_where_it_was_put_and_keeps_its_room() {
        let mut order: Vec<_> = (1..=4).map(|n| (id(n), Place::default())).collect();
        let said = moved(&order, id(4), "Boats", Some(id(2)));
        assert_eq!(apply(&mut order, said), 4, "none had a place");
        assert_eq!(ids(&order), [1, 4, 2, 3]);
        let said = moved(&order, id(1), "", None);
        assert_eq!(apply(&mut order, said), 1, "there is room at the end");
        assert_eq!(ids(&order), [4, 2, 3, 1]);
        let said = moved(&order, id(3), "", Some(id(4)));
        assert_eq!(apply(&mut order, said), 1);
        assert_eq!(ids(&order), [3, 4, 2, 1]);
        assert_eq!(
            order[1].1.category, "Boats",
            "others stay under their headings"
        );
    }

    #[test]
    fn when_the_room_between_two_is_used_up_all_move_apart() {
        let mut order: Vec<_> = (1..=3)
            .map(|n| {
                (
                    id(n),
                    Place {
                        category: String::new(),
                        place: u64::from(n),
                    },
                )
            })
            .collect();
        let said = moved(&order, id(3), "", Some(id(2)));
        assert_eq!(apply(&mut order, said), 3);
        assert_eq!(ids(&order), [1, 3, 2]);
    }
}
