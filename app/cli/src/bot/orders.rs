//! Orders to a bot: JSON -> commands. Channels are named by their names, in the community joined first.

use std::path::PathBuf;

use dialtone_engine::settings::{AudioSettings, TalkMode};
use dialtone_engine::snapshot::{ChannelSetting, Community, FileId, ItemBody, TimelineItem, Who};
use dialtone_engine::{
    AccountId, ChannelId, Command, CommunityCommand, CommunityId, FileCommand, FileSource, Hash,
    MessageCommand, PrivateCommand, Secret, Snapshot,
};
use serde::{Deserialize, Serialize};

/// One order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(crate) enum Order {
    /// Look at a link.
    Inspect { link: String },
    /// Join by the link last looked at.
    Join {
        username: String,
        password: String,
        community: Option<String>,
    },
    /// Open the keystore.
    Unlock { password: String },
    /// Show a channel: its messages are reported from then on.
    Open { channel: String },
    /// Write a message or a slash command.
    Say { channel: String, text: String },
    /// Answer the latest message of the open channel that begins so.
    Reply { to: String, text: String },
    /// Write another text in place of one's latest message that begins so.
    Edit { message: String, text: String },
    /// Set an emoji to the latest message of the open channel that begins so.
    React { message: String, emoji: String },
    /// Begin to write in the open channel.
    Typing,
    /// Count as away, or not.
    Away { away: bool },
    /// Send files as one message.
    SendFiles {
        channel: String,
        files: Vec<PathBuf>,
        text: String,
    },
    /// Write the latest file of this name in the open channel to a place.
    SaveFile { name: String, to: PathBuf },
    /// Make an invite.
    Invite { uses: u32 },
    /// Make a channel.
    CreateChannel { name: String, voice: bool },
    /// Make a private channel for oneself and these, by their names.
    CreatePrivate { name: String, members: Vec<String> },
    /// Open the direct conversation with somebody of this name.
    Message { member: String },
    /// Let only admins write in a channel, or everybody.
    LetWrite { channel: String, everybody: bool },
    /// Remove a member of this name.
    Remove { member: String },
    /// Join the call of a channel.
    Call { channel: String },
    /// Leave the call.
    Leave,
    /// Speak the file that was kept for an order.
    Speak,
    /// Mute or not.
    Mute { muted: bool },
    /// Sound settings.
    Audio {
        /// Stable id of the microphone.
        input: Option<String>,
        /// Stable id of the loudspeaker.
        output: Option<String>,
        /// The gate is always open, and nothing is levelled: for measuring.
        measure: bool,
        /// 10, 20, 40 or 60.
        packet_ms: Option<u8>,
    },
}

impl Order {
    /// The commands that it means, with the snapshot that names are looked up in.
    pub(super) fn commands(self, snapshot: &Snapshot) -> Result<Vec<Command>, String> {
        let simple = |command| Ok(vec![command]);
        match self {
            Self::Inspect { link } => simple(Command::InspectLink(link)),
            Self::Join {
                username,
                password,
                community,
            } => simple(Command::Join {
                username,
                password: Secret::new(password),
                community_name: community,
                by_password: false,
            }),
            Self::Unlock { password } => simple(Command::Unlock(Secret::new(password))),
            Self::Away { away } => simple(Command::SetAway(away)),
            Self::Audio {
                input,
                output,
                measure,
                packet_ms,
            } => {
                let mut audio = AudioSettings {
                    input_device: input,
                    output_device: output,
                    ..snapshot.settings.audio.clone()
                };
                audio.packet_ms = packet_ms.unwrap_or(audio.packet_ms);
                if measure {
                    audio.talk_mode = TalkMode::Open;
                    audio.level_talkers = false;
                    audio.auto_gain = false;
                }
                simple(Command::SetAudio(audio))
            }
            other => {
                let (community, command) = other.in_community(snapshot)?;
                simple(Command::In(community, command))
            }
        }
    }

    fn in_community(self, snapshot: &Snapshot) -> Result<(CommunityId, CommunityCommand), String> {
        let community = snapshot
            .communities
            .first()
            .ok_or("no community was joined yet")?;
        let find = |name: &str| -> Result<ChannelId, String> {
            let mut channels = community.channels.iter();
            let found = channels.find(|channel| channel.name.as_deref() == Some(name));
            found
                .map(|channel| channel.id)
                .ok_or_else(|| format!("there is no channel {name}"))
        };
        let command = match self {
            Self::Open { channel } => CommunityCommand::Open(find(&channel)?),
            Self::Say { channel, text } => CommunityCommand::Submit {
                channel: find(&channel)?,
                text,
                reply_to: None,
            },
            order
            @ (Self::Reply { .. } | Self::Edit { .. } | Self::React { .. } | Self::Typing) => {
                order.in_open_channel(community)?
            }
            Self::SendFiles {
                channel,
                files,
                text,
            } => CommunityCommand::File(FileCommand::Send {
                channel: find(&channel)?,
                files: files.into_iter().map(FileSource::Path).collect(),
                text,
                reply_to: None,
            }),
            Self::SaveFile { name, to } => CommunityCommand::File(FileCommand::Save {
                file: latest_file(community, &name)?,
                to: Some(to),
            }),
            Self::Invite { uses } => CommunityCommand::CreateInvite {
                uses,
                valid_for_s: 7 * 24 * 3600,
            },
            Self::CreateChannel { name, voice } => CommunityCommand::CreateChannel { name, voice },
            Self::CreatePrivate { name, members } => {
                let accounts = members.iter().map(|member| account(community, member));
                CommunityCommand::Private(PrivateCommand::Create {
                    name,
                    voice: false,
                    accounts: accounts.collect::<Result<_, _>>()?,
                })
            }
            Self::Message { member } => {
                let account = account(community, &member)?;
                CommunityCommand::Private(PrivateCommand::Message(vec![account]))
            }
            Self::LetWrite { channel, everybody } => CommunityCommand::SetChannelRule {
                channel: find(&channel)?,
                setting: ChannelSetting::Writing(if everybody {
                    Who::Everyone
                } else {
                    Who::Admins
                }),
            },
            Self::Remove { member } => CommunityCommand::RemoveMember {
                account: account(community, &member)?,
                ban: false,
            },
            Self::Call { channel } => CommunityCommand::JoinCall(find(&channel)?),
            Self::Leave => CommunityCommand::LeaveCall,
            Self::Mute { muted } => CommunityCommand::SetMuted(muted),
            Self::Inspect { .. }
            | Self::Join { .. }
            | Self::Unlock { .. }
            | Self::Audio { .. }
            | Self::Away { .. }
            | Self::Speak => {
                return Err("not an order for a community".into());
            }
        };
        Ok((community.id, command))
    }

    /// What is done to messages that are in sight.
    fn in_open_channel(self, community: &Community) -> Result<CommunityCommand, String> {
        Ok(match self {
            Self::Reply { to, text } => {
                let (channel, target) = latest(community, &to)?;
                CommunityCommand::Submit {
                    channel,
                    text,
                    reply_to: Some(target),
                }
            }
            Self::Edit { message, text } => {
                let (channel, target) = latest(community, &message)?;
                CommunityCommand::Message(MessageCommand::Edit {
                    channel,
                    target,
                    text,
                })
            }
            Self::React { message, emoji } => {
                let (channel, target) = latest(community, &message)?;
                CommunityCommand::Message(MessageCommand::React {
                    channel,
                    target,
                    emoji,
                    set: true,
                })
            }
            Self::Typing => CommunityCommand::Typing(community.open.ok_or("no channel is open")?),
            _ => return Err("not an order for the open channel".into()),
        })
    }
}

fn account(community: &Community, name: &str) -> Result<AccountId, String> {
    let mut members = community.members.iter();
    let found = members.find(|member| member.name == name);
    found
        .map(|member| member.account)
        .ok_or_else(|| format!("there is no member {name}"))
}

/// The latest message of the open channel that begins with `beginning`, and where it is.
fn latest(community: &Community, beginning: &str) -> Result<(ChannelId, Hash), String> {
    let mut channels = community.channels.iter();
    let open = channels.find(|channel| Some(channel.id) == community.open);
    let open = open.ok_or("no channel is open")?;
    let said = |item: &TimelineItem| {
        item.body
            .text()
            .is_some_and(|text| text.starts_with(beginning))
    };
    let mut items = open.timeline.items.iter().rev();
    let found = items.find(|item| said(item)).and_then(|item| item.hash);
    let hash =
        found.ok_or_else(|| format!("nothing in the open channel begins with {beginning}"))?;
    Ok((open.id, hash))
}

fn latest_file(community: &Community, name: &str) -> Result<FileId, String> {
    let mut channels = community.channels.iter();
    let open = channels.find(|channel| Some(channel.id) == community.open);
    let items = open.iter().flat_map(|channel| &channel.timeline.items);
    let mut files = items.rev().filter_map(|item| match &item.body {
        ItemBody::Files { files, .. } => files.iter().find(|file| file.name == name),
        _ => None,
    });
    files
        .next()
        .map(|file| file.id)
        .ok_or_else(|| format!("there is no file {name} in the open channel"))
}
