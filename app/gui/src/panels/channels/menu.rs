//! What one may do with a channel.

use dialtone_engine::ChannelId;
use dialtone_engine::snapshot::{Channel, Community, Role};
use dialtone_words::say;
use egui::Ui;

use super::ChannelsAction;
use crate::theme::palette;
use crate::widgets::{Icon, Row};

/// What the rules let one do with a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent rights in one channel"
)]
pub struct ChannelRights {
    channel: ChannelId,
    from_joining: bool,
    /// Its name, and who reads what came before them.
    change: bool,
    /// Who belongs to it.
    add: bool,
    leave: bool,
    delete: bool,
    /// How long messages stay, in a conversation, which has no other settings.
    lifetime: bool,
}

impl ChannelRights {
    /// One's own in a channel of `community`.
    pub fn of(community: &Community, channel: &Channel) -> Self {
        let admin = community.me.role >= Role::Admin;
        let private = channel.private.as_ref();
        let own = private.filter(|private| !private.direct);
        Self {
            channel: channel.id,
            from_joining: channel.from_joining,
            change: private.map_or(admin, |private| private.may_change && !private.direct),
            add: own.is_some_and(|private| private.may_change),
            leave: own.is_some_and(|private| private.accounts.len() > 1),
            delete: private.map_or(admin, |private| private.may_delete && !private.direct),
            lifetime: private.is_some_and(|private| private.direct),
        }
    }

    /// Whether there is anything.
    pub fn is_any(self) -> bool {
        self.change || self.leave || self.delete || self.lifetime
    }
}

/// The entries of a channel's menu.
pub fn manage_menu(ui: &mut Ui, rights: ChannelRights) -> Option<ChannelsAction> {
    ui.set_width(256.0);
    let id = rights.channel;
    let history = if rights.from_joining {
        say!("panel-let-read-all")
    } else {
        say!("panel-read-from-now")
    };
    let set = ChannelsAction::SetHistory(id, !rights.from_joining);
    let entries = [
        (
            rights.add,
            say!("panel-add-people"),
            Icon::PersonPlus,
            ChannelsAction::AddPeople(id),
        ),
        (
            rights.change,
            say!("people-channel-settings-menu"),
            Icon::Gear,
            ChannelsAction::Settings(id),
        ),
        (rights.change, history, Icon::People, set),
        (
            rights.lifetime,
            say!("vanish-menu"),
            Icon::Clock,
            ChannelsAction::Settings(id),
        ),
        (
            rights.leave,
            say!("panel-leave-channel"),
            Icon::HangUp,
            ChannelsAction::Leave(id),
        ),
        (
            rights.delete,
            say!("panel-delete-channel"),
            Icon::Trash,
            ChannelsAction::Delete(id),
        ),
    ];
    let mut action = None;
    for (may, words, icon, wish) in entries {
        let bad = matches!(wish, ChannelsAction::Leave(_) | ChannelsAction::Delete(_));
        let color = bad.then_some(palette(ui).bad);
        if may && Row::new(words).icon(icon).color(color).show(ui).clicked() {
            action = Some(wish);
            ui.close();
        }
    }
    action
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::demo;

    #[test]
    fn open_channels_are_their_communitys_admins_and_private_ones_their_own() {
        let mut snapshot = demo::harbour();
        let community = Arc::make_mut(&mut snapshot.communities[0]);
        let named = |community: &Community, name: &str| {
            let mut channels = community.channels.iter();
            let found = channels.find(|channel| channel.name.as_deref() == Some(name));
            ChannelRights::of(community, found.unwrap())
        };
        let may = |rights: ChannelRights| (rights.change, rights.add, rights.leave, rights.delete);
        assert_eq!(may(named(community, "general")), (true, false, false, true));
        assert_eq!(may(named(community, "committee")), (true, true, true, true));
        community.me.role = Role::Member;
        assert!(!named(community, "general").is_any());
        assert_eq!(may(named(community, "committee")), (true, true, true, true));
        let conversation = named(community, "Mikael");
        assert_eq!(may(conversation), (false, false, false, false));
        assert!(conversation.lifetime && conversation.is_any());
    }
}
