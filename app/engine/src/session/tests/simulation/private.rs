//! Private channels and direct conversations: what people do with them, and what they do to them.

use std::sync::Arc;

use dialtone_protocol::AccountId;

use super::device::Device;
use super::story::Story;
use super::trace::note;
use crate::snapshot::{Channel, Community};
use crate::{CommunityCommand, PrivateCommand};

/// The most that are listed anywhere before no more are made.
const MOST: usize = 5;

impl Story {
    /// Somebody does something private.
    pub(super) fn private_step(&mut self) {
        let Some((number, view)) = self.somebody_looks() else {
            return;
        };
        let shown = view.channels.iter();
        let channels = shown.filter(|channel| channel.private.is_some());
        let channels: Vec<Arc<Channel>> = channels.cloned().collect();
        let few = channels.len() < MOST;
        // Nothing can be done with what is not there.
        let drawn = self
            .chance
            .below(if channels.is_empty() { 24 } else { 100 });
        match drawn {
            0..16 if few => self.make_private(number, &view),
            16..24 if few => self.write_directly(number, &view),
            0..60 => self.write_privately(number, &channels),
            _ => self.change_private(number, &view, &channels),
        }
    }

    /// A device that runs, and what it shows.
    fn somebody_looks(&mut self) -> Option<(usize, Arc<Community>)> {
        let number = self.some(Device::is_running)?;
        let view = self.devices[number].told.lock().view.clone()?;
        Some((number, view))
    }

    /// Some of the members that are shown, at least one if there is one beside who looks.
    fn others(&mut self, view: &Community, most: u64) -> Vec<AccountId> {
        let members = view.members.iter().map(|member| member.account);
        let mut others: Vec<_> = members.filter(|one| *one != view.me.account).collect();
        // By name they would stand as the names happened to come.
        others.sort_unstable();
        let wanted = self.chance.between(1, most);
        let mut chosen = Vec::new();
        for _ in 0..wanted {
            chosen.extend(self.chance.pick(&others));
            others.retain(|one| !chosen.contains(one));
        }
        chosen
    }

    fn make_private(&mut self, number: usize, view: &Community) {
        let accounts = self.others(view, 3);
        let trace = &self.around.trace;
        note!(trace, "d{number} makes a private channel for {accounts:?}");
        let create = PrivateCommand::Create {
            name: format!("private {}", self.around.time.elapsed_ms()),
            voice: false,
            accounts,
        };
        self.devices[number].command(CommunityCommand::Private(create));
    }

    fn write_directly(&mut self, number: usize, view: &Community) {
        let accounts = self.others(view, 2);
        let trace = &self.around.trace;
        note!(trace, "d{number} wants to write to {accounts:?} alone");
        let message = PrivateCommand::Message(accounts);
        self.devices[number].command(CommunityCommand::Private(message));
    }

    fn write_privately(&mut self, number: usize, channels: &[Arc<Channel>]) {
        let ids: Vec<_> = channels.iter().map(|channel| channel.id).collect();
        if let Some(channel) = self.chance.pick(&ids) {
            self.devices[number].write(channel);
        }
    }

    /// Changes who belongs to a private channel, or what it is; whether one may is for the session to say.
    fn change_private(&mut self, number: usize, view: &Community, channels: &[Arc<Channel>]) {
        let places: Vec<usize> = (0..channels.len()).collect();
        let Some(place) = self.chance.pick(&places) else {
            return;
        };
        let channel = channels[place].id;
        let inside = channels[place].private.iter();
        let inside: Vec<_> = inside
            .flat_map(|private| private.accounts.clone())
            .collect();
        let command = match self.chance.below(110) {
            0..35 => CommunityCommand::Private(PrivateCommand::Add {
                channel,
                accounts: self.others(view, 2),
            }),
            35..60 => {
                let Some(account) = self.chance.pick(&inside) else {
                    return;
                };
                CommunityCommand::Private(PrivateCommand::TakeOut { channel, account })
            }
            60..75 => CommunityCommand::Private(PrivateCommand::Leave(channel)),
            75..93 => CommunityCommand::SetHistory {
                channel,
                from_joining: self.chance.percent(70),
            },
            93..100 => CommunityCommand::DeleteChannel(channel),
            _ => CommunityCommand::ResetGroup(channel),
        };
        note!(self.around.trace, "d{number} wants {command:?}");
        self.devices[number].command(command);
    }
}
