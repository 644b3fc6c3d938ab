//! Packets from the relay: SRTP with AES-GCM (RFC 3711, RFC 7714). One stream a connection, written in place.
//!
//! Each forwarded packet passes here once for each of its receivers, so this is most of what a relay does.

use aes::cipher::{Array, BlockCipherEncrypt, BlockSizeUser, KeyInit, typenum::U16};
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// Bytes of an RTP header without extensions.
const RTP_HEADER: usize = 12;
const SALT: usize = 12;
/// Labels of the derivation (RFC 3711 section 4.3.2).
const LABEL_KEY: u8 = 0;
const LABEL_SALT: u8 = 2;
/// Packets under one key (RFC 3711 section 9.2): the index has 48 bits.
const MOST_PACKETS: u64 = 1 << 48;

/// What a handshake yields: the keys of both directions (RFC 5764 section 4.2).
pub(super) struct Material {
    bytes: Zeroizing<Vec<u8>>,
    /// Of a key, in bytes: 16 or 32.
    length: usize,
    /// One is the handshake's client.
    active: bool,
}

impl Material {
    /// Takes over what a handshake yields.
    pub(super) fn new(bytes: &[u8], length: usize, active: bool) -> Self {
        Self {
            bytes: Zeroizing::new(bytes.to_vec()),
            length,
            active,
        }
    }

    /// The keys of what one sends.
    pub(super) fn to_send(&self) -> Option<SrtpKeys> {
        self.half(self.active)
    }

    /// The keys of what one receives.
    pub(super) fn to_receive(&self) -> Option<SrtpKeys> {
        self.half(!self.active)
    }

    fn half(&self, of_client: bool) -> Option<SrtpKeys> {
        let (keys, salts) = self.bytes.split_at_checked(2 * self.length)?;
        let at = usize::from(!of_client);
        let master = keys.chunks_exact(self.length.max(1)).nth(at)?;
        let salt = salts.chunks_exact(SALT).nth(at)?;
        match self.length {
            16 => SrtpKeys::derive::<aes::Aes128>(master, salt, &AES_128_GCM),
            32 => SrtpKeys::derive::<aes::Aes256>(master, salt, &AES_256_GCM),
            _ => None,
        }
    }
}

/// The keys of one direction.
pub(super) struct SrtpKeys {
    key: LessSafeKey,
    salt: [u8; SALT],
}

impl SrtpKeys {
    fn derive<C>(master: &[u8], salt: &[u8], algorithm: &'static Algorithm) -> Option<Self>
    where
        C: KeyInit + BlockCipherEncrypt + BlockSizeUser<BlockSize = U16>,
    {
        let cipher = C::new_from_slice(master).ok()?;
        let mut key = Zeroizing::new([0; 32]);
        key[..16].copy_from_slice(&one_block(&cipher, salt, LABEL_KEY, 0));
        key[16..].copy_from_slice(&one_block(&cipher, salt, LABEL_KEY, 1));
        let salt = one_block(&cipher, salt, LABEL_SALT, 0);
        let key = UnboundKey::new(algorithm, key.get(..master.len())?).ok()?;
        Some(Self {
            key: LessSafeKey::new(key),
            salt: *salt.first_chunk()?,
        })
    }
}

/// 16 bytes of the key stream for `label`.
fn one_block<C>(cipher: &C, salt: &[u8], label: u8, number: u8) -> [u8; 16]
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16>,
{
    let mut input = [0; 16];
    input[..SALT].copy_from_slice(&salt[..SALT]);
    input[7] ^= label;
    input[15] ^= number;
    let mut block = Array::from(input);
    cipher.encrypt_block(&mut block);
    block.into()
}

/// Writes one stream of packets.
pub(super) struct SrtpStream {
    keys: SrtpKeys,
    ssrc: u32,
    payload_type: u8,
    /// Sequence number and how often it has wrapped.
    index: u64,
}

impl SrtpStream {
    /// A stream whose first packet has the number `first`, of which only the lower 15 bits count (RFC 3711 section 3.3.1).
    pub(super) fn new(keys: SrtpKeys, ssrc: u32, payload_type: u8, first: u16) -> Self {
        Self {
            keys,
            ssrc,
            payload_type: payload_type & 0x7f,
            index: u64::from(first & 0x7fff),
        }
    }

    /// Appends one packet with the payload `header ‖ sealed` to `out`, and gives its place in the stream; `None` when the stream is
    /// at its end.
    pub(super) fn write(
        &mut self,
        timestamp: u32,
        header: &[u8],
        sealed: &[u8],
        out: &mut Vec<u8>,
    ) -> Option<u64> {
        let index = self.index;
        if index >= MOST_PACKETS {
            return None;
        }
        self.put(index, timestamp, header, sealed, out)?;
        self.index += 1;
        Some(index)
    }

    /// Appends a packet again that [`Self::write`] put at this place, from the same parts: another content in the same place would
    /// give both away (RFC 7714 section 7.2). `None`: nothing was written there yet.
    pub(super) fn write_again(
        &self,
        index: u64,
        timestamp: u32,
        header: &[u8],
        sealed: &[u8],
        out: &mut Vec<u8>,
    ) -> Option<()> {
        if index >= self.index {
            return None;
        }
        self.put(index, timestamp, header, sealed, out)
    }

    fn put(
        &self,
        index: u64,
        timestamp: u32,
        header: &[u8],
        sealed: &[u8],
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let start = out.len();
        let sequence = index as u16;
        out.extend([0x80, self.payload_type]);
        out.extend(sequence.to_be_bytes());
        out.extend(timestamp.to_be_bytes());
        out.extend(self.ssrc.to_be_bytes());
        out.extend(header);
        out.extend(sealed);
        let (rtp, payload) = out[start..].split_at_mut(RTP_HEADER);
        let nonce = Nonce::assume_unique_for_key(nonce(self.keys.salt, self.ssrc, index));
        let tag = self
            .keys
            .key
            .seal_in_place_separate_tag(nonce, Aad::from(&*rtp), payload);
        let Ok(tag) = tag else {
            out.truncate(start);
            return None;
        };
        out.extend_from_slice(tag.as_ref());
        Some(())
    }
}

/// RFC 7714 section 8.1.
fn nonce(salt: [u8; SALT], ssrc: u32, index: u64) -> [u8; SALT] {
    let mut nonce = salt;
    let mut mix = |at: usize, bytes: &[u8]| {
        let place = nonce.iter_mut().skip(at);
        place.zip(bytes).for_each(|(to, byte)| *to ^= byte);
    };
    mix(2, &ssrc.to_be_bytes());
    mix(6, &((index >> 16) as u32).to_be_bytes());
    mix(10, &(index as u16).to_be_bytes());
    nonce
}

/// Opens one stream of packets that a relay has written; for measuring, as str0m opens those to the relay.
pub struct SrtpReader {
    keys: SrtpKeys,
    highest: Option<u64>,
}

impl SrtpReader {
    pub(super) fn new(keys: SrtpKeys) -> Self {
        let highest = None;
        Self { keys, highest }
    }

    /// The packet's place in the stream; `None` when it is not RTP. Each packet is to be shown here, so that none is taken for
    /// another that came 65,536 packets before.
    pub fn index(&mut self, packet: &[u8]) -> Option<u64> {
        let header = packet.first_chunk::<RTP_HEADER>()?;
        let sequence = u16::from_be_bytes([header[2], header[3]]);
        let highest = self.highest.unwrap_or(u64::from(sequence));
        let step = i64::from(sequence.wrapping_sub(highest as u16).cast_signed());
        let index = highest.checked_add_signed(step)?;
        self.highest = Some(highest.max(index));
        Some(index)
    }

    /// The payload of the packet at this place; `None` when it was not written by the relay.
    pub fn open(&self, index: u64, packet: &[u8]) -> Option<Vec<u8>> {
        let (header, sealed) = packet.split_first_chunk::<RTP_HEADER>()?;
        let ssrc = u32::from_be_bytes(*header[8..].first_chunk()?);
        let nonce = Nonce::assume_unique_for_key(nonce(self.keys.salt, ssrc, index));
        let mut payload = sealed.to_vec();
        let opened = self
            .keys
            .key
            .open_in_place(nonce, Aad::from(header), &mut payload);
        let length = opened.ok()?.len();
        payload.truncate(length);
        Some(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3711 appendix B.3, with its salt cut to the 12 bytes that RFC 7714 has.
    #[test]
    fn keys_are_derived_as_the_standard_says() {
        let master = hex::decode("E1F97A0D3E018BE0D64FA32C06DE4139").unwrap();
        let cipher = aes::Aes128::new_from_slice(&master).unwrap();
        let mut input = [0; 16];
        input[..14].copy_from_slice(&hex::decode("0EC675AD498AFEEBB6960B3AABE6").unwrap());
        let mut block = Array::from(input);
        cipher.encrypt_block(&mut block);
        assert_eq!(hex::encode(block), "c61e7a93744f39ee10734afe3ff7a087");
        let salt = hex::decode("0EC675AD498AFEEBB6960B3A").unwrap();
        let mut labelled = [0; 16];
        labelled[..12].copy_from_slice(&salt);
        labelled[7] ^= 2;
        let mut expected = Array::from(labelled);
        cipher.encrypt_block(&mut expected);
        assert_eq!(
            one_block(&cipher, &salt, LABEL_SALT, 0),
            <[u8; 16]>::from(expected)
        );
    }

    #[test]
    fn each_packet_has_a_nonce_of_its_own_over_the_wrap() {
        let bytes: Vec<u8> = (0..56).collect();
        let keys = Material::new(&bytes, 16, false).to_send().unwrap();
        let other_end = Material::new(&bytes, 16, true).to_receive().unwrap();
        let mut reader = SrtpReader::new(other_end);
        let mut stream = SrtpStream::new(keys, 7, 111, 0xffff);
        assert_eq!(stream.index, 0x7fff);
        let mut seen = std::collections::BTreeSet::new();
        let mut out = Vec::new();
        for _ in 0..70_000 {
            assert!(seen.insert(nonce(stream.keys.salt, stream.ssrc, stream.index)));
            out.clear();
            stream.write(1, b"header", b"sealed", &mut out).unwrap();
            let index = reader.index(&out).unwrap();
            assert_eq!(reader.open(index, &out).unwrap(), b"headersealed");
        }
        out[13] ^= 1;
        assert!(reader.open(stream.index - 1, &out).is_none());
        assert_eq!(out.len(), RTP_HEADER + 12 + 16);
        stream.index = MOST_PACKETS;
        assert_eq!(stream.write(1, b"header", b"sealed", &mut out), None);
    }

    #[test]
    fn what_is_written_again_is_the_same_to_the_bit() {
        let bytes: Vec<u8> = (0..56).collect();
        let keys = Material::new(&bytes, 16, true).to_send().unwrap();
        let mut stream = SrtpStream::new(keys, 7, 111, 1);
        let mut written = Vec::new();
        for _ in 0..3 {
            let mut out = Vec::new();
            let index = stream.write(9, b"header", b"sealed", &mut out).unwrap();
            written.push((index, out));
        }
        let mut again = Vec::new();
        let (index, first) = &written[0];
        stream
            .write_again(*index, 9, b"header", b"sealed", &mut again)
            .unwrap();
        assert_eq!(again, *first);
        let next = stream.index;
        let ahead = stream.write_again(next, 9, b"header", b"sealed", &mut again);
        assert_eq!(ahead, None, "its nonce is another packet's");
    }

    #[test]
    fn the_two_ends_of_a_handshake_use_different_halves() {
        for length in [16, 32] {
            let bytes: Vec<u8> = (0..2 * (length + SALT) as u8).collect();
            let sides = [true, false].map(|active| {
                let keys = Material::new(&bytes, length, active).to_send().unwrap();
                let mut out = Vec::new();
                SrtpStream::new(keys, 7, 111, 1).write(1, b"", b"sealed", &mut out);
                out
            });
            assert_ne!(sides[0], sides[1]);
            let short = &bytes[..bytes.len() - 1];
            assert!(Material::new(short, length, false).to_send().is_none());
        }
        assert!(Material::new(&[0; 99], 0, true).to_send().is_none());
    }
}
