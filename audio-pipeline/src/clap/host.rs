//! What a plugin may call. Nothing here waits, and nothing grows: a plugin may call from any thread, also from the voice
//! thread.

use std::ffi::CString;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use clack_extensions::latency::{HostLatency, HostLatencyImpl};
use clack_extensions::log::{HostLog, HostLogImpl, LogSeverity};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
};
use clack_extensions::thread_check::{HostThreadCheck, HostThreadCheckImpl};
use clack_host::prelude::*;

use super::threads;

/// The most lines, and characters of each, that are kept of what a plugin says while it is loaded.
const MOST_LINES: usize = 8;
const LONGEST_LINE: usize = 200;

/// Dialtone as a plugin sees it.
pub(super) struct Host;

/// What any thread may touch.
#[derive(Default)]
pub(super) struct Shared {
    callback: AtomicBool,
    said: Mutex<Vec<String>>,
}

/// What the main thread may touch.
pub(super) struct Main;

/// Who we say we are.
pub(super) fn info() -> HostInfo {
    let version = CString::new(env!("CARGO_PKG_VERSION")).unwrap_or_default();
    HostInfo::new_from_cstring(c"Dialtone".into(), c"Dialtone".into(), c"".into(), version)
}

impl HostHandlers for Host {
    type Shared<'a> = Shared;
    type MainThread<'a> = Main;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _shared: &Shared) {
        builder
            .register::<HostLog>()
            .register::<HostThreadCheck>()
            .register::<HostParams>()
            .register::<HostLatency>();
    }
}

impl Shared {
    /// Whether the plugin has asked to be called on the main thread since this was last asked.
    pub(super) fn take_callback(&self) -> bool {
        self.callback.swap(false, Ordering::AcqRel)
    }

    /// What it has complained of on the main thread, to go behind a message.
    pub(super) fn complaints(&self) -> String {
        let said = self.said.try_lock();
        let lines = said.map(|mut lines| std::mem::take(&mut *lines));
        match lines {
            Ok(lines) if !lines.is_empty() => format!(": {}", lines.join("; ")),
            _ => String::new(),
        }
    }
}

impl SharedHandler<'_> for Shared {
    // A new latency or other ports count when the chain is set the next time: the plugin is loaded anew for that.
    fn request_restart(&self) {}

    // It is processed always, silence too.
    fn request_process(&self) {}

    fn request_callback(&self) {
        self.callback.store(true, Ordering::Release);
    }
}

impl HostLogImpl for Shared {
    fn log(&self, severity: LogSeverity, message: &str) {
        let told = matches!(severity, LogSeverity::Debug | LogSeverity::Info);
        if told || !threads::is_main() {
            return;
        }
        if let Ok(mut lines) = self.said.try_lock()
            && lines.len() < MOST_LINES
        {
            let plain = |c: char| if c.is_control() { ' ' } else { c };
            lines.push(message.chars().take(LONGEST_LINE).map(plain).collect());
        }
    }
}

impl HostThreadCheckImpl for Shared {
    fn is_main_thread(&self) -> bool {
        threads::is_main()
    }

    fn is_audio_thread(&self) -> bool {
        threads::is_audio()
    }
}

impl HostParamsImplShared for Shared {
    // Each block brings the changes.
    fn request_flush(&self) {}
}

impl MainThreadHandler<'_> for Main {}

impl HostLatencyImpl for Main {
    // Read after activation, and it changes only before that or with a restart.
    fn changed(&self) {}
}

impl HostParamsImplMainThread for Main {
    // Parameters are read whenever a plugin is loaded, and nothing else is kept of them.
    fn rescan(&self, _flags: ParamRescanFlags) {}

    fn clear(&self, _param: ClapId, _flags: ParamClearFlags) {}
}
