//! The server is killed, without a word; sometimes again as soon as it is back.

use rand::Rng as _;
use rand::rngs::StdRng;

use super::run::Scene;
use crate::error::LoadError;

/// One in so many is killed again before anybody is back for long.
const AGAIN_OF: u32 = 4;

/// Kills it and starts it again on the same data; how often it was killed.
///
/// # Errors
/// When it does not start.
pub(super) async fn strike(scene: Scene, chance: &mut StdRng) -> Result<(Scene, usize), LoadError> {
    let mut scene = scene.started_again().await?;
    let mut kills = 1;
    while chance.random_ratio(1, AGAIN_OF) {
        scene.pause(chance).await;
        scene = scene.started_again().await?;
        kills += 1;
    }
    Ok((scene, kills))
}
