//! Grants of keys and requests for them.

use dialtone_crypto::group::Group;
use dialtone_crypto::{
    GrantError, OsRng, entitled, entries, open_grant, read_key_request, seal_grant,
    sign_key_request,
};
use dialtone_protocol::GroupId;
use dialtone_protocol::roster::{Change, HistoryPolicy};
use dialtone_protocol::sealed::{GRANT_KEYS, GrantedKey, WantedKey};

use crate::common::World;

#[test]
fn a_newcomer_asks_is_granted_and_reads() {
    let mut world = World::with(1);
    let sealed = world.seal(0, &world.stream(), "long ago");
    let late = world.join();
    let roster = world.server.roster.clone();
    let wanted = WantedKey {
        group: world.lobby(),
        epoch: 1,
        channel: world.channel,
    };
    let asks = &world.members[late].device;
    let request = sign_key_request(asks, &roster, vec![wanted]).unwrap();
    let request = read_key_request(&request, &roster).unwrap();
    assert_eq!(request.device, asks.id());
    let length = |_: &_, epoch| world.members[0].group.epoch_length(epoch);
    let may = entitled(&request, &roster, length, |_| None);
    assert_eq!(may, [wanted]);
    let key = world.members[0].ring.granted(&wanted).unwrap();
    let grant = seal_grant(&world.members[0].device, &roster, asks.id(), vec![key]).unwrap();
    let opened = open_grant(&grant, asks, &roster).unwrap();
    assert_eq!(opened.grantor, world.members[0].device.id());
    let ring = &mut world.members[late].ring;
    assert!(ring.insert_granted(Some(opened.grantor), &opened.keys[0]));
    assert!(!ring.insert_granted(Some(opened.grantor), &opened.keys[0]));
    let ring = &world.members[late].ring;
    assert!(world.stream().read(&sealed.bytes, ring, &roster).is_ok());
}

#[test]
fn a_grant_opens_for_its_grantee_unchanged_and_by_an_active_device_alone() {
    let mut world = World::with(2);
    let roster = world.server.roster.clone();
    let grantee = world.members[1].device.id();
    let keys = world.members[2].ring.all_for(world.lobby(), world.channel);
    let grant = seal_grant(&world.members[2].device, &roster, grantee, keys.clone()).unwrap();
    let open = |bytes: &[u8], of: usize, roster| {
        open_grant(bytes, &world.members[of].device, roster).err()
    };
    assert_eq!(open(&grant, 1, &roster), None);
    assert_eq!(open(&grant, 0, &roster), Some(GrantError::Tampered));
    for index in (0..grant.len()).step_by(61) {
        let mut changed = grant.clone();
        changed[index] ^= 1;
        assert!(open(&changed, 1, &roster).is_some(), "byte {index}");
    }
    let other = World::with(1);
    assert_eq!(open(&grant, 1, other.roster()), Some(GrantError::Tampered));
    let device = world.members[2].device.id();
    world.change(Change::DeviceRevoked { device });
    let opened = open_grant(&grant, &world.members[1].device, world.roster());
    assert_eq!(opened.err(), Some(GrantError::SignerNotActive));
    let grant = seal_grant(&world.members[0].device, world.roster(), device, keys);
    assert_eq!(grant.err(), Some(GrantError::GranteeNotActive));
}

#[test]
fn requests_are_signed_bounded_and_by_active_devices() {
    let mut world = World::with(1);
    let roster = world.server.roster.clone();
    let device = &world.members[1].device;
    let wanted = WantedKey {
        group: world.lobby(),
        epoch: 0,
        channel: world.channel,
    };
    let many = sign_key_request(device, &roster, vec![wanted; GRANT_KEYS + 1]);
    assert_eq!(many.err(), Some(GrantError::TooMany));
    let request = sign_key_request(device, &roster, vec![wanted]).unwrap();
    for index in 0..request.len() {
        let mut changed = request.clone();
        changed[index] ^= 1;
        assert!(read_key_request(&changed, &roster).is_err(), "byte {index}");
    }
    let device = device.id();
    world.change(Change::DeviceRevoked { device });
    let late = read_key_request(&request, world.roster());
    assert_eq!(late.err(), Some(GrantError::SignerNotActive));
}

#[test]
fn from_joining_grants_only_what_came_after() {
    let mut world = World::with(1);
    let founder = &world.members[0].device;
    let (channel, entry) = entries::create_channel(
        founder,
        world.roster(),
        world.lobby(),
        HistoryPolicy::FromJoining,
        &mut OsRng,
    )
    .unwrap();
    world.append(entry);
    let late = world.join();
    world.commit(0, &[]);
    let roster = world.server.roster.clone();
    let wanted = |epoch| WantedKey {
        group: world.lobby(),
        epoch,
        channel,
    };
    let asks = &world.members[late].device;
    let all: Vec<_> = (0..=3).map(wanted).collect();
    let request = sign_key_request(asks, &roster, all).unwrap();
    let request = read_key_request(&request, &roster).unwrap();
    let length = |_: &_, epoch| world.members[0].group.epoch_length(epoch);
    let may = entitled(&request, &roster, length, |_| None);
    assert_eq!(may, [wanted(2), wanted(3)], "its own join made epoch 2");
    let unknown = sign_key_request(
        asks,
        &roster,
        vec![WantedKey {
            channel: dialtone_protocol::ChannelId([8; 16]),
            ..wanted(2)
        }],
    );
    let unknown = read_key_request(&unknown.unwrap(), &roster).unwrap();
    assert!(entitled(&unknown, &roster, |_, _| Some(99), |_| None).is_empty());
}

#[test]
fn a_grant_names_its_member_list_and_waits_for_it_or_tells_of_another_one() {
    let mut world = World::with(1);
    let behind = world.server.roster.clone();
    let issued = world.issue(1);
    world.append(issued.entry);
    let grantee = &world.members[1].device;
    let grantor = &world.members[0].device;
    let grant = seal_grant(grantor, world.roster(), grantee.id(), Vec::new()).unwrap();
    let request = sign_key_request(grantor, world.roster(), Vec::new()).unwrap();
    let needed = GrantError::NeedRoster {
        position: world.roster().position(),
        signed: true,
    };
    assert_eq!(
        open_grant(&grant, grantee, &behind).err(),
        Some(needed.clone())
    );
    assert_eq!(read_key_request(&request, &behind).err(), Some(needed));
    let mut forked = behind;
    let entry = entries::close_channel(grantor, &forked, world.channel).unwrap();
    forked.append(entry).unwrap();
    let fork = Some(GrantError::RosterForked);
    assert_eq!(open_grant(&grant, grantee, &forked).err(), fork);
    assert_eq!(read_key_request(&request, &forked).err(), fork);
    assert!(open_grant(&grant, grantee, world.roster()).is_ok());
}

#[test]
fn a_grant_of_a_device_that_is_not_here_yet_is_worth_a_question_and_proves_nothing() {
    let mut world = World::with(1);
    let behind = world.server.roster.clone();
    let late = world.join();
    let grantee = &world.members[1].device;
    let newcomer = &world.members[late].device;
    let grant = seal_grant(newcomer, world.roster(), grantee.id(), Vec::new()).unwrap();
    let needed = GrantError::NeedRoster {
        position: world.roster().position(),
        signed: false,
    };
    assert_eq!(open_grant(&grant, grantee, &behind).err(), Some(needed));
}

#[test]
fn only_keys_of_the_channels_own_group_are_granted_and_only_to_members() {
    let mut world = World::with(1);
    let roster = world.server.roster.clone();
    let private = GroupId::new([6; 16]);
    let founder = &world.members[0];
    Group::create(private, &founder.device, founder.account, &roster).unwrap();
    let of = |group| WantedKey {
        group,
        epoch: 0,
        channel: world.channel,
    };
    let (own, foreign) = (of(world.lobby()), of(private));
    let asks = &world.members[1].device;
    let request = sign_key_request(asks, &roster, vec![own, foreign]).unwrap();
    let request = read_key_request(&request, &roster).unwrap();
    assert_eq!(
        entitled(&request, &roster, |_, _| Some(99), |_| None),
        [own]
    );
    let account = world.members[1].account;
    world.change(Change::MemberRemoved {
        account,
        ban: false,
    });
    assert!(entitled(&request, world.roster(), |_, _| Some(99), |_| None).is_empty());
}

#[test]
fn candidates_are_bounded_for_each_key() {
    let mut world = World::with(1);
    let giver = world.members[0].device.id();
    let candidate = |n: u8, epoch| GrantedKey {
        group: world.server.roster.view().lobby(),
        epoch,
        channel: world.channel,
        key: vec![n; 32].into(),
    };
    let ring = &mut world.members[1].ring;
    let taken = (0..20).filter(|n| ring.insert_granted(Some(giver), &candidate(*n, 90)));
    assert_eq!(taken.count(), 8);
    assert!(ring.insert_granted(Some(giver), &candidate(0, 91)));
}
