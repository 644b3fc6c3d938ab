//! What is stored, beside what was acknowledged.

use std::collections::HashMap;

use dialtone_protocol::ChannelId;
use dialtone_protocol::http::{EventInfo, EventPage};

use crate::community::{Client, Community, mark};
use crate::error::LoadError;
use crate::net::{Api, Endpoint, Stand, connect};

const PAGE: usize = 200;

/// A message that the server said it has: its place, and what it is known by.
pub(crate) type Acknowledged = (u64, u64);

/// What is wrong with what is stored.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Messages that are there.
    pub(crate) stored: usize,
    /// Messages that the server said it has.
    pub(crate) acknowledged: usize,
    /// Acknowledged, and not there.
    pub(crate) lost: usize,
    /// There more than once.
    pub(crate) twice: usize,
    /// Not at the place that was acknowledged.
    pub(crate) misplaced: usize,
    /// Before one that its sender wrote earlier.
    pub(crate) disordered: usize,
    /// Places that do not follow on the one before.
    pub(crate) gaps: usize,
    /// There, and never acknowledged, although all was sent until it was.
    pub(crate) unknown: usize,
}

impl Verdict {
    /// Of what is stored, in the order in which the server gives it, and what each sender had acknowledged.
    pub(crate) fn of(stored: &[Acknowledged], acknowledged: &[Vec<Acknowledged>]) -> Self {
        let mut verdict = Self {
            stored: stored.len(),
            ..Self::default()
        };
        let mut places: HashMap<u64, u64> = HashMap::new();
        for (awaited, (place, mark)) in (1..).zip(stored) {
            verdict.gaps += usize::from(*place != awaited);
            verdict.twice += usize::from(places.insert(*mark, *place).is_some());
        }
        for sender in acknowledged {
            let mut before = 0;
            for (place, mark) in sender {
                verdict.acknowledged += 1;
                match places.remove(mark) {
                    None => verdict.lost += 1,
                    Some(found) => {
                        verdict.misplaced += usize::from(found != *place);
                        verdict.disordered += usize::from(found <= before);
                        before = found;
                    }
                }
            }
        }
        verdict.unknown = places.len();
        verdict
    }

    /// Of what is stored as one who comes to `endpoint` gets it; and everybody comes back there, by the session that they have had from the
    /// beginning, and is given as much.
    ///
    /// # Errors
    /// When somebody is not let in, or given less or more.
    pub(crate) async fn at(
        endpoint: &Endpoint,
        community: &Community,
        acknowledged: &[Vec<Acknowledged>],
    ) -> Result<Self, LoadError> {
        let reader = community.clients.first();
        let reader = reader.ok_or_else(|| LoadError::Broken("nobody is there".into()))?;
        let stored = stored(endpoint, reader, community.channel).await?;
        let verdict = Self::of(&stored, acknowledged);
        for client in &community.clients {
            verdict
                .is_given(endpoint, client, community.stand(0))
                .await?;
        }
        Ok(verdict)
    }

    /// One who has nothing yet is given all of it over the socket, one after the other.
    ///
    /// # Errors
    /// When they are not let in, or given less or more.
    pub(crate) async fn is_given(
        &self,
        endpoint: &Endpoint,
        client: &Client,
        stand: Stand,
    ) -> Result<(), LoadError> {
        let (.., last) = connect(endpoint, client, stand).await?;
        if last == self.stored as u64 {
            return Ok(());
        }
        let there = self.stored;
        Err(LoadError::Unsound(format!(
            "whoever comes back is given {last} messages of {there}"
        )))
    }

    /// What is there after one that should be after it, or not where it was said to be.
    pub(crate) fn out_of_order(&self) -> usize {
        self.disordered + self.misplaced + self.gaps
    }

    /// Whether all is as it should be.
    pub(crate) fn is_sound(&self) -> bool {
        let wrong = [
            self.lost,
            self.twice,
            self.misplaced,
            self.disordered,
            self.gaps,
            self.unknown,
        ];
        wrong.iter().all(|count| *count == 0)
    }
}

/// Everything that is stored in a channel, as one who asks for it page by page gets it.
///
/// # Errors
/// When the server does not give it.
pub(crate) async fn stored(
    endpoint: &Endpoint,
    client: &Client,
    channel: ChannelId,
) -> Result<Vec<Acknowledged>, LoadError> {
    let mut all = Vec::new();
    each_stored(endpoint, client, channel, |event| {
        let mark = mark(&event.event.0).ok_or_else(|| LoadError::client("an empty event"))?;
        all.push((event.sequence, mark));
        Ok(())
    })
    .await?;
    Ok(all)
}

/// Looks at each event of a channel, in their order, page by page.
///
/// # Errors
/// When the server does not give them, or what `look` says.
pub(crate) async fn each_stored(
    endpoint: &Endpoint,
    client: &Client,
    channel: ChannelId,
    mut look: impl FnMut(EventInfo) -> Result<(), LoadError>,
) -> Result<(), LoadError> {
    let mut api = Api::new(endpoint.clone(), client.from);
    api.sign_in(client.token);
    let mut after = 0;
    loop {
        let path = format!("/channels/{channel}/events?after={after}&limit={PAGE}");
        let page: EventPage = api.get(&path).await?;
        let Some(last) = page.events.last() else {
            return Ok(());
        };
        after = last.sequence;
        page.events.into_iter().try_for_each(&mut look)?;
    }
}

/// What a server's log tells of a bug of it, if it does.
pub(crate) fn bug_told_by(log: &str) -> Option<String> {
    let told = log.contains("panicked") || log.contains("bug of Dialtone");
    told.then(|| format!("the server's log tells of a bug: {log}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told() -> Vec<Vec<Acknowledged>> {
        vec![vec![(1, 10), (3, 11)], vec![(2, 20)]]
    }

    #[test]
    fn what_is_there_once_and_in_order_is_sound() {
        let verdict = Verdict::of(&[(1, 10), (2, 20), (3, 11)], &told());
        assert!(verdict.is_sound(), "{verdict:?}");
        assert_eq!((verdict.stored, verdict.acknowledged), (3, 3));
    }

    #[test]
    fn each_way_to_be_wrong_is_seen() {
        let lost = Verdict::of(&[(1, 10), (2, 20)], &told());
        assert_eq!((lost.lost, lost.is_sound()), (1, false));
        let twice = Verdict::of(&[(1, 10), (2, 20), (3, 11), (4, 11)], &told());
        assert_eq!((twice.twice, twice.is_sound()), (1, false));
        let gap = Verdict::of(&[(1, 10), (2, 20), (4, 11)], &told());
        assert_eq!((gap.gaps, gap.misplaced, gap.is_sound()), (1, 1, false));
        let disordered = Verdict::of(&[(1, 11), (2, 20), (3, 10)], &told());
        assert_eq!(
            (disordered.disordered, disordered.is_sound()),
            (1, false),
            "{disordered:?}"
        );
        let unknown = Verdict::of(&[(1, 10), (2, 20), (3, 11), (4, 30)], &told());
        assert_eq!((unknown.unknown, unknown.is_sound()), (1, false));
    }
}
