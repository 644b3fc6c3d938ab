//! Making links. The server keeps the hash of a link's token only, so that a link is shown once.

use dialtone_protocol::link::{Entrance, Link, LinkData};
use dialtone_protocol::{CommunityId, PublicKey};
use dialtone_store::{InviteKind, NewInvite, Store, StoreError, UnixMillis};

use crate::random;
use crate::state::AppState;
use crate::token::Shown;
use crate::transaction::transact;

/// How long a link opens if nothing else is asked for, in seconds: a week.
pub(super) const VALID_FOR_S: u64 = 7 * 24 * 60 * 60;
/// The longest that may be asked for, in seconds: a year.
const LONGEST_S: u64 = 366 * 24 * 60 * 60;
/// The most uses that may be asked for.
const MOST_USES: u32 = 10_000;

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// A number is out of bounds.
    #[error("a link opens for 1 to 10000 people, and for at most a year")]
    OutOfBounds,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What links say about the server.
#[derive(Debug, Clone)]
pub struct ServerLinks {
    /// `host:port`
    pub host: String,
    /// The identity key.
    pub server_key: PublicKey,
}

impl ServerLinks {
    /// Makes a link: founding while there is no community, else to knock at it.
    ///
    /// # Errors
    /// [`LinkError`]
    pub async fn make(
        &self,
        store: &dyn Store,
        uses: u32,
        valid_for_s: u64,
        now: UnixMillis,
    ) -> Result<Link, LinkError> {
        if uses == 0 || uses > MOST_USES || valid_for_s == 0 || valid_for_s > LONGEST_S {
            return Err(LinkError::OutOfBounds);
        }
        let token = random::hash();
        let lasts_ms = i64::try_from(valid_for_s * 1000).unwrap_or(i64::MAX);
        let community = transact(store, |tx| {
            Box::pin(async move {
                let community = tx.meta().community().await?;
                let founding = community.is_none();
                let new = NewInvite {
                    token: Shown::from(token).hash(),
                    kind: if founding {
                        InviteKind::Founding
                    } else {
                        InviteKind::Knock
                    },
                    invite: None,
                    uses: if founding { 1 } else { uses },
                    expires: Some(now.plus(lasts_ms)),
                    pack: None,
                    issuer: None,
                };
                tx.invites().add(&new, now).await?;
                Ok::<Option<CommunityId>, StoreError>(community)
            })
        })
        .await?;
        let entrance = match community {
            None => Entrance::Founding,
            Some(community) => Entrance::Knock { community },
        };
        Ok(Link {
            server: self.host.clone(),
            data: LinkData {
                version: 1,
                token,
                server_key: self.server_key,
                entrance,
            },
        })
    }
}

/// A link of this server.
pub(super) async fn make(state: &AppState, uses: u32, valid_for_s: u64) -> Result<Link, LinkError> {
    let links = ServerLinks {
        host: state.link_host().to_owned(),
        server_key: state.secrets.identity_key(),
    };
    let now = state.clock.now();
    links.make(&*state.store, uses, valid_for_s, now).await
}

/// The founding link, while nobody founded.
///
/// # Errors
/// [`LinkError`]
pub(crate) async fn founding_link(state: &AppState) -> Result<Option<Link>, LinkError> {
    if state.roster.current().is_some() {
        return Ok(None);
    }
    make(state, 1, VALID_FOR_S).await.map(Some)
}
