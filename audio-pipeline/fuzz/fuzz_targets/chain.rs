#![no_main]
//! Chains of one's own, as somebody else may have written them: what is read means the same when it is written again, and what can be
//! built makes sound of sound.
use std::sync::LazyLock;

use dialtone_audio::frame::Block;
use dialtone_audio::{ChainSpec, Registry};
use libfuzzer_sys::fuzz_target;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::standard);

fuzz_target!(|text: &str| {
    let Ok(spec) = ChainSpec::from_toml(text) else {
        return;
    };
    let written = spec.to_toml().expect("what was read can be written");
    let again = ChainSpec::from_toml(&written).expect("what was written can be read");
    // Not the chains: what is no number is not equal to itself.
    assert_eq!(again.to_toml().as_ref(), Ok(&written));
    let (spec, _) = spec.without_broken(&REGISTRY);
    let Ok(mut chain) = spec.compile(&REGISTRY) else {
        return;
    };
    let mut block = Block::silence();
    for round in 0..3 {
        for (at, sample) in block.samples.iter_mut().enumerate() {
            *sample = ((at * (round + 1)) as f32 * 0.05).sin();
        }
        chain.process(&mut block);
        assert!(block.samples.iter().all(|sample| sample.is_finite()));
    }
});
