//! Slash commands of the composer: text -> what is meant.

use dialtone_words::say;

/// What a line of the composer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// A message.
    Say(String),
    /// `/help`
    Help,
    /// `/join NAME`: open a channel.
    Open(String),
    /// `/list`: the channels.
    List,
    /// `/channel create NAME`
    CreateChannel(String),
    /// `/channel private NAME`: one's own account alone belongs to it at first.
    CreatePrivate(String),
    /// `/channel add PERSON`: to the private one that is open.
    AddPerson(String),
    /// `/channel leave`: the private one that is open.
    LeaveChannel,
    /// `/message PERSON`
    Message(String),
    /// `/channel rename NAME`: the one that is open.
    RenameChannel(String),
    /// `/channel delete NAME`: asked for by name, so that nobody deletes by accident.
    DeleteChannel(String),
    /// `/file PATH`
    SendFile(String),
    /// `/picture PATH`, `/picture none`: one's own.
    Picture(Option<String>),
    /// `/voice join`
    VoiceJoin,
    /// `/voice leave`
    VoiceLeave,
    /// `/voice mute`, `/voice unmute`
    VoiceMute(bool),
    /// `/server invite`
    Invite,
    /// `/warning clear WORDS`: the words by which the user confirms it.
    ClearAlarm(String),
    /// `/group reset`
    ResetGroup,
    /// Not a command: what is wrong, and what to do.
    Wrong(String),
}

/// What `/help` answers.
pub(crate) fn help() -> String {
    say!(
        "engine-slash-help",
        words = crate::command::alarm_confirmation()
    )
}

/// Reads one line.
pub(crate) fn read(text: &str) -> Line {
    if let Some(rest) = text.strip_prefix("//") {
        return Line::Say(format!("/{rest}"));
    }
    let Some(rest) = text.strip_prefix('/') else {
        return Line::Say(text.to_owned());
    };
    let (word, argument) = split(rest);
    match (word, argument) {
        ("help", _) => Line::Help,
        ("list", _) => Line::List,
        ("join", name) => named(name, ("/join", "name"), |name| Line::Open(bare(&name))),
        ("message", name) => named(name, ("/message", "person"), Line::Message),
        ("channel", argument) => channel(argument),
        ("file", path) => named(path, ("/file", "path"), Line::SendFile),
        ("picture", "none") => Line::Picture(None),
        ("picture", path) => named(path, ("/picture", "picture"), |path| {
            Line::Picture(Some(path))
        }),
        ("voice", "join") => Line::VoiceJoin,
        ("voice", "leave") => Line::VoiceLeave,
        ("voice", "mute") => Line::VoiceMute(true),
        ("voice", "unmute") => Line::VoiceMute(false),
        ("voice", _) => Line::Wrong(say!("engine-slash-voice").into()),
        ("server", "invite") => Line::Invite,
        ("server", _) => Line::Wrong(say!("engine-slash-write", command = "/server invite")),
        ("group", "reset") => Line::ResetGroup,
        ("group", _) => Line::Wrong(say!("engine-slash-write", command = "/group reset")),
        ("warning", argument) => warning(argument),
        (other, _) => Line::Wrong(say!("engine-slash-unknown", command = other)),
    }
}

fn warning(argument: &str) -> Line {
    if let ("clear", words) = split(argument) {
        return Line::ClearAlarm(words.to_owned());
    }
    let words = crate::command::alarm_confirmation();
    let command = format!("/warning clear {words}");
    Line::Wrong(say!("engine-slash-write", command = command))
}

fn channel(argument: &str) -> Line {
    match split(argument) {
        ("create", name) => named(name, ("/channel create", "name"), |name| {
            Line::CreateChannel(bare(&name))
        }),
        ("private", name) => named(name, ("/channel private", "name"), |name| {
            Line::CreatePrivate(bare(&name))
        }),
        ("add", name) => named(name, ("/channel add", "person"), Line::AddPerson),
        ("leave", "") => Line::LeaveChannel,
        ("rename", name) => named(name, ("/channel rename", "name"), |name| {
            Line::RenameChannel(bare(&name))
        }),
        ("delete", name) => named(name, ("/channel delete", "name"), |name| {
            Line::DeleteChannel(bare(&name))
        }),
        _ => Line::Wrong(say!("engine-slash-channel").into()),
    }
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace)
        .map_or((text, ""), |(word, rest)| (word, rest.trim()))
}

fn bare(name: &str) -> String {
    name.trim_start_matches('#').to_owned()
}

/// A command that takes a name; `usage` is the command, and what kind of name it is.
fn named(name: &str, (command, what): (&str, &str), line: impl FnOnce(String) -> Line) -> Line {
    if name.trim_start_matches('#').is_empty() {
        Line::Wrong(say!(
            "engine-slash-name-missing",
            command = command,
            what = what
        ))
    } else {
        line(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_messages_are_told_apart() {
        assert_eq!(read("hello /help"), Line::Say("hello /help".into()));
        assert_eq!(read("//help"), Line::Say("/help".into()));
        assert_eq!(read("/help"), Line::Help);
        let path = "/photos/a file.txt";
        assert_eq!(read(&format!("/file {path}")), Line::SendFile(path.into()));
        assert!(matches!(read("/file"), Line::Wrong(_)));
        assert_eq!(read("/picture none"), Line::Picture(None));
        assert_eq!(read("/picture a.png"), Line::Picture(Some("a.png".into())));
        assert_eq!(read("/join  #general "), Line::Open("general".into()));
        assert_eq!(
            read("/channel create race planning"),
            Line::CreateChannel("race planning".into())
        );
        assert_eq!(
            read("/channel private #jury"),
            Line::CreatePrivate("jury".into())
        );
        assert_eq!(read("/channel add Anna"), Line::AddPerson("Anna".into()));
        assert_eq!(read("/channel leave"), Line::LeaveChannel);
        assert_eq!(read("/message Anna"), Line::Message("Anna".into()));
        assert_eq!(read("/voice unmute"), Line::VoiceMute(false));
        assert_eq!(read("/server invite"), Line::Invite);
        assert_eq!(read("/group reset"), Line::ResetGroup);
        assert_eq!(
            read("/warning clear I compared with the others"),
            Line::ClearAlarm(crate::command::alarm_confirmation().into())
        );
    }

    #[test]
    fn a_wrong_command_says_what_to_write() {
        assert!(
            matches!(read("/channel create"), Line::Wrong(text) if text.contains("/channel create NAME"))
        );
        assert!(matches!(read("/dance"), Line::Wrong(text) if text.contains("/help")));
    }
}
