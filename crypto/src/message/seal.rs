//! Sealing an event.

use dialtone_protocol::content::EventContent;
use dialtone_protocol::roster::RosterPosition;
use dialtone_protocol::sealed::{
    EVENT_LIMIT, EventHeader, SEALED_VERSION, SealedEvent, StreamPosition,
};
use dialtone_protocol::signing::Purpose;
use dialtone_protocol::{ClientEventId, CommunityId, Hash, strict};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use super::padding::pad;
use super::stream::SenderChain;
use crate::keys::DeviceKey;
use crate::primitives::{self, CryptoError};
use crate::ring::ChannelKey;

/// Why an event or a signal was not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// It would be longer than the server takes.
    #[error("this is too long to be sent: at most {limit} bytes fit")]
    TooLong {
        /// Bytes that fit, sealed.
        limit: usize,
    },
    /// The cryptographic library failed.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
}

/// An event that is about to be sealed.
pub struct EventDraft<'a> {
    /// Where.
    pub community: CommunityId,
    /// The same when it is sealed again.
    pub client_id: ClientEventId,
    /// This device's chain in this channel, before the event.
    pub chain: SenderChain,
    /// The newest roster that this device knows.
    pub roster: RosterPosition,
    /// The last event of the stream that this device has processed.
    pub seen: StreamPosition,
    /// What it says.
    pub content: &'a EventContent,
}

/// A sealed event.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedOut {
    /// As it travels. After a lost acknowledgement the same bytes go again.
    pub bytes: Vec<u8>,
    /// Its hash.
    pub hash: Hash,
    /// This device's chain after it.
    pub chain: SenderChain,
}

/// Seals an event under `key`, whose group, epoch and channel go into the header. The caller has passed the send gate.
///
/// # Errors
/// When it is too long.
pub fn seal_event(
    key: &ChannelKey,
    device: &DeviceKey,
    draft: &EventDraft<'_>,
    rng: &mut dyn CryptoRngCore,
) -> Result<SealedOut, SealError> {
    let header = EventHeader {
        version: SEALED_VERSION,
        community: draft.community,
        group: key.group,
        channel: key.channel,
        epoch: key.epoch,
        key_id: key.id(),
        device: device.id(),
        device_sequence: draft.chain.sequence + 1,
        previous: draft.chain.hash,
        client_id: draft.client_id,
        roster: draft.roster,
        seen: draft.seen,
    };
    let header = strict::encode(&header);
    let plain = Zeroizing::new(strict::encode(draft.content));
    let (nonce, body) = seal_signed(
        &key.secret,
        device,
        Purpose::Event,
        &draft.community,
        &header,
        &plain,
        rng,
    )?;
    let bytes = strict::encode(&SealedEvent {
        header: header.into(),
        nonce: nonce.to_vec().into(),
        body: body.into(),
    });
    if bytes.len() > EVENT_LIMIT {
        return Err(SealError::TooLong { limit: EVENT_LIMIT });
    }
    let hash = Hash::of(&bytes);
    let chain = SenderChain {
        sequence: draft.chain.sequence + 1,
        hash,
    };
    Ok(SealedOut { bytes, hash, chain })
}

/// `XChaCha20-Poly1305(key, nonce, aad = header, padded || signature over SHA-256(header) || SHA-256(padded))`
pub(crate) fn seal_signed(
    key: &[u8; 32],
    device: &DeviceKey,
    purpose: Purpose,
    community: &CommunityId,
    header: &[u8],
    plain: &[u8],
    rng: &mut dyn CryptoRngCore,
) -> Result<([u8; 24], Vec<u8>), CryptoError> {
    let mut padded = pad(plain);
    let signed = primitives::inner_signed(header, &padded);
    let signature = device.sign(purpose, community, &signed);
    padded.extend_from_slice(&signature.0);
    let nonce = primitives::random(rng);
    let body = primitives::seal(key, &nonce, header, &padded)?;
    Ok((nonce, body))
}
