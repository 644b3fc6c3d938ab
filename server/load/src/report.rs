//! What is reported: a row for each number of clients and pace, the whole, as a table and as JSON.

use std::fmt;

use serde::Serialize;

use crate::error::LoadError;
use crate::run::Measured;
use crate::statistics::{median, rounded};

/// One number of clients at one pace.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Row {
    /// Devices that were connected, each with a session of its own.
    pub(crate) clients: usize,
    /// Who sends; everybody reads.
    pub(crate) shape: &'static str,
    /// Connections were encrypted.
    pub(crate) tls: bool,
    /// `steady` or `saturated`
    pub(crate) mode: &'static str,
    /// Clients that sent.
    pub(crate) senders: usize,
    /// Messages in each run.
    pub(crate) messages: usize,
    /// Length of a sealed event.
    pub(crate) event_bytes: usize,
    /// Runs; the figures are their medians (of `lost`, `out_of_order`, `twice`, `ended`, `opened` and `unreadable`, sums).
    pub(crate) runs: usize,
    /// Events received by all clients together.
    pub(crate) deliveries_per_s: f64,
    /// The server's processor time.
    pub(crate) cpu_us_per_delivery: f64,
    /// Send to receive.
    pub(crate) p50_ms: f64,
    /// Send to receive.
    pub(crate) p99_ms: f64,
    /// Deliveries that never came.
    pub(crate) lost: u64,
    /// Events that were beyond the next of the channel at their client.
    pub(crate) out_of_order: u64,
    /// Events that a client had before.
    pub(crate) twice: u64,
    /// Connections that ended before they should.
    pub(crate) ended: usize,
    /// Events that were opened, and were as they had been written.
    pub(crate) opened: u64,
    /// Events that were to be opened, and were not so.
    pub(crate) unreadable: u64,
    /// Growth of the server's resident memory by connecting everybody, for each.
    pub(crate) kb_per_idle_connection: f64,
    /// The load's own processor time: it shares the machine with the server.
    pub(crate) load_cpu_us_per_delivery: f64,
    /// By a steady pace, the longest that a message went after its time.
    pub(crate) worst_behind_ms: f64,
}

/// What a row is of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) clients: usize,
    pub(crate) shape: &'static str,
    pub(crate) tls: bool,
    pub(crate) mode: &'static str,
    pub(crate) senders: usize,
    pub(crate) messages: usize,
    pub(crate) event_bytes: usize,
    pub(crate) kb_per_idle_connection: f64,
}

impl Row {
    /// The medians of some runs.
    pub(crate) fn of(setting: Setting, runs: &[Measured]) -> Self {
        let each = |figure: &dyn Fn(&Measured) -> f64| median(runs.iter().map(figure));
        let per_delivery = |time: std::time::Duration, run: &Measured| {
            time.as_secs_f64() * 1e6 / run.deliveries.max(1) as f64
        };
        Self {
            clients: setting.clients,
            shape: setting.shape,
            tls: setting.tls,
            mode: setting.mode,
            senders: setting.senders,
            messages: setting.messages,
            event_bytes: setting.event_bytes,
            runs: runs.len(),
            deliveries_per_s: rounded(
                each(&|run| run.deliveries as f64 / run.span.as_secs_f64().max(1e-9)),
                0,
            ),
            cpu_us_per_delivery: rounded(each(&|run| per_delivery(run.server_cpu, run)), 2),
            p50_ms: rounded(each(&|run| run.p50_ms), 2),
            p99_ms: rounded(each(&|run| run.p99_ms), 2),
            lost: runs.iter().map(|run| run.lost).sum(),
            out_of_order: runs.iter().map(|run| run.out_of_order).sum(),
            twice: runs.iter().map(|run| run.twice).sum(),
            ended: runs.iter().map(|run| run.ended.len()).sum(),
            opened: runs.iter().map(|run| run.opened.readable).sum(),
            unreadable: runs.iter().map(|run| run.opened.unreadable).sum(),
            kb_per_idle_connection: rounded(setting.kb_per_idle_connection, 1),
            load_cpu_us_per_delivery: rounded(each(&|run| per_delivery(run.load_cpu, run)), 2),
            worst_behind_ms: rounded(each(&|run| run.behind.as_secs_f64() * 1000.0), 1),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>5} clients, {:<5} {:<10} {:<9} {:>8.0} deliveries/s, {:>6.2} us of the server each, p50 {:.2} ms, p99 {:.2} ms, \
             {} lost, {} twice, {} out of order, the load itself {:.2} us each",
            self.clients,
            if self.tls { "TLS" } else { "plain" },
            self.shape,
            self.mode,
            self.deliveries_per_s,
            self.cpu_us_per_delivery,
            self.p50_ms,
            self.p99_ms,
            self.lost,
            self.twice,
            self.out_of_order,
            self.load_cpu_us_per_delivery,
        )
    }
}

/// Everything: the figures of the most clients, and the rows.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    clients: usize,
    deliveries_per_s: f64,
    cpu_us_per_delivery: f64,
    p50_ms: f64,
    p99_ms: f64,
    lost: u64,
    kb_per_idle_connection: f64,
    /// Which row the figures above are of.
    overall: &'static str,
    /// How the clients came to be.
    population: &'static str,
    rows: Vec<Row>,
}

const OVERALL: &str = "of the most clients, all of whom send: deliveries_per_s and cpu_us_per_delivery saturated, p50_ms and p99_ms \
                       steady, plain where that was measured; lost: all rows";
const POPULATION: &str = "a client is a device with its own session, connection and loopback address; 16 accounts registered by OPAQUE and \
                          an invite, the others and all further devices were written into the database; only the 16 accounts' first \
                          devices are in the lobby group; what is opened is so after the run, by the key that they have; load and server share the machine";

impl Report {
    /// # Errors
    /// When a pace is missing among the rows.
    pub(crate) fn of(rows: Vec<Row>) -> Result<Self, LoadError> {
        let most = rows.iter().map(|row| row.clients).max().unwrap_or(0);
        let row = |mode| {
            rows.iter()
                .find(|row| row.clients == most && row.mode == mode && row.shape == "all to all")
                .ok_or_else(|| LoadError::Broken(format!("no {mode} row was measured")))
        };
        let (steady, saturated) = (row("steady")?, row("saturated")?);
        Ok(Self {
            clients: most,
            deliveries_per_s: saturated.deliveries_per_s,
            cpu_us_per_delivery: saturated.cpu_us_per_delivery,
            p50_ms: steady.p50_ms,
            p99_ms: steady.p99_ms,
            lost: rows.iter().map(|row| row.lost).sum(),
            kb_per_idle_connection: saturated.kb_per_idle_connection,
            overall: OVERALL,
            population: POPULATION,
            rows,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::community::Opened;

    fn run(deliveries: u64, seconds: u64, cpu_ms: u64, lost: u64) -> Measured {
        Measured {
            deliveries,
            lost,
            out_of_order: 0,
            twice: 0,
            span: Duration::from_secs(seconds),
            server_cpu: Duration::from_millis(cpu_ms),
            load_cpu: Duration::from_millis(2 * cpu_ms),
            p50_ms: 1.0,
            p99_ms: 2.0,
            worst_ms: 3.0,
            behind: Duration::ZERO,
            ended: Vec::new(),
            opened: Opened::default(),
        }
    }

    fn setting(clients: usize, mode: &'static str) -> Setting {
        Setting {
            clients,
            shape: "all to all",
            tls: false,
            mode,
            senders: 1,
            messages: 1000,
            event_bytes: 500,
            kb_per_idle_connection: 40.04,
        }
    }

    #[test]
    fn a_row_has_the_medians_of_its_runs_and_all_that_was_lost() {
        let mut runs = [
            run(1000, 1, 10, 0),
            run(2000, 1, 10, 3),
            run(9000, 1, 10, 0),
        ];
        runs[1].ended.push("closed".into());
        let row = Row::of(setting(10, "steady"), &runs);
        assert!((row.deliveries_per_s - 2000.0).abs() < 1e-9);
        assert!((row.cpu_us_per_delivery - 5.0).abs() < 1e-9);
        assert!((row.load_cpu_us_per_delivery - 10.0).abs() < 1e-9);
        assert!((row.kb_per_idle_connection - 40.0).abs() < 1e-9);
        assert_eq!((row.lost, row.ended, row.runs), (3, 1, 3));
    }

    #[test]
    fn the_whole_is_of_the_most_clients_and_has_every_key() {
        let row = |clients, mode| Row::of(setting(clients, mode), &[run(clients as u64, 1, 1, 1)]);
        let rows = vec![
            row(100, "steady"),
            row(100, "saturated"),
            row(500, "steady"),
            row(500, "saturated"),
        ];
        let report = serde_json::to_value(Report::of(rows).unwrap()).unwrap();
        assert_eq!(report["clients"], 500);
        assert_eq!(report["deliveries_per_s"], 500.0);
        assert_eq!(report["lost"], 4);
        let keys = [
            "clients",
            "deliveries_per_s",
            "cpu_us_per_delivery",
            "p50_ms",
            "p99_ms",
            "lost",
            "kb_per_idle_connection",
        ];
        for key in keys {
            assert!(report[key].is_number(), "{key}");
            assert!(report["rows"][0][key].is_number(), "{key} of a row");
        }
        assert!(Report::of(vec![row(1, "steady")]).is_err());
    }
}
