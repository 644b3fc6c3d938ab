//! Events that come: judged against their stream, opened, remembered, shown.
//!
//! ```text
//! bytes -> StreamChecker (order, chains, rosters) -> open_event (key, signature, device) -> StoredEvent -> directory | timeline
//! ```

use std::sync::Arc;

use dialtone_crypto::{
    Checked, KeyRing, OpenError, Outcome, StreamError, VerifiedEvent, open_event,
};
use dialtone_protocol::content::EventBody;
use dialtone_protocol::roster::{Role, Roster};
use dialtone_protocol::sealed::{GrantedKey, SealedEvent, WantedKey};
use dialtone_protocol::{ChannelId, Hash};

use super::SessionUpdate;
use super::groups::put_changes;
use super::marks;
use super::private::{put_lifetime, put_name};
use super::run::{Ended, Session};
use super::state::Awaited;
use super::vanishing;
use super::view::my_name;
use crate::chat::acts::Act;
use crate::chat::directory::author;
use crate::chat::excerpt::excerpt;
use crate::chat::mentions::is_mentioned;
use crate::chat::records::{StoredEvent, StreamRow, Verdict, channel_key};
use crate::local::Table;
use dialtone_words::say;

/// Events of a channel are missing.
pub(super) fn gap() -> Ended {
    Ended::Resync(say!("engine-gap-channel"))
}

/// What came is no event.
pub(super) fn unreadable() -> Ended {
    Ended::Resync(say!("engine-gap-unreadable"))
}

impl Session {
    /// Takes one event in.
    pub(super) async fn event(
        &mut self,
        channel: ChannelId,
        sequence: u64,
        time_ms: u64,
        bytes: &[u8],
    ) -> Result<(), Ended> {
        if self.state.alarm.is_some() {
            return Ok(());
        }
        if !self.state.knows_channel(&channel) && self.state.roster.is_some() {
            // The member list comes before what is written under it: nothing is kept for a channel that it does not have.
            tracing::warn!("an event of a channel that the member list does not have was dropped");
            return Ok(());
        }
        let fits = self.check(channel, sequence, bytes).await?;
        let (roster, checked) = match fits {
            Fits::Yes(roster, checked) => (roster, *checked),
            Fits::No(roster, reason) => {
                return self
                    .refuse_event(channel, (sequence, time_ms), bytes, reason, &roster)
                    .await;
            }
            Fits::Here => return Ok(()),
        };
        let opened = if self.state.is_out_of_its_group(&checked) {
            Err(OpenError::NotActive)
        } else {
            open_event(&checked, &self.state.keys, &roster)
        };
        let judged = judge(&opened, bytes, checked.active_length());
        if let Err(OpenError::Fork) = &opened {
            self.group_forked("message")?;
        }
        let flying = self.state.channel(channel).in_flight;
        let stored = self.record(channel, sequence, time_ms, &checked, judged)?;
        if flying.is_some() && self.state.channel(channel).in_flight.is_none() {
            self.compare_clocks(time_ms).await;
        }
        self.begin_pause(channel, &stored);
        self.sound_message(channel, &stored);
        self.show_event(channel, sequence, &stored).await;
        Ok(())
    }

    /// Whether an event fits its stream.
    async fn check(
        &mut self,
        channel: ChannelId,
        sequence: u64,
        bytes: &[u8],
    ) -> Result<Fits, Ended> {
        let mut fetched = false;
        loop {
            let Some(roster) = self.state.roster.clone() else {
                return Err(Ended::Resync(say!("engine-gap-before-list")));
            };
            let database = &self.database;
            let stream_at = |sequence: u64| stream_at(database, &channel, sequence);
            let part = self.state.channel(channel);
            match part.checker.check(sequence, bytes, &roster, stream_at) {
                Ok(checked) => return Ok(Fits::Yes(roster, Box::new(checked))),
                Err(StreamError::Repeated) => return Ok(Fits::Here),
                Err(StreamError::Gap { .. }) if self.state.comes_again(&channel, sequence) => {
                    return Ok(Fits::Here);
                }
                Err(StreamError::Gap { .. }) => return Err(gap()),
                // Written down before anything else: the server may well end the connection now.
                Err(StreamError::NeedRoster { .. }) if !fetched => {
                    let (_, header) = SealedEvent::read(bytes).map_err(|_| unreadable())?;
                    self.note_ahead(header.roster, self.state.clock.now_ms())?;
                    self.fetch_ahead().await?;
                    fetched = true;
                }
                Err(StreamError::NeedRoster { .. }) => {
                    return Err(Ended::Resync(say!("engine-gap-longer-list")));
                }
                Err(reason) => return Ok(Fits::No(roster, reason)),
            }
        }
    }

    /// Writes the event and the stream's new position down, in one transaction.
    fn record(
        &mut self,
        channel: ChannelId,
        sequence: u64,
        server_time_ms: u64,
        checked: &Checked,
        judged: Judged,
    ) -> Result<StoredEvent, Ended> {
        let header = checked.header().clone();
        let sent = self.echo(channel, checked, &judged.verdict)?;
        let used = self.state.count_event(&header, self.state.clock.now_ms());
        let hash = checked.hash();
        let account = self.state.account_of(&header.device);
        let me = self.state.me.device.id();
        let part = self.state.channel(channel);
        let confirmed = part.checker.confirmed();
        let stream = part.checker.record(checked, judged.outcome).hash;
        part.confirm_lines(confirmed);
        let stored = StoredEvent {
            hash,
            device: header.device,
            account,
            client_id: header.client_id,
            server_time_ms,
            verdict: judged.verdict,
            stream,
            role: judged.role,
        };
        if let Verdict::Waiting { wanted, .. } = &stored.verdict {
            let awaited = Awaited::new(*wanted, &header, &me);
            part.waiting.insert(sequence, awaited);
        }
        if let Some(order) = sent {
            part.has_arrived(order);
        }
        self.count_unread(channel, sequence, &stored);
        let row = stream_row(self.state.channel(channel));
        let named = self.state.private_name_in(&channel, &stored);
        let lifetime = self.state.private_lifetime_in(&channel, sequence, &stored);
        let erased = marks::erased_by(&self.database, &channel, &stored)?;
        let now_ms = self.state.clock.now_ms();
        let transaction = self.database.begin()?;
        if let Some((id, part)) = used.and_then(|id| Some((id, self.state.groups.get(&id)?))) {
            part.put(&transaction, &id)?;
        }
        let key = channel_key(&channel, sequence);
        transaction.put(Table::Event, &key, &encode(&stored))?;
        marks::put_rows(&transaction, &channel, sequence, &stored)?;
        if let Some(erased) = &erased {
            erased.put(&transaction)?;
        }
        transaction.put(Table::Stream, &channel.0, &encode(&row))?;
        if let Some(order) = sent {
            transaction.delete(Table::Outbox, &channel_key(&channel, order))?;
        }
        if let Some(info) = &named {
            put_name(&transaction, &channel, info)?;
        }
        if let Some(lifetime) = lifetime {
            put_lifetime(&transaction, &channel, lifetime)?;
        }
        let place = (channel, sequence);
        let vanishes = vanishing::put_row(&transaction, place, &stored, now_ms)?;
        transaction.commit()?;
        self.state.vanishes_ms = self.state.vanishes_ms.min(vanishes);
        if let Some(info) = named {
            self.take_private_name(channel, info);
        }
        if let Some(lifetime) = lifetime {
            self.state.directory.lifetimes.insert(channel, lifetime);
        }
        if let Some(erased) = erased {
            self.files_taken_back(&erased.was, header.device == me);
        }
        Ok(stored)
    }

    /// What comes is seen while the user looks at its channel; else it counts, and in the open channel the line of what is new is above it.
    fn count_unread(&mut self, channel: ChannelId, sequence: u64, stored: &StoredEvent) {
        let is_open = self.state.open == Some(channel);
        let is_seen = is_open && self.state.looking.attends;
        let mine =
            stored.account == Some(self.state.me.account) || self.state.is_ignored(stored.account);
        let (mentioned, _) = self.told_of(stored);
        let part = self.state.channel(channel);
        if is_seen {
            part.read_to = sequence;
        } else if stored.is_message() && !mine && sequence > part.read_to {
            part.unread += 1;
            part.mentions += u32::from(mentioned);
            if is_open && part.unread == 1 {
                part.first_unread = Some(sequence);
            }
        }
    }

    /// Where in the outbox an event waits that is one's own. Only what was opened and verified counts: anybody can write one's
    /// device and the id of a message into a header. Another content under its id is an alarm.
    fn echo(
        &mut self,
        channel: ChannelId,
        checked: &Checked,
        verdict: &Verdict,
    ) -> Result<Option<u64>, Ended> {
        let Verdict::Opened(content) = verdict else {
            return Ok(None);
        };
        let header = checked.header();
        let part = self.state.channels.get(&channel);
        let found = part
            .filter(|_| header.device == self.state.me.device.id())
            .and_then(|part| {
                let mut items = part.outbox.iter();
                items.find(|(_, item)| item.client_id == header.client_id)
            });
        match found {
            None => Ok(None),
            Some((order, item)) if item.content == *content => Ok(Some(*order)),
            Some(_) => self.clash().map(|()| None),
        }
    }

    /// Lets an event have its effect: a name, a line, a notification.
    async fn show_event(&mut self, channel: ChannelId, sequence: u64, stored: &StoredEvent) {
        self.state.dirty = true;
        if channel == self.state.directory_id() {
            self.apply_to_directory(stored);
            return;
        }
        let noted = self.note_for_search(channel, sequence, stored);
        if let Err(error) = noted.and_then(|()| self.show_line(channel, sequence, stored)) {
            tracing::warn!("a line could not be shown: {error}");
        }
        let part = self.state.channel(channel);
        if let Some(account) = stored.account {
            part.typing.remove(&account);
        }
        let mine = stored.account == Some(self.state.me.account);
        if let (Some(from), true, false) = (stored.account, stored.is_message(), mine)
            && self.state.caught_up
            && !self.state.is_ignored(stored.account)
        {
            let (mentioned, text) = self.told_of(stored);
            self.tell(SessionUpdate::Message {
                channel,
                from,
                mentioned,
                text,
            })
            .await;
        }
    }

    /// Shows an event's line in the open channel, or what it does to another one's.
    pub(super) fn show_line(
        &mut self,
        channel: ChannelId,
        sequence: u64,
        stored: &StoredEvent,
    ) -> Result<(), Ended> {
        if let Some((target, _)) = Act::of(stored) {
            return self.refresh_marked(channel, &target);
        }
        let part = self.state.channel(channel);
        let has_present = part.has_present();
        if self.state.open != Some(channel) || !has_present {
            return Ok(());
        }
        let line = self
            .state
            .marked_line(&self.database, &channel, sequence, stored)?;
        if let Some(line) = line {
            self.state.files.know(stored);
            self.state.channel(channel).join(sequence, line);
        }
        Ok(())
    }

    /// Whether a message names oneself, and how it begins.
    pub(super) fn told_of(&self, stored: &StoredEvent) -> (bool, Option<String>) {
        let Verdict::Opened(content) = &stored.verdict else {
            return (false, None);
        };
        let (EventBody::Text { text, .. } | EventBody::Files { text, .. }) = &content.body else {
            return (false, None);
        };
        let role = stored.role.unwrap_or(Role::Member);
        let mentioned = is_mentioned(text, &my_name(&self.state), role);
        (mentioned, excerpt(&content.body))
    }

    fn apply_to_directory(&mut self, stored: &StoredEvent) {
        let (Some(roster), Verdict::Opened(content)) = (&self.state.roster, &stored.verdict) else {
            return;
        };
        let Some(author) = author(stored, roster.view()) else {
            return;
        };
        if let (EventBody::RecoveryCheckpoint { counter, .. }, true) =
            (&content.body, author.account == self.state.me.account)
        {
            self.state.recovery.checkpoint(*counter);
        }
        self.state.apply_to_directory(author, &content.body);
        if matches!(content.body, EventBody::Profile { .. }) {
            self.refresh_lines();
        }
    }

    /// Tries again to open what waits for one of these keys.
    pub(super) fn keys_came(&mut self) -> Result<(), Ended> {
        let Some(roster) = self.state.roster.clone() else {
            return Ok(());
        };
        let mut opened = 0;
        let waiting: Vec<(ChannelId, u64)> = self
            .state
            .channels
            .iter()
            .flat_map(|(id, part)| part.waiting.keys().map(|sequence| (*id, *sequence)))
            .collect();
        for (channel, sequence) in waiting {
            opened += u32::from(self.key_came(channel, sequence, &roster)?);
        }
        if opened > 0 {
            self.refresh_lines();
            self.introduce_myself();
        }
        self.state.dirty = true;
        Ok(())
    }

    /// Tries again to open one event; whether that is settled now.
    fn key_came(
        &mut self,
        channel: ChannelId,
        sequence: u64,
        roster: &Roster,
    ) -> Result<bool, Ended> {
        let key = channel_key(&channel, sequence);
        let Some(row) = self.database.get(Table::Event, &key)? else {
            return Ok(false);
        };
        let Ok(mut stored) = minicbor::decode::<StoredEvent>(&row) else {
            return Ok(false);
        };
        let Verdict::Waiting {
            bytes,
            roster_length,
            ..
        } = &stored.verdict
        else {
            return Ok(false);
        };
        let bytes = bytes.clone();
        let length = *roster_length;
        let Ok(checked) = Checked::again(sequence, &bytes, length) else {
            return Ok(false);
        };
        let result = open_event(&checked, &self.state.keys, roster);
        let judged = judge(&result, &bytes, length);
        if matches!(judged.verdict, Verdict::Waiting { .. }) {
            return Ok(false);
        }
        if let Err(OpenError::Tampered | OpenError::BadSignature) = &result {
            self.reject_key(&checked)?;
        }
        let sent = self.echo(channel, &checked, &judged.verdict)?;
        stored.verdict = judged.verdict;
        stored.role = judged.role;
        marks::erase_if_taken_back(&self.database, &channel, &mut stored)?;
        let erased = marks::erased_by(&self.database, &channel, &stored)?;
        let named = self.state.private_name_in(&channel, &stored);
        let lifetime = self.state.private_lifetime_in(&channel, sequence, &stored);
        let now_ms = self.state.clock.now_ms();
        let transaction = self.database.begin()?;
        transaction.put(Table::Event, &key, &encode(&stored))?;
        transaction.delete(Table::Waiting, &key)?;
        marks::put_rows(&transaction, &channel, sequence, &stored)?;
        if let Some(erased) = &erased {
            erased.put(&transaction)?;
        }
        if let Some(order) = sent {
            transaction.delete(Table::Outbox, &channel_key(&channel, order))?;
        }
        if let Some(info) = &named {
            put_name(&transaction, &channel, info)?;
        }
        if let Some(lifetime) = lifetime {
            put_lifetime(&transaction, &channel, lifetime)?;
            self.state.directory.lifetimes.insert(channel, lifetime);
        }
        let place = (channel, sequence);
        let vanishes = vanishing::put_row(&transaction, place, &stored, now_ms)?;
        transaction.commit()?;
        self.state.vanishes_ms = self.state.vanishes_ms.min(vanishes);
        if let Some(order) = sent {
            self.state.channel(channel).has_arrived(order);
        }
        self.note_for_search(channel, sequence, &stored)?;
        self.state.channel(channel).waiting.remove(&sequence);
        if channel == self.state.directory_id() {
            self.apply_to_directory(&stored);
        } else if let Some(info) = named {
            self.take_private_name(channel, info);
        }
        Ok(true)
    }

    /// A granted key did not open its event: it goes, and is granted on to nobody.
    fn reject_key(&mut self, checked: &Checked) -> Result<(), Ended> {
        let header = checked.header();
        let name = WantedKey {
            group: header.group,
            epoch: header.epoch,
            channel: header.channel,
        };
        if let Some(grantor) = self.state.keys.reject_granted(&name, &header.key_id) {
            tracing::warn!("a key of device {grantor} did not open its message and was dropped");
        }
        let changes = self.state.keys.drain_changes();
        let transaction = self.database.begin()?;
        put_changes(&transaction, Table::Keys, changes)?;
        Ok(transaction.commit()?)
    }

    /// Whether an event waits for this very key.
    pub(super) fn awaits(&self, granted: &GrantedKey) -> bool {
        let id = KeyRing::id_of(granted);
        let part = self.state.channels.get(&granted.channel);
        part.is_some_and(|part| {
            part.waiting.values().any(|awaited| {
                (awaited.wanted.group, awaited.wanted.epoch) == (granted.group, granted.epoch)
                    && Some(awaited.key_id) == id
            })
        })
    }

    /// Every key that an event waits for.
    pub(super) fn wanted_keys(&self) -> Vec<WantedKey> {
        let mut wanted: Vec<_> = Vec::new();
        let channels = self.state.channels.iter();
        for (channel, part) in channels.filter(|(id, _)| self.state.knows_channel(id)) {
            let waiting = part.waiting.values();
            let asks_all = self.state.may_have_belonged_earlier(channel);
            let mine = waiting.filter(|one| {
                let sealed_in = (&one.wanted.group, one.wanted.epoch);
                let length = one.roster_length;
                asks_all || !self.state.is_before_me(channel, length, sealed_in)
            });
            wanted.extend(mine.map(|awaited| awaited.wanted));
        }
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// Marks a channel as read up to its end, and writes that down.
    pub(super) fn mark_read(&mut self, channel: ChannelId) -> Result<(), Ended> {
        let part = self.state.channel(channel);
        let end = part.checker.position().sequence;
        if part.unread == 0 && part.read_to == end {
            return Ok(());
        }
        (part.unread, part.mentions) = (0, 0);
        part.read_to = end;
        let row = stream_row(part);
        let transaction = self.database.begin()?;
        transaction.put(Table::Stream, &channel.0, &encode(&row))?;
        transaction.commit()?;
        self.state.dirty = true;
        Ok(())
    }
}

pub(super) fn stream_row(part: &super::state::ChannelState) -> StreamRow {
    StreamRow {
        checker: part.checker.to_bytes().into(),
        unread: part.unread,
        read_to: part.read_to,
        mentions: Some(part.mentions),
    }
}

pub(super) fn stream_at(
    database: &crate::local::Database,
    channel: &ChannelId,
    sequence: u64,
) -> Option<Hash> {
    let row = database
        .get(Table::Event, &channel_key(channel, sequence))
        .ok()??;
    minicbor::decode::<StoredEvent>(&row)
        .ok()
        .map(|stored| stored.stream)
}

/// Whether an event fits its stream, and the member list that it was compared with.
enum Fits {
    Yes(Arc<Roster>, Box<Checked>),
    /// Refused for good.
    No(Arc<Roster>, StreamError),
    /// It came before, or comes again.
    Here,
}

/// What an event turned out to be.
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    pub(super) outcome: Outcome,
    role: Option<Role>,
}

pub(super) fn judge(
    opened: &Result<VerifiedEvent, OpenError>,
    bytes: &[u8],
    roster_length: u64,
) -> Judged {
    Judged {
        verdict: verdict(opened, bytes, roster_length),
        outcome: Outcome::of(opened),
        role: opened.as_ref().ok().map(VerifiedEvent::role),
    }
}

fn verdict(opened: &Result<VerifiedEvent, OpenError>, bytes: &[u8], roster_length: u64) -> Verdict {
    let bytes = || bytes.to_vec().into();
    match opened {
        Ok(event) => Verdict::Opened(event.content().clone()),
        Err(OpenError::MissingKey(wanted)) => Verdict::Waiting {
            wanted: *wanted,
            bytes: bytes(),
            roster_length,
        },
        // Signed by its sender, and a link of their chain: only its words are of a later version.
        Err(OpenError::UnknownContent) => Verdict::Refused {
            reason: say!("engine-newer-version").into(),
            bytes: bytes(),
        },
        Err(OpenError::NotForThem) => Verdict::Refused {
            reason: say!("notice-not-theirs-to-write").into(),
            bytes: bytes(),
        },
        Err(error) => Verdict::Refused {
            reason: say!("notice-message-refused", reason = error.to_string()),
            bytes: bytes(),
        },
    }
}

/// CBOR in memory: cannot fail.
pub(super) fn encode<T: minicbor::Encode<()>>(value: &T) -> Vec<u8> {
    dialtone_protocol::strict::encode(value)
}
