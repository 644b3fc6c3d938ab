//! What some libraries allocate once per thread is allocated before the first block comes.

use crate::chain::ChainSpec;
use crate::frame::Block;
use crate::node::Registry;

/// Enough blocks for every transform that the noise suppression plans on first use.
const BLOCKS: usize = 20;

/// Prepares the calling thread for the voice stages; call it once, before real-time work begins.
pub fn warm_up_thread() {
    let Ok(mut chain) = ChainSpec::voice().and_then(|spec| spec.compile(&Registry::standard()))
    else {
        return;
    };
    let mut seed = 1_u32;
    let mut block = Block::silence();
    for _ in 0..BLOCKS {
        for sample in &mut block.samples {
            // Noise: silence would be passed over.
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = (seed >> 8) as f32 / (1 << 23) as f32 * 0.2 - 0.2;
        }
        chain.process(&mut block);
    }
}
