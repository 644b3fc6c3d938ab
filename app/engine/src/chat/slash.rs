//! Slash commands of the composer: text -> what is meant.

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
pub(crate) const HELP: &str = "/help – this list\n\
/list – the channels\n\
/join NAME – open a channel\n\
/message PERSON – open the conversation with somebody\n\
/channel create NAME – make a channel for everybody (admins)\n\
/channel private NAME – make a private channel\n\
/channel add PERSON – add somebody to this private channel\n\
/channel leave – leave this private channel\n\
/channel rename NAME – rename this channel\n\
/channel delete NAME – delete the channel of that name\n\
/file PATH – send a file\n\
/picture PATH, /picture none – show others another picture of yourself, or none\n\
/voice join, /voice leave – this channel's call\n\
/voice mute, /voice unmute – your microphone\n\
/server invite – make an invite link (admins)\n\
/group reset – start the keys of this channel again, when they are broken (its admins; in open channels those of the community)\n\
/warning clear I compared with the others – take a warning about the server away\n\
Begin with // to write a message that begins with a slash.";

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
        ("join", name) => named(name, "/join NAME", |name| Line::Open(bare(&name))),
        ("message", name) => named(name, "/message PERSON", Line::Message),
        ("channel", argument) => channel(argument),
        ("file", path) => named(path, "/file PATH", Line::SendFile),
        ("picture", "none") => Line::Picture(None),
        ("picture", path) => named(path, "/picture PATH, or /picture none", |path| {
            Line::Picture(Some(path))
        }),
        ("voice", "join") => Line::VoiceJoin,
        ("voice", "leave") => Line::VoiceLeave,
        ("voice", "mute") => Line::VoiceMute(true),
        ("voice", "unmute") => Line::VoiceMute(false),
        ("voice", _) => Line::Wrong("Write /voice join, leave, mute or unmute.".into()),
        ("server", "invite") => Line::Invite,
        ("server", _) => Line::Wrong("Write /server invite.".into()),
        ("group", "reset") => Line::ResetGroup,
        ("group", _) => Line::Wrong("Write /group reset.".into()),
        ("warning", argument) => match split(argument) {
            ("clear", words) => Line::ClearAlarm(words.to_owned()),
            _ => Line::Wrong(format!(
                "Write /warning clear {}.",
                crate::command::ALARM_CONFIRMATION
            )),
        },
        (other, _) => Line::Wrong(format!(
            "There is no command /{other}. Write /help for the list, or // for a message that begins with a slash."
        )),
    }
}

fn channel(argument: &str) -> Line {
    match split(argument) {
        ("create", name) => named(name, "/channel create NAME", |name| {
            Line::CreateChannel(bare(&name))
        }),
        ("private", name) => named(name, "/channel private NAME", |name| {
            Line::CreatePrivate(bare(&name))
        }),
        ("add", name) => named(name, "/channel add PERSON", Line::AddPerson),
        ("leave", "") => Line::LeaveChannel,
        ("rename", name) => named(name, "/channel rename NAME", |name| {
            Line::RenameChannel(bare(&name))
        }),
        ("delete", name) => named(name, "/channel delete NAME", |name| {
            Line::DeleteChannel(bare(&name))
        }),
        _ => Line::Wrong(
            "Write /channel create, private, add, rename or delete, and a name; or /channel leave."
                .into(),
        ),
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

fn named(name: &str, usage: &str, line: impl FnOnce(String) -> Line) -> Line {
    if name.trim_start_matches('#').is_empty() {
        Line::Wrong(format!("A name is missing: {usage}."))
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
            Line::ClearAlarm(crate::command::ALARM_CONFIRMATION.into())
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
