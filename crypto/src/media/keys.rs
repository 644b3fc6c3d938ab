//! The base key of one device's stream.

use dialtone_protocol::{DeviceId, StreamId};
use sframe::CipherSuite;

use super::whisper::WhisperKey;
use crate::group::CallSecret;
use crate::primitives::{self, Secret};

pub(crate) const SUITE: CipherSuite = CipherSuite::AesGcm128Sha256;
/// Longest header (17) and the tag (16).
pub(super) const OVERHEAD: usize = 33;
pub(super) const TAG: usize = 16;

/// `HKDF(MLS-Exporter("dialtone/v1/sframe", call id, 32), device id || stream id)`
pub(super) fn base_key(secret: &CallSecret, device: &DeviceId, stream: &StreamId) -> Secret {
    of_stay(&secret.secret, device, stream)
}

/// `HKDF(the whisper's secret, device id || stream id)`
pub(super) fn whisper_base_key(key: &WhisperKey, device: &DeviceId, stream: &StreamId) -> Secret {
    of_stay(&key.secret, device, stream)
}

fn of_stay(secret: &Secret, device: &DeviceId, stream: &StreamId) -> Secret {
    primitives::hkdf(&**secret, &[&device.0, &stream.0])
}
