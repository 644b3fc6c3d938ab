//! Each kind of entry says who did what to whom.

use dialtone_crypto::invite::{self, InviteTerms, IssuedInvite};
use dialtone_crypto::{AccountKey, DeviceKey, OsRng, entries};
use dialtone_protocol::content::EventBody;
use dialtone_protocol::roster::{Change, HistoryPolicy, Role, Roster, VoiceStanding};
use dialtone_protocol::{AccountId, ChannelId, GroupId, InviteId};

use super::*;
use crate::chat::directory::Author;
use crate::snapshot::{ChronicleKind, InviteState, Role as Rank};

struct Person {
    account: AccountKey,
    device: DeviceKey,
}

impl Person {
    fn new() -> Self {
        Self {
            account: AccountKey::generate(&mut OsRng),
            device: DeviceKey::generate(&mut OsRng).unwrap(),
        }
    }

    fn id(&self) -> AccountId {
        self.account.account()
    }
}

struct Story {
    roster: Roster,
    directory: Directory,
    anna: Person,
    mikael: Person,
    saga: Person,
}

impl Story {
    /// Anna founded; Mikael knocked and was let in; Saga came by an invite.
    fn new() -> (Self, IssuedInvite) {
        let (anna, mikael, saga) = (Person::new(), Person::new(), Person::new());
        let server = AccountKey::generate(&mut OsRng).public();
        let founded = entries::found(&anna.account, &anna.device, server, &mut OsRng);
        let mut roster = founded.unwrap().roster;
        let knock = entries::knock(&roster.community(), &mikael.account, &mikael.device);
        let admitted = entries::admit(&anna.device, &roster, &knock).unwrap();
        roster.append(admitted).unwrap();
        let terms = InviteTerms {
            server: "harbour.example:7443".into(),
            uses: 2,
            expires_s: 5_000,
            role: Role::Member,
            community_name: String::new(),
            inviter_name: String::new(),
        };
        let issued = invite::issue(&anna.device, &roster, terms, &[], &mut OsRng).unwrap();
        roster.append(issued.entry.clone()).unwrap();
        let joined = invite::join(&issued.link, &roster, &saga.account, &saga.device).unwrap();
        roster.append(joined).unwrap();
        let mut directory = Directory::default();
        for (person, name) in [(&anna, "Anna"), (&mikael, "Mikael"), (&saga, "Saga")] {
            directory.people.insert(person.id(), name.into());
        }
        let story = Self {
            roster,
            directory,
            anna,
            mikael,
            saga,
        };
        (story, issued)
    }

    fn sign(&mut self, by: fn(&Self) -> &Person, change: Change) {
        let entry = entries::sign_change(&by(self).device, &self.roster, change).unwrap();
        self.roster.append(entry).unwrap();
    }

    fn show(&self, filter: &ChronicleFilter) -> Chronicle {
        let names = Names {
            directory: &self.directory,
            view: self.roster.view(),
            channel: &|id| (id.0[0] == 7).then(|| "general".to_owned()),
        };
        chronicle(&self.roster, &names, filter)
    }

    fn invites(&self, me: AccountId, now_ms: u64) -> Vec<crate::snapshot::InviteView> {
        let names = Names {
            directory: &self.directory,
            view: self.roster.view(),
            channel: &|_| None,
        };
        invites(&self.roster, &names, &me, now_ms)
    }
}

fn sentences(chronicle: &Chronicle) -> Vec<&str> {
    let entries = chronicle.entries.iter().rev();
    entries.map(|entry| entry.sentence.as_str()).collect()
}

/// What Anna did, in order.
fn annas(story: &Story, invite: InviteId) -> Vec<Change> {
    let (anna, mikael, saga) = (story.anna.id(), story.mikael.id(), story.saga.id());
    let lobby = story.roster.view().lobby();
    let (general, secret) = (ChannelId([7; 16]), ChannelId([8; 16]));
    let history = HistoryPolicy::FromJoining;
    let make = |id, group| Change::ChannelCreated {
        id,
        group,
        history: HistoryPolicy::All,
    };
    vec![
        make(general, lobby),
        Change::ChannelPolicy {
            id: general,
            history,
        },
        Change::ChannelClosed { id: general },
        make(secret, GroupId::new([9; 16])),
        Change::RoleChanged {
            account: mikael,
            role: Role::Admin,
        },
        Change::VoiceStandingChanged {
            account: saga,
            standing: VoiceStanding::Muted,
        },
        Change::VoiceStandingChanged {
            account: anna,
            standing: VoiceStanding::Priority,
        },
        Change::InviteRevoked { id: invite },
        Change::GroupReset {
            group: lobby,
            new_group: GroupId::new([5; 16]),
        },
        Change::ServerKeyChanged {
            server_key: Person::new().account.public(),
        },
    ]
}

#[test]
fn every_kind_of_entry_is_told_in_plain_words() {
    let (mut story, issued) = Story::new();
    let (mikael, saga) = (story.mikael.id(), story.saga.id());
    let first: fn(&Story) -> &Person = |story| &story.anna;
    for change in annas(&story, issued.id) {
        story.sign(first, change);
    }
    let role = Role::Member;
    story.sign(
        |story| &story.mikael,
        Change::RoleChanged {
            account: mikael,
            role,
        },
    );
    story.sign(
        first,
        Change::MemberRemoved {
            account: saga,
            ban: true,
        },
    );
    story.sign(
        |story| &story.mikael,
        Change::MemberRemoved {
            account: mikael,
            ban: false,
        },
    );
    let told = story.show(&ChronicleFilter::default());
    assert_eq!(
        sentences(&told),
        [
            "Anna founded the community.",
            "Anna let Mikael in, on the server's word.",
            "Anna made an invite for 2 people.",
            "Saga joined by an invite of Anna.",
            "Anna made the channel #general.",
            "Anna let newcomers read of the channel #general only what comes after them.",
            "Anna deleted the channel #general.",
            "Anna made a private channel or conversation.",
            "Anna made Mikael an admin.",
            "Anna muted Saga for everybody.",
            "Anna put themselves before other voices.",
            "Anna took back an invite of their own.",
            "Anna started the keys of all open channels again.",
            "Anna confirmed a new identity key of the server.",
            "Mikael became an ordinary member again.",
            "Anna removed and banned Saga.",
            "Mikael left.",
        ]
    );
    assert_eq!(told.entries[0].number, told.length);
    assert!(!told.more);
}

#[test]
fn entries_are_found_by_kind_person_and_words_and_come_in_pages() {
    let (story, _) = Story::new();
    let filter = |change: fn(&mut ChronicleFilter)| {
        let mut filter = ChronicleFilter::default();
        change(&mut filter);
        filter
    };
    let kind = filter(|filter| filter.kind = Some(ChronicleKind::Invites));
    assert_eq!(
        sentences(&story.show(&kind)),
        ["Anna made an invite for 2 people."]
    );
    let words = filter(|filter| filter.text = "SAGA invite".into());
    assert_eq!(
        sentences(&story.show(&words)),
        ["Saga joined by an invite of Anna."]
    );
    let person = ChronicleFilter {
        account: Some(story.mikael.id()),
        ..ChronicleFilter::default()
    };
    let about = ["Anna let Mikael in, on the server's word."];
    assert_eq!(sentences(&story.show(&person)), about);
    let page = story.show(&filter(|filter| filter.most = 1));
    assert_eq!(sentences(&page), ["Saga joined by an invite of Anna."]);
    assert!(page.more);
    assert!(!story.show(&filter(|filter| filter.most = 4)).more);
}

#[test]
fn a_removal_is_told_with_the_reason_of_whoever_removed() {
    let (mut story, _) = Story::new();
    let (anna, mikael, saga) = (story.anna.id(), story.mikael.id(), story.saga.id());
    let say = |story: &mut Story, by: AccountId, role, reason: &str| {
        let author = Author {
            account: by,
            device: story.anna.device.id(),
            role,
        };
        let body = EventBody::Removal {
            account: saga,
            reason: reason.into(),
            length: story.roster.position().length,
        };
        story.directory.apply(author, &body);
    };
    // Whoever is no admin has no say, and another admin's words are not Anna's.
    say(&mut story, anna, Role::Founder, "Spam.");
    say(&mut story, anna, Role::Member, "No say.");
    say(&mut story, mikael, Role::Admin, "Another's.");
    let ban = false;
    story.sign(
        |story| &story.anna,
        Change::MemberRemoved { account: saga, ban },
    );
    // What is said afterwards is about a later removal.
    say(&mut story, anna, Role::Founder, "Later.");
    let told = story.show(&ChronicleFilter::default());
    assert_eq!(told.entries[0].reason.as_deref(), Some("Spam."));
}

#[test]
fn an_invite_says_who_came_by_it_and_whether_it_is_open() {
    let (mut story, issued) = Story::new();
    let (anna, saga) = (story.anna.id(), story.saga.id());
    let shown = story.invites(anna, 4_999_999);
    let [one] = &shown[..] else {
        panic!("{shown:?}");
    };
    assert_eq!((one.number, one.uses, one.role), (3, 2, Rank::Member));
    assert_eq!(one.used_by, [(saga, "Saga".to_owned())]);
    assert_eq!((one.state, one.may_revoke), (InviteState::Open, true));
    assert!(!story.invites(saga, 0)[0].may_revoke, "an ordinary member");
    assert_eq!(
        story.invites(anna, 5_000_000)[0].state,
        InviteState::Expired
    );
    story.sign(|story| &story.anna, Change::InviteRevoked { id: issued.id });
    let over = &story.invites(anna, 0)[0];
    assert_eq!((over.state, over.may_revoke), (InviteState::Void, false));
}
