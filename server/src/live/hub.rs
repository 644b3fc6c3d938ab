//! Who is connected, and handing out what happens to whom it concerns.
//!
//! One lock orders everything that is handed out, so that what was accepted first is queued first for everybody. Under
//! it nothing waits: a full queue cuts its reader.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use dialtone_protocol::frame::{CallState, ServerFrame};
use dialtone_protocol::roster::{Role, Roster};
use dialtone_protocol::{AccountId, DeviceId, Hash};
use dialtone_store::TokenHash;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::abroad::Abroad;
use super::audience::{Audience, Seat};
use super::greeting::{Greeting, MANY};
use super::outgoing::{Frame, Stream};
use super::queue::{Receiver, Sender, queue};
use super::streams::Streams;
use crate::auth::Session;
use crate::bus::{News, Outlet, PIECE};
use crate::channels::access::Readers;

/// Frames that may wait for one reader.
pub(crate) const QUEUE: usize = 1024;

/// So many who came or went are told of one by one, which every client understands.
const FEW: usize = 3;

/// Why a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CutReason {
    /// The server stops.
    Stopping,
    /// Its queue was full, or its socket took nothing for too long.
    TooSlow,
    /// The session ended, the device was revoked, or the member is out.
    SessionEnded,
    /// Too many frames that cannot be used.
    BadFrames,
    /// The device connected again.
    Replaced,
    /// The database cannot be read.
    Later,
}

impl CutReason {
    /// The close code (RFC 6455, 7.4) and the words with it.
    pub(crate) fn close(self) -> (u16, &'static str) {
        match self {
            Self::Stopping => (1001, "the server stops: connect again"),
            Self::TooSlow => (4000, "too slow: connect again and resume"),
            Self::SessionEnded => (4001, "the session ended: sign in again"),
            Self::BadFrames => (4002, "too many bad frames"),
            Self::Replaced => (4003, "this device connected again"),
            Self::Later => (1013, "the server cannot read its database: try again later"),
        }
    }
}

/// Names one connection of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ConnectionId(u64);

/// Cuts a connection, once, with a reason.
#[derive(Clone, Default)]
pub(crate) struct Cut {
    reason: Arc<Mutex<Option<CutReason>>>,
    token: CancellationToken,
}

impl Cut {
    /// Cuts; the first reason stays.
    pub(crate) fn cut(&self, reason: CutReason) {
        self.reason.lock().get_or_insert(reason);
        self.token.cancel();
    }

    /// Waits until it is cut.
    pub(crate) async fn wait(&self) -> CutReason {
        self.token.cancelled().await;
        self.reason().unwrap_or(CutReason::Stopping)
    }

    /// Why it was cut, if it was.
    pub(crate) fn reason(&self) -> Option<CutReason> {
        *self.reason.lock()
    }
}

struct Connection {
    seat: Seat,
    session: TokenHash,
    since: Instant,
    /// Nobody touches its computer, it says.
    away: bool,
    /// Gets the streams, not only what is for this moment.
    subscribed: bool,
    queue: Sender<Frame>,
    cut: Cut,
}

/// A connection's end of the hub.
pub(crate) struct Registration {
    pub(crate) id: ConnectionId,
    pub(crate) queue: Receiver<Frame>,
    pub(crate) cut: Cut,
}

/// What waits for the connected devices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Queues {
    /// Connected devices.
    pub(crate) devices: usize,
    /// Frames that wait for all of them.
    pub(crate) waiting: usize,
    /// Frames that wait for the one that is furthest behind.
    pub(crate) longest: usize,
    /// Frames that were queued since the server began.
    pub(crate) delivered: u64,
}

#[derive(Default)]
pub(super) struct Inner {
    /// To the other instances.
    pub(super) outlet: Outlet,
    /// How often the other instances were told of all who are here.
    pub(super) tellings: u64,
    /// How far streams were handed out; with one instance nobody asks.
    pub(super) streams: Option<Streams>,
    /// Who is connected to the others.
    pub(super) abroad: Abroad,
    delivered: u64,
    next: u64,
    connections: HashMap<ConnectionId, Connection>,
    by_device: HashMap<DeviceId, ConnectionId>,
    /// Devices of members that are connected here.
    pub(super) online: BTreeSet<DeviceId>,
    /// Who came or went, and has not been told of yet.
    news: BTreeMap<DeviceId, bool>,
    /// Made for many who come, until there is news.
    greeting: Option<Arc<Greeting>>,
    /// Who came or went here, of which the other instances have not been told yet.
    own_news: BTreeMap<DeviceId, bool>,
    stopping: bool,
}

/// All connections.
#[derive(Default)]
pub(crate) struct Hub {
    pub(super) inner: Mutex<Inner>,
    /// There is news of who came or went; also when the hub is gone.
    stirred: Arc<Notify>,
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.stirred.notify_one();
    }
}

impl Inner {
    /// To who is connected anywhere.
    fn send_everywhere(&mut self, audience: &Audience<'_>, frame: &Frame) {
        self.outlet.tell(|| News::Frame {
            to: audience.to(),
            place: frame.stream.place(),
            bytes: frame.bytes.clone(),
        });
        self.send(audience, frame);
    }

    /// To who is connected here.
    pub(super) fn send(&mut self, audience: &Audience<'_>, frame: &Frame) {
        let mut placed = None;
        if let Some(streams) = &mut self.streams {
            placed = Some(streams.hand_out(frame.clone()));
        }
        let frame = placed.as_ref().unwrap_or(frame);
        let stream = frame.stream != Stream::None;
        for connection in self.connections.values() {
            if (stream && !connection.subscribed) || !audience.has(&connection.seat) {
                continue;
            }
            if connection.queue.try_send(frame.clone()).is_err() {
                connection.cut.cut(CutReason::TooSlow);
            } else {
                self.delivered += 1;
            }
        }
    }

    pub(super) fn is_online(&self, device: &DeviceId) -> bool {
        self.online.contains(device) || self.abroad.is_online(device)
    }

    /// For how many milliseconds a device has been connected here.
    pub(super) fn connected_for(&self, device: &DeviceId) -> Option<u64> {
        let connection = self.connections.get(self.by_device.get(device)?)?;
        u64::try_from(connection.since.elapsed().as_millis()).ok()
    }

    /// Devices of members that are connected, to whichever instance.
    pub(super) fn online(&self) -> Vec<DeviceId> {
        let mut online = self.online.clone();
        online.extend(self.abroad.online());
        online.into_iter().collect()
    }

    /// Those of them that are away.
    pub(super) fn away(&self) -> Vec<DeviceId> {
        let mut away = self.away_here();
        away.extend(self.abroad.away());
        away.into_iter().collect()
    }

    pub(super) fn away_here(&self) -> BTreeSet<DeviceId> {
        let away = self.connections.values();
        let away = away.filter(|one| one.seat.role.is_some() && one.away);
        away.map(|one| one.seat.device).collect()
    }

    /// Tells the members that nobody is at a device, or somebody is again.
    pub(super) fn tell_away(&mut self, device: DeviceId, away: bool) {
        self.greeting = None;
        let devices = vec![device];
        let frame = Frame::plain(&ServerFrame::Away { devices, away });
        self.send(&Audience::MembersBut(device), &frame);
    }

    fn tell_others(&mut self) {
        let news: Vec<_> = std::mem::take(&mut self.own_news).into_iter().collect();
        for news in news.chunks(PIECE) {
            let those = |wanted| {
                let news = news.iter().filter(move |(_, online)| *online == wanted);
                news.map(|(device, _)| *device)
            };
            let age = |device: &DeviceId| self.connected_for(device).unwrap_or_default();
            self.outlet.tell(|| News::Presence {
                online: those(true).map(|device| (device, age(&device))).collect(),
                offline: those(false).collect(),
            });
        }
    }

    /// Tells the members who came and went.
    pub(super) fn tell_presence(&mut self) {
        self.tell_others();
        let news = std::mem::take(&mut self.news);
        if !news.is_empty() {
            self.greeting = None;
        }
        if news.len() <= FEW {
            for (device, online) in news {
                let frame = Frame::plain(&ServerFrame::Presence { device, online });
                self.send(&Audience::MembersBut(device), &frame);
            }
            return;
        }
        let news: Vec<_> = news.into_iter().collect();
        for news in news.chunks(MANY) {
            let those = |wanted| {
                let news = news.iter().filter(|(_, online)| *online == wanted);
                news.map(|(device, _)| *device).collect()
            };
            let frame = Frame::plain(&ServerFrame::Presences {
                online: those(true),
                offline: those(false),
            });
            self.send(&Audience::Members, &frame);
        }
    }
}

impl Hub {
    /// One that tells the other instances by `outlet`.
    pub(crate) fn new(outlet: Outlet) -> Self {
        let hub = Self::default();
        hub.inner.lock().outlet = outlet;
        hub
    }

    /// Takes in a connection. An older one of the same device is cut. It gets what is for this moment at once, streams
    /// only after [`Hub::subscribe`].
    pub(crate) fn register(
        &self,
        session: &Session,
        role: impl FnOnce() -> Option<Role>,
    ) -> Registration {
        let (sender, queue) = queue(QUEUE);
        let device = session.device;
        let cut = Cut::default();
        let mut inner = self.inner.lock();
        // Asked for in here: an entry that changes it is told after it is in memory, so that it is seen here or told to
        // this connection.
        let role = role();
        let id = ConnectionId(inner.next);
        inner.next += 1;
        let older = inner.by_device.insert(device, id);
        if let Some(older) = older.and_then(|older| inner.connections.get(&older)) {
            older.cut.cut(CutReason::Replaced);
        }
        if inner.stopping {
            cut.cut(CutReason::Stopping);
        }
        inner.connections.insert(
            id,
            Connection {
                seat: Seat {
                    device,
                    account: session.account,
                    role,
                },
                session: session.token,
                since: Instant::now(),
                away: false,
                subscribed: false,
                queue: sender,
                cut: cut.clone(),
            },
        );
        if older.is_none() && role.is_some() {
            self.note_presence(&mut inner, device, true);
        }
        Registration { id, queue, cut }
    }

    /// Lets a connection go. `true`: it was the device's own, and the device is offline now.
    pub(crate) fn unregister(&self, id: ConnectionId) -> bool {
        let mut inner = self.inner.lock();
        let Some(gone) = inner.connections.remove(&id) else {
            return false;
        };
        let Seat { device, role, .. } = gone.seat;
        if inner.by_device.get(&device) != Some(&id) {
            return false;
        }
        inner.by_device.remove(&device);
        if role.is_some() {
            self.note_presence(&mut inner, device, false);
        }
        true
    }

    /// Streams from here on, or no longer.
    pub(crate) fn subscribe(&self, id: ConnectionId, subscribed: bool) {
        if let Some(connection) = self.inner.lock().connections.get_mut(&id) {
            connection.subscribed = subscribed;
        }
    }

    /// What waits, and how much was handed out.
    pub(crate) fn queues(&self) -> Queues {
        let inner = self.inner.lock();
        let mut queues = Queues {
            devices: inner.by_device.len(),
            delivered: inner.delivered,
            ..Queues::default()
        };
        for connection in inner.connections.values() {
            let waiting = connection.queue.waiting();
            queues.waiting += waiting;
            queues.longest = queues.longest.max(waiting);
        }
        queues
    }

    /// Whether a member's device is connected, to whichever instance.
    pub(crate) fn is_online(&self, device: &DeviceId) -> bool {
        self.inner.lock().is_online(device)
    }

    /// Devices of members that are connected, to whichever instance.
    pub(crate) fn online(&self) -> Vec<DeviceId> {
        self.inner.lock().online()
    }

    /// What a member who comes now is told of who is there.
    pub(super) fn greeting(&self) -> Arc<Greeting> {
        let mut inner = self.inner.lock();
        if let Some(greeting) = &inner.greeting {
            return Arc::clone(greeting);
        }
        let greeting = Arc::new(Greeting::of(inner.online(), &inner.away()));
        if greeting.is_for_all {
            inner.greeting = Some(Arc::clone(&greeting));
        }
        greeting
    }

    /// A device is away now, or is there: told to the others if that is new.
    pub(crate) fn set_away(&self, device: DeviceId, away: bool) {
        let mut inner = self.inner.lock();
        let id = inner.by_device.get(&device).copied();
        let connection = id.and_then(|id| inner.connections.get_mut(&id));
        let Some(connection) = connection else { return };
        let is_new = std::mem::replace(&mut connection.away, away) != away;
        let is_member = connection.seat.role.is_some();
        if is_new && is_member {
            // That it is there is known before.
            inner.tell_presence();
            inner.outlet.tell(|| News::Away { device, away });
            inner.tell_away(device, away);
        }
    }

    /// What is stored now, to those who may read it.
    pub(crate) fn publish(&self, frames: &[(Frame, Readers)]) {
        let mut inner = self.inner.lock();
        for (frame, readers) in frames {
            inner.send_everywhere(&Audience::Readers(readers), frame);
        }
    }

    /// An entry of the roster, to everybody who is connected here, who waits for admission too; then who is out is cut and shows as
    /// offline, and who was let in shows as online.
    pub(crate) fn publish_entry(&self, index: u64, entry: &[u8], roster: &Roster) {
        let frame = Frame::entry(index, entry);
        let mut inner = self.inner.lock();
        inner.send(&Audience::Everybody, &frame);
        let mut changed = BTreeSet::new();
        for connection in inner.connections.values_mut() {
            let seat = &mut connection.seat;
            let role = roster.view().rank_of(&seat.device);
            if seat.role.is_some() && role.is_none() {
                connection.cut.cut(CutReason::SessionEnded);
            }
            if seat.role.is_some() != role.is_some() {
                changed.insert((seat.device, role.is_some()));
            }
            seat.role = role;
        }
        for (device, online) in changed {
            self.note_presence(&mut inner, device, online);
        }
    }

    fn note_presence(&self, inner: &mut Inner, device: DeviceId, online: bool) {
        let before = inner.is_online(&device);
        if online {
            inner.online.insert(device);
        } else {
            inner.online.remove(&device);
        }
        inner.own_news.insert(device, online);
        self.note_changes(inner, BTreeMap::from([(device, before)]));
        self.stirred.notify_one();
    }

    /// What is told of devices that were online before, or not. Gives those that came.
    pub(super) fn note_changes(
        &self,
        inner: &mut Inner,
        before: BTreeMap<DeviceId, bool>,
    ) -> Vec<DeviceId> {
        let mut came = Vec::new();
        for (device, was_online) in before {
            let online = inner.is_online(&device);
            if online == was_online {
                continue;
            }
            inner.news.insert(device, online);
            if online {
                came.push(device);
            }
            self.stirred.notify_one();
        }
        came
    }

    /// Notified when somebody came or went, or the hub is gone.
    pub(super) fn stirred(&self) -> Arc<Notify> {
        Arc::clone(&self.stirred)
    }

    /// Tells the members who came and went since they were told last.
    pub(super) fn tell_presence(&self) {
        self.inner.lock().tell_presence();
    }

    /// A knock, to admins.
    pub(crate) fn publish_knock(&self, account: AccountId, knock: &[u8]) {
        let frame = Frame::plain(&ServerFrame::Knock {
            account,
            knock: knock.to_vec().into(),
        });
        let mut inner = self.inner.lock();
        inner.send_everywhere(&Audience::Admins, &frame);
    }

    /// A call's state, to those who may see its channel.
    pub(crate) fn publish_call(&self, call: CallState, readers: &Readers) {
        let audience = Audience::Readers(readers);
        let mut inner = self.inner.lock();
        inner.outlet.tell(|| News::Call {
            call: call.clone(),
            to: audience.to(),
        });
        inner.send(&audience, &Frame::call(call));
    }

    /// The state of another instance's call, to those here who may see its channel.
    pub(crate) fn show_call(&self, call: CallState, readers: &Readers) {
        self.publish_here(&Frame::call(call), readers);
    }

    /// A frame to those of its readers who are connected to this instance.
    pub(crate) fn publish_here(&self, frame: &Frame, readers: &Readers) {
        let mut inner = self.inner.lock();
        inner.send(&Audience::Readers(readers), frame);
    }

    /// To those who may read it, but one device.
    pub(crate) fn send_to_readers(&self, readers: &Readers, but: DeviceId, frame: &ServerFrame) {
        let frame = Frame::plain(frame);
        let audience = Audience::ReadersBut(readers, but);
        self.inner.lock().send_everywhere(&audience, &frame);
    }

    /// To these devices, where they are connected.
    pub(crate) fn send_to(&self, devices: &[DeviceId], frame: &ServerFrame) {
        let frame = Frame::plain(frame);
        let mut inner = self.inner.lock();
        inner.send_everywhere(&Audience::Devices(devices), &frame);
    }

    /// To every member's device but one.
    pub(crate) fn send_to_others(&self, but: DeviceId, frame: &ServerFrame) {
        let frame = Frame::plain(frame);
        let mut inner = self.inner.lock();
        inner.send_everywhere(&Audience::MembersBut(but), &frame);
    }

    /// Ends a device's connections, to whichever instance.
    pub(crate) fn end_device(&self, device: DeviceId) {
        self.inner.lock().outlet.tell(|| News::EndDevice { device });
        self.cut_here(&device, CutReason::SessionEnded);
    }

    /// Ends the connection that a session opened, to whichever instance.
    pub(crate) fn end_session(&self, session: &TokenHash) {
        let token = Hash(session.0);
        self.inner.lock().outlet.tell(|| News::EndSession { token });
        self.cut_session(session, CutReason::SessionEnded);
    }

    /// Cuts a device's connection to this instance.
    pub(crate) fn cut_here(&self, device: &DeviceId, reason: CutReason) {
        self.cut_where(reason, |connection| connection.seat.device == *device);
    }

    /// Cuts the connection to this instance that a session opened.
    pub(crate) fn cut_session(&self, session: &TokenHash, reason: CutReason) {
        self.cut_where(reason, |connection| connection.session == *session);
    }

    /// Cuts everybody, and who comes later.
    pub(crate) fn stop(&self) {
        self.inner.lock().stopping = true;
        self.cut_where(CutReason::Stopping, |_| true);
    }

    fn cut_where(&self, reason: CutReason, which: impl Fn(&Connection) -> bool) {
        let inner = self.inner.lock();
        let hit = inner.connections.values().filter(|one| which(one));
        hit.for_each(|connection| connection.cut.cut(reason));
    }
}
