//! A server that shows another member list, another group, or is another server: whoever looks at a link is told, and who is in
//! already seals nothing.

use dialtone_engine::snapshot::LinkCheck;
use dialtone_protocol::Hash;
use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::http::{Bytes, GroupState, IdentityBody, RosterPage};
use dialtone_protocol::link::{Entrance, Link};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::house::{House, through};
use crate::liar::{Liar, Victim, truth};

/// Changes the answers to `question`.
fn changed<T: Serialize + DeserializeOwned>(
    liar: &Liar,
    question: &'static str,
    how: impl Fn(&mut T) + Send + 'static,
) {
    liar.answers(move |asked, body| {
        if !asked.starts_with(question) {
            return Some(body);
        }
        let Ok(mut value) = serde_json::from_slice(&body) else {
            return Some(body);
        };
        how(&mut value);
        Some(serde_json::to_vec(&value).unwrap())
    });
}

/// What somebody reads who looks at an invite while the server lies.
fn refusal(lie: impl FnOnce(&Liar), change: impl FnOnce(&mut Link)) -> String {
    let house = House::new();
    let liar = Liar::before(&house);
    let anna = house.founder();
    let mut link: Link = through(&liar.address, &anna.invite(1, 3600))
        .parse()
        .unwrap();
    change(&mut link);
    lie(&liar);
    match house.client("mikael").inspect(&link.to_string()) {
        LinkCheck::Refused(words) => words,
        other => panic!("the lie was believed: {other:?}"),
    }
}

fn honest(_: &Liar) {}

fn as_it_is(_: &mut Link) {}

#[test]
fn a_list_that_ends_before_the_invite_is_told() {
    let cut = |liar: &Liar| {
        changed(liar, "GET /roster", |page: &mut RosterPage| {
            page.entries.truncate(1);
            page.position.length = 1;
        });
    };
    let words = refusal(cut, as_it_is);
    assert!(words.contains("member list"), "{words}");
}

#[test]
fn a_changed_entry_is_told() {
    let change = |liar: &Liar| {
        changed(liar, "GET /roster", |page: &mut RosterPage| {
            if let Some(Bytes(entry)) = page.entries.last_mut() {
                *entry.last_mut().unwrap() ^= 1;
            }
        });
    };
    let words = refusal(change, as_it_is);
    assert!(words.contains("do not join"), "{words}");
}

#[test]
fn an_identity_that_does_not_vouch_for_the_connection_is_told() {
    let change = |liar: &Liar| {
        changed(liar, "GET /identity", |body: &mut IdentityBody| {
            let Bytes(statement) = &mut body.statement;
            *statement.last_mut().unwrap() ^= 1;
        });
    };
    let words = refusal(change, as_it_is);
    assert!(words.contains("server"), "{words}");
}

#[test]
fn a_link_with_another_server_key_or_another_community_is_told() {
    let other = House::new();
    let other: Link = other.link.parse().unwrap();
    let words = refusal(honest, |link| link.data.server_key = other.data.server_key);
    assert!(words.contains("server"), "{words}");
    let words = refusal(honest, |link| {
        if let Entrance::Member { community, .. } = &mut link.data.entrance {
            community.0[0] ^= 1;
        }
    });
    assert!(words.contains("community"), "{words}");
    let words = refusal(honest, |link| {
        if let Entrance::Member { seed, .. } = &mut link.data.entrance {
            *seed = Hash([9; 32]);
        }
    });
    assert!(words.contains("invite"), "{words}");
}

#[test]
fn a_group_that_is_not_the_communitys_is_not_entered() {
    let house = House::new();
    let liar = Liar::before(&house);
    let anna = house.founder();
    changed(&liar, "GET /groups/", |state: &mut GroupState| {
        let Bytes(info) = &mut state.group_info;
        *info.last_mut().unwrap() ^= 1;
    });
    let mikael = house.client("mikael");
    mikael.join(&through(&liar.address, &anna.invite(1, 3600)), None);
    let words = mikael.alarm();
    assert!(words.contains("group"), "{words}");
    assert_eq!(liar.sealed(), 0);
}

#[test]
fn a_changed_entry_in_passing_is_told_and_nothing_is_sealed() {
    let victim = Victim::new();
    victim.liar.frames(|mut framed| {
        if let ServerFrame::RosterEntry { entry, .. } = &mut framed.frame {
            *entry.last_mut().unwrap() ^= 1;
        }
        vec![truth(&framed)]
    });
    // An invite is an entry.
    victim.anna.invite(1, 3600);
    let words = victim.mikael.alarm();
    assert!(words.contains("member list"), "{words}");
    victim.nothing_is_sealed();
}

/// An entry never comes by itself, and `lie` keeps it from whoever asks: Mikael is told of it by Anna's message.
fn is_missed(lie: impl FnOnce(&Liar)) {
    let victim = Victim::new();
    victim.liar.frames(|framed| match &framed.frame {
        ServerFrame::RosterEntry { .. } => Vec::new(),
        _ => vec![truth(&framed)],
    });
    lie(&victim.liar);
    victim.anna.invite(1, 3600);
    victim.anna.say("of a longer list");
    let words = victim.mikael.alarm();
    assert!(words.contains("does not show it to you"), "{words}");
    assert!(!victim.lines().contains(&"of a longer list".to_owned()));
    victim.nothing_is_sealed();
}

#[test]
fn an_entry_that_is_held_back_is_missed_within_ten_seconds() {
    is_missed(|liar| {
        changed(liar, "GET /roster", |page: &mut RosterPage| {
            page.entries.clear();
        });
    });
}

#[test]
fn a_server_that_breaks_off_whenever_it_is_asked_for_the_list_holds_it_back() {
    is_missed(|liar| {
        liar.answers(|asked, body| (!asked.starts_with("GET /roster")).then_some(body));
    });
}

#[test]
fn a_changed_commit_is_not_followed_and_the_group_is_entered_anew() {
    let victim = Victim::new();
    let mut lies = 1;
    victim.liar.frames(move |mut framed| {
        if let ServerFrame::Commit { commit, .. } = &mut framed.frame
            && lies > 0
        {
            lies -= 1;
            *commit.last_mut().unwrap() ^= 1;
        }
        vec![truth(&framed)]
    });
    // Who joins commits.
    let saga = victim.house.client("saga");
    saga.join(&victim.anna.invite(1, 3600), None);
    saga.open_channel("general");
    // Mikael is in the present group again, and not in one of the server's making.
    victim.mikael.say("in the same group");
    for reader in [&victim.anna, &saga] {
        reader.reads("mikael", "in the same group");
    }
    saga.say("as everybody");
    victim.mikael.reads("saga", "as everybody");
    assert_eq!(victim.standing_alarm(), None);
}
