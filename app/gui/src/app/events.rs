//! What the engine tells once: into the window's state.

use dialtone_engine::{CommunityId, Event};
use egui::{Context, ViewportCommand};

use super::App;
use crate::desktop::is_to_be_told;
use crate::dialogs::{self, Dialog};

impl App {
    pub(super) fn on_event(&mut self, ctx: &Context, event: Event) {
        match event {
            Event::InviteReady { community, link } => self.invite_ready(community, link),
            Event::InviteFailed { community, reason } => {
                if let Some(Dialog::Invite(form)) = &mut self.state.dialog
                    && form.community == community
                {
                    form.failed(reason);
                }
            }
            Event::Unsent {
                community,
                channel,
                text,
                reply_to,
                files,
                ..
            } => {
                let drafts = &mut self.state.drafts;
                drafts.give_back(community, channel, &text, reply_to);
                self.state.attached.of(community, channel).extend(files);
            }
            Event::Stopped => {
                self.stopped = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
            Event::MessageArrived {
                community,
                channel,
                from,
                mentioned,
                ..
            } => {
                let seen = self.seen(ctx);
                let place = (community, channel);
                let now_ms = self.clock().now_ms;
                let told = is_to_be_told(&self.snapshot, seen, place, (from, mentioned), now_ms);
                if told && !seen.focused {
                    let wish = egui::UserAttentionType::Informational;
                    ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(wish));
                }
            }
            _ => {}
        }
    }

    /// The link goes to the dialog that asked for it; one made by a slash command opens the dialog.
    pub(super) fn invite_ready(&mut self, community: CommunityId, link: String) {
        if let Some(Dialog::Invite(form)) = &mut self.state.dialog
            && form.community == community
        {
            form.link = Some(link);
            return;
        }
        let found = self
            .snapshot
            .communities
            .iter()
            .find(|one| one.id == community);
        let name = found.map_or_else(String::new, |one| one.name.clone());
        let mut form = dialogs::InviteForm::new(community, &name);
        form.link = Some(link);
        self.state.dialog = Some(Dialog::Invite(form));
    }
}
