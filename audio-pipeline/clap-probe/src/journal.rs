//! Writes down what the host calls, from which of CLAP's threads, where a test asks for it.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clack_extensions::thread_check::HostThreadCheck;
use clack_plugin::host::HostSharedHandle;

/// The journal of one file; without a file it writes nothing.
#[derive(Clone, Debug)]
pub(crate) struct Journal(Arc<PathBuf>);

impl Journal {
    /// That of the plugin's file at `path`.
    pub(crate) fn beside(path: &str) -> Self {
        Self(Arc::new(PathBuf::from(format!("{path}.journal"))))
    }

    /// Whether a test has made the file.
    pub(crate) fn is_there(&self) -> bool {
        self.0.exists()
    }

    /// Adds a line. Only when the test has made the file: a plugin should write nothing.
    pub(crate) fn note(&self, line: &str) {
        if let Ok(mut file) = OpenOptions::new().append(true).open(&*self.0) {
            // A test sees what is missing.
            let _ = writeln!(file, "{line}");
        }
    }

    /// Adds a line about a call to one plugin, with the thread's part.
    pub(crate) fn note_call(&self, host: HostSharedHandle<'_>, plugin: &str, call: &str) {
        let check = host.get_extension::<HostThreadCheck>();
        let asked = |answer: Option<bool>, name| if answer == Some(true) { name } else { "" };
        let main = check.and_then(|check| check.is_main_thread(&host));
        let audio = check.and_then(|check| check.is_audio_thread(&host));
        let part = format!("{} {}", asked(main, "main"), asked(audio, "audio"));
        self.note(&format!("{plugin} {call} [{}]", part.trim()));
    }
}
