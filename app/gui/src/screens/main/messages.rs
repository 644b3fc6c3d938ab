//! What was done in the timeline and in the composer: into commands, dialogs, and what is typed.

use std::sync::Arc;

use dialtone_engine::snapshot::{Channel, Community, FileView, ItemBody, Sending, TimelineItem};
use dialtone_engine::{
    Command, CommunityCommand, FileCommand, Hash, JumpTo, MessageCommand, PeopleCommand, covered,
};
use egui::{OpenUrl, Ui};

use crate::chooser::Choice;
use crate::dialogs::{
    CalendarForm, DeleteForm, Dialog, EmojiFor, EmojiForm, PictureView, ProfileForm,
};
use crate::emoji::{self, SkinTone};
use crate::panels::composer::ComposerAction;
use crate::panels::timeline::{Deed, TimelineAction};
use crate::state::UiState;
use crate::time::Clock;

/// Turns what was done in the timeline of `channel` into a command or a dialog.
pub(super) fn on_timeline(
    ui: &Ui,
    action: Option<TimelineAction>,
    (community, channel): (&Community, &Channel),
    state: &mut UiState,
    clock: &Clock,
) -> Option<Command> {
    let items = &channel.timeline.items;
    let jump = |to| CommunityCommand::Message(MessageCommand::Jump(channel.id, to));
    let wish = match action? {
        TimelineAction::Need { earlier, later } => {
            let earliest = items.iter().find_map(|item| item.sequence);
            let latest = items.iter().rev().find_map(|item| item.sequence);
            let before = Some((channel.id, earliest));
            let after = Some((channel.id, latest));
            if earlier && state.asked.earlier != before {
                state.asked.earlier = before;
                CommunityCommand::LoadEarlier(channel.id)
            } else if later && state.asked.later != after {
                state.asked.later = after;
                CommunityCommand::Message(MessageCommand::LoadLater(channel.id))
            } else {
                return None;
            }
        }
        TimelineAction::ShowIgnored => {
            CommunityCommand::People(PeopleCommand::ShowIgnored(channel.id))
        }
        TimelineAction::Profile(account) => {
            state.dialog = Some(Dialog::Profile(account, ProfileForm::default()));
            return None;
        }
        TimelineAction::LoadEarlier => CommunityCommand::LoadEarlier(channel.id),
        TimelineAction::LoadLater => {
            CommunityCommand::Message(MessageCommand::LoadLater(channel.id))
        }
        TimelineAction::Retry(id) => CommunityCommand::Retry(id),
        TimelineAction::Drop(id) => CommunityCommand::Drop(id),
        TimelineAction::Fetch(id) => CommunityCommand::File(FileCommand::Fetch(id)),
        TimelineAction::Stop(id) => CommunityCommand::File(FileCommand::Stop(id)),
        TimelineAction::Save(file) => CommunityCommand::File(FileCommand::Save { file, to: None }),
        TimelineAction::Delete(id) => {
            state.dialog = file_of(channel, id).map(|file| Dialog::DeleteFile(id, file.name));
            return None;
        }
        TimelineAction::View(id) => {
            state.dialog = file_of(channel, id).and_then(|file| {
                let view = PictureView::new(id, file.name, file.picture?);
                Some(Dialog::Picture(view))
            });
            CommunityCommand::File(FileCommand::View(Some(id)))
        }
        TimelineAction::Jump(target) => jump(JumpTo::Message(target)),
        TimelineAction::JumpToUnread => jump(JumpTo::FirstUnread),
        TimelineAction::JumpToPresent => jump(JumpTo::Present),
        TimelineAction::PickDay(around) => {
            let form = CalendarForm::new(channel.id, around, clock);
            state.dialog = Some(Dialog::Calendar(form));
            return None;
        }
        TimelineAction::Versions(id) => {
            state.dialog = Some(Dialog::Versions(channel.id, id));
            return None;
        }
        TimelineAction::OpenLink(address, true) => {
            ui.ctx().open_url(OpenUrl::new_tab(address));
            return None;
        }
        TimelineAction::OpenLink(address, false) => {
            state.dialog = Some(Dialog::OpenLink(address));
            return None;
        }
        TimelineAction::Do(target, deed) => {
            let wish = done(target, deed, (community, channel), state)?;
            CommunityCommand::Message(wish)
        }
    };
    Some(Command::In(community.id, wish))
}

/// What is to be done with one message.
fn done(
    target: Hash,
    deed: Deed,
    (community, channel): (&Community, &Channel),
    state: &mut UiState,
) -> Option<MessageCommand> {
    let mut items = channel.timeline.items.iter();
    let item = items.find(|item| item.hash == Some(target))?;
    let channel = channel.id;
    match deed {
        Deed::React(emoji, set) => {
            if set {
                state.used_emojis.push((community.id, emoji.clone()));
            }
            return Some(MessageCommand::React {
                channel,
                target,
                emoji,
                set,
            });
        }
        Deed::Pin(set) => {
            return Some(MessageCommand::Pin {
                channel,
                target,
                set,
            });
        }
        Deed::PickEmoji(beside) => {
            let what_for = EmojiFor::Message(channel, target);
            pick_emoji(state, community, what_for, beside);
        }
        Deed::Reply => {
            let written = state.drafts.of(community.id, channel);
            written.end_edit();
            written.reply_to = Some(target);
        }
        Deed::Edit => begin_edit(state, community, channel, item),
        Deed::AskDelete => {
            let own = item.from == community.me.account;
            state.dialog = Some(Dialog::DeleteMessage(DeleteForm {
                channel,
                target,
                of: (!own).then(|| item.from_name.clone()),
                words: covered(item.body.text().unwrap_or_default()).into_owned(),
            }));
        }
    }
    None
}

/// Opens the choice of an emoji.
pub(crate) fn pick_emoji(
    state: &mut UiState,
    community: &Community,
    what_for: EmojiFor,
    beside: egui::Rect,
) {
    let recent = emoji::offered(&community.emojis);
    let form = EmojiForm::new(
        what_for,
        beside,
        recent,
        state.tone.unwrap_or(SkinTone::Default),
    );
    state.dialog = Some(Dialog::Emoji(form));
}

fn begin_edit(
    state: &mut UiState,
    community: &Community,
    channel: dialtone_engine::ChannelId,
    item: &TimelineItem,
) {
    if let (Some(target), Some(text)) = (item.hash, item.body.text()) {
        let written = state.drafts.of(community.id, channel);
        written.begin_edit(target, text);
    }
}

/// Turns what was done in the composer into a command.
pub(super) fn on_composer(
    ui: &Ui,
    action: Option<ComposerAction>,
    (community, channel): (&Community, &Channel),
    state: &mut UiState,
) -> Option<Command> {
    let place = (community.id, channel.id);
    match action? {
        ComposerAction::Send(text) => return Some(send(text, community, channel, state)),
        ComposerAction::Attach => {
            let choice = Choice::Attach(place.0, place.1);
            state.chooser.open(ui.ctx(), choice);
        }
        ComposerAction::Typed => return typed(ui, state, community, channel),
        ComposerAction::Cancel => {
            let written = state.drafts.of(place.0, place.1);
            if written.end_edit().is_none() {
                written.reply_to = None;
            }
        }
        ComposerAction::EditLast => {
            let me = community.me.account;
            let editable = |item: &&Arc<TimelineItem>| {
                item.from == me && item.marks.may_edit && item.sending == Sending::Sent
            };
            let last = channel.timeline.items.iter().rev().find(editable);
            if let Some(item) = last {
                begin_edit(state, community, channel.id, item);
            }
        }
        ComposerAction::PickEmoji(beside) => {
            pick_emoji(state, community, EmojiFor::Text, beside);
        }
    }
    None
}

fn send(text: String, community: &Community, channel: &Channel, state: &mut UiState) -> Command {
    let channel = channel.id;
    let written = state.drafts.of(community.id, channel);
    if let Some(target) = written.end_edit() {
        let wish = MessageCommand::Edit {
            channel,
            target,
            text,
        };
        return Command::In(community.id, CommunityCommand::Message(wish));
    }
    let reply_to = written.reply_to.take();
    let files = std::mem::take(state.attached.of(community.id, channel));
    let wish = if files.is_empty() {
        CommunityCommand::Submit {
            channel,
            text,
            reply_to,
        }
    } else {
        CommunityCommand::File(FileCommand::Send {
            channel,
            files,
            text,
            reply_to,
        })
    };
    Command::In(community.id, wish)
}

/// "Is writing" is told at most every three seconds, and not for slash commands.
fn typed(
    ui: &Ui,
    state: &mut UiState,
    community: &Community,
    channel: &Channel,
) -> Option<Command> {
    let now = ui.input(|input| input.time);
    let recent = state.asked.typing_at.is_some_and(|at| now - at < 3.0);
    let written = state.drafts.of(community.id, channel.id);
    let said = !written.text.starts_with('/') && !written.text.trim().is_empty();
    if recent || !said || written.edits().is_some() {
        return None;
    }
    state.asked.typing_at = Some(now);
    Some(Command::In(
        community.id,
        CommunityCommand::Typing(channel.id),
    ))
}

/// A file of the messages that are loaded.
fn file_of(channel: &Channel, id: dialtone_engine::snapshot::FileId) -> Option<FileView> {
    let mut items = channel.timeline.items.iter();
    items.find_map(|item| {
        let ItemBody::Files { files, .. } = &item.body else {
            return None;
        };
        files.iter().find(|file| file.id == id).cloned()
    })
}
