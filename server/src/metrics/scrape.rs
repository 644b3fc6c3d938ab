//! Reading what is a state and no count, when somebody asks.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;

use super::process::Process;
use crate::state::AppState;

/// All numbers, as they are now.
pub(super) async fn text(state: &AppState) -> Result<String, std::fmt::Error> {
    let places = state.relay.places().await;
    let rooms: BTreeSet<_> = places.iter().map(|place| place.call).collect();
    let levels = &state.metrics.levels;
    let queues = state.hub.queues();
    set(&levels.connections, state.doors.open());
    set(&levels.devices, queues.devices);
    set(&levels.waiting_frames, queues.waiting);
    set(&levels.longest_queue, queues.longest);
    set(&levels.waiting_events, state.messages.waiting());
    set(&levels.instances, state.peers.count());
    set(&levels.calls, state.calls.running());
    set(&levels.relay_rooms, rooms.len());
    set(&levels.relay_streams, places.len());
    let remembered = state.limits.entries() + state.auth.throttles.entries();
    set(&levels.limit_entries, remembered);
    let relay = state.relay.counts();
    let totals = &state.metrics.totals;
    raise(&totals.deliveries, queues.delivered);
    raise(&totals.relay_received, relay.received);
    raise(&totals.relay_forwarded, relay.forwarded);
    raise(&totals.relay_again, relay.again);
    raise(&totals.relay_lost, relay.unsent);
    let refused = [
        relay.malformed,
        relay.unknown,
        relay.unproven,
        relay.over_limit,
        relay.refused,
    ];
    raise(&totals.relay_refused, refused.iter().sum());
    let process = Process::now();
    levels.resident_bytes.set(process.resident_bytes as i64);
    levels.open_files.set(process.open_files as i64);
    let bits = process.cpu_seconds.to_bits();
    totals.cpu_seconds.inner().store(bits, Ordering::Relaxed);
    state.metrics.text()
}

fn set(gauge: &Gauge, to: usize) {
    gauge.set(i64::try_from(to).unwrap_or(i64::MAX));
}

/// A count that is kept elsewhere.
fn raise(counter: &Counter, to: u64) {
    counter.inner().fetch_max(to, Ordering::Relaxed);
}
