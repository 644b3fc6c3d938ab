//! A change of the member list as a sentence.

use dialtone_protocol::roster::{
    Change, ChannelSetting, HistoryPolicy, KnockRequest, Role, SignedEntry, SignedKnock, Signer,
    VoiceStanding, Who,
};
use dialtone_protocol::{AccountId, ChannelId, DeviceId, GroupId, InviteId, strict};

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
    let who = by.map_or_else(
        || say!("history-somebody").to_owned(),
        |by| names.person(&by),
    );
    match change {
        Change::Founded { .. } => say!("history-founded", who = who),
        Change::InviteIssued { uses, role, .. } => match role {
            Role::Member => say!("history-invited", who = who, count = *uses),
            _ => say!("history-invited-admins", who = who, count = *uses),
        },
        Change::InviteRevoked { id } => match names.issuer(id) {
            Some(issuer) if Some(issuer) != by => {
                say!(
                    "history-took-back",
                    who = who,
                    issuer = names.person(&issuer)
                )
            }
            _ => say!("history-took-back-own", who = who),
        },
        Change::Joined { invite, .. } => match names.issuer(invite) {
            Some(issuer) => say!(
                "history-joined-by",
                who = who,
                issuer = names.person(&issuer)
            ),
            None => say!("history-joined", who = who),
        },
        Change::Admitted { knock } => {
            let name = knocker(knock).map(|one| names.person(&one));
            let name = name.unwrap_or_else(|| say!("history-somebody-within").to_owned());
            say!("history-let-in", who = who, name = name)
        }
        Change::DeviceAdded { account, .. } => device_added(account, signed, names),
        Change::DeviceRevoked { device } => device_out(&who, by, device, names),
        Change::AccountKeyRotated { account, .. } => {
            say!("history-account-key", who = names.person(account))
        }
        Change::RoleChanged { account, role } => role_changed(&who, by, *account, *role, names),
        Change::MemberRemoved { account, .. } if Some(*account) == by => {
            say!("history-left", who = who)
        }
        Change::MemberRemoved { account, ban } => {
            let name = names.person(account);
            if *ban {
                say!("history-banned", who = who, name = name)
            } else {
                say!("history-removed", who = who, name = name)
            }
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
            say!("history-keys-again", who = who, what = what)
        }
        Change::ServerKeyChanged { .. } => {
            say!("history-server-key", who = who)
        }
    }
}

fn device_added(account: &AccountId, signed: &SignedEntry, names: &Names<'_>) -> String {
    let by_key = signed
        .signatures
        .iter()
        .any(|one| matches!(&one.signer, Signer::Account(id) if id == account));
    let who = names.person(account);
    if by_key {
        say!("history-device-added-by-key", who = who)
    } else {
        say!("history-device-added", who = who)
    }
}

fn device_out(who: &str, by: Option<AccountId>, device: &DeviceId, names: &Names<'_>) -> String {
    let account = names.view.device(device).map(|device| device.account);
    match account.filter(|account| Some(*account) != by) {
        Some(account) => say!(
            "history-device-out",
            who = who,
            name = names.person(&account)
        ),
        None => say!("history-device-out-own", who = who),
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
        return say!("history-ordinary-again", who = who);
    }
    let name = names.person(&account);
    match role {
        Role::Member => say!("history-made-member", who = who, name = name),
        Role::Admin => say!("history-made-admin", who = who, name = name),
        Role::Founder => say!("history-passed-on", who = who, name = name),
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
        say!("history-themselves").to_owned()
    } else {
        names.person(&account)
    };
    match standing {
        VoiceStanding::Ordinary => {
            say!("history-voice-ordinary", who = who, name = name)
        }
        VoiceStanding::Muted => say!("history-voice-muted", who = who, name = name),
        VoiceStanding::Priority => {
            say!("history-voice-priority", who = who, name = name)
        }
    }
}

fn channel_changed(who: &str, change: &Change, id: &ChannelId, names: &Names<'_>) -> String {
    let channel = names.channel(id);
    match change {
        Change::ChannelPolicy {
            history: HistoryPolicy::All,
            ..
        } => {
            say!("history-read-all", who = who, channel = channel)
        }
        Change::ChannelPolicy { .. } => {
            say!("history-read-from-joining", who = who, channel = channel)
        }
        Change::ChannelClosed { .. } => {
            say!("history-channel-deleted", who = who, channel = channel)
        }
        _ => say!("history-channel-made", who = who, channel = channel),
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
            (Some(name), true) => say!("history-private-named", name = name),
            (Some(name), false) => say!("history-channel-named", name = name),
            (None, true) => say!("history-private-unnamed").to_owned(),
            (None, false) => say!("history-channel-unnamed").to_owned(),
        }
    }

    fn group(&self, old: &GroupId, new: &GroupId) -> String {
        let current = self.view.current_group(*new);
        if current == self.view.lobby() {
            return say!("history-all-open").to_owned();
        }
        let found = self.view.private_channel(old);
        found.map_or_else(
            || say!("history-a-private").to_owned(),
            |(id, _)| self.channel(id),
        )
    }
}
