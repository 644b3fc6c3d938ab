//! One's own devices: seen, named, taken out.

use dialtone_protocol::DeviceId;
use dialtone_protocol::content::EventBody;
use dialtone_protocol::http::{DeviceList, Health};
use dialtone_protocol::roster::Change;
use dialtone_words::say;

use super::run::{Ended, Session};
use super::state::{Job, State};
use crate::doctor::printable;
use crate::snapshot::{OwnDevice, Severity};

impl Session {
    /// One's devices are to be shown with when they were there last.
    pub(super) fn look_at_devices(&mut self) {
        if self.state.is_connected() {
            self.state.want(Job::FetchDevices);
        }
    }

    /// Asks the server when one's devices were there last.
    pub(super) async fn fetch_devices(&mut self) -> Result<(), Ended> {
        let list = match self.line()?.get::<DeviceList>("/devices").await {
            Ok(list) => list,
            Err(error) if error.code().is_some() => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        self.state.recovery.password_opens(list.password_copy);
        let seen = list.devices.into_iter();
        self.state.last_seen = seen.map(|one| (one.id, one.last_seen_ms)).collect();
        self.state.dirty = true;
        Ok(())
    }

    /// Which version the server runs is to be known.
    pub(super) fn want_version(&mut self) {
        if self.state.is_connected() {
            self.state.want(Job::AskVersion);
        }
    }

    /// Asks the server which version it runs.
    pub(super) async fn ask_version(&mut self) -> Result<(), Ended> {
        let version = match self.line()?.get::<Health>("/health").await {
            Ok(health) => health.version,
            Err(error) if error.code().is_some() => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        self.state.server_version = Some(printable(&version));
        self.state.dirty = true;
        Ok(())
    }

    /// The password alone is not to open the account any more.
    pub(super) async fn forbid_password(&mut self) -> Result<(), Ended> {
        if self.state.is_connected() {
            self.state.want(Job::ForbidPassword);
        } else {
            self.notice(Severity::Warning, say!("notice-not-connected").into())
                .await;
        }
        Ok(())
    }

    /// Takes the recovery key that the password opens from the server.
    pub(super) async fn drop_password_copy(&mut self) -> Result<(), Ended> {
        let done = self.line()?.delete("/recovery/password").await;
        self.report(done.map_err(|error| Ended::from(error).into()))
            .await?;
        self.fetch_devices().await
    }

    /// Takes a device of one's own out.
    pub(super) async fn revoke_device(&mut self, device: DeviceId) -> Result<(), Ended> {
        let own = self.state.account_of(&device) == Some(self.state.me.account);
        let words = if !own {
            Some(say!("notice-no-device-of-yours"))
        } else if device == self.state.me.device.id() {
            Some(say!("notice-device-in-use"))
        } else {
            None
        };
        self.change(words, Change::DeviceRevoked { device }).await
    }
}

impl State {
    /// What this device says of itself in the directory, if it has not.
    pub(super) fn own_name(&self) -> Option<EventBody> {
        let known = self.directory.devices.contains_key(&self.me.device.id());
        (!known).then(|| EventBody::Device {
            name: system_name().to_owned(),
        })
    }

    /// One's own devices, this one first, then the last to come.
    pub(super) fn own_devices(&self) -> Vec<OwnDevice> {
        let Some(roster) = &self.roster else {
            return Vec::new();
        };
        let me = self.me.device.id();
        let own = roster.view().devices().iter();
        let mut own: Vec<_> = own
            .filter(|(_, device)| device.account == self.me.account && device.is_active())
            .collect();
        own.sort_by_key(|(id, device)| (**id != me, std::cmp::Reverse(device.added_at)));
        let shown = own.into_iter().map(|(id, _)| OwnDevice {
            id: *id,
            name: self.directory.devices.get(id).cloned().unwrap_or_else(|| {
                let text = id.to_string();
                say!(
                    "notice-device-number",
                    number = text.get(..6).unwrap_or(&text)
                )
            }),
            this: *id == me,
            online: self.online.contains(id),
            last_seen_ms: self.last_seen.get(id).copied(),
        });
        shown.collect()
    }
}

/// What a device is called at first.
pub(crate) fn system_name() -> &'static str {
    match std::env::consts::OS {
        "linux" => say!("engine-linux-computer"),
        "macos" => "Mac",
        "windows" => say!("engine-windows-computer"),
        _ => say!("engine-computer"),
    }
}
