//! How large one account and the list of channels may grow here. The rules of the log have no such bounds: a server that is
//! filled by one member would be slow for all.

use dialtone_protocol::AccountId;
use dialtone_protocol::roster::{Change, Roster};

use super::RosterError;

/// The most active devices of one account.
const MOST_DEVICES: usize = 32;
/// The most channels that are not closed.
const MOST_CHANNELS: usize = 1000;

/// Refuses what goes beyond.
pub(super) fn check(change: &Change, roster: &Roster) -> Result<(), RosterError> {
    match change {
        Change::DeviceAdded { account, .. } => check_devices(devices(roster, account)),
        Change::ChannelCreated { .. } => check_channels(channels(roster)),
        _ => Ok(()),
    }
}

fn devices(roster: &Roster, account: &AccountId) -> usize {
    let devices = roster.view().devices().values();
    devices
        .filter(|device| device.account == *account && device.is_active())
        .count()
}

fn channels(roster: &Roster) -> usize {
    let channels = roster.view().channels().values();
    channels.filter(|channel| !channel.closed).count()
}

fn check_devices(there: usize) -> Result<(), RosterError> {
    if there < MOST_DEVICES {
        return Ok(());
    }
    Err(RosterError::Full(
        "an account has at most 32 devices on this server: revoke one that is not used any more",
    ))
}

fn check_channels(there: usize) -> Result<(), RosterError> {
    if there < MOST_CHANNELS {
        return Ok(());
    }
    Err(RosterError::Full(
        "there are at most 1000 channels on this server: delete one that is not used any more",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_that_fits_is_taken() {
        assert!(check_devices(MOST_DEVICES - 1).is_ok() && check_devices(MOST_DEVICES).is_err());
        assert!(
            check_channels(MOST_CHANNELS - 1).is_ok() && check_channels(MOST_CHANNELS).is_err()
        );
    }
}
