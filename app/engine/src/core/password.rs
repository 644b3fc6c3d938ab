//! Another password: the server's first, then that of the keys on this computer, where it was the same. Whatever breaks off in between
//! leaves the one before or the new one to each of them.

use dialtone_protocol::CommunityId;

use super::Core;
use super::invitation::{JobDone, sentence};
use super::keystore::OpenKeystore;
use crate::command::Secret;
use crate::joining::{PasswordRequest, change_password};
use crate::snapshot::Severity;
use dialtone_words::say;

impl Core {
    /// Changes the password of the account in a community; the result comes back as [`JobDone::PasswordChanged`].
    pub(super) fn change_password(&mut self, community: CommunityId, old: Secret, new: Secret) {
        if self.is_coming_in() {
            let text = say!("engine-keys-busy-password");
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
            Ok(true) => (Severity::Info, say!("engine-password-both").to_owned()),
            Ok(false) => (Severity::Info, say!("engine-password-account").to_owned()),
            Err(words) => (
                Severity::Error,
                say!("engine-password-failed", reason = words),
            ),
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
    keystore
        .set_passphrase(&request.new)
        .map_err(|error| say!("engine-password-half", error = error.to_string()))?;
    Ok(true)
}
