//! Approving a device by another one of the account: both halves, without a network and without people.
//!
//! ```text
//! NewDevice: keys, random -> ask            Approver: nonce -> challenge
//! NewDevice + challenge   -> Answered       Approver + reveal -> Compared      both: the same transcript, or not
//! Answered -> confirmation                  Compared + confirmation -> the roster's entry -> welcome, sealed
//! ```
//!
//! Each half takes each message once, by value: nothing is revealed twice, and no nonce is used for two reveals. Formats and their
//! checks: `dialtone_protocol::approval`.

use dialtone_protocol::approval::{
    APPROVAL_LIMIT, APPROVAL_VERSION, ApprovalAsk, ApprovalChallenge, ApprovalError,
    ApprovalReveal, SealedWelcome, SignedWelcome, WelcomeBody, code, commitment, transcript,
};
use dialtone_protocol::roster::{DeviceKeys, Roster, RosterPosition};
use dialtone_protocol::signing::{self, Purpose};
use dialtone_protocol::strict::StrictError;
use dialtone_protocol::{AccountId, CommunityId, Hash, Signature, strict};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::keys::DeviceKey;
use crate::labels;
use crate::primitives::{self, CryptoError};
use crate::recovery::HistoryKey;

/// Why an approval does not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotApproved {
    /// What came is not believed.
    #[error("{0}")]
    Check(#[from] ApprovalError),
    /// The welcome does not open, or is not the approver's.
    #[error("what your other device sent came damaged, or is not by it; try again")]
    Welcome,
    /// The cryptographic library failed.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
}

impl From<StrictError> for NotApproved {
    fn from(error: StrictError) -> Self {
        Self::Check(error.into())
    }
}

/// A device that nobody has approved yet. Its keys are drawn, and kept to itself.
pub struct NewDevice {
    device: DeviceKey,
    ask: Vec<u8>,
    reveal: Vec<u8>,
}

impl NewDevice {
    /// Draws keys, and commits to them.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn draw(name: &str, rng: &mut dyn CryptoRngCore) -> Result<Self, CryptoError> {
        let device = DeviceKey::generate(rng)?;
        let reveal = strict::encode(&ApprovalReveal {
            version: APPROVAL_VERSION,
            device: device.public_keys(),
            random: Hash(primitives::random(rng)),
        });
        let ask = strict::encode(&ApprovalAsk {
            version: APPROVAL_VERSION,
            commitment: commitment(&reveal),
            name: name.to_owned(),
        });
        Ok(Self {
            device,
            ask,
            reveal,
        })
    }

    /// CBOR of [`ApprovalAsk`].
    pub fn ask(&self) -> &[u8] {
        &self.ask
    }

    /// Takes the approver's challenge; there is no second one for these keys.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn answer(self, challenge: &[u8]) -> Result<Answered, NotApproved> {
        let read = ApprovalChallenge::read(challenge)?;
        let transcript = transcript(&self.ask, challenge, &self.reveal);
        Ok(Answered {
            device: self.device,
            reveal: self.reveal,
            challenge: read,
            transcript,
        })
    }
}

/// A new device that has its challenge: what it reveals, and what it shows.
pub struct Answered {
    device: DeviceKey,
    reveal: Vec<u8>,
    challenge: ApprovalChallenge,
    transcript: Hash,
}

impl Answered {
    /// CBOR of [`ApprovalReveal`].
    pub fn reveal(&self) -> &[u8] {
        &self.reveal
    }

    /// What the approver says.
    pub fn challenge(&self) -> &ApprovalChallenge {
        &self.challenge
    }

    /// The hash of everything that was said.
    pub fn transcript(&self) -> Hash {
        self.transcript
    }

    /// Its six digits.
    pub fn code(&self) -> String {
        code(&self.transcript)
    }

    /// Its keys, for the keystore.
    pub fn device(&self) -> &DeviceKey {
        &self.device
    }

    /// Says, for the person here, that the codes are the same.
    pub fn confirm(&self) -> Signature {
        let community = &self.challenge.community;
        let purpose = Purpose::ApprovalConfirm;
        self.device.sign(purpose, community, &self.transcript.0)
    }

    /// Whether `roster` has this device as the approver was to add it.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check_added(&self, roster: &Roster) -> Result<(), ApprovalError> {
        self.challenge
            .check_added(roster, &self.device.public_keys())
    }

    /// Opens what the approver sent. `roster` has passed [`Self::check_added`].
    ///
    /// # Errors
    /// [`NotApproved::Welcome`], or when the approver knows another member list.
    pub fn open_welcome(&self, bytes: &[u8], roster: &Roster) -> Result<Welcome, NotApproved> {
        let sealed: SealedWelcome = strict::decode(bytes, APPROVAL_LIMIT)?;
        let community = self.challenge.community;
        let info = info(&community, &self.transcript);
        let private = self.device.box_private();
        let plain = primitives::hpke_open(private, &info, &sealed.encapsulated, &sealed.body)
            .map_err(|_| NotApproved::Welcome)?;
        let signed: SignedWelcome = strict::decode(&plain, APPROVAL_LIMIT)?;
        let approver = roster.view().device(&self.challenge.approver);
        let approver = approver.ok_or(NotApproved::Welcome)?;
        signing::verify(
            &approver.keys.signature_key,
            Purpose::ApprovalWelcome,
            &community,
            &signed.body,
            &signed.signature,
        )
        .map_err(|_| NotApproved::Welcome)?;
        let body: WelcomeBody = strict::decode(&signed.body, APPROVAL_LIMIT)?;
        if body.version != APPROVAL_VERSION || body.transcript != self.transcript {
            return Err(NotApproved::Welcome);
        }
        if roster.contains(&body.roster) != Some(true) {
            return Err(ApprovalError::OtherRoster.into());
        }
        let key = |bytes: Vec<u8>| HistoryKey::from_bytes(bytes).ok_or(NotApproved::Welcome);
        let history_key = body.history_key.map(|bytes| key(bytes.into()));
        Ok(Welcome {
            roster: body.roster,
            history_key: history_key.transpose()?,
            counter: body.counter,
        })
    }
}

/// What the approver gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// The member list with this device in it.
    pub roster: RosterPosition,
    /// Seals history files; none for an account without a recovery key.
    pub history_key: Option<HistoryKey>,
    /// Of the history file last sent or told.
    pub counter: u64,
}

/// The account's device that goes on with an approval.
#[derive(Debug)]
pub struct Approver {
    ask: Vec<u8>,
    commitment: Hash,
    bytes: Vec<u8>,
    challenge: ApprovalChallenge,
}

impl Approver {
    /// Draws the nonce for what a new device asked with.
    ///
    /// # Errors
    /// When that cannot be read.
    pub fn new(
        ask: &[u8],
        device: &DeviceKey,
        account: AccountId,
        roster: &Roster,
        rng: &mut dyn CryptoRngCore,
    ) -> Result<Self, ApprovalError> {
        let read = ApprovalAsk::read(ask)?;
        let challenge = ApprovalChallenge {
            version: APPROVAL_VERSION,
            nonce: Hash(primitives::random(rng)),
            community: roster.community(),
            account,
            approver: device.id(),
            roster: roster.position(),
            server_key: *roster.view().server_key(),
        };
        Ok(Self {
            ask: ask.to_vec(),
            commitment: read.commitment,
            bytes: strict::encode(&challenge),
            challenge,
        })
    }

    /// CBOR of [`ApprovalChallenge`].
    pub fn challenge(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes what the new device reveals; there is no second one for this nonce.
    ///
    /// # Errors
    /// When it is not what the new device had committed to.
    pub fn compare(self, reveal: &[u8]) -> Result<Compared, ApprovalError> {
        let read = ApprovalReveal::read(reveal, &self.commitment)?;
        Ok(Compared {
            transcript: transcript(&self.ask, &self.bytes, reveal),
            reveal: read,
            challenge: self.challenge,
        })
    }
}

/// An approval whose code is shown at the approver's.
#[derive(Debug)]
pub struct Compared {
    transcript: Hash,
    reveal: ApprovalReveal,
    challenge: ApprovalChallenge,
}

impl Compared {
    /// The hash of everything that was said.
    pub fn transcript(&self) -> Hash {
        self.transcript
    }

    /// Its six digits.
    pub fn code(&self) -> String {
        code(&self.transcript)
    }

    /// The keys that are to be added.
    pub fn device(&self) -> &DeviceKeys {
        &self.reveal.device
    }

    /// Whether the new device itself says that the codes are the same.
    ///
    /// # Errors
    /// [`ApprovalError::Confirmation`]
    pub fn check_confirmation(&self, signature: &Signature) -> Result<(), ApprovalError> {
        let community = &self.challenge.community;
        self.reveal
            .check_confirmation(community, &self.transcript, signature)
    }

    /// Seals what the new device needs. `roster` has it.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn welcome(
        &self,
        device: &DeviceKey,
        roster: &Roster,
        history_key: Option<&HistoryKey>,
        counter: u64,
    ) -> Result<Vec<u8>, CryptoError> {
        let body = strict::encode(&WelcomeBody {
            version: APPROVAL_VERSION,
            transcript: self.transcript,
            roster: roster.position(),
            history_key: history_key.map(|key| key.as_bytes().to_vec().into()),
            counter,
        });
        let community = self.challenge.community;
        let signature = device.sign(Purpose::ApprovalWelcome, &community, &body);
        let plain = Zeroizing::new(strict::encode(&SignedWelcome {
            body: body.into(),
            signature,
        }));
        let info = info(&community, &self.transcript);
        let (encapsulated, body) =
            primitives::hpke_seal(&self.reveal.device.box_key, &info, &plain)?;
        Ok(strict::encode(&SealedWelcome {
            encapsulated: encapsulated.into(),
            body: body.into(),
        }))
    }
}

fn info(community: &CommunityId, transcript: &Hash) -> Vec<u8> {
    [labels::APPROVAL_WELCOME, &community.0, &transcript.0].concat()
}

#[cfg(test)]
mod tests;
