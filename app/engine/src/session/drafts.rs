//! What one has begun to write, kept sealed until it is sent.

use std::sync::Arc;

use dialtone_protocol::content::TEXT_LIMIT;
use dialtone_protocol::{ChannelId, Hash};
use minicbor::{Decode, Encode};

use super::inbox::encode;
use super::run::{Ended, Session};
use crate::local::Table;
use crate::snapshot::Draft;

/// Longer ones are not kept, in bytes: several messages of the longest kind.
const LIMIT: usize = 4 * TEXT_LIMIT;

/// As it is kept.
#[derive(Debug, Encode, Decode)]
struct Row {
    #[n(0)]
    text: String,
    #[n(1)]
    reply_to: Option<Hash>,
}

impl Session {
    pub(super) fn load_draft(&mut self, channel: ChannelId) -> Result<(), Ended> {
        let row = self.database.get(Table::Draft, &channel.0)?;
        let row = row.and_then(|row| minicbor::decode::<Row>(&row).ok());
        self.state.channel(channel).draft = row.map(|row| {
            Arc::new(Draft {
                text: row.text,
                reply_to: row.reply_to,
            })
        });
        Ok(())
    }

    pub(super) fn save_draft(&mut self, channel: ChannelId, draft: Draft) -> Result<(), Ended> {
        let Draft { text, reply_to } = draft;
        if text.len() > LIMIT || !self.state.knows_channel(&channel) {
            return Ok(());
        }
        let transaction = self.database.begin()?;
        if text.trim().is_empty() {
            transaction.delete(Table::Draft, &channel.0)?;
        } else {
            let row = encode(&Row { text, reply_to });
            transaction.put(Table::Draft, &channel.0, &row)?;
        }
        transaction.commit()?;
        Ok(())
    }
}
