//! A community for tests of voice: one device has founded it and is alone in its lobby.

use dialtone_audio::PacketHeader;
use dialtone_crypto::group::{CallSecret, Group};
use dialtone_crypto::{AccountKey, DeviceKey, OsRng, VoiceSigner, entries};
use dialtone_protocol::{CallId, CommunityId};

/// The header of a packet of 20 ms.
pub(crate) const HEADER: PacketHeader = PacketHeader {
    sequence: 0,
    timestamp: 0,
    samples: 960,
    level_dbfs: -20.0,
    marker: true,
};

/// Somebody else's device in that community.
pub(super) fn another(home: CommunityId) -> VoiceSigner {
    DeviceKey::generate(&mut OsRng).unwrap().voice_signer(home)
}

/// The device's signer, and the secrets of a call that everybody in the lobby knows.
pub(super) fn call() -> (VoiceSigner, CallSecret) {
    let (device, home, secret) = call_of_device();
    (device.voice_signer(home), secret)
}

/// The device, its community, and those secrets.
pub(super) fn call_of_device() -> (DeviceKey, CommunityId, CallSecret) {
    let account = AccountKey::generate(&mut OsRng);
    let device = DeviceKey::generate(&mut OsRng).unwrap();
    let server = AccountKey::generate(&mut OsRng).public();
    let founded = entries::found(&account, &device, server, &mut OsRng).unwrap();
    let roster = founded.roster;
    let lobby = roster.view().lobby();
    let (group, _, _) = Group::create(lobby, &device, account.account(), &roster).unwrap();
    let secret = group.call_secret(CallId([1; 16])).unwrap();
    (device, roster.community(), secret)
}
