//! What happens: people write, come, go and are removed, while the network, the programs and the disks fail; then calm.

use std::sync::Arc;
use std::time::Duration;

use dialtone_crypto::{DeviceKey, entries};
use dialtone_protocol::Hash;
use dialtone_protocol::http::{RosterAppend, RosterHead};
use dialtone_protocol::roster::{Change, Roster};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::chance::Chance;
use super::device::{Device, Surroundings, sign_in};
use super::network::{Net, Weather};
use super::oracle;
use super::server::Server;
use super::store::Busy;
use super::time::Time;
use super::trace::{Trace, note};
use super::world::{KNOCKING, MEMBERS, folder, world};
use crate::CommunityCommand;
use crate::net::Line;

const DAY_MS: u64 = 24 * 3600 * 1000;
/// The most devices; the next number is the hand that does what no command does.
const MOST_DEVICES: usize = 12;
/// Its requests never fail.
pub(super) const HAND: usize = 15;
/// One of so many seeds has a device that is away for very long.
const LONG_ABSENCES: u64 = 25;
/// In one of so many seeds most of what people do is private.
const PRIVATE_STORIES: u64 = 4;
/// How long it may take after the calm until all is well, in seconds, and how often that is looked at.
const HEALED_WITHIN_S: u64 = 5 * 60;
const LOOK_EVERY_S: u64 = 10;

/// One simulation.
pub(super) struct Story {
    pub(super) around: Surroundings,
    pub(super) server: Server,
    pub(super) devices: Vec<Device>,
    pub(super) chance: Chance,
    folder: tempfile::TempDir,
    crashes: mpsc::Receiver<usize>,
    removals: u32,
    hand: Option<Line>,
}

/// Plays a seed to its end: the trace, and what is not as it should be.
pub(super) async fn play(seed: u64, busy: Busy) -> (Trace, Result<(), String>) {
    let mut story = Story::begin(seed, busy).await;
    story.rush_in().await;
    story.storm().await;
    let mut healed = story.calm().await;
    if healed.is_ok() {
        healed = story.go_on().await;
    }
    (story.end().await, healed)
}

impl Story {
    /// The server runs; no device does yet.
    pub(super) async fn begin(seed: u64, busy: Busy) -> Self {
        let time = Time::new();
        let trace = Trace::new(time.clone());
        let (sender, crashes) = mpsc::channel(MOST_DEVICES * 16);
        let net = Net::new(time.clone(), trace.clone(), seed, sender);
        let folder = folder();
        let server = Server::start(&net, &time, folder.path(), &busy).await;
        let around = Surroundings {
            seed,
            time,
            trace,
            net,
            audio: Surroundings::sound(),
        };
        let mut story = Self {
            around,
            server,
            devices: Vec::new(),
            chance: Chance::new(seed),
            folder,
            crashes,
            removals: 0,
            hand: None,
        };
        for person in &world().people {
            story.add(person.account.account(), Arc::clone(&person.device));
        }
        story
    }

    /// Everybody comes, one soon after another; the weather is what it is.
    async fn rush_in(&mut self) {
        let weather = self.weather();
        note!(self.around.trace, "{weather:?}");
        self.around.net.set_weather(weather);
        for number in 0..self.devices.len() {
            self.devices[number].start();
            sleep(Duration::from_millis(self.chance.below(1_500))).await;
        }
        sleep(Duration::from_secs(3)).await;
    }

    /// All programs end, and the server: the trace.
    pub(super) async fn end(&mut self) -> Trace {
        for device in &mut self.devices {
            device.stop().await;
        }
        self.server.stop().await;
        self.around.trace.clone()
    }

    fn add(&mut self, account: dialtone_protocol::AccountId, key: Arc<DeviceKey>) {
        let number = self.devices.len();
        let around = self.around.clone();
        let device = Device::new(number, account, key, self.folder.path(), around);
        self.devices.push(device);
    }

    fn weather(&mut self) -> Weather {
        let chance = &mut self.chance;
        let bad = chance.below(4);
        Weather {
            lost: chance.below(1 + 20 * bad),
            unanswered: chance.below(1 + 25 * bad),
            doubled: chance.below(1 + 25 * bad),
            late: chance.below(1 + 15 * bad),
            fatal: chance.below(1 + 8 * bad),
            delay_ms: chance.between(1, 1 + 150 * bad),
        }
    }

    async fn storm(&mut self) {
        if self.around.seed % LONG_ABSENCES == 3 {
            self.long_absence().await;
        }
        let steps = self.chance.between(20, 62);
        for _ in 0..steps {
            // Now and then several things at once.
            if !self.chance.percent(25) {
                let pause = self.chance.between(10, 900);
                sleep(Duration::from_millis(pause)).await;
            }
            self.tend().await;
            if self.around.seed % PRIVATE_STORIES == 1 && self.chance.percent(50) {
                self.private_step();
            } else {
                self.step().await;
            }
        }
    }

    /// One device is away while a commit follows the other: somebody writes every day.
    async fn long_absence(&mut self) {
        let number = 1 + self.chance.below(MEMBERS as u64 - 1) as usize;
        self.devices[number].crash().await;
        self.devices[number].away_until = u64::MAX;
        for _ in 0..self.chance.between(80, 250) {
            self.days_pass();
            self.write();
            sleep(Duration::from_millis(self.chance.between(200, 800))).await;
            self.tend().await;
        }
        self.devices[number].away_until = 0;
    }

    /// Programs that must crash do, failed disks are mended, who was away long enough comes back.
    async fn tend(&mut self) {
        while let Ok(number) = self.crashes.try_recv() {
            self.devices[number].crash().await;
            self.rest(number, 10_000);
        }
        let now = self.around.time.elapsed_ms();
        for device in &mut self.devices {
            if device.disk_has_failed() {
                if self.chance.percent(50) {
                    device.crash().await;
                } else {
                    device.mend_disk();
                }
            }
            if !device.is_running() && device.away_until <= now {
                device.start();
            }
        }
    }

    /// A device stays away for a while.
    fn rest(&mut self, number: usize, most_ms: u64) {
        let until = self.around.time.elapsed_ms() + self.chance.below(most_ms);
        self.devices[number].away_until = until;
    }

    pub(super) fn some(&mut self, wanted: impl Fn(&Device) -> bool) -> Option<usize> {
        let found: Vec<usize> = self
            .devices
            .iter()
            .filter(|device| wanted(device))
            .map(|device| device.number)
            .collect();
        self.chance.pick(&found)
    }

    async fn step(&mut self) {
        match self.chance.below(118) {
            0..45 => self.write(),
            45..52 => {
                for _ in 0..self.chance.between(2, 5) {
                    self.write();
                }
            }
            52..60 => self.break_connection(),
            60..66 => {
                if let Some(number) = self.some(Device::is_running) {
                    self.devices[number].crash().await;
                    self.rest(number, 15_000);
                }
            }
            66..71 => {
                if let Some(number) = self.some(Device::is_running) {
                    let after = self.chance.below(12) as u32;
                    self.devices[number].fail_disk_after(after);
                }
            }
            71..75 => self.copy_or_restore().await,
            75..78 => self.go_away().await,
            78..82 => self.days_pass(),
            82..87 => self.add_device().await,
            87..89 => self.revoke_device().await,
            89..91 => self.remove_member(),
            91..95 => self.admit(),
            95..97 => {
                note!(self.around.trace, "the server restarts");
                self.server.restart().await;
            }
            97..98 => {
                note!(self.around.trace, "d0 starts the group again");
                self.devices[0].command(CommunityCommand::ResetGroup(world().channels[0]));
            }
            98..99 => {
                note!(self.around.trace, "d1 makes a channel");
                let name = format!("channel {}", self.around.time.elapsed_ms());
                let create = CommunityCommand::CreateChannel { name, voice: false };
                self.devices[1].command(create);
            }
            99..100 => self.everybody_writes(),
            _ => self.private_step(),
        }
    }

    fn write(&mut self) {
        if let Some(number) = self.some(Device::is_running) {
            let channels = world().channels;
            let channel = channels[usize::from(self.chance.percent(25))];
            self.devices[number].write(channel);
        }
    }

    /// All at the same moment: whoever must commit first does so against all the others.
    fn everybody_writes(&mut self) {
        if self.chance.percent(50) {
            self.days_pass();
        }
        for device in &mut self.devices {
            device.write(world().channels[0]);
        }
    }

    fn break_connection(&mut self) {
        let Some(number) = self.some(Device::is_running) else {
            return;
        };
        match self.chance.below(4) {
            0 => {
                note!(self.around.trace, "d{number} is swallowed");
                self.around.net.swallow(number, true);
            }
            1 => {
                note!(
                    self.around.trace,
                    "d{number} is cut, and the server does not see it"
                );
                self.around.net.swallow(number, false);
                self.around.net.cut(number, true);
            }
            _ => {
                note!(self.around.trace, "d{number} is cut");
                self.around.net.swallow(number, false);
                self.around.net.cut(number, false);
            }
        }
    }

    async fn copy_or_restore(&mut self) {
        let Some(number) = self.some(|_| true) else {
            return;
        };
        let device = &mut self.devices[number];
        device.crash().await;
        if self.chance.percent(60) {
            device.back_up();
        } else {
            device.restore();
        }
        self.rest(number, 3_000);
    }

    /// Away for long, while others go on; perhaps for a month.
    async fn go_away(&mut self) {
        if let Some(number) = self.some(|device| device.is_running() && device.number > 0) {
            self.devices[number].crash().await;
            self.rest(number, 120_000);
            if self.chance.percent(30) {
                note!(self.around.trace, "a month passes");
                self.around.time.skip(31 * DAY_MS);
            }
        }
    }

    fn days_pass(&mut self) {
        note!(self.around.trace, "a day passes");
        self.around.time.skip(DAY_MS + 1);
    }

    /// A session of the founder's for what no command does.
    async fn hand(&mut self) -> (Line, Roster) {
        if self.hand.is_none() {
            let nowhere = dialtone_protocol::PublicKey([0; 32]);
            let network = self.around.net.of(HAND);
            let met = network.meet("simulation:1", nowhere, Hash([0; 32]), 0);
            let line = Line::new(met.await.unwrap());
            self.hand = Some(sign_in(line, &world().people[0].device, &world().roster).await);
        }
        let line = self.hand.clone().unwrap();
        let Ok(page) = line.roster(0).await else {
            // It has run out: a month has passed.
            self.hand = None;
            return Box::pin(self.hand()).await;
        };
        let entries = page.entries.into_iter().map(|entry| entry.0);
        (line, Roster::replay(entries.collect::<Vec<_>>()).unwrap().0)
    }

    /// The member list, as the server has it.
    pub(super) async fn roster(&mut self) -> Roster {
        self.hand().await.1
    }

    /// Another device of somebody who is there.
    async fn add_device(&mut self) {
        if self.devices.len() >= MOST_DEVICES {
            return;
        }
        let (line, roster) = self.hand().await;
        let active = |device: &Device| {
            let found = roster.view().device(&device.key.id());
            found.is_some_and(dialtone_protocol::roster::Device::is_active)
        };
        let Some(number) = self.some(active) else {
            return;
        };
        let key = DeviceKey::generate(&mut self.chance).unwrap();
        let (by, account) = (&self.devices[number].key, self.devices[number].account);
        let entry = entries::add_device(by, &roster, key.public_keys()).unwrap();
        let body = RosterAppend {
            entry: entry.into(),
        };
        // Somebody else may have been faster.
        if line.post::<_, RosterHead>("/roster", &body).await.is_ok() {
            let new = self.devices.len();
            note!(self.around.trace, "d{number} adds d{new}");
            self.add(account, Arc::new(key));
            self.rest(new, 5_000);
        }
    }

    async fn revoke_device(&mut self) {
        if self.removals >= 3 {
            return;
        }
        let roster = self.roster().await;
        let active = |device: &Device| {
            let found = roster.view().device(&device.key.id());
            device.number > 1 && found.is_some_and(dialtone_protocol::roster::Device::is_active)
        };
        let Some(number) = self.some(active) else {
            return;
        };
        let device = self.devices[number].key.id();
        if self.change(Change::DeviceRevoked { device }).await {
            note!(self.around.trace, "d{number} is revoked");
            self.removals += 1;
        }
    }

    /// The founder signs a change of the member list. False: another was faster.
    pub(super) async fn change(&mut self, change: Change) -> bool {
        let (line, roster) = self.hand().await;
        let founder = &world().people[0].device;
        let Ok(entry) = entries::sign_change(founder, &roster, change) else {
            // Somebody else made it just now.
            return false;
        };
        let body = RosterAppend {
            entry: entry.into(),
        };
        line.post::<_, RosterHead>("/roster", &body).await.is_ok()
    }

    fn remove_member(&mut self) {
        let by = self.chance.below(2) as usize;
        let whom = 2 + self.chance.below((MEMBERS + KNOCKING - 2) as u64) as usize;
        if self.removals >= 3 || !self.devices[by].is_online() {
            return;
        }
        note!(self.around.trace, "d{by} removes p{whom}");
        self.removals += 1;
        let account = world().people[whom].account.account();
        self.devices[by].command(CommunityCommand::RemoveMember {
            account,
            ban: false,
        });
    }

    fn admit(&mut self) {
        let by = self.chance.below(2) as usize;
        let whom = MEMBERS + self.chance.below(KNOCKING as u64) as usize;
        note!(self.around.trace, "d{by} admits p{whom}");
        let account = world().people[whom].account.account();
        self.devices[by].command(CommunityCommand::Admit(account));
    }

    /// Nothing fails any more: in a while all is as it should be.
    async fn calm(&mut self) -> Result<(), String> {
        note!(self.around.trace, "calm");
        self.around.net.set_weather(Weather {
            delay_ms: 20,
            ..Weather::default()
        });
        self.tend().await;
        for number in 0..self.devices.len() {
            self.around.net.swallow(number, false);
            self.around.net.cut(number, false);
            self.devices[number].mend_disk();
            self.devices[number].away_until = 0;
            self.devices[number].start();
        }
        self.heal().await
    }

    /// All are connected and stay so: what each must know comes to it without its asking for what it missed.
    async fn go_on(&mut self) -> Result<(), String> {
        note!(self.around.trace, "life goes on");
        for _ in 0..self.chance.between(4, 10) {
            self.private_step();
            let pause = self.chance.between(100, 3_000);
            sleep(Duration::from_millis(pause)).await;
        }
        self.heal().await
    }

    /// Waits until all is as it should be; what is not, if it does not become so.
    pub(super) async fn heal(&mut self) -> Result<(), String> {
        let mut looked = Err("nobody looked".into());
        for _ in 0..HEALED_WITHIN_S / LOOK_EVERY_S {
            sleep(Duration::from_secs(LOOK_EVERY_S)).await;
            // A request may still have been on its way.
            self.tend().await;
            looked = oracle::look(self).await;
            if looked.is_ok() {
                note!(self.around.trace, "all is well");
                break;
            }
        }
        looked
    }
}
