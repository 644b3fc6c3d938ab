//! The community's affairs as the demonstration knows them.

use std::sync::Arc;

use dialtone_engine::snapshot::{
    Channel, Chronicle, ChronicleEntry, ChronicleFilter, ChronicleKind, Community, ExportState,
    ExportView, InviteState, InviteView, Role,
};
use dialtone_engine::{AccountId, ChannelId, InviteId, PeopleCommand};

use super::community::{ANNA, JO, MIKAEL, account};

const HOUR_MS: u64 = 3_600_000;

/// Carries out what one does about people.
pub(super) fn apply(community: &mut Community, wish: PeopleCommand, now_ms: u64) {
    match wish {
        PeopleCommand::ShowChronicle(filter) => {
            community.chronicle = filter.map(|filter| Arc::new(chronicle(filter)));
        }
        PeopleCommand::ShowInvites(on) => {
            community.invites = on.then(|| Arc::new(invites(now_ms)));
        }
        PeopleCommand::RevokeInvite(id) => {
            let invites = community.invites.as_mut().map(Arc::make_mut);
            for invite in invites.into_iter().flatten().filter(|one| one.id == id) {
                (invite.state, invite.may_revoke) = (InviteState::Void, false);
            }
        }
        PeopleCommand::Rename(name) => {
            let me = community.me.account;
            let mut members = community.members.iter_mut();
            if let Some(member) = members.find(|one| one.account == me) {
                member.name.clone_from(&name);
            }
            community.me.name = name;
        }
        PeopleCommand::Remove { account, .. } => {
            community.members.retain(|one| one.account != account);
        }
        PeopleCommand::SetChannel {
            channel,
            name,
            topic,
            voice,
        } => change(community, channel, |found| {
            found.name = Some(name);
            (found.topic, found.voice) = (topic, voice);
        }),
        PeopleCommand::PlaceChannel {
            channel,
            category,
            before,
        } => place(community, channel, category, before),
        PeopleCommand::Ignore { account, on } => ignore(community, account, on),
        PeopleCommand::Export(_) => {
            community.export = Some(Arc::new(ExportView {
                folder: "~/Downloads/Dialtone Harbour crew".into(),
                state: ExportState::Done,
                messages: 1_204,
                files: 38,
            }));
        }
        PeopleCommand::StopExport => community.export = None,
        PeopleCommand::ShowIgnored(_) => {}
    }
}

fn change(community: &mut Community, id: ChannelId, how: impl FnOnce(&mut Channel)) {
    let mut channels = community.channels.iter_mut();
    if let Some(found) = channels.find(|one| one.id == id) {
        how(Arc::make_mut(found));
    }
}

fn place(
    community: &mut Community,
    channel: ChannelId,
    category: String,
    before: Option<ChannelId>,
) {
    change(community, channel, |found| found.category = category);
    let channels = &mut community.channels;
    let Some(at) = channels.iter().position(|one| one.id == channel) else {
        return;
    };
    let moved = channels.remove(at);
    let to = before.and_then(|before| channels.iter().position(|one| one.id == before));
    channels.insert(to.unwrap_or(channels.len()), moved);
}

fn ignore(community: &mut Community, account: AccountId, on: bool) {
    let mut members = community.members.iter_mut();
    let Some(member) = members.find(|one| one.account == account) else {
        return;
    };
    member.ignored = on;
    let name = member.name.clone();
    community.ignored.retain(|(one, _)| *one != account);
    community.ignored.extend(on.then_some((account, name)));
}

fn chronicle(filter: ChronicleFilter) -> Chronicle {
    let entry = |number, kind, by, about: Option<u8>, sentence: &str| ChronicleEntry {
        number,
        kind,
        by: Some(account(by)),
        about: about.map(account),
        sentence: sentence.to_owned(),
        reason: None,
    };
    let people = ChronicleKind::People;
    let mut removed = entry(57, people, ANNA, None, "Anna removed and banned Loke.");
    removed.reason = Some("Sold somebody else's mooring, twice.".to_owned());
    let all = vec![
        removed,
        entry(
            56,
            ChronicleKind::Roles,
            ANNA,
            Some(MIKAEL),
            "Anna made Mikael an admin.",
        ),
        entry(
            55,
            ChronicleKind::Channels,
            MIKAEL,
            None,
            "Mikael let newcomers read of the channel #boat-yard only what comes after them.",
        ),
        entry(54, ChronicleKind::Devices, JO, None, "Jo added a device."),
        entry(53, people, JO, None, "Jo joined by an invite of Mikael."),
        entry(
            52,
            ChronicleKind::Invites,
            MIKAEL,
            None,
            "Mikael made an invite for 5 people.",
        ),
        entry(1, people, ANNA, None, "Anna founded the community."),
    ];
    let wanted = filter.text.to_lowercase();
    let is_wanted = |one: &ChronicleEntry| {
        filter.kind.is_none_or(|kind| kind == one.kind)
            && filter
                .account
                .is_none_or(|who| one.by == Some(who) || one.about == Some(who))
            && one.sentence.to_lowercase().contains(&wanted)
    };
    Chronicle {
        entries: all.into_iter().filter(is_wanted).collect(),
        filter,
        length: 57,
        more: false,
    }
}

fn invites(now_ms: u64) -> Vec<InviteView> {
    let invite = |number: u8, uses, used_by: &[(u8, &str)], state| InviteView {
        id: InviteId([number; 16]),
        number: u64::from(number),
        by: account(MIKAEL),
        by_name: "Mikael".to_owned(),
        uses,
        used_by: used_by
            .iter()
            .map(|(who, name)| (account(*who), (*name).to_owned()))
            .collect(),
        expires_ms: now_ms + 20 * HOUR_MS,
        role: Role::Member,
        state,
        may_revoke: state == InviteState::Open,
    };
    vec![
        invite(56, 1, &[], InviteState::Open),
        invite(52, 5, &[(JO, "Jo")], InviteState::Open),
        invite(31, 1, &[(JO, "Saga")], InviteState::UsedUp),
    ]
}
