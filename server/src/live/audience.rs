//! Who gets a frame: here, and as the other instances are told.

use dialtone_protocol::roster::Role;
use dialtone_protocol::{AccountId, DeviceId};

use crate::bus::To;
use crate::channels::access::Readers;

/// Whom a frame is for.
pub(super) enum Audience<'a> {
    Everybody,
    Members,
    MembersBut(DeviceId),
    Readers(&'a Readers),
    ReadersBut(&'a Readers, DeviceId),
    Admins,
    Devices(&'a [DeviceId]),
    /// As another instance said it.
    Told(&'a To),
}

/// Who sits at a connection.
#[derive(Clone, Copy)]
pub(super) struct Seat {
    pub(super) device: DeviceId,
    pub(super) account: AccountId,
    /// `None` while it waits for admission.
    pub(super) role: Option<Role>,
}

impl Audience<'_> {
    pub(super) fn has(&self, seat: &Seat) -> bool {
        let member = seat.role.is_some();
        match self {
            Self::Everybody => true,
            Self::Members => member,
            Self::MembersBut(device) => member && seat.device != *device,
            Self::Readers(readers) => member && readers.has(&seat.account),
            Self::ReadersBut(readers, device) => {
                member && seat.device != *device && readers.has(&seat.account)
            }
            Self::Admins => seat.role >= Some(Role::Admin),
            Self::Devices(devices) => member && devices.contains(&seat.device),
            Self::Told(to) => told(to, seat),
        }
    }

    /// As the other instances are told.
    pub(super) fn to(&self) -> To {
        match self {
            Self::Everybody => To::Everybody,
            Self::Members | Self::Readers(Readers::Members) => To::Members,
            Self::MembersBut(device) | Self::ReadersBut(Readers::Members, device) => {
                To::MembersBut(*device)
            }
            Self::Readers(readers) => To::Accounts(readers.accounts()),
            Self::ReadersBut(readers, device) => To::AccountsBut(readers.accounts(), *device),
            Self::Admins => To::Admins,
            Self::Devices(devices) => To::Devices(devices.to_vec()),
            Self::Told(to) => (*to).clone(),
        }
    }
}

fn told(to: &To, seat: &Seat) -> bool {
    let member = seat.role.is_some();
    let among = |accounts: &[AccountId]| accounts.binary_search(&seat.account).is_ok();
    match to {
        To::Everybody => true,
        To::Members => member,
        To::MembersBut(device) => member && seat.device != *device,
        To::Accounts(accounts) => member && among(accounts),
        To::AccountsBut(accounts, device) => member && seat.device != *device && among(accounts),
        To::Admins => seat.role >= Some(Role::Admin),
        To::Devices(devices) => member && devices.contains(&seat.device),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use dialtone_protocol::ChannelId;
    use dialtone_protocol::group_rules::{PrivateGroup, PrivateKind};
    use dialtone_protocol::roster::HistoryPolicy;

    use super::*;

    fn seat(number: u8, role: Option<Role>) -> Seat {
        Seat {
            device: DeviceId([number; 32]),
            account: AccountId([number; 32]),
            role,
        }
    }

    #[test]
    fn the_other_instances_give_a_frame_to_the_same_people() {
        let group = PrivateGroup {
            kind: PrivateKind::Channel,
            channel: ChannelId([7; 16]),
            history: HistoryPolicy::FromJoining,
            accounts: BTreeSet::from([AccountId([3; 32]), AccountId([1; 32])]),
            admins: BTreeSet::new(),
        };
        let private = Readers::Private(vec![Arc::new(group)]);
        let devices = [DeviceId([2; 32])];
        let one = DeviceId([1; 32]);
        let seats = [
            seat(1, Some(Role::Member)),
            seat(2, Some(Role::Admin)),
            seat(3, Some(Role::Admin)),
            seat(4, None),
            seat(3, None),
        ];
        for (audience, expected) in [
            (Audience::Everybody, [true; 5]),
            (Audience::Members, [true, true, true, false, false]),
            (Audience::MembersBut(one), [false, true, true, false, false]),
            (
                Audience::Readers(&Readers::Members),
                [true, true, true, false, false],
            ),
            (
                Audience::Readers(&private),
                [true, false, true, false, false],
            ),
            (
                Audience::ReadersBut(&private, one),
                [false, false, true, false, false],
            ),
            (
                Audience::ReadersBut(&Readers::Members, one),
                [false, true, true, false, false],
            ),
            (Audience::Admins, [false, true, true, false, false]),
            (
                Audience::Devices(&devices),
                [false, true, false, false, false],
            ),
        ] {
            let to = audience.to();
            assert_eq!(seats.map(|seat| audience.has(&seat)), expected, "{to:?}");
            let there = Audience::Told(&to);
            assert_eq!(seats.map(|seat| there.has(&seat)), expected, "{to:?}");
            assert_eq!(there.to(), to);
        }
    }
}
