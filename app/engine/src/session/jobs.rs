//! What is done over HTTP, one at a time and in order: entries of the member list, invites, groups.

use dialtone_crypto::invite::InviteTerms;
use dialtone_crypto::{OsRng, entries, invite};
use dialtone_protocol::GroupId;
use dialtone_protocol::content::EventBody;
use dialtone_protocol::http::{ErrorCode, InvitePublish, RosterAppend, RosterHead};
use dialtone_protocol::roster::{Change, HistoryPolicy, Role as Rank, Roster};
use dialtone_protocol::sealed::{GRANT_KEYS, GrantedKey};
use dialtone_words::say;

use super::SessionUpdate;
use super::run::{Ended, Session};
use super::state::{Append, Job};
use super::view::my_name;
use crate::net::{Line, NetError};
use crate::snapshot::{Role, Severity};

const TRIES: usize = 8;
/// An invite opens for ten years at most, in seconds.
const LONGEST_INVITE_S: u64 = 10 * 365 * 24 * 3600;

impl Session {
    /// Does one job. Only a broken connection or disk ends the session's stay; a refusal is told.
    pub(super) async fn job(&mut self, job: Job) -> Result<(), Ended> {
        match job {
            Job::EnterGroup(id) => self.enter_group(id).await,
            Job::CleanGroup(id) => self.clean_group(id).await,
            Job::FindGroups => self.find_groups().await,
            Job::PublishPackage => self.publish_package().await,
            Job::MakePrivate(id) => self.make_private(id).await,
            Job::ChangePrivate(id) => self.change_private(id).await,
            Job::FetchRoster => self.fetch_ahead().await,
            Job::CompareReach => self.compare_reach().await,
            Job::FetchDevices => self.fetch_devices().await,
            Job::AskVersion => self.ask_version().await,
            Job::RefreshHistory => self.refresh_history().await,
            Job::ForbidPassword => self.drop_password_copy().await,
            Job::LeaveCall => {
                self.leave_call().await;
                Ok(())
            }
            Job::AddDevice(id) => self.add_device(id).await,
            Job::FetchKnocks => self.fetch_knocks().await,
            Job::Append(append) => {
                let done = self.append(append).await;
                self.report(done).await
            }
            Job::Invite {
                uses,
                valid_for_s,
                asker,
            } => {
                let link = self.invite(uses, valid_for_s).await;
                let told = link.as_ref().map_err(JobError::of_invite).cloned();
                // Whoever asked is told here: nothing has to be reported beside it.
                self.tell(SessionUpdate::Invite { asker, link: told }).await;
                match link {
                    Err(JobError::Ended(Ended::Net(NetError::Refused(_)))) => Ok(()),
                    Err(JobError::Ended(ended)) => Err(ended),
                    _ => Ok(()),
                }
            }
        }
    }

    /// Tells why a job was not done.
    pub(super) async fn report(&mut self, done: Result<(), JobError>) -> Result<(), Ended> {
        match done {
            Ok(()) => Ok(()),
            Err(JobError::Ended(Ended::Net(NetError::Refused(body)))) => {
                let text = say!("notice-did-not-work", reason = body.message);
                self.notice(Severity::Error, text).await;
                Ok(())
            }
            Err(JobError::Ended(ended)) => {
                if let Ended::Net(error) = &ended {
                    let text = say!("notice-under-way", error = error.to_string());
                    self.notice(Severity::Warning, text).await;
                }
                Err(ended)
            }
            Err(JobError::Words(words)) => {
                self.notice(Severity::Error, words).await;
                Ok(())
            }
        }
    }

    /// The way to the server while there is one.
    pub(super) fn line(&self) -> Result<Line, Ended> {
        Ok(self.line.clone().ok_or(NetError::Closed)?)
    }

    /// Signs an entry for the log as it is and appends it; signs it anew when others were faster.
    async fn append_entry(
        &mut self,
        sign: impl Fn(&Self, &Roster) -> Result<Vec<u8>, String>,
        path: &'static str,
        body: impl Fn(&[u8]) -> serde_json::Value,
    ) -> Result<(), JobError> {
        for _ in 0..TRIES {
            if !self.state.may_sign() {
                return Err(JobError::Words(say!("notice-nothing-signed").into()));
            }
            let Some(roster) = self.state.roster.clone() else {
                break;
            };
            let entry = sign(self, &roster).map_err(JobError::Words)?;
            let json = body(&entry);
            let posted = self.line()?.post::<_, RosterHead>(path, &json).await;
            match posted {
                Ok(_) => {
                    let index = roster.position().length;
                    return Ok(self.roster_entry(index, &entry)?);
                }
                Err(error) if error.code() == Some(ErrorCode::RosterMoved) => {
                    if !self.fetch_roster().await? {
                        break;
                    }
                }
                Err(error) => return Err(Ended::from(error).into()),
            }
        }
        Err(JobError::Words(say!("notice-many-changes").into()))
    }

    /// Fetches what the member list has beyond what is here. False: nothing was taken in.
    pub(super) async fn fetch_roster(&mut self) -> Result<bool, Ended> {
        let begun = self.roster_length();
        loop {
            let from = self.roster_length();
            let page = self.line()?.roster(from).await?;
            if !self.roster_page(from, page.entries.into_iter().map(|entry| entry.0))? {
                return Ok(from > begun);
            }
        }
    }

    /// Takes a page of the member list in. False: it brought nothing, so there is no use in asking for the next.
    pub(super) fn roster_page(
        &mut self,
        from: u64,
        entries: impl IntoIterator<Item = Vec<u8>>,
    ) -> Result<bool, Ended> {
        for (index, entry) in (from..).zip(entries) {
            self.roster_entry(index, &entry)?;
            // An entry that is not taken ends the log: what follows it cannot be either.
            if self.roster_length() <= index {
                return Ok(false);
            }
        }
        Ok(self.roster_length() > from)
    }

    fn roster_length(&self) -> u64 {
        let roster = self.state.roster.as_ref();
        roster.map_or(0, |roster| roster.position().length)
    }

    pub(super) async fn append(&mut self, append: Append) -> Result<(), JobError> {
        let plain = |entry: &[u8]| {
            serde_json::to_value(RosterAppend {
                entry: entry.to_vec().into(),
            })
            .unwrap_or_default()
        };
        match append {
            Append::CreateChannel { name, voice } => self.create_channel(name, voice, plain).await,
            Append::CloseChannel(id) => {
                let sign = move |session: &Self, roster: &Roster| {
                    entries::close_channel(&session.state.me.device, roster, id)
                        .map_err(|error| words(&error))
                };
                self.append_entry(sign, "/roster", plain).await?;
                if self.state.open == Some(id) {
                    self.state.open = None;
                }
                Ok(())
            }
            Append::RevokeInvite(id) => {
                let sign = move |session: &Self, roster: &Roster| {
                    entries::revoke_invite(&session.state.me.device, roster, id)
                        .map_err(|error| words(&error))
                };
                // Another device of this account may have done it; whoever wants to know sees it in the member list.
                match self.append_entry(sign, "/roster", plain).await {
                    Err(JobError::Words(words)) => {
                        tracing::info!("an invite that has run out was not revoked: {words}");
                        Ok(())
                    }
                    done => done,
                }
            }
            Append::ResetGroup(group) => {
                // The new id is drawn once, so that signing anew does not make another group.
                let new_group = GroupId::new(self.state.clock.random());
                let sign = move |session: &Self, roster: &Roster| {
                    let change = Change::GroupReset { group, new_group };
                    entries::sign_change(&session.state.me.device, roster, change)
                        .map_err(|error| words(&error))
                };
                self.append_entry(sign, "/roster", plain).await?;
                self.later(say!("notice-keys-again").into());
                Ok(())
            }
            Append::Change(change) => {
                let sign = move |session: &Self, roster: &Roster| {
                    entries::sign_change(&session.state.me.device, roster, change.clone())
                        .map_err(|error| words(&error))
                };
                self.append_entry(sign, "/roster", plain).await
            }
            Append::Admit(account) => {
                let Some(knock) = self.state.knocks.get(&account).cloned() else {
                    return Ok(());
                };
                let sign = move |session: &Self, roster: &Roster| {
                    entries::admit(&session.state.me.device, roster, &knock)
                        .map_err(|error| words(&error))
                };
                self.append_entry(sign, "/roster", plain).await
            }
        }
    }

    async fn create_channel(
        &mut self,
        name: String,
        voice: bool,
        plain: impl Fn(&[u8]) -> serde_json::Value,
    ) -> Result<(), JobError> {
        // The id is drawn once, so that signing anew does not make another channel.
        let id = dialtone_protocol::ChannelId(self.state.clock.random());
        let sign = |session: &Self, roster: &Roster| {
            let change = Change::ChannelCreated {
                id,
                group: roster.view().lobby(),
                history: HistoryPolicy::All,
            };
            entries::sign_change(&session.state.me.device, roster, change)
                .map_err(|error| words(&error))
        };
        self.append_entry(sign, "/roster", plain).await?;
        let directory = self.state.directory_id();
        let info = EventBody::ChannelInfo {
            channel: id,
            name,
            topic: String::new(),
            voice,
        };
        self.enqueue(directory, info)?;
        if self.state.open.is_none() {
            self.open_channel(id)?;
        }
        Ok(())
    }

    async fn invite(&mut self, uses: u32, valid_for_s: u64) -> Result<String, JobError> {
        if self.state.role() < Role::Admin {
            return Err(JobError::Words(say!("notice-admins-invite").into()));
        }
        let pack = self.pack();
        let now_s = self.state.clock.now_ms() / 1000;
        let terms = InviteTerms {
            server: self.state.me.server.clone(),
            uses,
            expires_s: now_s.saturating_add(valid_for_s.min(LONGEST_INVITE_S)),
            role: Rank::Member,
            community_name: self.state.directory.community.clone().unwrap_or_default(),
            inviter_name: my_name(&self.state),
        };
        let issued = parking_lot::Mutex::new(None);
        let sign = |session: &Self, roster: &Roster| {
            let device = &session.state.me.device;
            let made = invite::issue(device, roster, terms.clone(), &pack, &mut OsRng);
            let made = made.map_err(|error| error.to_string())?;
            let entry = made.entry.clone();
            *issued.lock() = Some(made);
            Ok(entry)
        };
        let body = |entry: &[u8]| {
            let locked = issued.lock();
            let Some(made) = locked.as_ref() else {
                return serde_json::Value::Null;
            };
            let publish = InvitePublish {
                entry: entry.to_vec().into(),
                token_hash: made.token_hash,
                pack: made.pack.clone().map(Into::into),
            };
            serde_json::to_value(publish).unwrap_or_default()
        };
        self.append_entry(sign, "/invites", body).await?;
        let link = issued.into_inner().map(|made| made.link.to_string());
        link.ok_or_else(|| JobError::Words(say!("notice-invite-not-made").into()))
    }

    /// The keys that a newcomer may have: the directory's, for without names nothing can be found, then those of channels whose
    /// history is open to all. Of each the latest first, as many as fit.
    pub(super) fn pack(&self) -> Vec<GrantedKey> {
        let Some(roster) = &self.state.roster else {
            return Vec::new();
        };
        let open = self.state.open_channels().filter(|id| {
            let channel = roster.view().channels().get(id);
            self.state.is_open_to_all(id)
                && channel.is_some_and(|channel| channel.history == HistoryPolicy::All)
        });
        let lobby = roster.view().lobby();
        let latest_first = |mut keys: Vec<GrantedKey>| {
            keys.sort_by_key(|key| std::cmp::Reverse(key.epoch));
            keys
        };
        let mut keys = latest_first(self.state.keys.all_for(lobby, self.state.directory_id()));
        let of_channels = open.flat_map(|channel| self.state.keys.all_for(lobby, channel));
        keys.extend(latest_first(of_channels.collect()));
        keys.truncate(GRANT_KEYS);
        keys
    }
}

fn words(error: &dialtone_crypto::entries::RosterSignError) -> String {
    crate::core::sentence(&error.to_string())
}

/// A job was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum JobError {
    #[error(transparent)]
    Ended(#[from] Ended),
    #[error("{0}")]
    Words(String),
}

impl JobError {
    /// Why there is no link. One that the server may have taken without saying so is of no use to anybody.
    fn of_invite(&self) -> String {
        match self {
            Self::Ended(Ended::Net(error)) if error.code().is_none() => {
                say!("notice-invite-unsure", error = error.to_string())
            }
            other => other.to_string(),
        }
    }
}
