//! The slash commands that the composer suggests. Pure; the engine carries them out.

use dialtone_engine::alarm_confirmation;
use dialtone_words::say;

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

fn command(name: &'static str, arguments: &'static str, help: &'static str) -> SlashCommand {
    SlashCommand {
        name,
        arguments,
        help,
    }
}

/// All of them.
pub fn slash_commands() -> [SlashCommand; 19] {
    [
        command("/help", "", say!("line-slash-help")),
        command("/list", "", say!("line-slash-list")),
        command(
            "/join",
            say!("line-slash-a-channel"),
            say!("line-slash-join"),
        ),
        command(
            "/message",
            say!("line-slash-a-person"),
            say!("line-slash-message"),
        ),
        command(
            "/channel create",
            say!("line-slash-a-name"),
            say!("line-slash-create"),
        ),
        command(
            "/channel private",
            say!("line-slash-a-name"),
            say!("line-slash-private"),
        ),
        command(
            "/channel add",
            say!("line-slash-a-person"),
            say!("line-slash-add"),
        ),
        command("/channel leave", "", say!("line-slash-leave")),
        command(
            "/channel rename",
            say!("line-slash-a-name"),
            say!("line-slash-rename"),
        ),
        command(
            "/channel delete",
            say!("line-slash-a-name"),
            say!("line-slash-delete"),
        ),
        command("/file", say!("line-slash-a-path"), say!("line-slash-file")),
        command(
            "/picture",
            say!("line-slash-a-path"),
            say!("line-slash-picture"),
        ),
        command("/voice join", "", say!("line-slash-voice-join")),
        command("/voice leave", "", say!("line-slash-voice-leave")),
        command("/voice mute", "", say!("line-slash-mute")),
        command("/voice unmute", "", say!("line-slash-unmute")),
        command("/server invite", "", say!("line-slash-invite")),
        command("/group reset", "", say!("line-slash-reset")),
        command(
            "/warning clear",
            alarm_confirmation(),
            say!("line-slash-clear"),
        ),
    ]
}

/// The commands that begin with what is typed, or that are typed and wait for what follows.
pub fn fitting(draft: &str) -> Vec<SlashCommand> {
    if !draft.starts_with('/') || draft.contains('\n') {
        return Vec::new();
    }
    let typed = draft.to_lowercase();
    slash_commands()
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
        assert_eq!(names("/").len(), slash_commands().len());
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
        assert_eq!(complete(&slash_commands()[0]), "/help");
        assert_eq!(complete(&slash_commands()[3]), "/message ");
    }
}
