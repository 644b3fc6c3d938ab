//! `dialtone audio plugins`: lists the plugins that can be stages of the voice chain; and the hidden command by which this
//! program looks into a file in a process of its own.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use dialtone_engine::plugins::{self, FoundParam, FoundPlugin, ScannedFile};

#[derive(Args)]
pub(crate) struct PluginsArguments {
    /// Folders and files to look into, instead of those where CLAP plugins are installed.
    #[arg(value_name = "PLACE")]
    places: Vec<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct LookArguments {
    /// The plugin's file.
    file: PathBuf,
}

/// Held until the program ends: then plugins are let go of before their files are.
pub(crate) struct LetGo;

impl Drop for LetGo {
    fn drop(&mut self) {
        plugins::settle();
    }
}

/// Lists what is there. A file that crashes or hangs is an entry like the others.
pub(crate) fn run(arguments: &PluginsArguments) -> anyhow::Result<()> {
    let files = plugins::list(&arguments.places);
    let mut out = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &files)?;
        writeln!(out)?;
        return Ok(());
    }
    if files.is_empty() {
        writeln!(out, "No CLAP plugins were found.")?;
    }
    for file in &files {
        tell_file(&mut out, file)?;
    }
    Ok(())
}

/// Looks into one file, here: this process may die of it.
pub(crate) fn look(arguments: &LookArguments) -> anyhow::Result<()> {
    plugins::tell_of(&arguments.file, io::stdout())?;
    Ok(())
}

fn tell_file(out: &mut impl Write, file: &ScannedFile) -> io::Result<()> {
    writeln!(out, "{}", file.file.display())?;
    if let Some(error) = &file.error {
        writeln!(out, "  Not used: {error}.")?;
    } else if file.plugins.is_empty() {
        writeln!(out, "  It has no plugins.")?;
    }
    for plugin in &file.plugins {
        tell_plugin(out, plugin)?;
    }
    Ok(())
}

fn tell_plugin(out: &mut impl Write, plugin: &FoundPlugin) -> io::Result<()> {
    let about = [&plugin.version, &plugin.vendor];
    let about = about.into_iter().filter(|text| !text.is_empty());
    let mut about: Vec<String> = about.cloned().collect();
    about.extend(plugin.features.iter().cloned());
    writeln!(out, "  {} ({})", plugin.name, about.join(", "))?;
    if let Some(problem) = &plugin.problem {
        return writeln!(out, "    Cannot be a stage: {problem}.");
    }
    writeln!(out, "    type = \"clap:{}\"", plugin.id)?;
    if plugin.latency_samples > 0 {
        let ms = f64::from(plugin.latency_samples) / 48.0;
        writeln!(out, "    delays the sound by {ms:.1} ms")?;
    }
    for param in &plugin.params {
        writeln!(out, "    {}", parameter(param))?;
    }
    Ok(())
}

fn parameter(param: &FoundParam) -> String {
    let whole = if param.stepped { ", whole numbers" } else { "" };
    let words = if param.text.is_empty() {
        String::new()
    } else {
        format!(" ({})", param.text)
    };
    let FoundParam {
        key,
        min,
        max,
        value,
        ..
    } = param;
    format!("{key}: {min} to {max}{whole}; {value}{words}")
}
