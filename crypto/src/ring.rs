//! The key ring: which key opens which event.
//!
//! ```text
//! own epochs   E  -> K = HKDF(E, "channel" || channel id) -> key_id = HKDF(K, "id")
//! granted      K, by a grant or an invite's pack: a candidate, used only where its key_id equals the event's
//! ```
//!
//! An own key whose id differs from the event's, for the same group and epoch, is a fork and never "missing".

use std::collections::{BTreeMap, BTreeSet};

use dialtone_protocol::sealed::{EventHeader, GrantedKey, WantedKey};
use dialtone_protocol::{ChannelId, DeviceId, GroupId, Hash, KeyId, strict};
use minicbor::{Decode, Encode};
use zeroize::{Zeroize as _, Zeroizing};

use crate::group::EpochSecret;
use crate::labels;
use crate::primitives::{self, Secret};
use crate::rows::RowChange;

/// The most candidates that are kept for one key: more only a liar sends.
const MOST_CANDIDATES: usize = 8;

/// `K`: seals and opens one channel's events of one epoch.
#[derive(Clone)]
pub struct ChannelKey {
    pub(crate) group: GroupId,
    pub(crate) epoch: u64,
    pub(crate) channel: ChannelId,
    pub(crate) secret: Secret,
}

impl ChannelKey {
    /// `key_id = HKDF(K, "id")`
    pub fn id(&self) -> KeyId {
        KeyId(*primitives::hkdf(&*self.secret, &[labels::KEY_ID]))
    }

    /// Whose, which epoch, which channel.
    pub fn name(&self) -> WantedKey {
        WantedKey {
            group: self.group,
            epoch: self.epoch,
            channel: self.channel,
        }
    }

    fn granted(&self) -> GrantedKey {
        GrantedKey {
            group: self.group,
            epoch: self.epoch,
            channel: self.channel,
            key: self.secret.to_vec().into(),
        }
    }
}

/// The key for an event.
pub enum KeyFound {
    /// This one.
    Found(ChannelKey),
    /// Nobody gave it yet.
    Missing(WantedKey),
    /// The sender's group is not this device's, though it has the same name and epoch: the server shows different people
    /// different groups.
    Fork,
}

/// Every key that this device has.
#[derive(Default)]
pub struct KeyRing {
    epochs: BTreeMap<(GroupId, u64), EpochSecret>,
    candidates: BTreeMap<WantedKey, Vec<Candidate>>,
    changed: BTreeSet<RowKeyOf>,
}

#[derive(Clone)]
struct Candidate {
    key: ChannelKey,
    grantor: Option<DeviceId>,
}

/// Which row of the ring.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
enum RowKeyOf {
    #[n(0)]
    Epoch(#[n(0)] GroupId, #[n(1)] u64),
    #[n(1)]
    Candidates(#[n(0)] WantedKey),
}

#[derive(Encode, Decode)]
struct StoredCandidate {
    #[n(0)]
    key: Hash,
    #[n(1)]
    grantor: Option<DeviceId>,
}

/// Why a key ring cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the saved keys are damaged; they will be asked for again")]
pub struct RingError;

impl KeyRing {
    /// From the rows that [`Self::drain_changes`] gave.
    ///
    /// # Errors
    /// When a row is not one of a key ring.
    pub fn load(rows: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>) -> Result<Self, RingError> {
        let mut ring = Self::default();
        for (key, value) in rows {
            let value = Zeroizing::new(value);
            let key: RowKeyOf = strict::decode(&key, 256).map_err(|_| RingError)?;
            ring.load_row(key, &value)?;
        }
        Ok(ring)
    }

    fn load_row(&mut self, key: RowKeyOf, value: &[u8]) -> Result<(), RingError> {
        match key {
            RowKeyOf::Epoch(group, epoch) => {
                // Rows of the first version end after the secret.
                let (secret, length) = value.split_at_checked(32).ok_or(RingError)?;
                let secret = <[u8; 32]>::try_from(secret).map_err(|_| RingError)?;
                let length = match length {
                    [] => None,
                    length => Some(<[u8; 8]>::try_from(length).map_err(|_| RingError)?),
                };
                let secret = EpochSecret {
                    group,
                    epoch,
                    length: length.map(u64::from_be_bytes),
                    secret: Zeroizing::new(secret),
                };
                self.epochs.insert((group, epoch), secret);
            }
            RowKeyOf::Candidates(name) => {
                let mut stored: Vec<StoredCandidate> =
                    strict::decode(value, 4096).map_err(|_| RingError)?;
                let candidates = stored.iter().map(|one| Candidate {
                    key: named(&name, Zeroizing::new(one.key.0)),
                    grantor: one.grantor,
                });
                self.candidates.insert(name, candidates.collect());
                for one in &mut stored {
                    one.key.0.zeroize();
                }
            }
        }
        Ok(())
    }

    /// Rows that changed since the last call, to be sealed and stored together with what changed them.
    pub fn drain_changes(&mut self) -> Vec<RowChange> {
        let changed = std::mem::take(&mut self.changed);
        let rows = changed.into_iter().map(|row| {
            let value = match &row {
                RowKeyOf::Epoch(group, epoch) => self.epochs.get(&(*group, *epoch)).map(epoch_row),
                RowKeyOf::Candidates(name) => self.candidates.get(name).map(|candidates| {
                    let stored = candidates.iter().map(|one| StoredCandidate {
                        key: Hash(*one.key.secret),
                        grantor: one.grantor,
                    });
                    strict::encode(&stored.collect::<Vec<_>>())
                }),
            };
            RowChange {
                key: strict::encode(&row),
                value: value.map(Zeroizing::new),
            }
        });
        rows.collect()
    }

    /// Takes in an epoch that this device was there for.
    pub fn insert_epoch(&mut self, secret: EpochSecret) {
        let name = (secret.group, secret.epoch);
        self.changed.insert(RowKeyOf::Epoch(name.0, name.1));
        self.epochs.insert(name, secret);
    }

    /// The roster length of the commit that made an epoch, if this device was there: it says who was to read it, whatever
    /// became of the group since.
    pub fn epoch_length(&self, group: &GroupId, epoch: u64) -> Option<u64> {
        self.epochs.get(&(*group, epoch))?.length
    }

    /// Takes in a key that somebody granted (`None`: by an invite's pack). `false`: it is not a key, is known already, or
    /// there are too many candidates of that name.
    pub fn insert_granted(&mut self, grantor: Option<DeviceId>, granted: &GrantedKey) -> bool {
        let Ok(secret) = <[u8; 32]>::try_from(granted.key.as_slice()) else {
            return false;
        };
        let name = WantedKey {
            group: granted.group,
            epoch: granted.epoch,
            channel: granted.channel,
        };
        let key = named(&name, Zeroizing::new(secret));
        let candidates = self.candidates.entry(name).or_default();
        let known = candidates.iter().any(|one| one.key.secret == key.secret);
        if known || candidates.len() >= MOST_CANDIDATES {
            return false;
        }
        candidates.push(Candidate { key, grantor });
        self.changed.insert(RowKeyOf::Candidates(name));
        true
    }

    /// The id of a granted key, to compare it with that of the event it is for. `None`: it is not a key.
    pub fn id_of(granted: &GrantedKey) -> Option<KeyId> {
        let secret = <[u8; 32]>::try_from(granted.key.as_slice()).ok()?;
        let name = WantedKey {
            group: granted.group,
            epoch: granted.epoch,
            channel: granted.channel,
        };
        Some(named(&name, Zeroizing::new(secret)).id())
    }

    /// Drops the granted key of this name and id: the event inside did not verify. Gives who granted it.
    pub fn reject_granted(&mut self, name: &WantedKey, id: &KeyId) -> Option<DeviceId> {
        let candidates = self.candidates.get_mut(name)?;
        let index = candidates.iter().position(|one| one.key.id() == *id)?;
        let rejected = candidates.remove(index);
        if candidates.is_empty() {
            self.candidates.remove(name);
        }
        self.changed.insert(RowKeyOf::Candidates(*name));
        rejected.grantor
    }

    /// The key for an event with this header.
    pub fn find(&self, header: &EventHeader) -> KeyFound {
        let name = WantedKey {
            group: header.group,
            epoch: header.epoch,
            channel: header.channel,
        };
        if let Some(own) = self.own(&name) {
            return if own.id() == header.key_id {
                KeyFound::Found(own)
            } else {
                KeyFound::Fork
            };
        }
        let candidates = self.candidates.get(&name).into_iter().flatten();
        let fits = candidates.map(|one| &one.key);
        match fits.into_iter().find(|key| key.id() == header.key_id) {
            Some(key) => KeyFound::Found(key.clone()),
            None => KeyFound::Missing(name),
        }
    }

    /// The key to seal with: only from an epoch that this device was there for.
    pub fn sealing_key(
        &self,
        group: GroupId,
        epoch: u64,
        channel: ChannelId,
    ) -> Option<ChannelKey> {
        self.own(&WantedKey {
            group,
            epoch,
            channel,
        })
    }

    /// A key, to grant it: one's own, else a granted one that is the only candidate.
    pub fn granted(&self, name: &WantedKey) -> Option<GrantedKey> {
        if let Some(own) = self.own(name) {
            return Some(own.granted());
        }
        match self.candidates.get(name).map(Vec::as_slice) {
            Some([only]) => Some(only.key.granted()),
            _ => None,
        }
    }

    /// Every key of a channel in a group, oldest epoch first: for a pack or a grant.
    pub fn all_for(&self, group: GroupId, channel: ChannelId) -> Vec<GrantedKey> {
        let own = self.epochs.keys().filter(|(of, _)| *of == group);
        let own = own.map(|(_, epoch)| *epoch);
        let candidates = self.candidates.keys();
        let candidates = candidates.filter(|name| name.group == group && name.channel == channel);
        let epochs: BTreeSet<u64> = own.chain(candidates.map(|name| name.epoch)).collect();
        let names = epochs.into_iter().map(|epoch| WantedKey {
            group,
            epoch,
            channel,
        });
        names.filter_map(|name| self.granted(&name)).collect()
    }

    /// Every key, the latest epochs of each group first: for the history file. `channels` gives those of a group, or of one that it
    /// replaced.
    pub fn everything(&self, channels: impl Fn(&GroupId) -> Vec<ChannelId>) -> Vec<GrantedKey> {
        let mut epochs: BTreeMap<GroupId, BTreeMap<u64, BTreeSet<ChannelId>>> = BTreeMap::new();
        for (group, epoch) in self.epochs.keys() {
            let of_epoch = epochs.entry(*group).or_default().entry(*epoch);
            of_epoch.or_default().extend(channels(group));
        }
        for name in self.candidates.keys() {
            let of_epoch = epochs.entry(name.group).or_default().entry(name.epoch);
            of_epoch.or_default().insert(name.channel);
        }
        let mut ranked = Vec::new();
        for (group, epochs) in epochs {
            for (rank, (epoch, channels)) in epochs.into_iter().rev().enumerate() {
                let name = |channel| WantedKey {
                    group,
                    epoch,
                    channel,
                };
                let keys = channels.into_iter().map(name);
                ranked.extend(keys.filter_map(|name| Some((rank, self.granted(&name)?))));
            }
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().map(|(_, key)| key).collect()
    }

    fn own(&self, name: &WantedKey) -> Option<ChannelKey> {
        let secret = self.epochs.get(&(name.group, name.epoch))?;
        Some(secret.channel_key(name.channel))
    }
}

/// `E`, then the roster length where it is known.
fn epoch_row(epoch: &EpochSecret) -> Vec<u8> {
    let mut row = Vec::with_capacity(40);
    row.extend_from_slice(&*epoch.secret);
    row.extend(epoch.length.iter().flat_map(|length| length.to_be_bytes()));
    row
}

fn named(name: &WantedKey, secret: Secret) -> ChannelKey {
    ChannelKey {
        group: name.group,
        epoch: name.epoch,
        channel: name.channel,
        secret,
    }
}
