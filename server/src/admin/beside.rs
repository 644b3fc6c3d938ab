//! The same from the shell, beside the server that runs or does not.

use std::sync::Arc;

use dialtone_protocol::http::{AdminQuery, ChannelPage, MemberPage, ServerStats, SessionPage};
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{ChannelId, Hash};
use dialtone_store::{Store, TokenHash, transact};

use super::overview::{self, OverviewError};
use super::retention::{self, RetentionError};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Settings;
use crate::{database, roster};

/// A server's state, looked at from beside it.
#[derive(Debug)]
pub struct Overview {
    store: Arc<dyn Store>,
    roster: Option<Roster>,
}

impl Overview {
    /// Opens the database of the server of these settings.
    ///
    /// # Errors
    /// [`OverviewError`]
    pub async fn open(settings: &Settings) -> Result<Self, OverviewError> {
        let store = database::open_beside_server(&settings.database).await?;
        let roster = roster::read_log(&*store).await?;
        Ok(Self { store, roster })
    }

    /// A page of the accounts.
    ///
    /// # Errors
    /// [`OverviewError`]
    pub async fn members(&self, query: &AdminQuery) -> Result<MemberPage, OverviewError> {
        overview::members(&*self.store, self.roster.as_ref(), query).await
    }

    /// A page of the open sessions.
    ///
    /// # Errors
    /// [`OverviewError`]
    pub async fn sessions(&self, query: &AdminQuery) -> Result<SessionPage, OverviewError> {
        overview::sessions(&*self.store, query, SystemClock.now()).await
    }

    /// A page of the channels.
    ///
    /// # Errors
    /// [`OverviewError`]
    pub async fn channels(&self, query: &AdminQuery) -> Result<ChannelPage, OverviewError> {
        overview::channels(&*self.store, self.roster.as_ref(), query).await
    }

    /// How much of everything.
    ///
    /// # Errors
    /// [`OverviewError`]
    pub async fn stats(&self) -> Result<ServerStats, OverviewError> {
        overview::stats(&*self.store).await
    }

    /// Ends a session; `false` when there is no such open one. A server that runs cuts its connection within five seconds.
    ///
    /// # Errors
    /// [`OverviewError`]
    pub async fn end_session(&self, id: &Hash) -> Result<bool, OverviewError> {
        let (token, now) = (TokenHash(id.0), SystemClock.now());
        let ended = transact(&*self.store, |tx| {
            Box::pin(async move { tx.sessions().revoke(&token, now).await })
        });
        Ok(ended.await?)
    }

    /// How many days what is written in a channel is kept; 0: for good; `None`: as the server's setting says. A server that runs keeps to it
    /// within five seconds.
    ///
    /// # Errors
    /// [`RetentionError`]
    pub async fn retain(
        &self,
        channel: ChannelId,
        days: Option<u32>,
    ) -> Result<(), RetentionError> {
        retention::set(&*self.store, self.roster.as_ref(), channel, days).await
    }

    /// Closes the database.
    pub async fn close(self) {
        self.store.close().await;
    }
}
