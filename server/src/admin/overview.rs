//! What the operator sees: from the store and the member list, whether over HTTP or from the shell beside the server.

use std::str::FromStr;

use dialtone_protocol::http::{
    ADMIN_PAGE, AdminQuery, ChannelPage, ChannelRow, MemberPage, MemberRow, ServerStats,
    SessionPage, SessionRow,
};
use dialtone_protocol::roster::{Role, Roster};
use dialtone_protocol::{AccountId, ChannelId, Hash};
use dialtone_store::tables::Table;
use dialtone_store::{
    Account, AccountState, Channel, Store, StoreError, TokenHash, Transaction, UnixMillis,
};

use crate::clock::wire_ms;

/// Why there is nothing to see.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OverviewError {
    /// The page's beginning is no id.
    #[error("`after` is not what the page before said: {0}")]
    After(String),
    /// The member list.
    #[error(transparent)]
    Roster(#[from] crate::roster::RosterError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn after<T: FromStr>(query: &AdminQuery) -> Result<Option<T>, OverviewError>
where
    T::Err: std::fmt::Display,
{
    let read = query.after.as_deref().map(str::parse);
    read.transpose()
        .map_err(|error: T::Err| OverviewError::After(error.to_string()))
}

fn limit(query: &AdminQuery) -> u32 {
    query.limit.unwrap_or(ADMIN_PAGE).clamp(1, ADMIN_PAGE)
}

/// Accounts.
pub(crate) async fn members(
    store: &dyn Store,
    roster: Option<&Roster>,
    query: &AdminQuery,
) -> Result<MemberPage, OverviewError> {
    let (from, limit) = (after::<AccountId>(query)?, limit(query));
    let mut tx = store.read().await?;
    let accounts = tx.accounts().page(from.as_ref(), limit).await?;
    let next = full(&accounts, limit, |account| account.account.to_string());
    let mut members = Vec::new();
    for account in accounts {
        members.push(member(&mut *tx, roster, &account).await?);
    }
    Ok(MemberPage { members, next })
}

async fn member(
    tx: &mut dyn Transaction,
    roster: Option<&Roster>,
    account: &Account,
) -> Result<MemberRow, StoreError> {
    let id = account.account;
    let mut devices = tx.devices().list(&id).await?;
    devices.retain(|device| device.revoked.is_none());
    let listed = roster.and_then(|roster| roster.view().account(&id));
    let role = match (
        account.state,
        listed.map(dialtone_protocol::roster::Account::role),
    ) {
        (AccountState::Pending, _) | (_, None) => "waiting",
        (_, Some(Role::Member)) => "member",
        (_, Some(Role::Admin)) => "admin",
        (_, Some(Role::Founder)) => "founder",
    };
    let seen = devices.iter().map(|device| device.last_seen);
    Ok(MemberRow {
        account: id,
        role: role.to_owned(),
        created_ms: wire_ms(account.created),
        last_seen_ms: wire_ms(seen.max().unwrap_or(account.created)),
        devices: devices.iter().map(|device| device.device).collect(),
        file_bytes: tx.blobs().used(&id).await?,
    })
}

/// What to ask for next, where the page is full.
fn full<T>(page: &[T], limit: u32, id: impl Fn(&T) -> String) -> Option<String> {
    let is_full = page.len() >= limit as usize;
    page.last().filter(|_| is_full).map(id)
}

/// Open sessions.
pub(crate) async fn sessions(
    store: &dyn Store,
    query: &AdminQuery,
    now: UnixMillis,
) -> Result<SessionPage, OverviewError> {
    let from = after::<Hash>(query)?.map(|hash| TokenHash(hash.0));
    let limit = limit(query);
    let mut tx = store.read().await?;
    let page = tx.sessions().page(from.as_ref(), now, limit).await?;
    let next = full(&page, limit, |session| Hash(session.token.0).to_string());
    let mut sessions = Vec::new();
    for session in page {
        let Some(device) = tx.devices().find(&session.device).await? else {
            continue;
        };
        sessions.push(SessionRow {
            id: Hash(session.token.0),
            account: device.account,
            device: session.device,
            created_ms: wire_ms(session.created),
            expires_ms: wire_ms(session.expires),
            online: None,
        });
    }
    Ok(SessionPage { sessions, next })
}

/// Channels.
pub(crate) async fn channels(
    store: &dyn Store,
    roster: Option<&Roster>,
    query: &AdminQuery,
) -> Result<ChannelPage, OverviewError> {
    let (from, limit) = (after::<ChannelId>(query)?, limit(query));
    let mut tx = store.read().await?;
    let mut all = tx.channels().list().await?;
    all.sort_by_key(|channel| channel.channel);
    all.retain(|channel| from.is_none_or(|from| channel.channel > from));
    let more = all.len() > limit as usize;
    all.truncate(limit as usize);
    let last = all.last().map(|channel| channel.channel.to_string());
    let mut channels = Vec::new();
    for channel in all {
        channels.push(row(&mut *tx, roster, &channel).await?);
    }
    let next = last.filter(|_| more);
    Ok(ChannelPage { channels, next })
}

async fn row(
    tx: &mut dyn Transaction,
    roster: Option<&Roster>,
    channel: &Channel,
) -> Result<ChannelRow, StoreError> {
    let id = channel.channel;
    let head = tx.messages().head(&id).await?;
    let directory = roster.is_some_and(|roster| roster.community().directory() == id);
    let open = roster.is_some_and(|roster| roster.view().lobby() == channel.group);
    let kind = match (directory, open) {
        (true, _) => "directory",
        (_, true) => "open",
        _ => "private",
    };
    Ok(ChannelRow {
        channel: id,
        kind: kind.to_owned(),
        closed: channel.closed,
        events: head.map_or(0, |head| head.sequence),
        bytes: tx.messages().size(&id).await?,
        created_ms: wire_ms(channel.created),
        retention_days: channel.retention_days,
    })
}

/// How much of everything.
pub(crate) async fn stats(store: &dyn Store) -> Result<ServerStats, OverviewError> {
    let mut tx = store.read().await?;
    let mut rows = [0; 4];
    for (count, name) in rows
        .iter_mut()
        .zip(["accounts", "channels", "messages", "blobs"])
    {
        if let Some(table) = Table::named(name) {
            *count = tx.tables().count(table).await?;
        }
    }
    let [accounts, channels, events, files] = rows;
    let schema = tx.meta().schema_version().await?;
    Ok(ServerStats {
        accounts,
        channels,
        events,
        files,
        file_bytes: tx.blobs().total().await?,
        roster_entries: tx.roster().head().await?.length,
        schema: u64::try_from(schema).unwrap_or(0),
        database: store.kind().to_owned(),
        online: None,
    })
}
