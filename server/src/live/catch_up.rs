//! What a client missed: read from the store from its cursors on, in order, without a gap to what is live.
//!
//! Most of it is read before the connection is subscribed to the streams, so that a long way back does not fill its
//! queue; the rest after, and the queue's frames that were read already are skipped by their place.

use std::collections::BTreeMap;

use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::{ChannelId, GroupId};
use dialtone_store::{GrantId, MAX_PAGE, PageSize, StoreError};

use super::hub::CutReason;
use super::outgoing::Frame;
use super::writer::{Cursors, Gone, Writer};
use crate::channels::access;
use crate::{approvals, calls, grants};

/// Commits in one read.
const COMMITS: u32 = 100;

impl From<StoreError> for Gone {
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "catching up stopped: the database cannot be read");
        Self(Some(CutReason::Later))
    }
}

/// Sends what was missed, then `CaughtUp`; from then on what is live.
pub(super) async fn resume(writer: &mut Writer, cursors: Cursors) -> Result<(), Gone> {
    writer.state.hub.subscribe(writer.id, false);
    writer.pass_moments().await?;
    writer.written = super::writer::Written::default();
    writer.written.entries = Some(cursors.roster_length);
    let mut channels: BTreeMap<_, _> = cursors
        .channels
        .iter()
        .map(|cursor| (cursor.channel, cursor.after))
        .collect();
    let mut groups: BTreeMap<_, _> = cursors
        .groups
        .iter()
        .map(|cursor| (cursor.group, cursor.epoch))
        .collect();
    pass(writer, &mut channels, &mut groups).await?;
    writer.state.hub.subscribe(writer.id, true);
    pass(writer, &mut channels, &mut groups).await?;
    grants(writer).await?;
    if let Some(asked) = approvals::waiting(&writer.state, &writer.session.account) {
        writer.feed(Frame::plain(&asked).bytes).await?;
    }
    // A call may run in a private channel that the device was put into since it connected.
    for call in calls::running(&writer.state, &writer.session.device) {
        writer
            .feed(Frame::plain(&ServerFrame::Call(call)).bytes)
            .await?;
    }
    let done = Frame::plain(&ServerFrame::CaughtUp);
    writer.feed(done.bytes).await?;
    writer.flush().await
}

/// Every grant that waits for the device, in order.
async fn grants(writer: &mut Writer) -> Result<(), Gone> {
    let mut after: Option<GrantId> = None;
    loop {
        let page = grants::waiting(&writer.state, &writer.session.device, after).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.id);
        for grant in page {
            let frame = ServerFrame::Grant {
                id: grant.id.0,
                grant: grant.bytes.into(),
            };
            writer.feed(Frame::plain(&frame).bytes).await?;
        }
        writer.flush().await?;
    }
}

/// One pass: entries, then commits, then events, each to where it stands now.
async fn pass(
    writer: &mut Writer,
    channels: &mut BTreeMap<ChannelId, u64>,
    groups: &mut BTreeMap<GroupId, u64>,
) -> Result<(), Gone> {
    entries(writer).await?;
    if !access::is_member(&writer.state, &writer.session.device) {
        return Ok(());
    }
    for (group, epoch) in groups.iter_mut() {
        *epoch = commits(writer, *group, *epoch).await?;
    }
    for (channel, after) in channels.iter_mut() {
        *after = events(writer, *channel, *after).await?;
    }
    Ok(())
}

async fn entries(writer: &mut Writer) -> Result<(), Gone> {
    let Some(roster) = writer.state.roster.current() else {
        return Ok(());
    };
    let from = writer.written.entries.unwrap_or(0);
    for (offset, entry) in roster.entries_from(from).iter().enumerate() {
        let index = from + offset as u64;
        if writer.written.take_entry(index) {
            writer.feed(Frame::entry(index, entry).bytes).await?;
        }
    }
    writer.flush().await
}

async fn commits(writer: &mut Writer, group: GroupId, from: u64) -> Result<u64, Gone> {
    if !access::may_see_group(&writer.state, &writer.session.device, &group) {
        return Ok(from);
    }
    let mut epoch = from;
    loop {
        let mut tx = writer.state.store.read().await?;
        if epoch == from && !writer.written.commits.contains_key(&group) {
            let current = tx.groups().epoch(&group).await?;
            let Some(current) = current else {
                return Ok(from);
            };
            // A client that says it is further than the group is served from where the group is.
            epoch = epoch.min(current);
            writer.written.commits.insert(group, epoch);
        }
        let page = tx.groups().commits(&group, epoch, COMMITS).await?;
        drop(tx);
        let mut size = PageSize::new(COMMITS);
        for commit in page {
            size.add(commit.commit.len());
            epoch = commit.epoch + 1;
            if writer.written.take_commit(group, commit.epoch) {
                let frame = Frame::commit(group, commit.epoch, commit.commit);
                writer.feed(frame.bytes).await?;
            }
        }
        writer.flush().await?;
        if !size.is_full() {
            return Ok(epoch);
        }
    }
}

async fn events(writer: &mut Writer, channel: ChannelId, after: u64) -> Result<u64, Gone> {
    if !access::may_see(&writer.state, &writer.session.device, &channel) {
        return Ok(after);
    }
    let mut last = after;
    if !writer.written.events.contains_key(&channel) {
        let mut tx = writer.state.store.read().await?;
        let Some(head) = tx.messages().head(&channel).await? else {
            return Ok(after);
        };
        // A client that says it has more than there is gets what comes; it sees the difference itself.
        last = last.min(head.sequence);
        writer.written.events.insert(channel, last);
    }
    loop {
        let full = events_page(writer, channel, &mut last, u64::MAX).await?;
        if !full {
            return Ok(last);
        }
    }
}

/// Writes the events of a channel up to, without, `before`: a hole in what came live.
pub(super) async fn fill(writer: &mut Writer, channel: ChannelId, before: u64) -> Result<(), Gone> {
    let mut last = writer.written.events.get(&channel).copied().unwrap_or(0);
    while last + 1 < before {
        let from = last;
        events_page(writer, channel, &mut last, before).await?;
        if last == from {
            tracing::error!("a hole in a channel's stream cannot be filled");
            return Err(Gone(Some(CutReason::Later)));
        }
    }
    Ok(())
}

/// Writes the commits of a group up to, without, that of epoch `before`: a hole in what came live.
pub(super) async fn fill_commits(
    writer: &mut Writer,
    group: GroupId,
    before: u64,
) -> Result<(), Gone> {
    let mut next = writer.written.commits.get(&group).copied().unwrap_or(0);
    while next < before {
        let mut tx = writer.state.store.read().await?;
        let page = tx.groups().commits(&group, next, COMMITS).await?;
        drop(tx);
        let from = next;
        for commit in page.into_iter().filter(|commit| commit.epoch < before) {
            next = commit.epoch + 1;
            if writer.written.take_commit(group, commit.epoch) {
                let frame = Frame::commit(group, commit.epoch, commit.commit);
                writer.feed(frame.bytes).await?;
            }
        }
        if next == from {
            tracing::error!("a hole in a group's commits cannot be filled");
            return Err(Gone(Some(CutReason::Later)));
        }
    }
    Ok(())
}

async fn events_page(
    writer: &mut Writer,
    channel: ChannelId,
    last: &mut u64,
    before: u64,
) -> Result<bool, Gone> {
    let mut tx = writer.state.store.read().await?;
    let page = tx.messages().after(&channel, *last, MAX_PAGE).await?;
    drop(tx);
    let mut size = PageSize::new(MAX_PAGE);
    for message in page {
        size.add(message.sealed.len());
        if message.sequence >= before {
            return Ok(false);
        }
        *last = message.sequence;
        if writer.written.take_event(channel, message.sequence) {
            let frame = Frame::stored(channel, message);
            writer.feed(frame.bytes).await?;
        }
    }
    writer.flush().await?;
    Ok(size.is_full())
}
