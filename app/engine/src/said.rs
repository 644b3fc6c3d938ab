//! What the libraries and the server say in English, in the language of the process.

use dialtone_crypto::invite::InviteError;
use dialtone_protocol::http::{ErrorBody, ErrorCode};
use dialtone_protocol::link::LinkError;
use dialtone_words::{Language, say};

/// Why a link cannot be used.
pub(crate) fn link(error: &LinkError) -> &'static str {
    match error {
        LinkError::Scheme => say!("link-scheme"),
        LinkError::Server => say!("link-no-server"),
        LinkError::Fragment => say!("link-cut-off"),
    }
}

/// Why an invite cannot be used. What is a fault of this program or of the server stays as it is said.
pub(crate) fn invite(error: &InviteError) -> String {
    let words = match error {
        InviteError::NotAnInvite => say!("invite-no-invite"),
        InviteError::OtherCommunity => say!("invite-other-community"),
        InviteError::OtherServer => say!("invite-other-server"),
        InviteError::RosterBehind => say!("invite-older-list"),
        InviteError::RosterForked => say!("invite-other-list"),
        InviteError::Unknown => say!("invite-unknown"),
        InviteError::Void => say!("invite-void"),
        other => return other.to_string(),
    };
    words.to_owned()
}

/// Why the server refused: in English its own words, which may say more than its code; in other languages what the code means.
pub(crate) fn refusal(body: &ErrorBody) -> String {
    if dialtone_words::language() == Language::English {
        return body.message.clone();
    }
    let words = match body.code {
        ErrorCode::Malformed => return say!("refused-malformed", message = body.message),
        ErrorCode::EntryInvalid | ErrorCode::CommitInvalid => {
            return say!("refused-invalid", message = body.message);
        }
        ErrorCode::TooLarge => say!("refused-too-large"),
        ErrorCode::NotSignedIn => say!("refused-not-signed-in"),
        ErrorCode::NotAllowed => say!("refused-not-allowed"),
        ErrorCode::NotFound => say!("refused-not-found"),
        ErrorCode::InviteUnknown => say!("refused-invite-unknown"),
        ErrorCode::InviteExpired => say!("refused-invite-expired"),
        ErrorCode::InviteUsed => say!("refused-invite-used"),
        ErrorCode::UsernameTaken => say!("refused-name-taken"),
        ErrorCode::UsernameInvalid => say!("refused-name-invalid"),
        ErrorCode::WrongCredentials => say!("refused-credentials"),
        ErrorCode::RosterMoved | ErrorCode::StaleEpoch => say!("refused-moved"),
        ErrorCode::Exists => say!("refused-exists"),
        ErrorCode::NoRoom => say!("refused-no-room"),
        ErrorCode::TooMany => say!("refused-too-many"),
        ErrorCode::Unavailable => say!("refused-unavailable"),
        ErrorCode::Internal => say!("refused-internal"),
        // Of a later server: better its own words than none.
        _ => return body.message.clone(),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use dialtone_words::within;

    use super::*;

    #[test]
    fn a_refusal_is_the_servers_own_in_english_and_by_its_code_elsewhere() {
        let body = ErrorBody {
            code: ErrorCode::WrongCredentials,
            message: "no such name, or not that password".to_owned(),
            position: None,
            epoch: None,
        };
        assert_eq!(refusal(&body), body.message);
        let german = within(Language::German, || refusal(&body));
        assert_eq!(german, "der Name oder das Passwort ist falsch");
    }

    #[test]
    fn english_says_of_links_and_invites_what_the_libraries_do() {
        for error in [LinkError::Scheme, LinkError::Server, LinkError::Fragment] {
            assert_eq!(link(&error), error.to_string());
        }
        for error in [
            InviteError::NotAnInvite,
            InviteError::OtherCommunity,
            InviteError::OtherServer,
            InviteError::RosterBehind,
            InviteError::RosterForked,
            InviteError::Unknown,
            InviteError::Void,
        ] {
            assert_eq!(invite(&error), error.to_string());
        }
    }
}
