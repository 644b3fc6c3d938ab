//! Every number, its name and what it means.

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// A request by what kind of request it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct RequestLabels {
    /// The route's pattern, such as `/groups/{id}`.
    pub(super) route: String,
    pub(super) method: &'static str,
    pub(super) status: u16,
}

/// A route's pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct RouteLabels {
    pub(super) route: String,
}

/// By which rule something was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
pub(crate) enum RefusedBy {
    /// Requests of one address.
    Address,
    /// Requests of one account.
    Account,
    /// Requests of one device.
    Device,
    /// Tries to come in.
    SignIn,
    /// Connections of one address.
    Connections,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusedLabels {
    by: RefusedBy,
}

/// Where somebody failed to come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
pub(crate) enum SignInStep {
    /// Registering.
    Register,
    /// Proving the password.
    Login,
    /// Opening a session.
    Session,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SignInLabels {
    step: SignInStep,
}

/// How things stand when somebody asks.
#[derive(Debug, Default)]
pub(super) struct Levels {
    pub(super) connections: Gauge,
    pub(super) devices: Gauge,
    pub(super) waiting_frames: Gauge,
    pub(super) longest_queue: Gauge,
    pub(super) waiting_events: Gauge,
    pub(super) instances: Gauge,
    pub(super) calls: Gauge,
    pub(super) relay_rooms: Gauge,
    pub(super) relay_streams: Gauge,
    pub(super) limit_entries: Gauge,
    pub(super) resident_bytes: Gauge,
    pub(super) open_files: Gauge,
}

/// What is counted elsewhere; it is copied when somebody asks.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub(super) deliveries: Counter,
    pub(super) relay_received: Counter,
    pub(super) relay_forwarded: Counter,
    pub(super) relay_again: Counter,
    pub(super) relay_lost: Counter,
    pub(super) relay_refused: Counter,
    pub(super) cpu_seconds: Counter<f64, std::sync::atomic::AtomicU64>,
}

/// Every number of one server.
pub(crate) struct Metrics {
    registry: Registry,
    pub(super) requests: Family<RequestLabels, Counter>,
    pub(super) durations: Family<RouteLabels, Histogram, fn() -> Histogram>,
    refused: Family<RefusedLabels, Counter>,
    sign_in_failures: Family<SignInLabels, Counter>,
    /// Events that were stored, or known to be, and acknowledged.
    acknowledged: Counter,
    /// Frames that came from clients.
    pub(crate) frames: Counter,
    /// Connections that were cut because their reader took too little.
    pub(crate) slow: Counter,
    /// Bytes of files that came in.
    pub(crate) blobs_in: Counter,
    /// Bytes of files that went out.
    pub(crate) blobs_out: Counter,
    group_sizes: Histogram,
    group_seconds: Histogram,
    pub(super) levels: Levels,
    pub(super) totals: Totals,
}

/// 1 ms to 33 s.
fn durations() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 16))
}

impl Metrics {
    /// All at nothing.
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("dialtone"),
            requests: Family::default(),
            durations: Family::new_with_constructor(durations),
            refused: Family::default(),
            sign_in_failures: Family::default(),
            acknowledged: Counter::default(),
            frames: Counter::default(),
            slow: Counter::default(),
            blobs_in: Counter::default(),
            blobs_out: Counter::default(),
            group_sizes: Histogram::new(exponential_buckets(1.0, 2.0, 10)),
            group_seconds: Histogram::new(exponential_buckets(0.0005, 2.0, 14)),
            levels: Levels::default(),
            totals: Totals::default(),
        };
        metrics.name_requests();
        metrics.name_messages();
        metrics.name_levels();
        metrics.name_relay();
        metrics.name_process();
        metrics.begin();
        metrics
    }

    fn name_requests(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "http_requests",
            "Requests by the route's pattern, method and status",
            self.requests.clone(),
        );
        registry.register(
            "http_request_duration_seconds",
            "How long requests took until their answer began",
            self.durations.clone(),
        );
        registry.register(
            "refused_requests",
            "Requests and connections that were refused since there were too many, by the rule",
            self.refused.clone(),
        );
        registry.register(
            "sign_in_failures",
            "Registrations, passwords and sessions that were refused",
            self.sign_in_failures.clone(),
        );
    }

    fn name_messages(&mut self) {
        let registry = &mut self.registry;
        for (name, help, counter) in [
            (
                "messages_acknowledged",
                "Events that were stored and acknowledged",
                &self.acknowledged,
            ),
            (
                "deliveries",
                "Frames that were queued for a connected device",
                &self.totals.deliveries,
            ),
            (
                "frames_received",
                "Frames that came from connected devices",
                &self.frames,
            ),
            (
                "slow_readers_cut",
                "Connections that were cut because their device took too little",
                &self.slow,
            ),
            (
                "blob_received_bytes",
                "Bytes of files that came in",
                &self.blobs_in,
            ),
            (
                "blob_sent_bytes",
                "Bytes of files that went out",
                &self.blobs_out,
            ),
        ] {
            registry.register(name, help, counter.clone());
        }
        registry.register(
            "commit_group_size",
            "Events that were stored in one transaction",
            self.group_sizes.clone(),
        );
        registry.register(
            "commit_group_duration_seconds",
            "How long such a transaction took",
            self.group_seconds.clone(),
        );
    }

    fn name_levels(&mut self) {
        let levels = &self.levels;
        for (name, help, gauge) in [
            ("connections", "Open connections", &levels.connections),
            (
                "devices_live",
                "Devices that are connected by a WebSocket",
                &levels.devices,
            ),
            (
                "delivery_queue_frames",
                "Frames that wait for all connected devices together",
                &levels.waiting_frames,
            ),
            (
                "delivery_queue_longest",
                "Frames that wait for the device that is furthest behind",
                &levels.longest_queue,
            ),
            (
                "store_queue_events",
                "Events that wait to be stored",
                &levels.waiting_events,
            ),
            (
                "other_instances",
                "Other instances of this server that are heard",
                &levels.instances,
            ),
            ("calls", "Calls that run here", &levels.calls),
            (
                "limit_entries",
                "Addresses, accounts, devices and names of which the limits remember something",
                &levels.limit_entries,
            ),
        ] {
            self.registry.register(name, help, gauge.clone());
        }
    }

    fn name_relay(&mut self) {
        let (levels, totals) = (&self.levels, &self.totals);
        let registry = &mut self.registry;
        registry.register(
            "relay_rooms",
            "Calls that are relayed",
            levels.relay_rooms.clone(),
        );
        registry.register(
            "relay_streams",
            "Devices in calls that are relayed",
            levels.relay_streams.clone(),
        );
        for (name, help, counter) in [
            (
                "relay_packets_received",
                "Voice packets that came in",
                &totals.relay_received,
            ),
            (
                "relay_packets_forwarded",
                "Voice packets that went out, one for each receiver",
                &totals.relay_forwarded,
            ),
            (
                "relay_packets_resent",
                "Voice packets that went out again, since their receiver had lost them",
                &totals.relay_again,
            ),
            (
                "relay_packets_lost",
                "Datagrams that the system had no room for",
                &totals.relay_lost,
            ),
            (
                "relay_packets_refused",
                "Datagrams and voice packets that were not forwarded, since they are not of the form, unknown, or too many",
                &totals.relay_refused,
            ),
        ] {
            registry.register(name, help, counter.clone());
        }
    }

    fn name_process(&mut self) {
        let (levels, totals) = (&self.levels, &self.totals);
        let registry = &mut self.registry;
        registry.register(
            "process_resident_memory_bytes",
            "Memory of this process",
            levels.resident_bytes.clone(),
        );
        registry.register(
            "process_open_fds",
            "Open file handles of this process",
            levels.open_files.clone(),
        );
        registry.register(
            "process_cpu_seconds",
            "Time that this process computed",
            totals.cpu_seconds.clone(),
        );
        registry.register(
            "build",
            "Which program this is",
            Info::new([("version", env!("CARGO_PKG_VERSION"))]),
        );
    }

    /// What has few words is told from the start, so that its first time is seen as a change.
    fn begin(&self) {
        use RefusedBy::{Account, Address, Connections, Device, SignIn};
        for by in [Address, Account, Device, SignIn, Connections] {
            drop(self.refused.get_or_create(&RefusedLabels { by }));
        }
        for step in [SignInStep::Register, SignInStep::Login, SignInStep::Session] {
            drop(self.sign_in_failures.get_or_create(&SignInLabels { step }));
        }
    }

    /// Something was refused by a limit.
    pub(crate) fn refused(&self, by: RefusedBy) {
        self.refused.get_or_create(&RefusedLabels { by }).inc();
    }

    /// Somebody did not come in.
    pub(crate) fn sign_in_failed(&self, step: SignInStep) {
        self.sign_in_failures
            .get_or_create(&SignInLabels { step })
            .inc();
    }

    /// One transaction stored `events`, of which so many were acknowledged.
    pub(crate) fn stored(&self, events: usize, acknowledged: usize, took: std::time::Duration) {
        self.group_sizes.observe(events as f64);
        self.group_seconds.observe(took.as_secs_f64());
        self.acknowledged.inc_by(acknowledged as u64);
    }

    /// All of it as text (`OpenMetrics` 1.0).
    pub(super) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
