//! The pinned messages of a channel, while the user looks at them.

use std::sync::Arc;

use dialtone_protocol::ChannelId;

use super::run::{Ended, Session};
use crate::snapshot::Pins;

impl Session {
    /// Shows the pinned messages of a channel, or none any more.
    pub(super) fn show_pins(&mut self, channel: Option<ChannelId>) -> Result<(), Ended> {
        self.state.looking.pins = None;
        self.state.dirty = true;
        let Some(channel) = channel else {
            return Ok(());
        };
        if self.state.open_channels().any(|id| id == channel) {
            let items = self.state.pinned(&self.database, &channel)?;
            self.state.looking.pins = Some(Arc::new(Pins { channel, items }));
        }
        Ok(())
    }

    /// Something was done to a message of this channel.
    pub(super) fn refresh_pins(&mut self, channel: ChannelId) -> Result<(), Ended> {
        let is_shown = self.state.looking.pins.as_ref();
        if is_shown.is_some_and(|pins| pins.channel == channel) {
            return self.show_pins(Some(channel));
        }
        Ok(())
    }
}
