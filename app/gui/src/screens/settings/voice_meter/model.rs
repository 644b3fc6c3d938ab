//! What the view shows, as a pure function of the snapshot.

use dialtone_engine::command::{ChainCommand, ChainEdit};
use dialtone_engine::settings::TalkMode;
use dialtone_engine::snapshot::{ChainSource, ChainView, Cost, StageView, VoiceMeter};
use dialtone_engine::{Command, Snapshot};
use dialtone_words::say;

use super::words;

/// Whether one is heard just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// The microphone has not given anything yet.
    Starting,
    /// There is no microphone.
    Nothing,
    /// The call keeps it back.
    Muted,
    /// Voice activity, or the key, keeps it back.
    Silent,
    /// It is sent, or would be.
    Speaking,
}

impl Heard {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Starting => say!("meter-starting"),
            Self::Nothing => say!("meter-no-microphone"),
            Self::Muted => say!("voice-is-muted"),
            Self::Silent => say!("set-silent"),
            Self::Speaking => say!("voice-is-speaking"),
        }
    }
}

/// Whether one is heard.
pub(super) fn heard(snapshot: &Snapshot) -> Heard {
    let Some(meter) = snapshot.audio.meter.as_deref() else {
        return match snapshot.audio.problem {
            Some(_) => Heard::Nothing,
            None => Heard::Starting,
        };
    };
    let call = snapshot
        .communities
        .iter()
        .find_map(|one| one.call.as_ref());
    let now = meter.now();
    match (meter.microphone.is_some(), now) {
        (false, _) if snapshot.audio.problem.is_some() => Heard::Nothing,
        (false, _) | (_, None) => Heard::Starting,
        _ if call.is_some_and(|call| call.muted) => Heard::Muted,
        (_, Some(now)) if now.sent => Heard::Speaking,
        _ => Heard::Silent,
    }
}

/// The line of voice activity, and how it is moved.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Where it is, in dBFS.
    pub(super) dbfs: f32,
    /// It follows the room by itself.
    pub(super) automatic: bool,
    /// The stage of one's own chain that draws it; without, the settings do.
    stage: Option<String>,
}

/// The line, if the chain has one.
pub(super) fn line(snapshot: &Snapshot) -> Option<Line> {
    let audio = &snapshot.settings.audio;
    let meter = snapshot.audio.meter.as_deref();
    let drawn = meter
        .and_then(VoiceMeter::now)
        .and_then(|now| now.threshold_dbfs);
    if audio.has_line() {
        return Some(Line {
            dbfs: snapshot.audio.line_dbfs(audio),
            automatic: audio.auto_threshold,
            stage: None,
        });
    }
    let chain = snapshot.audio.chain.as_deref()?;
    let gate = chain
        .stages
        .iter()
        .find(|stage| stage.kind == "gate" && stage.enabled)?;
    let set = gate.param("threshold_dbfs")?.value;
    let automatic = gate.param("automatic").is_some_and(|one| one.value > 0.5);
    Some(Line {
        dbfs: drawn.filter(|_| automatic).unwrap_or(set),
        automatic,
        stage: Some(gate.id.clone()),
    })
}

impl Line {
    /// What puts it to `dbfs`.
    pub(super) fn moved(&self, snapshot: &Snapshot, dbfs: f32) -> Vec<Command> {
        let Some(stage) = &self.stage else {
            let mut audio = snapshot.settings.audio.clone();
            (audio.threshold_dbfs, audio.auto_threshold) = (dbfs, false);
            return vec![Command::SetAudio(audio)];
        };
        let mut commands = Vec::new();
        if self.automatic {
            commands.push(set(stage, "automatic", 0.0));
        }
        commands.push(set(stage, "threshold_dbfs", dbfs));
        commands
    }

    /// What lets it follow by itself, or no more.
    pub(super) fn follow(&self, snapshot: &Snapshot, on: bool) -> Command {
        if let Some(stage) = &self.stage {
            return set(stage, "automatic", f32::from(u8::from(on)));
        }
        let mut audio = snapshot.settings.audio.clone();
        audio.auto_threshold = on;
        Command::SetAudio(audio)
    }
}

fn set(stage: &str, param: &str, value: f32) -> Command {
    Command::Chain(ChainCommand::Edit(ChainEdit::Set {
        stage: stage.to_owned(),
        param: param.to_owned(),
        value,
    }))
}

/// What is said at the level's end.
pub(super) fn line_hint(snapshot: &Snapshot, line: Option<&Line>) -> &'static str {
    match (line, snapshot.settings.audio.talk_mode) {
        (None, _) => say!("meter-no-line"),
        (_, TalkMode::PushToTalk | TalkMode::Open) => say!("set-line-by-voice"),
        _ => say!("set-drag-line"),
    }
}

/// One line of the chain.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ChainRow {
    /// What it is called.
    pub(super) title: String,
    /// What it says just now.
    pub(super) says: String,
    /// The level after it, in dBFS.
    pub(super) level_dbfs: Option<f32>,
    /// In its place: something else, such as bytes.
    pub(super) size: Option<String>,
    /// What it takes.
    pub(super) cost: Cost,
    /// It is switched off, or left out.
    pub(super) is_out: bool,
    /// Something is wrong with it.
    pub(super) is_wrong: bool,
}

/// The microphone, before the chain.
pub(super) fn capture_row(snapshot: &Snapshot) -> ChainRow {
    let meter = snapshot.audio.meter.as_deref();
    let says = match meter.and_then(|meter| meter.microphone.as_ref()) {
        Some((name, hz)) => {
            let khz = f64::from(*hz) / 1_000.0;
            let khz = format!("{khz:.1}");
            let khz = dialtone_words::decimal(khz.trim_end_matches(".0"));
            say!("meter-input-is", name = name, khz = khz)
        }
        None => say!("meter-none-heard").to_owned(),
    };
    ChainRow {
        title: say!("set-microphone").to_owned(),
        says,
        level_dbfs: meter.map(|meter| meter.capture_dbfs),
        size: None,
        cost: meter.map(|meter| meter.capture).unwrap_or_default(),
        is_out: false,
        is_wrong: false,
    }
}

/// A stage of the chain.
pub(super) fn stage_row(meter: Option<&VoiceMeter>, stage: &StageView) -> ChainRow {
    let running = meter.filter(|_| stage.enabled && stage.problem.is_none());
    let reading = running.and_then(|meter| meter.stage(&stage.id));
    let failed = reading.is_some_and(|reading| reading.failed);
    ChainRow {
        title: stage_title(stage),
        says: words::says(stage, reading, meter.and_then(VoiceMeter::now)),
        level_dbfs: reading.map(|reading| reading.level_dbfs),
        size: None,
        cost: reading.map(|reading| reading.cost).unwrap_or_default(),
        is_out: !stage.enabled || failed || stage.problem.is_some(),
        is_wrong: failed || stage.problem.is_some(),
    }
}

/// What a stage is called: its kind, and its number or own name where there are several.
pub(super) fn stage_title(stage: &StageView) -> String {
    let title = words::title(&stage.kind);
    match stage.id.rsplit_once('#') {
        Some((_, number)) => format!("{title} {number}"),
        None if stage.id != stage.kind && !stage.kind.starts_with("clap:") => stage.id.clone(),
        None => title,
    }
}

/// The encoder, and what follows it.
pub(super) fn end_rows(snapshot: &Snapshot) -> [ChainRow; 2] {
    let packets = snapshot.audio.meter.as_deref().map(|meter| meter.packets);
    let packets = packets.unwrap_or_default();
    let says = if packets.packet_ms == 0 {
        String::new()
    } else {
        let kilobits = packets.bitrate / 1_000;
        if packets.repairs {
            say!(
                "meter-packets-repair",
                kilobits = kilobits,
                ms = packets.packet_ms
            )
        } else {
            say!("meter-packets", kilobits = kilobits, ms = packets.packet_ms)
        }
    };
    let bytes = format!("{} B", packets.bytes);
    let row = |title: &str, says, size, cost| ChainRow {
        title: title.to_owned(),
        says,
        level_dbfs: None,
        size,
        cost,
        is_out: false,
        is_wrong: false,
    };
    [
        row(
            "Opus",
            says,
            (packets.bytes > 0).then_some(bytes),
            packets.encoding,
        ),
        row(
            say!("meter-seal-send"),
            seal_words(snapshot),
            None,
            packets.sending,
        ),
    ]
}

fn seal_words(snapshot: &Snapshot) -> String {
    let community = snapshot.communities.iter().find(|one| one.call.is_some());
    let Some((community, call)) = community.and_then(|one| Some((one, one.call.as_ref()?))) else {
        return say!("meter-in-no-call").to_owned();
    };
    let channel = community.channels.iter().find(|one| one.id == call.channel);
    let others = channel.map_or(0, |channel| {
        let others = channel.talkers.iter();
        others
            .filter(|one| one.device != community.me.device)
            .count()
    });
    match others {
        0 => say!("meter-nobody-in-call").to_owned(),
        more => say!("meter-listeners", path = call.path, count = more),
    }
}

/// Where a stage of this kind stands best among these: what takes away comes first, and the limiter stays last.
pub(super) fn place_for(kind: &str, stages: &[StageView]) -> usize {
    let rank = |kind: &str| words::kinds().iter().position(|known| known.name == kind);
    let Some(own) = rank(kind) else {
        // A plugin: before what keeps the level within bounds.
        let last = stages.iter().rposition(|stage| stage.kind == "limiter");
        return last.unwrap_or(stages.len());
    };
    let after = stages
        .iter()
        .rposition(|stage| rank(&stage.kind).is_some_and(|other| other <= own));
    after.map_or(0, |at| at + 1)
}

/// Where a stage that is dragged to the height `y` comes to stand: its place without itself. `middles` are the heights of all.
pub(super) fn drop_place(middles: &[f32], dragged: usize, y: f32) -> usize {
    let others = middles.iter().enumerate().filter(|(at, _)| *at != dragged);
    others.filter(|(_, middle)| **middle < y).count()
}

/// What moves a stage one place up (`-1`) or down (`1`); nothing at the ends.
pub(super) fn step_to(at: usize, count: usize, by: isize) -> Option<usize> {
    at.checked_add_signed(by).filter(|to| *to < count)
}

/// What the chain is called, with what it comes from.
pub(super) fn chain_name(chain: &ChainView) -> String {
    match &chain.source {
        ChainSource::Preset(preset) => super::super::audio::title(*preset).to_owned(),
        ChainSource::Own(_) => chain.name.clone(),
        ChainSource::File(path) => {
            let file = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            format!("{} ({})", chain.name, file.unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::demo::{harbour, metered};

    #[test]
    fn whoever_is_sent_speaks_and_whoever_is_muted_does_not() {
        let mut snapshot = metered();
        assert_eq!(heard(&snapshot), Heard::Speaking);
        let community = Arc::make_mut(&mut snapshot.communities[0]);
        community.call.as_mut().unwrap().muted = true;
        assert_eq!(heard(&snapshot), Heard::Muted);
        snapshot.communities.clear();
        let meter = Arc::make_mut(snapshot.audio.meter.as_mut().unwrap());
        meter.moments.last_mut().unwrap().sent = false;
        assert_eq!(heard(&snapshot), Heard::Silent);
        let meter = Arc::make_mut(snapshot.audio.meter.as_mut().unwrap());
        meter.microphone = None;
        assert_eq!(heard(&snapshot), Heard::Starting);
        snapshot.audio.problem = Some("Microphone: none.".to_owned());
        assert_eq!(heard(&snapshot), Heard::Nothing);
        assert_eq!(heard(&harbour()), Heard::Starting);
    }

    #[test]
    fn the_line_is_moved_where_it_is_drawn() {
        let mut snapshot = metered();
        let moved = line(&snapshot).unwrap().moved(&snapshot, -30.0);
        assert!(matches!(&moved[..], [Command::SetAudio(audio)]
            if !audio.auto_threshold && (audio.threshold_dbfs + 30.0).abs() < 1e-6));
        snapshot.settings.audio.chain_file = Some("mine.toml".into());
        let own = line(&snapshot).unwrap();
        assert!((own.dbfs + 37.0).abs() < 1e-3);
        assert_eq!(
            own.moved(&snapshot, -30.0),
            [set("gate", "threshold_dbfs", -30.0)]
        );
        let automatic = Line {
            automatic: true,
            ..own
        };
        assert_eq!(automatic.moved(&snapshot, -30.0).len(), 2);
        let chain = Arc::make_mut(snapshot.audio.chain.as_mut().unwrap());
        chain.stages.retain(|stage| stage.kind != "gate");
        assert_eq!(line(&snapshot), None);
    }

    #[test]
    fn the_ends_of_the_chain_say_what_becomes_of_the_voice() {
        let mut snapshot = metered();
        let capture = capture_row(&snapshot);
        assert!(
            capture.says.starts_with("Harbour mic · 48 kHz"),
            "{}",
            capture.says
        );
        let [opus, seal] = end_rows(&snapshot);
        assert_eq!(
            (opus.says.as_str(), opus.size.as_deref()),
            ("32 kb/s · 20 ms packets · with repair", Some("80 B"))
        );
        assert!(seal.says.contains("2 listeners"), "{}", seal.says);
        snapshot.communities.clear();
        assert!(end_rows(&snapshot)[1].says.contains("nothing leaves"));
    }

    #[test]
    fn new_stages_stand_where_they_make_sense() {
        let snapshot = metered();
        let stages = &snapshot.audio.chain.as_ref().unwrap().stages;
        assert_eq!(
            place_for("high-pass", stages),
            1,
            "after the one that is there"
        );
        assert_eq!(place_for("denoise-strong", stages), 3);
        assert_eq!(place_for("limiter", stages), 8);
        assert_eq!(place_for("clap:x", stages), 7, "before the limiter");
        assert_eq!((place_for("gain", &[]), place_for("clap:x", &[])), (0, 0));
    }

    #[test]
    fn a_dragged_stage_lands_between_the_others() {
        let middles = [10.0, 30.0, 50.0, 70.0];
        assert_eq!(drop_place(&middles, 0, 60.0), 2);
        assert_eq!(drop_place(&middles, 3, 5.0), 0);
        assert_eq!(drop_place(&middles, 1, 34.0), 1, "where it was");
        assert_eq!(step_to(0, 4, -1), None);
        assert_eq!((step_to(1, 4, 1), step_to(3, 4, 1)), (Some(2), None));
    }

    #[test]
    fn stages_of_one_kind_are_numbered() {
        let snapshot = metered();
        let mut stage = snapshot.audio.chain.as_ref().unwrap().stages[4].clone();
        assert_eq!(stage_title(&stage), "Microphone gain");
        stage.id = "gain#2".to_owned();
        assert_eq!(stage_title(&stage), "Microphone gain 2");
        stage.id = "trim".to_owned();
        assert_eq!(stage_title(&stage), "trim");
    }
}
