//! The story itself.

use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::{Actor, Server, StoryArguments, Voice, score, sound, step};
use crate::bot::Order;

const COMMUNITY: &str = "Harbour crew";
/// Silence before the speech: meanwhile the connections are made.
const LEAD_S: f32 = 6.0;
/// Everything that was said must have been heard this long after its end.
const TAIL: Duration = Duration::from_secs(2);
/// The least share of the speech that must have arrived.
const LEAST_SHARE: f32 = 0.9;

/// A longer delay from mouth to ear, between files on one machine, means that something is wrong.
const LONGEST_DELAY_MS: f32 = 1_000.0;

/// Plays it.
pub(super) fn play(arguments: &StoryArguments) -> anyhow::Result<()> {
    let out = &arguments.out;
    let folder = out.join("state");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).context("the last story's state cannot be removed")?;
    }
    std::fs::create_dir_all(&folder)?;
    let transcript = out.join("transcript.txt");
    let heard = |name: &str| out.join(format!("heard-by-{name}.wav"));
    // What is left of an earlier story must not be taken for this one's.
    for old in [
        transcript.clone(),
        heard("anna"),
        heard("mikael"),
        heard("saga"),
    ] {
        if old.exists() {
            std::fs::remove_file(&old).context("the last story's results cannot be removed")?;
        }
    }
    let speech = sound::load(&arguments.speech)?;
    let spoken = folder.join("spoken.wav");
    sound::save(&spoken, &sound::lead_in(&speech, LEAD_S))?;

    let server = Server::start(&arguments.server_bin, &folder)?;
    step("the server runs, on its embedded database");
    let files = |name: &str, speak| Voice::Files {
        speak,
        hear: heard(name),
    };
    let mut anna = Actor::start("anna", &folder, &files("anna", Some(&spoken)))?;
    anna.keep_transcript(&transcript)?;
    let mut mikael = Actor::start("mikael", &folder, &files("mikael", None))?;
    mikael.keep_transcript(&transcript)?;
    let took = anna.join(&server.founding_link, Some(COMMUNITY))?;
    step(format!(
        "anna founded {COMMUNITY} by the founding link in {} ms",
        took.as_millis()
    ));
    anna.wait("its channels are there", |me| {
        me.knows_channel("general") && me.state.community == COMMUNITY
    })?;
    let link = anna.invite(1)?;
    let took = mikael.join(&link, None)?;
    step(format!(
        "mikael joined by anna's invite in {} ms",
        took.as_millis()
    ));
    let mut saga = Actor::start("saga", &folder, &files("saga", None))?;
    saga.keep_transcript(&transcript)?;

    write(&mut anna, &mut mikael)?;
    let refusal = mikael.invite_in_vain()?;
    step(format!(
        "mikael, who is no admin, may not invite: {refusal}"
    ));
    let link = anna.invite(1)?;
    let took = saga.join(&link, None)?;
    step(format!(
        "saga joined by an invite in {} ms",
        took.as_millis()
    ));
    history(&mut saga)?;
    let connected = call(&mut anna, &mut mikael, &mut saga)?;
    let speech_s = speech.len() as f32 / sound::RATE as f32;
    listen(&mut [&mut anna, &mut mikael, &mut saga], LEAD_S + speech_s)?;
    let lost = [&mikael, &saga].map(|actor| {
        actor
            .state
            .call
            .as_ref()
            .map_or(100, |call| call.loss_percent)
    });
    for actor in [&mut anna, &mut mikael, &mut saga] {
        actor.order(&Order::Leave)?;
        actor.wait("the call is left", |me| me.state.call.is_none())?;
    }
    step("everybody left the call");
    for actor in [anna, mikael, saga] {
        actor.end()?;
    }
    drop(server);
    report(arguments, &speech, connected, lost)
}

/// A channel, and a message each way.
fn write(anna: &mut Actor, mikael: &mut Actor) -> anyhow::Result<()> {
    anna.order(&Order::CreateChannel {
        name: "race-planning".into(),
        voice: false,
    })?;
    for actor in [&mut *anna, &mut *mikael] {
        actor.wait("the new channel is there", |me| {
            me.knows_channel("race-planning")
        })?;
        actor.order(&Order::Open {
            channel: "race-planning".into(),
        })?;
    }
    step("anna made the channel race-planning; mikael sees its name");
    let (hello, answer) = (
        "Wind from south-west tomorrow. Who takes the committee boat?",
        "I do. Räksmörgås at eight 🥪",
    );
    let took = exchange(anna, mikael, hello)?;
    step(format!(
        "mikael reads anna's message after {} ms",
        took.as_millis()
    ));
    let took = exchange(mikael, anna, answer)?;
    step(format!(
        "anna reads mikael's answer after {} ms",
        took.as_millis()
    ));
    Ok(())
}

fn exchange(from: &mut Actor, to: &mut Actor, text: &str) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let name = from.name.clone();
    from.order(&Order::Say {
        channel: "race-planning".into(),
        text: text.into(),
    })?;
    to.wait("the message is there", |me| me.has_read(&name, text))?;
    Ok(began.elapsed())
}

/// Who comes later reads what came before.
fn history(saga: &mut Actor) -> anyhow::Result<()> {
    saga.wait("the channel is there", |me| {
        me.knows_channel("race-planning")
    })?;
    saga.order(&Order::Open {
        channel: "race-planning".into(),
    })?;
    let took = saga.wait("both messages are there", |me| me.messages.len() >= 2)?;
    step(format!(
        "saga reads the {} earlier messages after {} ms",
        saga.messages.len(),
        took.as_millis()
    ));
    Ok(())
}

/// Everybody joins; anna, who speaks, is the last.
fn call(anna: &mut Actor, mikael: &mut Actor, saga: &mut Actor) -> anyhow::Result<Duration> {
    for actor in [&mut *mikael, &mut *saga] {
        actor.order(&Order::Call {
            channel: "lounge".into(),
        })?;
        actor.wait("it is in the call", |me| me.state.call.is_some())?;
    }
    mikael.wait("it is connected to saga", |me| {
        me.is_connected_to(&["saga"])
    })?;
    let began = Instant::now();
    anna.order(&Order::Call {
        channel: "lounge".into(),
    })?;
    anna.wait("it is connected to both", |me| {
        me.is_connected_to(&["mikael", "saga"])
    })?;
    let took = began.elapsed();
    step(format!(
        "anna is in the call and connected to both after {} ms",
        took.as_millis()
    ));
    mikael.wait("it hears anna", |me| {
        me.state
            .call
            .as_ref()
            .is_some_and(|call| call.speaking.iter().any(|name| name == "anna"))
    })?;
    step("mikael hears anna speak");
    Ok(took)
}

/// Waits until the speech is over.
fn listen(actors: &mut [&mut Actor], seconds: f32) -> anyhow::Result<()> {
    let until = Instant::now() + Duration::from_secs_f32(seconds) + TAIL;
    step(format!(
        "anna speaks for {seconds:.0} s (with the silence before)"
    ));
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
        for actor in &mut *actors {
            actor.catch_up()?;
        }
    }
    Ok(())
}

fn report(
    arguments: &StoryArguments,
    speech: &[f32],
    connected: Duration,
    lost: [u32; 2],
) -> anyhow::Result<()> {
    let own = sound::Recording::open(&arguments.out.join("heard-by-anna.wav"))?;
    for (name, lost) in ["mikael", "saga"].into_iter().zip(lost) {
        let path = arguments.out.join(format!("heard-by-{name}.wav"));
        let heard = sound::Recording::open(&path)?;
        let found = score::find(speech, &heard.samples).with_context(|| {
            format!(
                "anna's speech is not in what {name} heard ({})",
                path.display()
            )
        })?;
        let delay = own.begin_of(&heard).map(|later| sound::Measured {
            ms: (found.at_s - LEAD_S) * 1000.0 + later.ms,
            ..later
        });
        let late = match delay {
            Some(delay) => {
                delay.must_lie_within(LONGEST_DELAY_MS)?;
                format!(
                    "mouth-to-ear {:.0} ms (to {:.0} ms)",
                    delay.ms, delay.exact_ms
                )
            }
            None => "mouth-to-ear unknown, this machine stood still meanwhile".into(),
        };
        step(format!(
            "{name} heard {:.1} % of anna's speech (correlation {:.3}); {late}; {lost} % of packets lost",
            found.share * 100.0,
            found.correlation,
        ));
        anyhow::ensure!(
            found.share >= LEAST_SHARE,
            "only {:.0} % of the speech reached {name}; listen to {}",
            found.share * 100.0,
            path.display()
        );
    }
    println!(
        "All of it is true: accounts by invite, messages both ways, speech heard by both. Connected in {} ms. Kept in {}.",
        connected.as_millis(),
        arguments.out.display()
    );
    Ok(())
}
