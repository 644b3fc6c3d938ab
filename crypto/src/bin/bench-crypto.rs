//! What sealing and a large group cost a client, on one core.
//!
//! ```text
//! bench-crypto [--quick]      the last line is JSON; medians; --quick takes 200 devices and 20 commits instead of 1,000 and 500
//! ```

use std::error::Error;
use std::time::{Duration, Instant};

use dialtone_crypto::group::{ExternalJoin, Group, GroupPublic, Processed};
use dialtone_crypto::media::{MediaOpener, MediaSealer};
use dialtone_crypto::{
    AccountKey, DeviceKey, EventDraft, KeyRing, OsRng, SenderChain, StreamChecker, entries,
    open_event, seal_event,
};
use dialtone_protocol::content::{EventBody, EventContent};
use dialtone_protocol::roster::{HistoryPolicy, Roster};
use dialtone_protocol::sealed::StreamPosition;
use dialtone_protocol::{CallId, ChannelId, ClientEventId, GroupId, PublicKey, StreamId};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Times for each measure of the small things.
const TIMES: usize = 2_000;
/// The last joins and commits that are measured.
const LAST: usize = 5;

fn main() -> Outcome<()> {
    let quick = std::env::args().skip(1).any(|word| word == "--quick");
    let (devices, commits) = if quick { (200, 20) } else { (1_000, 500) };
    let (seal_us, open_us) = events()?;
    println!(
        "a message of 200 bytes: sealed and signed in {seal_us:.1} us, checked, opened and verified in {open_us:.1} us"
    );
    let (media_seal_us, media_open_us) = media()?;
    println!(
        "a frame of 120 bytes: sealed in {media_seal_us:.2} us, opened in {media_open_us:.2} us"
    );
    let mut crowd = Crowd::grow(devices)?;
    println!(
        "a group of {devices} devices, grown by external joins: joining takes {:.0} ms and {} bytes, following a commit {:.1} ms",
        median(&mut crowd.joining) / 1_000.0,
        crowd.join_bytes,
        median(&mut crowd.following) / 1_000.0,
    );
    let remove_ms = crowd.remove()? / 1_000.0;
    println!("removing a device from it takes {remove_ms:.0} ms");
    let catch_up_ms = crowd.catch_up(commits)? / 1_000.0;
    println!("a device that is back follows {commits} commits in {catch_up_ms:.0} ms");
    println!(
        "{{\"seal_us\": {seal_us:.2}, \"open_us\": {open_us:.2}, \"join_1000_ms\": {:.1}, \"join_1000_bytes\": {}, \"process_commit_1000_ms\": {:.2}, \
         \"remove_1000_ms\": {remove_ms:.1}, \"catch_up_500_commits_ms\": {catch_up_ms:.0}, \"media_seal_us\": {media_seal_us:.3}, \
         \"media_open_us\": {media_open_us:.3}, \"devices\": {devices}, \"commits\": {commits}}}",
        median(&mut crowd.joining) / 1_000.0,
        crowd.join_bytes,
        median(&mut crowd.following) / 1_000.0,
    );
    Ok(())
}

fn microseconds(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1_000.0
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(0.0)
}

/// A founder alone, with one channel.
struct Founder {
    account: AccountKey,
    device: DeviceKey,
    roster: Roster,
    lobby: GroupId,
    channel: ChannelId,
}

impl Founder {
    fn new() -> Outcome<Self> {
        let account = AccountKey::generate(&mut OsRng);
        let device = DeviceKey::generate(&mut OsRng)?;
        let server = PublicKey([9; 32]);
        let founding = entries::found(&account, &device, server, &mut OsRng)?;
        let mut roster = founding.roster;
        let history = HistoryPolicy::All;
        let (channel, entry) =
            entries::create_channel(&device, &roster, founding.lobby, history, &mut OsRng)?;
        roster.append(entry)?;
        Ok(Self {
            account,
            device,
            roster,
            lobby: founding.lobby,
            channel,
        })
    }

    fn group(&self) -> Outcome<(Group, GroupPublic, KeyRing)> {
        let account = self.account.account();
        let (group, public, secret) =
            Group::create(self.lobby, &self.device, account, &self.roster)?;
        let mut ring = KeyRing::default();
        ring.insert_epoch(secret);
        Ok((group, public, ring))
    }
}

/// Sealing and opening a text of 200 bytes, in microseconds.
fn events() -> Outcome<(f64, f64)> {
    let founder = Founder::new()?;
    let (group, _, ring) = founder.group()?;
    let key = ring
        .sealing_key(founder.lobby, group.epoch(), founder.channel)
        .ok_or("no key")?;
    let community = founder.roster.community();
    let content = EventContent {
        time_ms: 1,
        lifetime_s: None,
        body: EventBody::Text {
            text: "x".repeat(200),
            reply_to: None,
        },
    };
    let mut stream = StreamChecker::new(community, founder.channel);
    let (mut chain, mut seen) = (SenderChain::START, StreamPosition::START);
    let (mut sealing, mut opening) = (Vec::new(), Vec::new());
    for number in 1..=TIMES {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&(number as u64).to_be_bytes());
        let draft = EventDraft {
            community,
            client_id: ClientEventId(id),
            chain,
            roster: founder.roster.position(),
            seen,
            content: &content,
        };
        let begun = Instant::now();
        let sealed = seal_event(&key, &founder.device, &draft, &mut OsRng)?;
        sealing.push(microseconds(begun.elapsed()));
        chain = sealed.chain;
        let begun = Instant::now();
        let checked = stream.check(number as u64, &sealed.bytes, &founder.roster, |_| None)?;
        let opened = open_event(&checked, &ring, &founder.roster);
        opening.push(microseconds(begun.elapsed()));
        seen = stream.record(&checked, dialtone_crypto::Outcome::of(&opened));
        opened?;
    }
    Ok((median(&mut sealing), median(&mut opening)))
}

/// Sealing and opening a frame of voice, in microseconds.
fn media() -> Outcome<(f64, f64)> {
    let founder = Founder::new()?;
    let (group, ..) = founder.group()?;
    let (device, stream) = (founder.device.id(), StreamId([2; 16]));
    let secret = group.call_secret(CallId([3; 16]))?;
    let signer = founder.device.voice_signer(founder.roster.community());
    let mut sealer = MediaSealer::new(&secret, &signer, stream)?;
    let mut opener = MediaOpener::new(device, stream);
    opener.add_key(&secret, Duration::ZERO)?;
    let (mut frame, mut out) = (Vec::new(), Vec::new());
    let (mut sealing, mut opening) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let begun = Instant::now();
        sealer.seal(&[7; 120], 960, &mut frame)?;
        sealing.push(microseconds(begun.elapsed()));
        let begun = Instant::now();
        opener.open(&frame, &mut out)?;
        opening.push(microseconds(begun.elapsed()));
    }
    Ok((median(&mut sealing), median(&mut opening)))
}

/// A large group.
struct Crowd {
    founder: Founder,
    /// The last to join, and the one before: one commits, the other follows.
    committer: (Group, DeviceKey),
    follower: Group,
    /// A device to be removed.
    spare: DeviceKey,
    joining: Vec<f64>,
    following: Vec<f64>,
    join_bytes: usize,
}

impl Crowd {
    fn grow(devices: usize) -> Outcome<Self> {
        let mut founder = Founder::new()?;
        let account = founder.account.account();
        let mut keys = Vec::with_capacity(devices);
        for _ in 1..devices {
            let device = DeviceKey::generate(&mut OsRng)?;
            let entry =
                entries::add_device(&founder.device, &founder.roster, device.public_keys())?;
            founder.roster.append(entry)?;
            keys.push(device);
        }
        let (group, mut public, _) = founder.group()?;
        let mut watcher: Option<Group> = None;
        let (mut last, mut joining, mut following) = (None, Vec::new(), Vec::new());
        let mut join_bytes = 0;
        let count = keys.len();
        let mut spare = None;
        for (index, device) in keys.into_iter().enumerate() {
            let begun = Instant::now();
            let join = ExternalJoin::prepare(
                founder.lobby,
                &public.group_info,
                &public.tree,
                &founder.roster,
                &device,
                account,
                1,
            )?;
            if index + LAST >= count {
                joining.push(microseconds(begun.elapsed()));
                join_bytes = public.group_info.len() + public.tree.len();
            }
            if let Some(watcher) = &mut watcher {
                let begun = Instant::now();
                let followed =
                    watcher.process_commit(join.epoch(), join.commit(), &founder.roster)?;
                if !matches!(followed, Processed::Applied(_)) {
                    return Err("a join was not followed".into());
                }
                following.push(microseconds(begun.elapsed()));
            }
            let (group, _) = join.accept();
            public = group.public(&device)?;
            if index + LAST + 1 == count {
                watcher = Some(group);
            } else {
                if index == 0 {
                    spare = Some(DeviceKey::from_secrets(&device.secrets())?);
                }
                last = Some((group, device));
            }
            if index % 100 == 99 {
                eprintln!("{} devices are in", index + 2);
            }
        }
        drop(group);
        Ok(Self {
            founder,
            committer: last.ok_or("nobody joined")?,
            follower: watcher.ok_or("nobody watched")?,
            spare: spare.ok_or("nobody to spare")?,
            joining,
            following,
            join_bytes,
        })
    }

    /// A device is revoked; the commit that removes it, in microseconds.
    fn remove(&mut self) -> Outcome<f64> {
        let (founder, spare) = (&mut self.founder, self.spare.id());
        let entry = entries::revoke_device(&founder.device, &founder.roster, spare)?;
        founder.roster.append(entry)?;
        let (group, device) = &mut self.committer;
        let begun = Instant::now();
        let made = group.make_commit(device, &founder.roster)?;
        group.confirm_commit()?;
        let took = microseconds(begun.elapsed());
        self.follower
            .process_commit(made.epoch, &made.commit, &founder.roster)?;
        if self.follower.members().len() != group.members().len() {
            return Err("the removal was not followed".into());
        }
        Ok(took)
    }

    /// One makes so many commits, the other follows them afterwards; in microseconds.
    fn catch_up(&mut self, commits: usize) -> Outcome<f64> {
        let roster = &self.founder.roster;
        let (group, device) = &mut self.committer;
        let mut made = Vec::with_capacity(commits);
        for number in 0..commits {
            let commit = group.make_commit(device, roster)?;
            group.confirm_commit()?;
            made.push(commit);
            if number % 100 == 99 {
                eprintln!("{} commits are made", number + 1);
            }
        }
        let begun = Instant::now();
        for commit in &made {
            self.follower
                .process_commit(commit.epoch, &commit.commit, roster)?;
        }
        let took = microseconds(begun.elapsed());
        if self.follower.epoch() != group.epoch() {
            return Err("not all commits were followed".into());
        }
        Ok(took)
    }
}
