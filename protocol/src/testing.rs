//! A small community for tests: people with fixed keys, and entries that they sign.

use ed25519_dalek::{Signer as _, SigningKey};

use crate::roster::{
    BOX_KEY_BYTES, Change, DeviceKeys, Entry, EntryError, EntrySignature, KnockRequest, Role,
    Roster, SignedEntry, SignedKnock, Signer, VoiceStanding,
};
use crate::signing::{Purpose, signing_input};
use crate::{
    AccountId, ChannelId, CommunityId, DeviceId, GroupId, Hash, InviteId, PublicKey, Signature,
    strict,
};

/// Somebody with an account key and one device.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) account_key: SigningKey,
    pub(crate) device_key: SigningKey,
    seed: u8,
}

impl Person {
    pub(crate) fn new(seed: u8) -> Self {
        Self {
            account_key: SigningKey::from_bytes(&[seed; 32]),
            device_key: SigningKey::from_bytes(&[seed ^ 0x80; 32]),
            seed,
        }
    }

    pub(crate) fn public(&self) -> PublicKey {
        public(&self.account_key)
    }

    pub(crate) fn account(&self) -> AccountId {
        AccountId::of(&self.public())
    }

    pub(crate) fn keys(&self) -> DeviceKeys {
        device_keys(&self.device_key, self.seed)
    }

    pub(crate) fn device(&self) -> DeviceId {
        self.keys().id()
    }

    /// The same account with another device.
    pub(crate) fn with_device(&self, seed: u8) -> Self {
        Self {
            account_key: self.account_key.clone(),
            device_key: SigningKey::from_bytes(&[seed ^ 0x80; 32]),
            seed,
        }
    }

    pub(crate) fn as_device(&self) -> (Signer, &SigningKey) {
        (Signer::Device(self.device()), &self.device_key)
    }

    pub(crate) fn as_account(&self) -> (Signer, &SigningKey) {
        (Signer::Account(self.account()), &self.account_key)
    }
}

pub(crate) fn public(key: &SigningKey) -> PublicKey {
    PublicKey(key.verifying_key().to_bytes())
}

pub(crate) fn device_keys(key: &SigningKey, seed: u8) -> DeviceKeys {
    DeviceKeys {
        signature_key: public(key),
        box_key: vec![seed; BOX_KEY_BYTES].into(),
    }
}

pub(crate) fn group(seed: u8) -> GroupId {
    GroupId::new([seed; 16])
}

/// Signs `change` as the entry after `previous`.
pub(crate) fn sign(
    community: &CommunityId,
    previous: Hash,
    change: Change,
    signers: &[(Signer, &SigningKey)],
) -> Vec<u8> {
    let body = strict::encode(&Entry {
        version: 1,
        previous,
        change,
    });
    sign_body(community, body, signers)
}

/// Signs a body as it is.
pub(crate) fn sign_body(
    community: &CommunityId,
    body: Vec<u8>,
    signers: &[(Signer, &SigningKey)],
) -> Vec<u8> {
    let input = signing_input(Purpose::Roster, community, &body);
    let signatures = signers
        .iter()
        .map(|(signer, key)| EntrySignature {
            signer: *signer,
            signature: Signature(key.sign(&input).to_bytes()),
        })
        .collect();
    strict::encode(&SignedEntry {
        body: body.into(),
        signatures,
    })
}

/// A community with its founder.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) roster: Roster,
    pub(crate) founder: Person,
}

pub(crate) const INVITE_KEY: [u8; 32] = [0x77; 32];

impl World {
    pub(crate) fn founding(founder: &Person) -> Change {
        Change::Founded {
            account_key: founder.public(),
            device: founder.keys(),
            server_key: PublicKey([0x55; 32]),
            lobby: group(0),
            salt: Hash([0x66; 32]),
        }
    }

    pub(crate) fn new() -> Self {
        let founder = Person::new(1);
        let change = Self::founding(&founder);
        let signers = [founder.as_account()];
        let bytes = sign(&CommunityId::NONE, Hash::ZERO, change, &signers);
        Self {
            roster: Roster::found(bytes).unwrap(),
            founder,
        }
    }

    /// An entry that follows, signed by these.
    pub(crate) fn signed(&self, change: Change, signers: &[(Signer, &SigningKey)]) -> Vec<u8> {
        let previous = self.roster.position().head;
        sign(&self.roster.community(), previous, change, signers)
    }

    pub(crate) fn append(
        &mut self,
        change: Change,
        signers: &[(Signer, &SigningKey)],
    ) -> Result<(), EntryError> {
        let bytes = self.signed(change, signers);
        self.roster.append(bytes).map(|_| ())
    }

    /// Appends what a person's device signs.
    pub(crate) fn by(&mut self, person: &Person, change: Change) -> Result<(), EntryError> {
        self.append(change, &[person.as_device()])
    }

    pub(crate) fn by_founder(&mut self, change: Change) -> Result<(), EntryError> {
        let founder = self.founder.clone();
        self.by(&founder, change)
    }

    pub(crate) fn invite(
        &mut self,
        issuer: &Person,
        id: u8,
        uses: u32,
        role: Role,
    ) -> Result<(), EntryError> {
        self.by(issuer, invite_of(issuer, id, uses, role))
    }

    pub(crate) fn join(&mut self, id: u8, person: &Person) -> Result<(), EntryError> {
        let invite_key = SigningKey::from_bytes(&INVITE_KEY);
        let invite = (Signer::Invite(InviteId([id; 16])), &invite_key);
        self.append(joined(id, person), &[invite, person.as_account()])
    }

    /// Somebody whom the founder invited.
    pub(crate) fn newcomer(&mut self, seed: u8, role: Role) -> Person {
        let person = Person::new(seed);
        let founder = self.founder.clone();
        self.invite(&founder, seed, 1, role).unwrap();
        self.join(seed, &person).unwrap();
        person
    }

    pub(crate) fn knock(&self, person: &Person) -> Vec<u8> {
        let body = strict::encode(&KnockRequest {
            account_key: person.public(),
            device: person.keys(),
        });
        let input = signing_input(Purpose::Knock, &self.roster.community(), &body);
        strict::encode(&SignedKnock {
            body: body.into(),
            signature: Signature(person.account_key.sign(&input).to_bytes()),
        })
    }

    pub(crate) fn role(&self, person: &Person) -> Role {
        self.roster
            .view()
            .account(&person.account())
            .unwrap()
            .role()
    }

    pub(crate) fn is_member(&self, person: &Person) -> bool {
        let account = self.roster.view().account(&person.account());
        account.is_some_and(crate::roster::Account::is_active)
    }
}

pub(crate) fn invite_of(issuer: &Person, id: u8, uses: u32, role: Role) -> Change {
    Change::InviteIssued {
        id: InviteId([id; 16]),
        key: public(&SigningKey::from_bytes(&INVITE_KEY)),
        issuer: issuer.account(),
        uses,
        expires_s: 2_000_000_000,
        role,
    }
}

pub(crate) fn joined(id: u8, person: &Person) -> Change {
    Change::Joined {
        invite: InviteId([id; 16]),
        account_key: person.public(),
        device: person.keys(),
    }
}

pub(crate) fn removed(person: &Person, ban: bool) -> Change {
    Change::MemberRemoved {
        account: person.account(),
        ban,
    }
}

pub(crate) fn role_of(person: &Person, role: Role) -> Change {
    Change::RoleChanged {
        account: person.account(),
        role,
    }
}

pub(crate) fn voice_of(person: &Person, standing: VoiceStanding) -> Change {
    Change::VoiceStandingChanged {
        account: person.account(),
        standing,
    }
}

pub(crate) fn channel(id: u8, group: GroupId) -> Change {
    Change::ChannelCreated {
        id: ChannelId([id; 16]),
        group,
        history: crate::roster::HistoryPolicy::All,
    }
}
