//! The slash commands that the composer suggests. Pure; the engine carries them out.

use dialtone_engine::ALARM_CONFIRMATION;

/// One command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlashCommand {
    /// As one types it.
    pub name: &'static str,
    /// What follows.
    pub arguments: &'static str,
    /// What it does.
    pub help: &'static str,
}

const fn command(name: &'static str, arguments: &'static str, help: &'static str) -> SlashCommand {
    SlashCommand {
        name,
        arguments,
        help,
    }
}

/// All of them.
pub const SLASH_COMMANDS: [SlashCommand; 19] = [
    command("/help", "", "What can be typed here"),
    command("/list", "", "All channels"),
    command("/join", "channel", "Open a channel"),
    command("/message", "person", "Open the conversation with somebody"),
    command("/channel create", "name", "Make a channel for everybody"),
    command("/channel private", "name", "Make a private channel"),
    command(
        "/channel add",
        "person",
        "Add somebody to this private channel",
    ),
    command("/channel leave", "", "Leave this private channel"),
    command("/channel rename", "name", "Give this channel another name"),
    command("/channel delete", "name", "Delete a channel"),
    command("/file", "path", "Send a file"),
    command(
        "/picture",
        "path",
        "Show others another picture of yourself",
    ),
    command("/voice join", "", "Join this channel's call"),
    command("/voice leave", "", "Leave the call"),
    command("/voice mute", "", "Stop sending your voice"),
    command("/voice unmute", "", "Send your voice again"),
    command("/server invite", "", "Make an invite link"),
    command(
        "/group reset",
        "",
        "Start this channel's keys again, when they are broken",
    ),
    command(
        "/warning clear",
        ALARM_CONFIRMATION,
        "Take a warning about the server away",
    ),
];

/// The commands that begin with what is typed, or that are typed and wait for what follows.
pub fn fitting(draft: &str) -> Vec<SlashCommand> {
    if !draft.starts_with('/') || draft.contains('\n') {
        return Vec::new();
    }
    let typed = draft.to_lowercase();
    SLASH_COMMANDS
        .into_iter()
        .filter(|command| {
            let waits = !command.arguments.is_empty()
                && typed
                    .strip_prefix(command.name)
                    .is_some_and(|rest| rest.starts_with(' '));
            command.name.starts_with(typed.trim_end()) || waits
        })
        .collect()
}

/// The draft with `command` typed out, ready for what follows.
pub fn complete(command: &SlashCommand) -> String {
    if command.arguments.is_empty() {
        command.name.to_owned()
    } else {
        format!("{} ", command.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(draft: &str) -> Vec<&'static str> {
        fitting(draft)
            .into_iter()
            .map(|command| command.name)
            .collect()
    }

    #[test]
    fn narrows_while_one_types() {
        assert_eq!(names("/").len(), SLASH_COMMANDS.len());
        assert_eq!(names("/vo").len(), 4);
        assert_eq!(names("/voice m"), ["/voice mute"]);
        assert_eq!(names("/VOICE M"), ["/voice mute"]);
        assert_eq!(names("/channel create lobby"), ["/channel create"]);
    }

    #[test]
    fn ordinary_text_has_none() {
        assert!(names("hello /help").is_empty());
        assert!(names("/nothing").is_empty());
        assert!(names("/help\nmore").is_empty());
        assert!(names("").is_empty());
    }

    #[test]
    fn completing_leaves_room_for_arguments() {
        assert_eq!(complete(&SLASH_COMMANDS[0]), "/help");
        assert_eq!(complete(&SLASH_COMMANDS[3]), "/message ");
    }
}
