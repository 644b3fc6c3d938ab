//! Events that do not fit their stream: who is to blame decides what follows.
//!
//! ```text
//! the server, or it cannot be told   -> warning: nothing is sealed until the user has settled it
//! a member, alone                    -> notice that names them; everybody else goes on
//! nobody                             -> nothing: a repetition, or a claim that nobody signed
//! in every case                      -> kept as evidence, and the stream goes on after it
//! ```

use dialtone_crypto::{Blame, Refused, StreamError, VerifiedEvent};
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{ChannelId, ClientEventId, DeviceId};
use dialtone_words::say;

use super::inbox::{encode, stream_row};
use super::run::{Ended, Session};
use crate::chat::records::{StoredEvent, Verdict, channel_key};
use crate::local::{Database, Table};
use crate::snapshot::Severity;

/// How many of a channel's last events are looked through for one that came before with the same words.
const LOOKED_THROUGH: usize = 1_000;

impl Session {
    /// Judges an event that does not fit its stream, tells whoever must know, and goes on after it.
    pub(super) async fn refuse_event(
        &mut self,
        channel: ChannelId,
        (sequence, time_ms): (u64, u64),
        bytes: &[u8],
        reason: StreamError,
        roster: &Roster,
    ) -> Result<(), Ended> {
        let database = &self.database;
        let Some(part) = self.state.channels.get(&channel) else {
            return Ok(());
        };
        let is_here = |event: &VerifiedEvent| is_here(database, &channel, event);
        let keys = (&self.state.keys, roster);
        let refused = part.checker.refuse(sequence, bytes, reason, keys, is_here);
        // The warning is written down before anything else.
        if refused.blame().doubts_server() {
            self.raise_alarm(self.doubt(&refused))?;
        }
        self.keep_refused(channel, time_ms, bytes, &refused)?;
        if let Blame::Member(device) = refused.blame() {
            self.name_device(device, refused.reason()).await;
        }
        Ok(())
    }

    /// What puts the server in doubt, in words.
    fn doubt(&self, refused: &Refused) -> String {
        let reason = refused.reason();
        let advice = say!("notice-refused-advice");
        match refused.blame() {
            Blame::Either(device) => {
                let who = self.device_name(&device);
                say!(
                    "notice-either-blame",
                    who = who,
                    reason = reason.to_string(),
                    advice = advice
                )
            }
            _ => {
                say!(
                    "notice-server-changed",
                    reason = reason.to_string(),
                    advice = advice
                )
            }
        }
    }

    /// Tells, once in a run, that a member's device lies.
    async fn name_device(&mut self, device: DeviceId, reason: &StreamError) {
        tracing::warn!("device {device} alone is to blame for a refused event: {reason}");
        if !self.state.blamed.insert(device) {
            return;
        }
        let who = self.device_name(&device);
        let words = say!("notice-contradicts", who = who);
        self.notice(Severity::Warning, words).await;
    }

    fn device_name(&self, device: &DeviceId) -> String {
        let id = device.to_string();
        let short = id.get(..8).unwrap_or(&id);
        match self.state.account_of(device) {
            Some(account) => {
                let name = self.state.directory.person(&account);
                say!("notice-device-of", name = name, short = short)
            }
            None => say!("notice-device-unknown", short = short),
        }
    }

    /// Keeps the event as evidence and moves the stream on, in one transaction.
    fn keep_refused(
        &mut self,
        channel: ChannelId,
        server_time_ms: u64,
        bytes: &[u8],
        refused: &Refused,
    ) -> Result<(), Ended> {
        let header = refused.header();
        let device = header.map_or(DeviceId([0; 32]), |header| header.device);
        let account = self.state.account_of(&device);
        let sequence = refused.sequence();
        let part = self.state.channel(channel);
        if Some(sequence) != part.checker.position().sequence.checked_add(1) {
            return Ok(());
        }
        let bytes = bytes.to_vec().into();
        let verdict =
            if refused.blame() == Blame::Nobody && *refused.reason() == StreamError::Replayed {
                Verdict::Repeated { bytes }
            } else {
                Verdict::Refused {
                    reason: words(refused),
                    bytes,
                }
            };
        let stored = StoredEvent {
            hash: refused.hash(),
            device,
            account,
            client_id: header.map_or(ClientEventId([0; 16]), |header| header.client_id),
            server_time_ms,
            verdict,
            stream: part.checker.record_refused(refused).hash,
            role: None,
        };
        let row = stream_row(part);
        let transaction = self.database.begin()?;
        let key = channel_key(&channel, sequence);
        transaction.put(Table::Event, &key, &encode(&stored))?;
        transaction.put(Table::Stream, &channel.0, &encode(&row))?;
        Ok(transaction.commit()?)
    }
}

/// What stands in the event's place.
fn words(refused: &Refused) -> String {
    match refused.blame() {
        Blame::Server | Blame::Either(_) => {
            say!(
                "notice-message-refused",
                reason = refused.reason().to_string()
            )
        }
        Blame::Member(_) => say!("notice-refused-contradicts").into(),
        Blame::Nobody => say!("notice-refused-not-by").into(),
    }
}

/// Whether the same device's event with the same id and the same content was taken in before.
fn is_here(database: &Database, channel: &ChannelId, event: &VerifiedEvent) -> bool {
    let (low, high) = (channel_key(channel, 0), channel_key(channel, u64::MAX));
    let rows = database.range(Table::Event, &low, &high, LOOKED_THROUGH, true);
    let rows = rows.unwrap_or_default();
    let mut stored = rows
        .iter()
        .filter_map(|(_, row)| minicbor::decode::<StoredEvent>(row).ok());
    stored.any(|stored| {
        stored.device == event.device()
            && stored.client_id == event.header().client_id
            && matches!(&stored.verdict, Verdict::Opened(content) if content == event.content())
    })
}
