//! Hear yourself through the whole engine: microphone, chain, Opus, jitter buffer, mix, loudspeaker.
//!
//! ```text
//! cargo run --example loopback -- [--in ID] [--out ID] [--seconds N] [--volume F] [--open] [--packet-ms N] [--list]
//! ```

use std::error::Error;
use std::time::{Duration, Instant};

use dialtone_audio::{
    Backend, CpalBackend, DeviceId, Loopback, PacketDuration, PlainSealer, TalkMode, TalkerId,
    VoiceConfig, VoiceEngine, VoiceEvent, packet_channel,
};

struct Options {
    config: VoiceConfig,
    seconds: u64,
    volume: f32,
    callback: u32,
    list: bool,
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        config: VoiceConfig::voice()?,
        seconds: 30,
        volume: 1.0,
        callback: 240,
        list: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--in" => options.config.input = Some(DeviceId(value()?)),
            "--out" => options.config.output = Some(DeviceId(value()?)),
            "--seconds" => options.seconds = value()?.parse()?,
            "--volume" => options.volume = value()?.parse()?,
            "--callback" => options.callback = value()?.parse()?,
            "--packet-ms" => {
                options.config.encoder.packet = PacketDuration::from_ms(value()?.parse()?)
                    .ok_or("packets are 10, 20, 40 or 60 ms long")?;
            }
            "--open" => options.config.talk_mode = TalkMode::Open,
            "--list" => options.list = true,
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    options.config.talker.level.on = false;
    Ok(options)
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let mut backend = CpalBackend::new(options.callback, options.callback);
    if options.list {
        println!("{:#?}", backend.devices()?);
        return Ok(());
    }
    let (input, source) = packet_channel(512);
    let me = TalkerId(1);
    let sender = Box::new(Loopback::new(input.clone(), me));
    let (engine, events) = VoiceEngine::start_with(
        options.config,
        Box::new(backend),
        Box::new(PlainSealer),
        sender,
        (input, source),
    )?;
    engine.add_talker(me, options.volume)?;
    let end = Instant::now() + Duration::from_secs(options.seconds);
    let mut shown = Instant::now();
    while Instant::now() < end {
        match events.recv_timeout(Duration::from_millis(200)) {
            Ok(VoiceEvent::Meters(meters)) if shown.elapsed() >= Duration::from_secs(1) => {
                shown = Instant::now();
                println!("{meters:?}");
            }
            Ok(VoiceEvent::Meters(_)) | Err(_) => {}
            Ok(event) => println!("{event:?}"),
        }
    }
    Ok(())
}
