//! What is to be done next on the way into a call, and who is there: functions of the snapshot alone.

use std::collections::BTreeSet;

use anyhow::bail;
use dialtone_engine::snapshot::{
    CallState, Channel, Community, Connection, JoinProgress, LinkCheck, ProfileState,
};
use dialtone_engine::{Command, CommunityCommand, Secret, Snapshot};

/// Where it shall go.
pub(crate) struct Goal {
    pub(crate) channel: String,
    pub(crate) link: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) password: Secret,
}

/// What is next.
#[derive(PartialEq)]
pub(super) enum Next {
    /// This, and then look again.
    Do(Command),
    /// Nothing: what it waits for, in words.
    Wait(String),
    /// It is there.
    InCall,
}

/// The commands on the way.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Unlock,
    Inspect,
    Join,
    Call,
}

/// The way into the call. Each command is given once.
pub(super) struct Steps {
    goal: Goal,
    taken: Vec<Step>,
}

impl Steps {
    pub(super) fn new(goal: Goal) -> Self {
        Self {
            goal,
            taken: Vec::new(),
        }
    }

    /// # Errors
    /// It cannot go on: why, and what to do.
    pub(super) fn next(&mut self, snapshot: &Snapshot) -> anyhow::Result<Next> {
        match &snapshot.profile {
            ProfileState::Empty => self.join_community(snapshot),
            ProfileState::Locked { error: Some(error) } => {
                bail!("the profile was not opened: {error}")
            }
            ProfileState::Locked { error: None } => {
                let unlock = Command::Unlock(self.goal.password.clone());
                Ok(self.once(Step::Unlock, unlock, "Opening the profile"))
            }
            ProfileState::Moved => bail!(
                "this profile was moved to another computer; where that was not so, open it in the window to use it here again"
            ),
            ProfileState::AskingKeyring | ProfileState::Unlocking => {
                Ok(wait("Opening the profile"))
            }
            ProfileState::Unlocked => match snapshot.communities.first() {
                Some(community) => self.join_call(community),
                None => self.join_community(snapshot),
            },
        }
    }

    fn join_community(&mut self, snapshot: &Snapshot) -> anyhow::Result<Next> {
        let (Some(link), Some(name)) = (&self.goal.link, &self.goal.name) else {
            bail!(
                "this profile is in no community yet: give an invite with --link and a name with --name"
            );
        };
        let Some(invitation) = &snapshot.invitation else {
            let inspect = Command::InspectLink(link.clone());
            return Ok(self.once(Step::Inspect, inspect, "Looking at the link"));
        };
        match (&invitation.checked, &invitation.progress) {
            (LinkCheck::Refused(reason), _) => bail!("the link cannot be used: {reason}"),
            (LinkCheck::Checking, _) => Ok(wait("Looking at the link")),
            (LinkCheck::Genuine, JoinProgress::Failed(reason)) => {
                bail!("the community was not joined: {reason}")
            }
            (LinkCheck::Genuine, JoinProgress::Working(step)) => Ok(wait(step)),
            (LinkCheck::Genuine, JoinProgress::Ready) => {
                let join = Command::Join {
                    username: name.clone(),
                    password: self.goal.password.clone(),
                    community_name: None,
                    by_password: false,
                };
                Ok(self.once(Step::Join, join, "Joining the community"))
            }
        }
    }

    fn join_call(&mut self, community: &Community) -> anyhow::Result<Next> {
        if let Some(alarm) = &community.alarm {
            bail!("nothing is done here any more: {alarm}");
        }
        match &community.connection {
            Connection::Unusable { reason } | Connection::Removed { reason } => bail!("{reason}"),
            Connection::Online => {}
            Connection::WaitingForAdmission => {
                return Ok(wait("Waiting to be let in by somebody who is online"));
            }
            Connection::Offline { reason, .. } => {
                return Ok(wait(&format!("Not connected, trying again: {reason}")));
            }
            Connection::Opening | Connection::Connecting | Connection::CatchingUp => {
                return Ok(wait("Connecting"));
            }
        }
        let wanted = |channel: &&std::sync::Arc<Channel>| {
            channel.name.as_deref() == Some(&*self.goal.channel)
        };
        let Some(channel) = community.channels.iter().find(wanted) else {
            let names = community
                .channels
                .iter()
                .filter_map(|channel| channel.name.as_deref());
            let known = names.collect::<Vec<_>>().join(", ");
            return Ok(wait(&format!(
                "There is no channel {} (yet); there are these: {known}",
                self.goal.channel
            )));
        };
        match &community.call {
            Some(call) if call.channel == channel.id && call.state == CallState::Connected => {
                Ok(Next::InCall)
            }
            Some(call) if call.channel == channel.id => Ok(wait(&match &call.state {
                CallState::Failed(reason) => reason.clone(),
                _ => "Joining the call".to_owned(),
            })),
            _ => {
                let join = Command::In(community.id, CommunityCommand::JoinCall(channel.id));
                Ok(self.once(Step::Call, join, "Joining the call"))
            }
        }
    }

    /// The command, the first time; then that its effect is waited for.
    fn once(&mut self, step: Step, command: Command, words: &str) -> Next {
        if self.taken.contains(&step) {
            return wait(words);
        }
        self.taken.push(step);
        Next::Do(command)
    }
}

fn wait(words: &str) -> Next {
    Next::Wait(words.to_owned())
}

/// Who is in the call besides oneself, by name.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Present {
    connected: BTreeSet<String>,
    others: BTreeSet<String>,
    trouble: Option<String>,
}

impl Present {
    /// # Errors
    /// One is in no call any more: why.
    pub(super) fn of(snapshot: &Snapshot) -> anyhow::Result<Self> {
        let Some(community) = snapshot.communities.first() else {
            bail!("the community is gone");
        };
        if let Some(alarm) = &community.alarm {
            bail!("the call has ended: {alarm}");
        }
        if let Connection::Removed { reason } = &community.connection {
            bail!("the call has ended: {reason}");
        }
        let Some(call) = &community.call else {
            bail!("the call has ended");
        };
        let others = || community.others_in_call();
        Ok(Self {
            connected: others()
                .filter(|talker| talker.connected)
                .map(|talker| talker.name.clone())
                .collect(),
            others: others().map(|talker| talker.name.clone()).collect(),
            trouble: match &call.state {
                CallState::Failed(reason) => Some(reason.clone()),
                _ => None,
            },
        })
    }

    /// Somebody can hear one.
    pub(super) fn is_heard(&self) -> bool {
        !self.connected.is_empty()
    }

    /// What is to be told, after `before` was told.
    pub(super) fn since(&self, before: &Self) -> Vec<String> {
        let came = self.connected.difference(&before.connected);
        let went = before.others.difference(&self.others);
        let lost = before
            .connected
            .difference(&self.connected)
            .filter(|name| self.others.contains(*name));
        let trouble = self
            .trouble
            .iter()
            .filter(|_| self.trouble != before.trouble);
        came.map(|name| format!("Connected to {name}."))
            .chain(went.map(|name| format!("{name} has left.")))
            .chain(lost.map(|name| format!("The connection to {name} is lost; it is tried again.")))
            .chain(trouble.cloned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(link: Option<&str>) -> Goal {
        Goal {
            channel: "lounge".into(),
            link: link.map(str::to_owned),
            name: link.map(|_| "robot".to_owned()),
            password: Secret::new("a password"),
        }
    }

    fn present(connected: &[&str], others: &[&str]) -> Present {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Present {
            connected: names(connected),
            others: names(others),
            trouble: None,
        }
    }

    #[test]
    fn an_empty_profile_needs_a_link_and_looks_at_it_once() {
        let empty = Snapshot::default();
        let refused = Steps::new(goal(None))
            .next(&empty)
            .err()
            .map(|error| error.to_string());
        assert!(refused.is_some_and(|words| words.contains("--link")));
        let mut steps = Steps::new(goal(Some("dialtone://there")));
        assert!(
            matches!(steps.next(&empty), Ok(Next::Do(Command::InspectLink(link))) if link == "dialtone://there")
        );
        assert!(matches!(steps.next(&empty), Ok(Next::Wait(_))));
    }

    #[test]
    fn a_locked_profile_is_opened_once_and_a_wrong_password_ends_it() {
        let locked = |error: Option<&str>| Snapshot {
            profile: ProfileState::Locked {
                error: error.map(str::to_owned),
            },
            ..Snapshot::default()
        };
        let mut steps = Steps::new(goal(None));
        assert!(matches!(
            steps.next(&locked(None)),
            Ok(Next::Do(Command::Unlock(_)))
        ));
        assert!(matches!(steps.next(&locked(None)), Ok(Next::Wait(_))));
        assert!(steps.next(&locked(Some("the password is wrong"))).is_err());
    }

    #[test]
    fn who_comes_goes_and_is_lost_is_told_once() {
        let before = present(&["anna", "mikael"], &["anna", "mikael", "saga"]);
        let after = present(&["anna", "saga"], &["anna", "mikael", "saga"]);
        assert_eq!(
            after.since(&before),
            [
                "Connected to saga.",
                "The connection to mikael is lost; it is tried again."
            ]
        );
        assert_eq!(
            present(&[], &["saga"]).since(&present(&["anna"], &["anna", "saga"])),
            ["anna has left."]
        );
        assert!(after.since(&after).is_empty());
    }
}
