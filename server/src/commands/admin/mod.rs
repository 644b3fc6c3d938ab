//! `admin`: what there is on the server, for whoever runs it.

mod retain;
mod table;

use clap::Subcommand;
use dialtone_protocol::Hash;
use dialtone_protocol::http::{AdminQuery, ChannelPage, MemberPage, ServerStats, SessionPage};
use dialtone_server::Overview;
use dialtone_server::config::Settings;
use serde::Serialize;

use self::table::{bytes, moment, table};
use super::{invite, say};

/// Said under every table, once.
const NO_NAMES: &str = "Names are sealed: only the members' programs show them.";

/// What there is to see and do.
#[derive(Subcommand)]
pub(crate) enum Admin {
    /// Print a link, as `invite` does.
    Link(invite::Invite),
    /// The accounts: role, devices, when they were last here, what their files take.
    Members(Page),
    /// The open sessions, or end one of them.
    Sessions {
        #[command(flatten)]
        page: Page,
        /// End this one. A server that runs cuts it off within five seconds.
        #[arg(long, value_name = "ID")]
        end: Option<String>,
    },
    /// The channels, and what they take.
    Channels(Page),
    /// How long what is written in a channel is kept; what is older is erased for everybody.
    Retain(retain::Retain),
    /// How much there is of everything.
    Stats {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Which rows, and how.
#[derive(clap::Args)]
pub(crate) struct Page {
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// At most so many rows.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
    /// Rows behind this one.
    #[arg(long, value_name = "ID")]
    after: Option<String>,
}

impl Page {
    fn query(&self) -> AdminQuery {
        AdminQuery {
            after: self.after.clone(),
            limit: Some(self.limit),
        }
    }
}

impl Admin {
    pub(super) async fn run(&self, settings: &Settings) -> anyhow::Result<()> {
        if let Self::Link(link) = self {
            return link.run(settings).await;
        }
        let overview = Overview::open(settings).await?;
        let done = self.do_by(&overview, settings).await;
        overview.close().await;
        done
    }

    async fn do_by(&self, overview: &Overview, settings: &Settings) -> anyhow::Result<()> {
        match self {
            Self::Link(_) => Ok(()),
            Self::Retain(retain) => retain.run(overview, settings).await,
            Self::Members(page) => {
                let found = overview.members(&page.query()).await?;
                tell(page.json, &found, || members(&found))
            }
            Self::Sessions { end: Some(id), .. } => {
                let id: Hash = id.parse()?;
                if overview.end_session(&id).await? {
                    return say("Ended. A server that runs cuts it off within five seconds.");
                }
                anyhow::bail!("there is no such open session")
            }
            Self::Sessions { page, end: None } => {
                let found = overview.sessions(&page.query()).await?;
                tell(page.json, &found, || sessions(&found))
            }
            Self::Channels(page) => {
                let found = overview.channels(&page.query()).await?;
                tell(page.json, &found, || channels(&found))
            }
            Self::Stats { json } => {
                let found = overview.stats().await?;
                tell(*json, &found, || stats(&found))
            }
        }
    }
}

fn tell(json: bool, found: &impl Serialize, lines: impl FnOnce() -> String) -> anyhow::Result<()> {
    if json {
        return say(&serde_json::to_string_pretty(found)?);
    }
    say(lines().trim_end())
}

/// What stands under a table.
fn foot(next: Option<&String>) -> String {
    let more = next.map(|next| format!("There are more: --after {next}\n"));
    format!("{}{NO_NAMES}", more.unwrap_or_default())
}

fn members(page: &MemberPage) -> String {
    let rows = page.members.iter().map(|member| {
        vec![
            member.account.to_string(),
            member.role.clone(),
            member.devices.len().to_string(),
            moment(member.created_ms),
            moment(member.last_seen_ms),
            bytes(member.file_bytes),
        ]
    });
    let head = ["account", "role", "devices", "since", "last here", "files"];
    format!("{}{}", table(&head, rows), foot(page.next.as_ref()))
}

fn sessions(page: &SessionPage) -> String {
    let rows = page.sessions.iter().map(|session| {
        vec![
            session.id.to_string(),
            session.account.to_string(),
            moment(session.created_ms),
            moment(session.expires_ms),
        ]
    });
    let head = ["session", "account", "opened", "ends"];
    format!("{}{}", table(&head, rows), foot(page.next.as_ref()))
}

fn channels(page: &ChannelPage) -> String {
    let rows = page.channels.iter().map(|channel| {
        let closed = if channel.closed { ", closed" } else { "" };
        vec![
            channel.channel.to_string(),
            format!("{}{closed}", channel.kind),
            channel.events.to_string(),
            bytes(channel.bytes),
            moment(channel.created_ms),
            retain::words(channel.retention_days),
        ]
    });
    let head = ["channel", "kind", "events", "size", "since", "kept"];
    format!("{}{}", table(&head, rows), foot(page.next.as_ref()))
}

fn stats(stats: &ServerStats) -> String {
    let rows = [
        ("accounts", stats.accounts.to_string()),
        ("channels", stats.channels.to_string()),
        ("events", stats.events.to_string()),
        ("files", stats.files.to_string()),
        ("size of files", bytes(stats.file_bytes)),
        ("member list's entries", stats.roster_entries.to_string()),
        ("database", stats.database.clone()),
        ("schema", stats.schema.to_string()),
    ];
    let rows = rows.map(|(name, value)| vec![name.to_owned(), value]);
    table(&["what", "how much"], rows)
}
