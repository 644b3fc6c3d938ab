//! `admin retain`: how long what is written in a channel is kept.

use dialtone_protocol::ChannelId;
use dialtone_server::Overview;
use dialtone_server::config::Settings;

use super::super::say;

/// Which channel, and how long.
#[derive(clap::Args)]
pub(crate) struct Retain {
    /// Which, as `admin channels` shows it.
    channel: ChannelId,
    /// So many days; `ever`: for good; `default`: as the server's setting says.
    #[arg(value_name = "DAYS", value_parser = parse)]
    kept: Kept,
    /// What is older may be erased.
    #[arg(long)]
    yes: bool,
}

/// How long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// As the server's setting says.
    Default,
    /// For good.
    Ever,
    /// So many days.
    Days(u32),
}

fn parse(given: &str) -> Result<Kept, String> {
    match (given, given.parse()) {
        ("default", _) => Ok(Kept::Default),
        ("ever", _) => Ok(Kept::Ever),
        (_, Ok(days)) if days > 0 => Ok(Kept::Days(days)),
        _ => Err("say a number of days, `ever` or `default`".to_owned()),
    }
}

impl Retain {
    pub(super) async fn run(&self, overview: &Overview, settings: &Settings) -> anyhow::Result<()> {
        let (days, erased_after) = match self.kept {
            Kept::Default => (None, settings.retention_days),
            Kept::Ever => (Some(0), None),
            Kept::Days(days) => (Some(days), Some(days)),
        };
        if let Some(days) = erased_after.filter(|_| !self.yes) {
            anyhow::bail!(
                "what was written in this channel more than {} ago would be erased for everybody, and nothing brings it back. If that \
                 is meant, say it again with --yes.",
                counted(days)
            );
        }
        overview.retain(self.channel, days).await?;
        let kept = erased_after.map_or_else(|| "for good".to_owned(), counted);
        say(&format!(
            "What is written in this channel is kept {kept}. A server that runs keeps to it within five seconds."
        ))
    }
}

/// `1 day`, `30 days`
fn counted(days: u32) -> String {
    let unit = if days == 1 { "day" } else { "days" };
    format!("{days} {unit}")
}

/// What a table says of a channel's own setting.
pub(super) fn words(days: Option<u32>) -> String {
    match days {
        None => String::new(),
        Some(0) => "for good".to_owned(),
        Some(days) => counted(days),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_and_for_good_is_said() {
        assert_eq!(parse("30"), Ok(Kept::Days(30)));
        assert_eq!(parse("ever"), Ok(Kept::Ever));
        assert_eq!(parse("default"), Ok(Kept::Default));
        for wrong in ["0", "-1", "forever", "", "1.5", "4294967296"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(words(Some(1)), "1 day");
        assert_eq!(words(Some(30)), "30 days");
        assert_eq!(words(Some(0)), "for good");
        assert_eq!(words(None), "");
    }
}
