//! How long what is written in a channel is kept.

use dialtone_protocol::ChannelId;
use dialtone_protocol::http::LONGEST_RETENTION_DAYS;
use dialtone_protocol::roster::Roster;
use dialtone_store::{Store, StoreError};

use crate::transaction::settle;

/// Why it is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RetentionError {
    /// Longer than can be set.
    #[error(
        "a channel keeps what is written for at most {LONGEST_RETENTION_DAYS} days, or for good"
    )]
    TooLong,
    /// Names and profiles.
    #[error("this is the directory, with the names of everything: it is kept for good")]
    Directory,
    /// No such channel.
    #[error("there is no such channel")]
    Unknown,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sets it, in days; 0: for good; `None`: as the server's setting says. A server that runs keeps to it within five seconds.
pub(crate) async fn set(
    store: &dyn Store,
    roster: Option<&Roster>,
    channel: ChannelId,
    days: Option<u32>,
) -> Result<(), RetentionError> {
    if days.is_some_and(|days| days > LONGEST_RETENTION_DAYS) {
        return Err(RetentionError::TooLong);
    }
    if roster.is_some_and(|roster| roster.community().directory() == channel) {
        return Err(RetentionError::Directory);
    }
    let found = settle(store, |tx| {
        Box::pin(async move { tx.channels().set_retention(&channel, days).await })
    })
    .await
    .result?;
    if found {
        Ok(())
    } else {
        Err(RetentionError::Unknown)
    }
}
