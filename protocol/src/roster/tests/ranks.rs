//! Who may sign what: every kind of entry, by every rank.

use ed25519_dalek::SigningKey;

use super::super::{Change, EntryError, HistoryPolicy, Role, VoiceStanding};
use crate::testing::{
    Person, World, channel, device_keys, group, invite_of, public, removed, role_of, voice_of,
};
use crate::{ChannelId, GroupId, InviteId, PublicKey};

struct Cast {
    world: World,
    founder: Person,
    admin: Person,
    member: Person,
    other_admin: Person,
    other_member: Person,
}

fn cast() -> Cast {
    let mut world = World::new();
    let founder = world.founder.clone();
    let admin = world.newcomer(2, Role::Admin);
    let member = world.newcomer(3, Role::Member);
    let other_admin = world.newcomer(4, Role::Admin);
    let other_member = world.newcomer(5, Role::Member);
    world.by_founder(channel(1, group(0))).unwrap();
    world.invite(&founder, 90, 5, Role::Member).unwrap();
    world.invite(&other_admin, 91, 5, Role::Member).unwrap();
    Cast {
        world,
        founder,
        admin,
        member,
        other_admin,
        other_member,
    }
}

/// What founder, admin, member and somebody who is no member get for the change that `make` makes for each.
fn outcomes(cast: &Cast, make: impl Fn(&Person) -> Change) -> [Result<(), EntryError>; 4] {
    let stranger = Person::new(60);
    [&cast.founder, &cast.admin, &cast.member, &stranger]
        .map(|person| cast.world.clone().by(person, make(person)))
}

const NO: Result<(), EntryError> = Err(EntryError::NotAllowed);
const STRANGER: Result<(), EntryError> = Err(EntryError::NotActive);

#[test]
fn inviting_a_member_takes_an_admin_and_an_admin_the_founder() {
    let cast = cast();
    let member = outcomes(&cast, |by| invite_of(by, 9, 1, Role::Member));
    assert_eq!(member, [Ok(()), Ok(()), NO, STRANGER]);
    let admin = outcomes(&cast, |by| invite_of(by, 9, 1, Role::Admin));
    assert_eq!(admin, [Ok(()), NO, NO, STRANGER]);
    let founder = outcomes(&cast, |by| invite_of(by, 9, 1, Role::Founder));
    assert_eq!(founder, [NO, NO, NO, STRANGER]);
}

#[test]
fn nobody_invites_in_the_name_of_another() {
    let mut cast = cast();
    let change = invite_of(&cast.admin, 9, 1, Role::Member);
    assert_eq!(cast.world.by_founder(change), NO);
}

#[test]
fn revoking_an_invite_takes_its_issuer_or_a_higher_rank() {
    let cast = cast();
    let revoke = |id: u8| {
        outcomes(&cast, |_| Change::InviteRevoked {
            id: InviteId([id; 16]),
        })
    };
    assert_eq!(revoke(90), [Ok(()), NO, NO, STRANGER]);
    assert_eq!(revoke(91), [Ok(()), NO, NO, STRANGER]);
    let mut world = cast.world.clone();
    let own = Change::InviteRevoked {
        id: InviteId([91; 16]),
    };
    assert_eq!(world.by(&cast.other_admin, own), Ok(()));
}

#[test]
fn admitting_takes_an_admin() {
    let cast = cast();
    let knock = cast.world.knock(&Person::new(30));
    let got = outcomes(&cast, |_| Change::Admitted {
        knock: knock.clone().into(),
    });
    assert_eq!(got, [Ok(()), Ok(()), NO, STRANGER]);
}

#[test]
fn a_device_is_added_by_its_own_account_only() {
    let cast = cast();
    let added = device_keys(&SigningKey::from_bytes(&[40; 32]), 40);
    let own = outcomes(&cast, |by| Change::DeviceAdded {
        account: by.account(),
        device: added.clone(),
    });
    assert_eq!(own, [Ok(()), Ok(()), Ok(()), STRANGER]);
    let foreign = outcomes(&cast, |_| Change::DeviceAdded {
        account: cast.other_member.account(),
        device: added.clone(),
    });
    assert_eq!(foreign, [NO, NO, NO, STRANGER]);
}

#[test]
fn a_device_is_revoked_by_its_account_or_a_higher_admin() {
    let cast = cast();
    let revoke = |whose: &Person| {
        let device = whose.device();
        outcomes(&cast, |_| Change::DeviceRevoked { device })
    };
    let refused = NO;
    assert_eq!(
        revoke(&cast.other_member),
        [Ok(()), Ok(()), refused, STRANGER]
    );
    assert_eq!(revoke(&cast.other_admin), [Ok(()), NO, NO, STRANGER]);
    assert_eq!(revoke(&cast.founder), [Ok(()), NO, NO, STRANGER]);
    assert_eq!(revoke(&cast.member), [Ok(()), Ok(()), Ok(()), STRANGER]);
}

#[test]
fn an_account_key_is_rotated_by_the_account_key_only() {
    let cast = cast();
    let change = Change::AccountKeyRotated {
        account: cast.member.account(),
        new_key: PublicKey([9; 32]),
    };
    let got = outcomes(&cast, |_| change.clone());
    assert!(
        got.iter().all(|r| *r == Err(EntryError::WrongSigners)),
        "{got:?}"
    );
    let mut world = cast.world.clone();
    assert_eq!(world.append(change, &[cast.member.as_account()]), Ok(()));
}

#[test]
fn roles_are_given_by_a_rank_above_the_old_and_the_new_one() {
    let cast = cast();
    let give = |whose: &Person, role| outcomes(&cast, |_| role_of(whose, role));
    let refused = give(&cast.other_member, Role::Admin);
    assert_eq!(refused, [Ok(()), NO, NO, STRANGER]);
    let demoted = give(&cast.other_admin, Role::Member);
    assert_eq!(demoted, [Ok(()), NO, NO, STRANGER]);
    let passed_on = give(&cast.other_member, Role::Founder);
    assert_eq!(passed_on, [Ok(()), NO, NO, STRANGER]);
    let overthrown = give(&cast.founder, Role::Member);
    assert_eq!(overthrown, [NO, NO, NO, STRANGER]);
}

#[test]
fn one_may_step_down_but_not_up() {
    let cast = cast();
    let own = |role| outcomes(&cast, |by| role_of(by, role));
    let unknown = Err(EntryError::NotActive);
    assert_eq!(own(Role::Member), [NO, Ok(()), NO, unknown.clone()]);
    assert_eq!(own(Role::Admin), [NO, NO, NO, unknown.clone()]);
    assert_eq!(own(Role::Founder), [NO, NO, NO, unknown]);
}

#[test]
fn members_are_removed_by_a_higher_rank_or_leave() {
    let cast = cast();
    let remove = |whom: &Person| outcomes(&cast, |_| removed(whom, false));
    assert_eq!(remove(&cast.other_member), [Ok(()), Ok(()), NO, STRANGER]);
    assert_eq!(remove(&cast.other_admin), [Ok(()), NO, NO, STRANGER]);
    assert_eq!(remove(&cast.founder), [NO, NO, NO, STRANGER]);
    let leave = outcomes(&cast, |by| removed(by, false));
    assert_eq!(leave, [NO, Ok(()), Ok(()), STRANGER]);
}

#[test]
fn channels_of_the_lobby_are_made_changed_and_closed_by_admins() {
    let cast = cast();
    let admins = [Ok(()), Ok(()), NO, STRANGER];
    assert_eq!(outcomes(&cast, |_| channel(2, group(0))), admins);
    let id = ChannelId([1; 16]);
    let history = HistoryPolicy::FromJoining;
    assert_eq!(
        outcomes(&cast, |_| Change::ChannelPolicy { id, history }),
        admins
    );
    let paused = |_: &Person| Change::ChannelSet {
        id,
        setting: 2,
        value: 30,
    };
    assert_eq!(outcomes(&cast, paused), admins);
    assert_eq!(outcomes(&cast, |_| Change::ChannelClosed { id }), admins);
    let everybody = [Ok(()), Ok(()), Ok(()), STRANGER];
    assert_eq!(outcomes(&cast, |_| channel(2, group(8))), everybody);
}

#[test]
fn the_lobby_is_reset_by_admins_and_the_server_key_by_the_founder() {
    let cast = cast();
    let reset = Change::GroupReset {
        group: group(0),
        new_group: GroupId::new([9; 16]),
    };
    assert_eq!(
        outcomes(&cast, |_| reset.clone()),
        [Ok(()), Ok(()), NO, STRANGER]
    );
    let server_key = public(&SigningKey::from_bytes(&[8; 32]));
    let change = Change::ServerKeyChanged { server_key };
    assert_eq!(
        outcomes(&cast, |_| change.clone()),
        [Ok(()), NO, NO, STRANGER]
    );
    let mut world = cast.world.clone();
    world.by_founder(change).unwrap();
    assert_eq!(*world.roster.view().server_key(), server_key);
}

#[test]
fn how_somebody_is_heard_is_changed_by_a_higher_admin() {
    let cast = cast();
    for standing in [
        VoiceStanding::Ordinary,
        VoiceStanding::Muted,
        VoiceStanding::Priority,
    ] {
        let give = |whom: &Person| outcomes(&cast, |_| voice_of(whom, standing));
        assert_eq!(give(&cast.other_member), [Ok(()), Ok(()), NO, STRANGER]);
        assert_eq!(give(&cast.other_admin), [Ok(()), NO, NO, STRANGER]);
    }
    let founder = outcomes(&cast, |_| voice_of(&cast.founder, VoiceStanding::Muted));
    assert_eq!(founder, [NO, NO, NO, STRANGER]);
}

#[test]
fn admins_give_themselves_priority_and_members_do_not() {
    let cast = cast();
    let own = |standing| outcomes(&cast, |by| voice_of(by, standing));
    let admins = [Ok(()), Ok(()), NO, STRANGER];
    assert_eq!(own(VoiceStanding::Priority), admins);
    assert_eq!(own(VoiceStanding::Ordinary), admins);
    assert_eq!(own(VoiceStanding::Muted), [NO, NO, NO, STRANGER]);
}
