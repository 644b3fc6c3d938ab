#![no_main]
//! Commits of a member whose client does what it likes, and what of them is changed on the way: what the server takes, every client takes;
//! what a client refuses has changed nothing; and whoever is in the group after a commit that was taken is in the member list. So it is with
//! new groups and key packages.
use std::cell::RefCell;

use dialtone_crypto::group::{DevicePackage, Group, SendGate};
use dialtone_protocol::group_rules::{CommitError, PRIVATE_GROUP_EXTENSION, commit_aad};
use dialtone_protocol::http::CommitPublish;
use dialtone_protocol::roster::RosterPosition;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use openmls::prelude::{
    CustomProposal, Extension, Extensions, LeafNodeIndex, Proposal, UnknownExtension,
};

#[path = "../../../crypto/fuzz/fuzz_targets/edits.rs"]
mod edits;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/groups/judge.rs"]
mod judge;
mod lobby;
#[path = "../../src/packages/package.rs"]
mod package;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/groups/public.rs"]
mod public;
#[path = "../../src/groups/public_storage.rs"]
mod public_storage;

use edits::Edits;
use lobby::{Lobby, PRIVATE_PROPOSAL, Wanted};

/// Where the server has it.
mod groups {
    pub(crate) use super::public::{SUITE, crypto, leaf};
}

/// Why the server takes no commit; of its own it has more.
#[derive(Debug, thiserror::Error)]
enum GroupError {
    #[error("{0}")]
    NotAllowed(&'static str),
    #[error("{0}")]
    Malformed(&'static str),
    #[error("{0}")]
    Stale(u64),
    #[error("{0}")]
    Mls(String),
    #[error("{0}")]
    Rules(#[from] CommitError),
    #[error("group info")]
    GroupInfo,
    #[error("{0}")]
    Stored(String),
}

const MOST_PROPOSALS: usize = 4;

#[derive(Debug, Arbitrary)]
enum Given {
    /// Ada's commit.
    Commit {
        position: Position,
        proposals: Vec<Proposed>,
        commit: Option<Edits>,
        info: Option<Edits>,
        /// Whether it comes with a welcome; as it should where it is not said.
        welcome: Option<bool>,
    },
    /// A new group.
    New {
        info: Option<Edits>,
        tree: Option<Edits>,
    },
    /// What the server has of one.
    Stored(Edits),
    /// Ben's key package.
    Package(Edits),
}

/// The member list that a commit names.
#[derive(Debug, Arbitrary)]
enum Position {
    Right,
    Longer,
    Shorter,
    Forked,
    Raw(Vec<u8>),
}

#[derive(Debug, Arbitrary)]
enum Proposed {
    Add(u8),
    Remove(u8),
    Custom(Vec<u8>),
    Context(Vec<(u16, Vec<u8>)>),
    PrivateContext(Vec<u8>),
}

thread_local! {
    static LOBBY: RefCell<Lobby> = RefCell::new(Lobby::new().expect("a lobby"));
}

fuzz_target!(|given: Given| {
    LOBBY.with_borrow_mut(|lobby| match given {
        Given::Commit {
            position,
            proposals,
            commit,
            info,
            welcome,
        } => {
            let aad = named(lobby, position);
            let wanted = proposed(lobby, proposals);
            let Ok(mut made) = lobby.commit(aad, wanted) else {
                return;
            };
            let mut changed = false;
            let mut edit = |bytes: &mut Vec<u8>, edits: Option<Edits>| {
                let edited = edits.map_or_else(|| bytes.clone(), |edits| edits.of(bytes));
                changed |= edited != *bytes;
                *bytes = edited;
            };
            edit(&mut made.commit.0, commit);
            edit(&mut made.group_info.0, info);
            match welcome {
                Some(true) => made.welcome = Some(made.welcome.unwrap_or_default()),
                Some(false) => made.welcome = None,
                None => {}
            }
            check(lobby, &made, changed);
        }
        Given::New { info, tree } => create(lobby, info, tree),
        Given::Package(edits) => {
            let bytes = edits.of(&lobby.package);
            let leaf = package::read(&bytes);
            assert_eq!(leaf.is_some(), bytes == lobby.package);
            assert!(leaf.is_none_or(|leaf| leaf.identity.device == lobby.ben.device.id()));
            let client = DevicePackage::read(&bytes);
            assert_eq!(client.ok().map(|package| package.leaf), leaf);
        }
        Given::Stored(edits) => {
            let bytes = edits.of(&lobby.half.to_bytes());
            if let Ok(half) = public::PublicHalf::load(&lobby.id, &bytes) {
                assert_eq!(half.to_bytes(), bytes);
                let _ = (half.tree(), half.leaves(), half.private());
            }
        }
    });
});

fn named(lobby: &Lobby, position: Position) -> Vec<u8> {
    let right = lobby.roster.position();
    match position {
        Position::Right => commit_aad(&right),
        Position::Longer => commit_aad(&RosterPosition {
            length: right.length + 1,
            ..right
        }),
        Position::Shorter => commit_aad(&RosterPosition {
            length: right.length - 1,
            ..right
        }),
        Position::Forked => {
            let mut forked = right;
            forked.head.0[0] ^= 1;
            commit_aad(&forked)
        }
        Position::Raw(bytes) => bytes,
    }
}

fn proposed(lobby: &Lobby, given: Vec<Proposed>) -> Wanted {
    let mut wanted = Wanted::default();
    for one in given.into_iter().take(MOST_PROPOSALS) {
        match one {
            Proposed::Add(number) => {
                let package = &lobby.packages[usize::from(number) % lobby.packages.len()];
                wanted.adds.push(package.clone());
            }
            Proposed::Remove(place) => {
                let place = LeafNodeIndex::new(u32::from(place % 4));
                wanted.removals.push(place);
            }
            Proposed::Custom(payload) => {
                let custom = CustomProposal::new(PRIVATE_PROPOSAL, payload);
                wanted.others.push(Proposal::Custom(Box::new(custom)));
            }
            Proposed::Context(extensions) => {
                let unknown = |(kind, content)| Extension::Unknown(kind, UnknownExtension(content));
                wanted.context =
                    Extensions::from_vec(extensions.into_iter().map(unknown).collect()).ok();
            }
            Proposed::PrivateContext(content) => {
                let content = UnknownExtension(content);
                let one = Extension::Unknown(PRIVATE_GROUP_EXTENSION, content);
                wanted.context = Extensions::from_vec(vec![one]).ok();
            }
        }
    }
    wanted
}

fn check(lobby: &mut Lobby, made: &CommitPublish, changed: bool) {
    let judged = judge::judge(&lobby.half, &lobby.ada.device.id(), made, &lobby.roster);
    let taken = match &judged {
        Ok(judged) => Some(judged.position),
        Err(_) => None,
    };
    assert!(taken.is_none() || !changed, "it is signed to the last byte");
    let (roster, epoch) = (lobby.roster.clone(), lobby.half.epoch());
    let bens = lobby.bens();
    let before = state(bens);
    match bens.process_commit(epoch, &made.commit.0, &roster) {
        Ok(_) => {
            assert_eq!(bens.epoch(), epoch + 1);
            let view = roster.view();
            for member in bens.members() {
                let device = view.device(&member.device).expect("it is in the list");
                assert!(device.account == member.account && device.is_active());
            }
            assert_eq!(bens.check_send_gate(&roster), SendGate::Open);
            assert!(taken.is_none_or(|position| bens.position() == position));
        }
        Err(error) => {
            assert!(
                taken.is_none(),
                "a client refuses what the server takes: {error}"
            );
            assert_eq!(state(bens), before);
            assert!(bens.drain_changes().is_empty());
        }
    }
}

fn state(group: &Group) -> (u64, usize, RosterPosition) {
    (group.epoch(), group.members().len(), group.position())
}

fn create(lobby: &Lobby, info: Option<Edits>, tree: Option<Edits>) {
    let edited = |right: &Vec<u8>, edits: Option<Edits>| edits.map(|edits| edits.of(right));
    let (ada, roster) = (lobby.ada.device.id(), &lobby.roster);
    let bytes = edited(&lobby.info, info).unwrap_or_else(|| lobby.info.clone());
    let tree = edited(&lobby.tree, tree).unwrap_or_else(|| lobby.tree.clone());
    let Ok(info) = public::read_group_info(&bytes) else {
        return;
    };
    let _ = judge::check_extensions(&info);
    let Ok(half) = public::PublicHalf::create(info, &tree, 1) else {
        return;
    };
    // Its maker has signed the group info, and that has the hash of the tree.
    assert_eq!((&bytes, &tree), (&lobby.info, &lobby.tree));
    assert!(judge::judge_new(&half, &lobby.id, &ada, roster, None).is_ok());
    let ben = lobby.ben.device.id();
    assert!(judge::judge_new(&half, &lobby.id, &ben, roster, None).is_err());
}
