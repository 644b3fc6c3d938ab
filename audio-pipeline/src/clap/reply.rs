//! What the process that looks into a file says to the one that asked: TOML between two lines that plugins do not write.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{FoundPlugin, PluginError, trial};

const BEGIN: &str = "\n---- dialtone plugins 1 ----\n";
const END: &str = "\n---- dialtone plugins end ----\n";

#[derive(Serialize, Deserialize)]
struct Reply {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<PluginError>,
    #[serde(default)]
    plugin: Vec<FoundPlugin>,
}

/// Looks into a file of plugins and writes what it has, for [`super::Scanner`] to read. For a process of its own: the file
/// may crash or hang it.
///
/// # Errors
/// The answer could not be written.
pub fn tell_of(file: &Path, mut out: impl Write) -> io::Result<()> {
    let (plugin, error) = match trial::try_all(file) {
        Ok(plugins) => (plugins, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let text = write(&Reply { error, plugin }).map_err(io::Error::other)?;
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn write(reply: &Reply) -> Result<String, toml::ser::Error> {
    let mut text = BEGIN.to_owned();
    let _ = write!(text, "{}{END}", toml::to_string(reply)?);
    Ok(text)
}

/// Reads an answer, with whatever the plugins wrote before and after it.
pub(super) fn read(output: &[u8]) -> Result<Vec<FoundPlugin>, PluginError> {
    let text = String::from_utf8_lossy(output);
    let begun = text.rsplit_once(BEGIN).map(|(_, rest)| rest);
    let body = begun
        .and_then(|rest| rest.split_once(END))
        .map(|(body, _)| body);
    let reply = body.and_then(|body| toml::from_str::<Reply>(body).ok());
    match reply {
        Some(Reply {
            error: None,
            plugin,
        }) => Ok(plugin),
        Some(Reply {
            error: Some(error), ..
        }) => Err(error),
        None => Err(PluginError::NoAnswer),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FoundParam, FoundPort};
    use super::*;

    fn plugin() -> FoundPlugin {
        FoundPlugin {
            id: "org.example.comb".to_owned(),
            name: "Comb \"tooth\"\\".to_owned(),
            vendor: String::new(),
            version: "1.0".to_owned(),
            features: vec!["audio-effect".to_owned()],
            problem: Some(PluginError::Ports {
                reason: "it has no audio input".to_owned(),
            }),
            latency_samples: 64,
            inputs: Vec::new(),
            outputs: vec![FoundPort {
                name: "Out".to_owned(),
                channels: 2,
                main: true,
            }],
            params: vec![FoundParam {
                key: "Depth".to_owned(),
                name: "Depth".to_owned(),
                group: "Comb/Left".to_owned(),
                min: -0.1,
                max: 1.0,
                default: 0.0,
                value: 0.25,
                text: "25 %".to_owned(),
                stepped: false,
            }],
        }
    }

    #[test]
    fn an_answer_is_found_among_other_words() {
        let reply = Reply {
            error: None,
            plugin: vec![plugin(), plugin()],
        };
        let text = format!("loading...\n{}bye", write(&reply).unwrap());
        assert_eq!(read(text.as_bytes()).unwrap(), [plugin(), plugin()]);
        let none = Reply {
            error: None,
            plugin: Vec::new(),
        };
        assert_eq!(read(write(&none).unwrap().as_bytes()).unwrap(), []);
    }

    #[test]
    fn an_error_comes_back_as_it_was() {
        let error = PluginError::Load {
            reason: "bad ELF magic".to_owned(),
        };
        let reply = Reply {
            error: Some(error.clone()),
            plugin: Vec::new(),
        };
        assert_eq!(read(write(&reply).unwrap().as_bytes()), Err(error));
    }

    #[test]
    fn what_is_no_answer_is_told() {
        let whole = write(&Reply {
            error: None,
            plugin: vec![plugin()],
        })
        .unwrap();
        let cut = &whole[..whole.len() / 2];
        for output in ["", "hello", cut, &format!("{BEGIN}plugin = 3{END}")] {
            assert_eq!(read(output.as_bytes()), Err(PluginError::NoAnswer));
        }
    }
}
