//! What the program says of what it does: lines for people or for programs, on standard error, and traces for a collector.
//!
//! | variable | |
//! |---|---|
//! | `DIALTONE_LOG` | from which level on, such as `debug` or `info,dialtone_server::relay=debug`; `info`. Without a target it is for Dialtone's own lines: of the libraries' those from `info` on come, since below it they name addresses and more |
//! | `DIALTONE_LOG_FORMAT` | `text` or `json` |
//! | `OTEL_EXPORTER_OTLP_ENDPOINT` | a collector that takes OTLP over HTTP, such as `http://localhost:4318` (in programs that were built with it) |
//! | `OTEL_SERVICE_NAME` | what the server is called there; `dialtone-server` |
//!
//! No line names an account, a device, a channel, an address, or a secret: `tests/suite/logs.rs` and `logs_of_all.rs` look for them.

#[cfg(feature = "otlp")]
mod otlp;

use std::io::IsTerminal as _;

use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::config::{ConfigError, LOG_VARIABLES, Lookup, text};

/// Where a collector is named.
const COLLECTOR: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// Before what is set, which may name these targets. str0m warns in the words of whoever sent a description that it cannot read.
const QUIET: &str = "str0m=error";
/// What one is called there.
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";

/// The log cannot begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// No such format.
    #[error("DIALTONE_LOG_FORMAT: `{0}` is neither text nor json")]
    Format(String),
    /// The levels cannot be read.
    #[error("DIALTONE_LOG cannot be read: {0}")]
    Levels(String),
    /// The collector cannot be used.
    #[error("{COLLECTOR} cannot be used: {0}")]
    Collector(String),
    /// A variable that is no text.
    #[error(transparent)]
    Variable(#[from] ConfigError),
    /// Something logs already.
    #[error("the log has begun already: this is a bug of Dialtone")]
    Begun,
}

/// Ends what is still to be sent when the program ends.
#[must_use]
#[derive(Default)]
pub struct Logs {
    #[cfg(feature = "otlp")]
    traces: Option<otlp::Traces>,
}

type Boxed = Box<dyn Layer<Registry> + Send + Sync>;

/// Begins, by the variables above, which `environment` looks up.
///
/// # Errors
/// [`LogError`] names the wrong variable.
pub fn start(environment: Lookup<'_>) -> Result<Logs, LogError> {
    let set = |name: &str| {
        debug_assert!(LOG_VARIABLES.contains(&name), "{name}");
        text(environment, name)
    };
    let levels = set("DIALTONE_LOG")?.unwrap_or_else(|| "info".to_owned());
    let levels = EnvFilter::try_new(format!("{QUIET},{}", of_ours(&levels)))
        .map_err(|error| LogError::Levels(error.to_string()))?;
    let lines = lines(set("DIALTONE_LOG_FORMAT")?.as_deref())?;
    let (logs, traces) = collect(set(COLLECTOR)?, set(SERVICE_NAME)?)?;
    let registry = tracing_subscriber::registry();
    let begun = match traces {
        // Not a filter of the layer's own, which forgets a line after each time that a library asks whether one would be written: with
        // Postgres most lines of requests were lost.
        None => registry.with(lines).with(levels).try_init(),
        Some(traces) => {
            let layers = vec![lines.with_filter(levels).boxed(), traces];
            registry.with(layers).try_init()
        }
    };
    begun.map_err(|_| LogError::Begun)?;
    Ok(logs)
}

/// A level without a target is for Dialtone's own lines. The libraries' go no lower than `info`, unless a target names them.
fn of_ours(levels: &str) -> String {
    let each = levels
        .split(',')
        .map(|part| match part.trim().to_ascii_lowercase().as_str() {
            level @ ("debug" | "trace") => format!("info,dialtone={level}"),
            _ => part.to_owned(),
        });
    each.collect::<Vec<_>>().join(",")
}

fn lines(format: Option<&str>) -> Result<Boxed, LogError> {
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_span_events(FmtSpan::NONE);
    match format {
        None | Some("text") => Ok(lines.with_ansi(std::io::stderr().is_terminal()).boxed()),
        Some("json") => Ok(lines.json().with_ansi(false).with_span_list(false).boxed()),
        Some(other) => Err(LogError::Format(other.to_owned())),
    }
}

#[cfg(feature = "otlp")]
fn collect(
    endpoint: Option<String>,
    name: Option<String>,
) -> Result<(Logs, Option<Boxed>), LogError> {
    let Some(endpoint) = endpoint else {
        return Ok((Logs::default(), None));
    };
    let (traces, layer) = otlp::start(&endpoint, name).map_err(LogError::Collector)?;
    let traces = Some(traces);
    Ok((Logs { traces }, Some(layer)))
}

#[cfg(not(feature = "otlp"))]
fn collect(endpoint: Option<String>, _: Option<String>) -> Result<(Logs, Option<Boxed>), LogError> {
    match endpoint {
        None => Ok((Logs::default(), None)),
        Some(_) => Err(LogError::Collector(
            "this program was built without the feature `otlp`".to_owned(),
        )),
    }
}

impl Logs {
    /// Sends what is still to be sent; that may take some seconds.
    pub fn finish(self) {
        #[cfg(feature = "otlp")]
        if let Some(traces) = self.traces {
            traces.finish();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_for_our_own_lines_and_a_target_is_what_it_names() {
        for (set, meant) in [
            ("info", "info"),
            ("warn,dialtone_server=debug", "warn,dialtone_server=debug"),
            ("debug", "info,dialtone=debug"),
            ("TRACE", "info,dialtone=trace"),
            ("debug, str0m=trace", "info,dialtone=debug, str0m=trace"),
            ("info=info=info", "info=info=info"),
        ] {
            assert_eq!(of_ours(set), meant, "{set}");
        }
        assert!(EnvFilter::try_new(of_ours("debug")).is_ok());
    }
}
