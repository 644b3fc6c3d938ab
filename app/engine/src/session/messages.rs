//! What one does with messages: another text, taken back, emojis, pins.

use dialtone_protocol::content::{EventBody, TEXT_LIMIT, is_reaction};
use dialtone_protocol::{ChannelId, Hash};
use dialtone_words::say;

use super::run::{Ended, Session};
use crate::MessageCommand;
use crate::chat::acts::target_of;
use crate::core::sentence;
use crate::snapshot::Severity;

impl Session {
    /// Does what the user wants with messages.
    pub(super) async fn message_command(&mut self, command: MessageCommand) -> Result<(), Ended> {
        match command {
            MessageCommand::Edit {
                channel,
                target,
                text,
            } => self.edit(channel, target, text).await,
            MessageCommand::Delete { channel, target } => {
                self.act(channel, EventBody::Delete { target }).await
            }
            MessageCommand::React {
                channel,
                target,
                emoji,
                set,
            } => self.react(channel, target, emoji, set).await,
            MessageCommand::Pin {
                channel,
                target,
                set,
            } => self.act(channel, EventBody::Pin { target, set }).await,
            MessageCommand::LoadLater(channel) => self.load_later(channel),
            MessageCommand::Jump(channel, to) => self.jump(channel, to).await,
            MessageCommand::SaveDraft(channel, draft) => self.save_draft(channel, draft),
            MessageCommand::UseEmoji(emoji) => self.use_emoji(emoji),
            MessageCommand::ShowPins(channel) => self.show_pins(channel),
            MessageCommand::Search { text, most } => self.search(&text, most),
        }
    }

    async fn edit(&mut self, channel: ChannelId, target: Hash, text: String) -> Result<(), Ended> {
        let text = text.trim_end().to_owned();
        if text.len() > TEXT_LIMIT {
            let words = say!("notice-change-too-long");
            self.notice(Severity::Warning, words.into()).await;
            return Ok(());
        }
        if text.trim().is_empty() {
            return Ok(());
        }
        self.act(channel, EventBody::Edit { target, text }).await
    }

    async fn react(
        &mut self,
        channel: ChannelId,
        target: Hash,
        emoji: String,
        set: bool,
    ) -> Result<(), Ended> {
        if !is_reaction(&emoji) {
            let words = say!("notice-one-emoji");
            self.notice(Severity::Warning, words.into()).await;
            return Ok(());
        }
        let body = EventBody::Reaction { target, emoji, set };
        self.act(channel, body).await
    }

    async fn act(&mut self, channel: ChannelId, body: EventBody) -> Result<(), Ended> {
        if !self.state.open_channels().any(|id| id == channel) {
            return Ok(());
        }
        if self.state.is_closed_for(&channel, &body) {
            let words = say!("notice-admins-write");
            self.notice(Severity::Warning, words.into()).await;
            return Ok(());
        }
        let target = target_of(&body);
        if !self.enqueue(channel, body)? {
            let words = say!("notice-too-much-waits");
            self.notice(Severity::Warning, words.into()).await;
            return Ok(());
        }
        target.map_or(Ok(()), |target| self.refresh_marked(channel, &target))
    }

    /// What one has written is to be seen.
    pub(super) fn look_at_present(&mut self, channel: ChannelId) -> Result<(), String> {
        let is_away =
            self.state.open == Some(channel) && !self.state.channel(channel).has_present();
        if is_away && let Err(error) = self.jump_to_present(channel) {
            return Err(sentence(&error.to_string()));
        }
        Ok(())
    }
}
