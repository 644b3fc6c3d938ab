//! Another password: the server's first, then that of the keys on this computer, where it was the same. Whatever breaks off in between
//! leaves the one before or the new one to each of them.

use dialtone_protocol::CommunityId;

use super::Core;
use super::invitation::{JobDone, sentence};
use super::keystore::OpenKeystore;
use crate::command::Secret;
use crate::joining::{PasswordRequest, change_password};
use crate::snapshot::Severity;

impl Core {
    /// Changes the password of the account in a community; the result comes back as [`JobDone::PasswordChanged`].
    pub(super) fn change_password(&mut self, community: CommunityId, old: Secret, new: Secret) {
        if self.is_coming_in() {
            let text = "Something is under way with the keys just now; when that is over, change the password.";
            return self.notices.add(Severity::Warning, text.into());
        }
        let Some(mut keystore) = self.keystore.clone() else {
            return;
        };
        let Some(known) = keystore.of(&community).next() else {
            return;
        };
        let request = PasswordRequest {
            server: known.server.clone(),
            server_key: known.server_key,
            username: known.username.clone(),
            old,
            new,
        };
        self.changing_password = true;
        self.block(move || {
            let result = run(&request, &mut keystore);
            JobDone::PasswordChanged {
                keystore: Box::new(keystore),
                result,
            }
        });
    }

    pub(super) fn password_changed(
        &mut self,
        keystore: OpenKeystore,
        result: Result<bool, String>,
    ) {
        self.changing_password = false;
        // It was locked meanwhile: the file has it.
        if self.keystore.is_some() {
            self.keystore = Some(keystore);
        }
        let (severity, text) = match result {
            Ok(true) => (
                Severity::Info,
                "The password is changed; the new one also opens the keys on this computer.".to_owned(),
            ),
            Ok(false) => (
                Severity::Info,
                "The password of this account is changed. The keys on this computer open with another one, as before.".to_owned(),
            ),
            Err(words) => (Severity::Error, format!("The password was not changed: {words}")),
        };
        self.notices.add(severity, text);
    }
}

/// Whether the keys on this computer have the new one, too.
fn run(request: &PasswordRequest, keystore: &mut OpenKeystore) -> Result<bool, String> {
    change_password(request).map_err(|error| sentence(&error.to_string()))?;
    if !keystore.opens_with(&request.old) {
        return Ok(false);
    }
    keystore.set_passphrase(&request.new).map_err(|error| {
        format!("the server has the new one, but the keys on this computer open with the one before ({error}).")
    })?;
    Ok(true)
}
