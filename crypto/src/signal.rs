//! Sealed signals: call signalling and typing, which are never stored.
//!
//! ```text
//! key  = HKDF(MLS-Exporter("dialtone/v1/signal", group id || epoch, 32), "scope" || CBOR of the scope)
//! body = XChaCha20-Poly1305(key, nonce, aad = header, padded plaintext || signature), as an event's
//! ```
//!
//! The counter of each (device, stream) only grows: what comes twice or late is dropped. Secrets are erased 10 s after their epoch,
//! like those of voice: a signal is of use only while it is new.

use std::collections::BTreeMap;
use std::time::Instant;

use dialtone_protocol::content::SignalContent;
use dialtone_protocol::roster::{Roster, RosterPosition};
use dialtone_protocol::sealed::{
    SEALED_VERSION, SIGNAL_LIMIT, SealedSignal, SignalHeader, SignalScope,
};
use dialtone_protocol::signing::Purpose;
use dialtone_protocol::strict::{self, StrictError};
use dialtone_protocol::{AccountId, CommunityId, DeviceId, GroupId, KeyId, StreamId};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::group::{Group, SignalSecret};
use crate::keys::DeviceKey;
use crate::labels;
use crate::media::KEY_KEPT;
use crate::message::{OpenError, SealError, open_signed, seal_signed, unpad};
use crate::primitives::{self, Secret};

/// Streams whose counters are remembered for each device: the newest; a device has one for each call and channel.
const STREAMS_PER_DEVICE: usize = 64;
/// The most secrets of epochs that have ended that are held at a time.
const MOST_ENDED: usize = 7;

/// Why a signal is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignalError {
    /// The epoch's secret is not here: the commit comes, or the signal is late.
    #[error("this signal belongs to an epoch whose key is not here")]
    MissingKey {
        /// Whose.
        group: GroupId,
        /// Which.
        epoch: u64,
    },
    /// It names entries of the roster that are not here. Fetch them; if it is signed and the server does not give them
    /// within 10 s, warn.
    #[error("the member list must be fetched first, up to entry {}", .position.length)]
    NeedRoster {
        /// What it names.
        position: RosterPosition,
        /// Signed by a device of the member list that is here; else anybody may have written it.
        signed: bool,
    },
    /// The sender knows another member list.
    #[error(
        "the server shows you and the sender of this signal different member lists: do not trust this server"
    )]
    RosterForked,
    /// It belongs to another community, or is for another device.
    #[error("this signal is for somebody else")]
    Foreign,
    /// It came before, or later ones came before it.
    #[error("this signal came before")]
    Replayed,
    /// Its bytes are not a signal.
    #[error("this signal cannot be read: {0}")]
    Malformed(#[from] StrictError),
    /// As for events.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// A signal that is about to be sealed.
pub struct SignalDraft<'a> {
    /// Where.
    pub community: CommunityId,
    /// What it belongs to.
    pub scope: SignalScope,
    /// For whom; `None`: everybody in the scope.
    pub to: Option<DeviceId>,
    /// The sender's stay.
    pub stream: StreamId,
    /// From 1, counted by the caller for each stream.
    pub counter: u64,
    /// The newest roster that this device knows.
    pub roster: RosterPosition,
    /// What it says.
    pub content: &'a SignalContent,
}

/// Seals a signal. The caller has passed the send gate.
///
/// # Errors
/// When it is too long.
pub fn seal_signal(
    secret: &SignalSecret,
    device: &DeviceKey,
    draft: &SignalDraft<'_>,
    rng: &mut dyn CryptoRngCore,
) -> Result<Vec<u8>, SealError> {
    let key = scope_key(secret, &draft.scope);
    let header = SignalHeader {
        version: SEALED_VERSION,
        community: draft.community,
        group: secret.group,
        epoch: secret.epoch,
        key_id: key_id(&key),
        scope: draft.scope,
        device: device.id(),
        to: draft.to,
        stream: draft.stream,
        counter: draft.counter,
        roster: draft.roster,
    };
    let header = strict::encode(&header);
    let plain = Zeroizing::new(strict::encode(draft.content));
    let (nonce, body) = seal_signed(
        &key,
        device,
        Purpose::Signal,
        &draft.community,
        &header,
        &plain,
        rng,
    )?;
    let bytes = strict::encode(&SealedSignal {
        header: header.into(),
        nonce: nonce.to_vec().into(),
        body: body.into(),
    });
    if bytes.len() > SIGNAL_LIMIT {
        return Err(SealError::TooLong {
            limit: SIGNAL_LIMIT,
        });
    }
    Ok(bytes)
}

/// A signal whose sender and content are beyond doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedSignal {
    header: SignalHeader,
    account: AccountId,
    content: SignalContent,
}

impl VerifiedSignal {
    /// The clear part.
    pub fn header(&self) -> &SignalHeader {
        &self.header
    }

    /// Whose device sent it.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// What it says.
    pub fn content(&self) -> &SignalContent {
        &self.content
    }
}

/// Opens signals, and remembers which came.
pub struct SignalOpener {
    community: CommunityId,
    own: DeviceId,
    /// Of each group the present epoch's is its last.
    secrets: Vec<HeldSecret>,
    counters: BTreeMap<DeviceId, Vec<(StreamId, u64)>>,
}

struct HeldSecret {
    /// In a place of its own: moved about in the list it would leave copies that nobody erases.
    secret: Box<SignalSecret>,
    /// When its epoch ended.
    ended: Option<Instant>,
}

impl HeldSecret {
    fn is_of(&self, group: GroupId, epoch: u64) -> bool {
        (self.secret.group, self.secret.epoch) == (group, epoch)
    }
}

impl SignalOpener {
    /// For this device in a community.
    pub fn new(community: CommunityId, own: DeviceId) -> Self {
        Self {
            community,
            own,
            secrets: Vec::new(),
            counters: BTreeMap::new(),
        }
    }

    /// The group is in a new epoch at `now`: takes in its secret, as [`add`](Self::add) does. Of a group that gives none, nothing opens.
    pub fn follow(&mut self, group: &Group, now: Instant) {
        if let Ok(secret) = group.signal_secret() {
            self.add(secret, now);
        }
    }

    /// Takes in the secret of an epoch that begins. Those of the same group that are here begin to run out at `now`.
    pub fn add(&mut self, secret: SignalSecret, now: Instant) {
        self.end(secret.group, now);
        self.secrets
            .retain(|held| !held.is_of(secret.group, secret.epoch));
        let ended = self.secrets.iter().filter(|held| held.ended.is_some());
        if ended.count() > MOST_ENDED {
            let oldest = self.secrets.iter().position(|held| held.ended.is_some());
            oldest.map(|oldest| self.secrets.remove(oldest));
        }
        self.secrets.push(HeldSecret {
            secret: Box::new(secret),
            ended: None,
        });
    }

    /// The group was left at `now`: what is here of it begins to run out.
    pub fn end(&mut self, group: GroupId, now: Instant) {
        let of_group = self.secrets.iter_mut();
        for held in of_group.filter(|held| held.secret.group == group) {
            held.ended.get_or_insert(now);
        }
    }

    /// Erases the secrets of epochs that ended 10 s ago. The owner calls it now and then.
    pub fn expire(&mut self, now: Instant) {
        let kept = |ended| now.saturating_duration_since(ended) < KEY_KEPT;
        self.secrets.retain(|held| held.ended.is_none_or(kept));
    }

    /// Opens one signal.
    ///
    /// # Errors
    /// [`SignalError`]
    pub fn open(&mut self, bytes: &[u8], roster: &Roster) -> Result<VerifiedSignal, SignalError> {
        let (sealed, header) = SealedSignal::read(bytes)?;
        if header.community != self.community || header.to.is_some_and(|to| to != self.own) {
            return Err(SignalError::Foreign);
        }
        let mut secrets = self.secrets.iter();
        let held = secrets.find(|held| held.is_of(header.group, header.epoch));
        let held = held.ok_or(SignalError::MissingKey {
            group: header.group,
            epoch: header.epoch,
        })?;
        let key = scope_key(&held.secret, &header.scope);
        if key_id(&key) != header.key_id {
            return Err(OpenError::Fork.into());
        }
        // Signals live now: the newest roster counts, not the one that is named.
        let device = roster
            .view()
            .device_at(&header.device, roster.position().length);
        let Some(device) = device else {
            return Err(match roster.contains(&header.roster) {
                None => SignalError::NeedRoster {
                    position: header.roster,
                    signed: false,
                },
                Some(_) => OpenError::NotActive.into(),
            });
        };
        let padded = open_signed(
            &key,
            &device.keys.signature_key,
            Purpose::Signal,
            &header.community,
            (&sealed.header, &sealed.nonce, &sealed.body),
        )?;
        // Only what a member signed says something about the server's member list.
        match roster.contains(&header.roster) {
            Some(true) => {}
            Some(false) => return Err(SignalError::RosterForked),
            None => {
                return Err(SignalError::NeedRoster {
                    position: header.roster,
                    signed: true,
                });
            }
        }
        self.count(&header)?;
        let plain = unpad(&padded).ok_or(OpenError::UnknownContent)?;
        let content = strict::decode(plain, SIGNAL_LIMIT).map_err(|_| OpenError::UnknownContent)?;
        Ok(VerifiedSignal {
            account: device.account,
            header,
            content,
        })
    }

    /// Counts a signal whose signature is right.
    fn count(&mut self, header: &SignalHeader) -> Result<(), SignalError> {
        let streams = self.counters.entry(header.device).or_default();
        let known = streams
            .iter_mut()
            .find(|(stream, _)| *stream == header.stream);
        match known {
            Some((_, last)) if header.counter <= *last => return Err(SignalError::Replayed),
            Some((_, last)) => *last = header.counter,
            None => {
                if streams.len() >= STREAMS_PER_DEVICE {
                    streams.remove(0);
                }
                streams.push((header.stream, header.counter));
            }
        }
        Ok(())
    }
}

pub(crate) fn scope_key(secret: &SignalSecret, scope: &SignalScope) -> Secret {
    let scope = strict::encode(scope);
    primitives::hkdf(&*secret.secret, &[labels::SIGNAL_SCOPE, &scope])
}

pub(crate) fn key_id(key: &Secret) -> KeyId {
    KeyId(*primitives::hkdf(&**key, &[labels::KEY_ID]))
}
