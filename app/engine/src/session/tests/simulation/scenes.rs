//! Stories that are told: one thing goes wrong, and heals.

use std::time::Duration;

use dialtone_crypto::entries;
use dialtone_protocol::roster::Change;
use tokio::time::sleep;

use super::story::Story;
use super::world::{MEMBERS, world};
use super::{on_a_runtime, oracle};

const MONTH_MS: u64 = 31 * 24 * 3600 * 1000;

/// Plays a scene in a community whose first devices are there.
fn scene(devices: usize, play: impl AsyncFnOnce(&mut Story)) {
    on_a_runtime(async |busy| {
        let mut story = Story::begin(1, busy).await;
        for device in &mut story.devices[..devices] {
            device.start();
        }
        sleep(Duration::from_secs(20)).await;
        play(&mut story).await;
        story.end().await;
    });
}

/// What is not as it should be of the devices that run.
async fn healed(story: &mut Story) {
    for device in &mut story.devices[..MEMBERS] {
        device.start();
    }
    let healed = story.heal().await;
    assert!(
        healed.is_ok(),
        "{healed:?}\n{}",
        story.around.trace.last(60)
    );
}

#[test]
fn a_device_back_after_a_month_asks_by_its_new_session() {
    scene(MEMBERS, async |story| {
        story.around.time.skip(MONTH_MS);
        for number in 0..MEMBERS {
            story.around.net.cut(number, false);
        }
        sleep(Duration::from_secs(10)).await;
        // The keys are old: whoever writes commits first.
        story.devices[1].write(world().channels[0]);
        healed(story).await;
    });
}

#[test]
fn who_comes_while_a_removed_device_is_still_in_the_group_enters_once_it_is_out() {
    scene(MEMBERS + 1, async |story| {
        for device in &mut story.devices[..MEMBERS] {
            device.crash().await;
        }
        let device = story.devices[3].key.id();
        assert!(story.change(Change::DeviceRevoked { device }).await);
        let person = &world().people[MEMBERS];
        let community = world().roster.community();
        let knock = entries::knock(&community, &person.account, &person.device).into();
        assert!(story.change(Change::Admitted { knock }).await);
        sleep(Duration::from_secs(30)).await;
        assert!(oracle::look(story).await.is_err());
        healed(story).await;
    });
}
