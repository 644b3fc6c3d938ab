//! A change of the member list as a sentence.

use dialtone_protocol::roster::{
    Change, ChannelSetting, HistoryPolicy, KnockRequest, Role, SignedEntry, SignedKnock, Signer,
    VoiceStanding, Who,
};
use dialtone_protocol::{AccountId, ChannelId, GroupId, InviteId, strict};

use dialtone_words::say;

use super::Names;
use crate::snapshot::{ChronicleKind, span};

/// What a change is about.
pub(super) fn kind(change: &Change) -> ChronicleKind {
    match change {
        Change::Founded { .. }
        | Change::Joined { .. }
        | Change::Admitted { .. }
        | Change::MemberRemoved { .. } => ChronicleKind::People,
        Change::RoleChanged { .. } | Change::VoiceStandingChanged { .. } => ChronicleKind::Roles,
        Change::DeviceAdded { .. }
        | Change::DeviceRevoked { .. }
        | Change::AccountKeyRotated { .. } => ChronicleKind::Devices,
        Change::InviteIssued { .. } | Change::InviteRevoked { .. } => ChronicleKind::Invites,
        Change::ChannelCreated { .. }
        | Change::ChannelPolicy { .. }
        | Change::ChannelSet { .. }
        | Change::ChannelClosed { .. } => ChronicleKind::Channels,
        Change::GroupReset { .. } | Change::ServerKeyChanged { .. } => ChronicleKind::Keys,
    }
}

/// Who is let in by such an entry: what it holds was verified when it was taken in.
pub(super) fn knocker(knock: &[u8]) -> Option<AccountId> {
    let signed: SignedKnock = strict::decode(knock, dialtone_protocol::roster::ENTRY_LIMIT).ok()?;
    let limit = dialtone_protocol::roster::ENTRY_LIMIT;
    let request: KnockRequest = strict::decode(&signed.body, limit).ok()?;
    Some(AccountId::of(&request.account_key))
}

/// What `by` did.
pub(super) fn sentence(
    change: &Change,
    signed: &SignedEntry,
    by: Option<AccountId>,
    names: &Names<'_>,
) -> String {
    let who = by.map_or_else(|| "Somebody".to_owned(), |by| names.person(&by));
    match change {
        Change::Founded { .. } => format!("{who} founded the community."),
        Change::InviteIssued { uses, role, .. } => {
            let people = if *uses == 1 {
                "one person".to_owned()
            } else {
                format!("{uses} people")
            };
            match role {
                Role::Member => format!("{who} made an invite for {people}."),
                _ => format!("{who} made an invite for {people}, as admins."),
            }
        }
        Change::InviteRevoked { id } => match names.issuer(id) {
            Some(issuer) if Some(issuer) != by => {
                format!("{who} took back an invite of {}.", names.person(&issuer))
            }
            _ => format!("{who} took back an invite of their own."),
        },
        Change::Joined { invite, .. } => match names.issuer(invite) {
            Some(issuer) => format!("{who} joined by an invite of {}.", names.person(&issuer)),
            None => format!("{who} joined by an invite."),
        },
        Change::Admitted { knock } => {
            let name = knocker(knock).map(|one| names.person(&one));
            let name = name.unwrap_or_else(|| "somebody".to_owned());
            format!("{who} let {name} in, on the server's word.")
        }
        Change::DeviceAdded { account, .. } => {
            let by_key = signed
                .signatures
                .iter()
                .any(|one| matches!(&one.signer, Signer::Account(id) if id == account));
            let how = if by_key {
                ", with the account's key"
            } else {
                ""
            };
            format!("{} added a device{how}.", names.person(account))
        }
        Change::DeviceRevoked { device } => {
            match names.view.device(device).map(|device| device.account) {
                Some(account) if Some(account) != by => {
                    format!("{who} took out a device of {}.", names.person(&account))
                }
                _ => format!("{who} took out a device of their own."),
            }
        }
        Change::AccountKeyRotated { account, .. } => {
            format!("{} changed their account key.", names.person(account))
        }
        Change::RoleChanged { account, role } => role_changed(&who, by, *account, *role, names),
        Change::MemberRemoved { account, .. } if Some(*account) == by => format!("{who} left."),
        Change::MemberRemoved { account, ban } => {
            let did = if *ban {
                "removed and banned"
            } else {
                "removed"
            };
            format!("{who} {did} {}.", names.person(account))
        }
        Change::VoiceStandingChanged { account, standing } => {
            voice_changed(&who, by, *account, *standing, names)
        }
        Change::ChannelCreated { id, .. }
        | Change::ChannelPolicy { id, .. }
        | Change::ChannelClosed { id } => channel_changed(&who, change, id, names),
        Change::ChannelSet { id, setting, value } => {
            channel_set(&who, &names.channel(id), *setting, *value)
        }
        Change::GroupReset { group, new_group } => {
            let what = names.group(group, new_group);
            format!("{who} started the keys of {what} again.")
        }
        Change::ServerKeyChanged { .. } => {
            format!("{who} confirmed a new identity key of the server.")
        }
    }
}

fn role_changed(
    who: &str,
    by: Option<AccountId>,
    account: AccountId,
    role: Role,
    names: &Names<'_>,
) -> String {
    if Some(account) == by {
        return format!("{who} became an ordinary member again.");
    }
    let name = names.person(&account);
    match role {
        Role::Member => format!("{who} made {name} an ordinary member."),
        Role::Admin => format!("{who} made {name} an admin."),
        Role::Founder => format!("{who} passed the founder's role on to {name}."),
    }
}

fn voice_changed(
    who: &str,
    by: Option<AccountId>,
    account: AccountId,
    standing: VoiceStanding,
    names: &Names<'_>,
) -> String {
    let name = if Some(account) == by {
        "themselves".to_owned()
    } else {
        names.person(&account)
    };
    match standing {
        VoiceStanding::Ordinary => format!("{who} let everybody hear {name} as anyone else again."),
        VoiceStanding::Muted => format!("{who} muted {name} for everybody."),
        VoiceStanding::Priority => format!("{who} put {name} before other voices."),
    }
}

fn channel_changed(who: &str, change: &Change, id: &ChannelId, names: &Names<'_>) -> String {
    let channel = names.channel(id);
    match change {
        Change::ChannelPolicy {
            history: HistoryPolicy::All,
            ..
        } => {
            format!("{who} let newcomers read all of {channel}.")
        }
        Change::ChannelPolicy { .. } => {
            format!("{who} let newcomers read of {channel} only what comes after them.")
        }
        Change::ChannelClosed { .. } => format!("{who} deleted {channel}."),
        _ => format!("{who} made {channel}."),
    }
}

/// A setting of a channel.
fn channel_set(who: &str, channel: &str, setting: u32, value: u64) -> String {
    match ChannelSetting::read(setting, value) {
        Ok(Some(ChannelSetting::Writing(Who::Everyone))) => {
            say!("chronicle-all-write", who = who, channel = channel)
        }
        Ok(Some(ChannelSetting::Writing(Who::Admins))) => {
            say!("chronicle-admins-write", who = who, channel = channel)
        }
        Ok(Some(ChannelSetting::Speaking(Who::Everyone))) => {
            say!("chronicle-all-speak", who = who, channel = channel)
        }
        Ok(Some(ChannelSetting::Speaking(Who::Admins))) => {
            say!("chronicle-admins-speak", who = who, channel = channel)
        }
        Ok(Some(ChannelSetting::Pause(0))) => {
            say!("chronicle-no-pause", who = who, channel = channel)
        }
        Ok(Some(ChannelSetting::Pause(seconds))) => {
            let pause = span(seconds);
            say!(
                "chronicle-pause",
                who = who,
                channel = channel,
                pause = pause
            )
        }
        Ok(Some(ChannelSetting::Lifetime(0))) => {
            say!("chronicle-stays", who = who, channel = channel)
        }
        Ok(Some(ChannelSetting::Lifetime(seconds))) => {
            let span = span(seconds);
            say!(
                "chronicle-vanishes",
                who = who,
                channel = channel,
                span = span
            )
        }
        // Of a later version.
        _ => say!("chronicle-set-unknown", who = who, channel = channel),
    }
}

impl Names<'_> {
    fn person(&self, account: &AccountId) -> String {
        self.directory.person(account)
    }

    fn issuer(&self, invite: &InviteId) -> Option<AccountId> {
        Some(self.view.invites().get(invite)?.issuer)
    }

    fn is_private(&self, id: &ChannelId) -> bool {
        let channel = self.view.channels().get(id);
        channel.is_some_and(|one| self.view.current_group(one.group) != self.view.lobby())
    }

    fn channel(&self, id: &ChannelId) -> String {
        match ((self.channel)(id), self.is_private(id)) {
            (Some(name), true) => format!("the private channel {name}"),
            (Some(name), false) => format!("the channel #{name}"),
            (None, true) => "a private channel or conversation".to_owned(),
            (None, false) => "a channel whose name is not known here".to_owned(),
        }
    }

    fn group(&self, old: &GroupId, new: &GroupId) -> String {
        let current = self.view.current_group(*new);
        if current == self.view.lobby() {
            return "all open channels".to_owned();
        }
        let found = self.view.private_channel(old);
        found.map_or_else(
            || "a private channel".to_owned(),
            |(id, _)| self.channel(id),
        )
    }
}
