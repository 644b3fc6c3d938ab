//! The file's entry: how it loads depends on what it is called.

use std::ffi::CStr;
use std::io::Write as _;
use std::path::Path;

use clack_plugin::entry::EntryLoadError;
use clack_plugin::entry::prelude::*;

use crate::crash::crash;
use crate::journal::Journal;
use crate::kind::Kind;
use crate::plugin::{Probe, ProbeMain, ProbeShared};

/// The loaded file.
pub(crate) struct ProbeEntry {
    factory: PluginFactoryWrapper<ProbeFactory>,
    journal: Journal,
    /// Whether unloading it crashes.
    falls_at_the_end: bool,
}

/// What makes the plugins.
struct ProbeFactory {
    kinds: Vec<(Kind, PluginDescriptor)>,
    journal: Journal,
}

impl Entry for ProbeEntry {
    fn new(bundle_path: Option<&CStr>) -> Result<Self, EntryLoadError> {
        let path = bundle_path.map_or_else(String::new, |path| path.to_string_lossy().into());
        let stem = Path::new(&path).file_stem().unwrap_or_default();
        let stem = stem.to_string_lossy().into_owned();
        let journal = Journal::beside(&path);
        misbehave(&stem, &journal)?;
        journal.note("file loaded");
        let described = |kind: Kind| (kind, kind.descriptor());
        Ok(Self {
            factory: PluginFactoryWrapper::new(ProbeFactory {
                kinds: Kind::ALL.map(described).into(),
                journal: journal.clone(),
            }),
            journal,
            falls_at_the_end: stem == "unload",
        })
    }

    fn declare_factories<'a>(&'a self, builder: &mut EntryFactories<'a>) {
        builder.register_factory(&self.factory);
    }
}

impl Drop for ProbeEntry {
    fn drop(&mut self) {
        self.journal.note("file unloaded");
        if self.falls_at_the_end {
            crash();
        }
    }
}

/// Does what a file of this name does.
fn misbehave(stem: &str, journal: &Journal) -> Result<(), EntryLoadError> {
    match stem {
        "crash" => crash(),
        "abort" => std::process::abort(),
        "hang" => loop {
            std::thread::park();
        },
        // Well behaved until a test says otherwise.
        "later" if journal.is_there() => loop {
            std::thread::park();
        },
        "exit" => {
            println!("goodbye");
            std::process::exit(0);
        }
        "flood" => {
            let line = [b'x'; 4 * 1024];
            // Until nobody reads any more; then there is nothing left to do but wait.
            while std::io::stdout().write_all(&line).is_ok() {}
            loop {
                std::thread::park();
            }
        }
        "chatter" => println!("chatter has started, and its licence is in order"),
        "fail" => return Err(EntryLoadError),
        _ => {}
    }
    Ok(())
}

impl PluginFactoryImpl for ProbeFactory {
    fn plugin_count(&self) -> u32 {
        self.kinds.len() as u32
    }

    fn plugin_descriptor(&self, index: u32) -> Option<&PluginDescriptor> {
        let entry = self.kinds.get(index as usize);
        entry.map(|(_, descriptor)| descriptor)
    }

    fn create_plugin<'a>(
        &'a self,
        host: HostInfo<'a>,
        plugin_id: &CStr,
    ) -> Option<PluginInstance<'a>> {
        let mut asked = self.kinds.iter();
        let (kind, descriptor) =
            asked.find(|(_, descriptor)| descriptor.id() == Some(plugin_id))?;
        Some(PluginInstance::new::<Probe>(
            host,
            descriptor,
            |host| Ok(ProbeShared::new(*kind, host, self.journal.clone())),
            |_host, shared| Ok(ProbeMain::new(shared)),
        ))
    }
}
