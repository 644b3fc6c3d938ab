//! Who is heard, as admins say it: what one may do with a member's voice, and how it is shown beside their name; and who is not, because
//! somebody else may be speaking.

use dialtone_engine::AccountId;
use dialtone_engine::snapshot::{Channel, Me, Role, VoiceStanding, Withheld};
use dialtone_words::say;
use egui::Color32;

use crate::theme::Palette;
use crate::widgets::Icon;

/// What one may do with a member's voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoiceChoice {
    /// Nobody hears them any more.
    Mute,
    /// They are heard again.
    LetSpeak,
    /// Others are lowered while they speak.
    Priority,
    /// They are heard as everybody.
    NoPriority,
}

impl VoiceChoice {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Mute => say!("voice-mute-all"),
            Self::LetSpeak => say!("voice-let-speak"),
            Self::Priority => say!("voice-make-priority"),
            Self::NoPriority => say!("voice-no-priority"),
        }
    }

    /// Its icon.
    pub fn icon(self) -> Icon {
        match self {
            Self::Mute => Icon::SpeakerOff,
            Self::LetSpeak => Icon::Microphone,
            Self::Priority | Self::NoPriority => Icon::Megaphone,
        }
    }

    /// What follows from it.
    pub fn standing(self) -> VoiceStanding {
        match self {
            Self::Mute => VoiceStanding::Muted,
            Self::Priority => VoiceStanding::Priority,
            Self::LetSpeak | Self::NoPriority => VoiceStanding::Ordinary,
        }
    }
}

/// What the rules of the member list let `me` do with the voice of somebody of this role.
pub fn choices(
    me: &Me,
    account: AccountId,
    role: Role,
    standing: VoiceStanding,
) -> Vec<VoiceChoice> {
    let own = me.account == account;
    if me.role < Role::Admin || (me.role <= role && !own) {
        return Vec::new();
    }
    let all = match standing {
        VoiceStanding::Muted => vec![VoiceChoice::LetSpeak],
        VoiceStanding::Ordinary => vec![VoiceChoice::Mute, VoiceChoice::Priority],
        VoiceStanding::Priority => vec![VoiceChoice::Mute, VoiceChoice::NoPriority],
    };
    // Oneself: neither into being muted nor out of it.
    let may =
        |choice: &VoiceChoice| !own || !matches!(choice, VoiceChoice::Mute | VoiceChoice::LetSpeak);
    all.into_iter().filter(may).collect()
}

/// What stands beside a name, and in words.
pub fn mark(standing: VoiceStanding, palette: &Palette) -> Option<(Icon, Color32)> {
    match standing {
        VoiceStanding::Ordinary => None,
        VoiceStanding::Muted => Some((Icon::SpeakerOff, palette.bad)),
        VoiceStanding::Priority => Some((Icon::Megaphone, palette.accent)),
    }
}

/// The same for who does not see it.
pub fn words(standing: VoiceStanding) -> Option<&'static str> {
    match standing {
        VoiceStanding::Ordinary => None,
        VoiceStanding::Muted => Some(say!("voice-muted-all")),
        VoiceStanding::Priority => Some(say!("voice-with-priority")),
    }
}

/// Why somebody is not heard, after their name.
pub fn withheld(why: Withheld) -> &'static str {
    match why {
        Withheld::Unverified => say!("voice-unverified"),
        Withheld::Forged => say!("voice-forged"),
    }
}

/// The same, with what follows from it.
pub fn withheld_hint(why: Withheld) -> &'static str {
    match why {
        Withheld::Unverified => {
            say!("voice-unverified-hint")
        }
        Withheld::Forged => {
            say!("voice-forged-hint")
        }
    }
}

/// Said in one's own call to who is muted by an admin, or listens alone in its channel.
pub fn own_words(me: &Me, channel: Option<&Channel>) -> Option<String> {
    let listens = || {
        let closed = channel.is_some_and(|channel| !channel.may_speak);
        closed.then(|| say!("voice-admins-speak").to_owned())
    };
    if me.voice != VoiceStanding::Muted {
        return listens();
    }
    Some(match &me.voice_by {
        Some(by) => say!("voice-admin-muted-by", by = by),
        None => say!("voice-admin-muted").to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn who_outranks_decides_and_nobody_lifts_it_from_themselves() {
        use VoiceChoice::{LetSpeak, Mute, NoPriority, Priority};
        use VoiceStanding::{Muted, Ordinary};
        let snapshot = demo::harbour();
        let mut me = snapshot.communities[0].me.clone();
        let other = snapshot.communities[0].members[1].account;
        let mut may = |mine, account, theirs, standing| {
            me.role = mine;
            choices(&me, account, theirs, standing)
        };
        let (member, admin) = (Role::Member, Role::Admin);
        assert_eq!(may(admin, other, member, Ordinary), [Mute, Priority]);
        assert_eq!(may(admin, other, member, Muted), [LetSpeak]);
        let first = VoiceStanding::Priority;
        assert_eq!(may(admin, other, member, first), [Mute, NoPriority]);
        assert_eq!(may(admin, other, admin, Ordinary), []);
        assert_eq!(may(member, other, member, Ordinary), []);
        assert_eq!(may(Role::Founder, other, admin, Ordinary), [Mute, Priority]);
        let own = snapshot.communities[0].me.account;
        assert_eq!(may(admin, own, admin, Ordinary), [Priority]);
        assert_eq!(may(admin, own, admin, first), [NoPriority]);
        assert_eq!(may(admin, own, admin, Muted), []);
        assert_eq!(may(member, own, member, Ordinary), []);
    }
}
