//! A chain of the user's own, from a file, instead of a preset's: what cannot be built of it is left out and said.

use std::io::Read as _;
use std::path::Path;

use dialtone_audio::ChainDirection::{self, Downlink, Uplink};
use dialtone_audio::{ChainSpec, Registry};

use super::desk::{described, usual};
use crate::settings::AudioSettings;
use crate::snapshot::StageView;
use dialtone_words::say;

/// The longest file that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The user's own chains, read once: looking into plugins takes time.
#[derive(Debug, Clone, Default)]
pub(super) struct OwnChains {
    /// Between microphone and encoder.
    pub(super) uplink: Option<ChainSpec>,
    /// The same as its file has it, with what cannot be built.
    pub(super) written: Option<ChainSpec>,
    /// What is known of its stages.
    pub(super) stages: Vec<StageView>,
    /// Between the mix and the loudspeaker.
    pub(super) downlink: Option<ChainSpec>,
    /// What is wrong with them.
    pub(super) words: Vec<String>,
}

impl OwnChains {
    /// Reads what the settings name. May take seconds, where a plugin hangs.
    pub(super) fn read(settings: &AudioSettings, registry: &Registry) -> Self {
        let mut own = Self::default();
        if let Some(read) = own.take(settings.chain_file.as_deref(), Uplink, registry) {
            own.stages = described(&read.written, &usual(settings), registry);
            own.uplink = Some(read.spec);
            own.written = Some(read.written);
        }
        let mix = own.take(settings.mix_chain_file.as_deref(), Downlink, registry);
        own.downlink = mix.map(|read| read.spec);
        own
    }

    fn take(
        &mut self,
        path: Option<&Path>,
        direction: ChainDirection,
        registry: &Registry,
    ) -> Option<Read> {
        match read(path?, direction, registry) {
            Ok((read, left_out)) => {
                self.words.extend(left_out);
                Some(read)
            }
            Err(words) => {
                self.words.push(words);
                None
            }
        }
    }
}

/// A chain as its file has it, and without what cannot be built.
#[derive(Debug)]
struct Read {
    spec: ChainSpec,
    written: ChainSpec,
}

/// Reads the chain for one direction; with it, in words, what had to be left out of it.
///
/// # Errors
/// In words: the file cannot be read, is no chain, or is one for the other direction.
fn read(
    path: &Path,
    direction: ChainDirection,
    registry: &Registry,
) -> Result<(Read, Vec<String>), String> {
    let place = path.display().to_string();
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LONGEST).read_to_string(&mut text))
        .map_err(|error| {
            say!(
                "chain-own-unreadable",
                place = place,
                error = error.to_string()
            )
        })?;
    let written = ChainSpec::from_toml(&text)
        .map_err(|error| say!("chain-own-unused", place = place, error = error.to_string()))?;
    if written.direction != direction {
        return Err(say!("chain-own-other-direction", place = place));
    }
    let (spec, broken) = written.without_broken(registry);
    if spec.compile(registry).is_err() {
        let reason = broken.last().map(ToString::to_string).unwrap_or_default();
        return Err(say!("chain-own-unused", place = place, error = reason));
    }
    let left_out = broken
        .iter()
        .map(|error| say!("chain-own-left-out", error = error.to_string()));
    Ok((Read { spec, written }, left_out.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(
        text: &str,
        direction: ChainDirection,
    ) -> Result<(ChainSpec, Vec<String>), String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chain.toml");
        std::fs::write(&path, text).unwrap();
        let read = read(&path, direction, &Registry::standard());
        read.map(|(read, left_out)| (read.spec, left_out))
    }

    const GOOD: &str = "name = 'Mine'\n[[stage]]\ntype = 'gain'\ngain_db = 6.0\n";

    #[test]
    fn a_chain_is_taken_as_it_is_written() {
        let (spec, left_out) = read_text(GOOD, Uplink).unwrap();
        assert_eq!((spec.name.as_str(), spec.stages.len()), ("Mine", 1));
        assert!(left_out.is_empty());
    }

    #[test]
    fn what_cannot_be_built_is_left_out_and_named() {
        let text = format!("{GOOD}[[stage]]\ntype = 'reverb'\n");
        let (spec, left_out) = read_text(&text, Uplink).unwrap();
        assert!(spec.stages[0].enabled && !spec.stages[1].enabled);
        assert!(left_out[0].contains("reverb"), "{left_out:?}");
    }

    #[test]
    fn what_is_no_chain_of_this_direction_is_refused_in_words() {
        let refused = |text: &str| read_text(text, Downlink).unwrap_err();
        assert!(refused(GOOD).contains("other direction"));
        assert!(refused("[[stage").contains("chain.toml"));
        let missing = read(
            Path::new("/nowhere/chain.toml"),
            Uplink,
            &Registry::standard(),
        );
        assert!(missing.unwrap_err().contains("/nowhere/chain.toml"));
    }
}
