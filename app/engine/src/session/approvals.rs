//! A new device asks to be added to one's account, and one decides.
//!
//! ```text
//! Ask -> shown -> the user goes on: a nonce, one of few within an hour -> Reveal: compared with what was committed to -> the code
//!     -> the user says that it is the same, and so does the new device, signed -> DeviceAdded -> Welcome
//! ```
//!
//! The server can look at the code before it lets the new device's keys through, and break off where it is not the one that it wants:
//! so every nonce counts as a try, and a restart forgets none.

use dialtone_crypto::OsRng;
use dialtone_crypto::approval::{Approver, Compared};
use dialtone_protocol::approval::{APPROVAL_LASTS_MS, ApprovalAsk, ApprovalEnd, ApprovalMessage};
use dialtone_protocol::frame::ClientFrame;
use dialtone_protocol::roster::Change;
use dialtone_protocol::{ApprovalId, Signature, strict};
use dialtone_words::say;
use minicbor::{Decode, Encode};

use super::inbox::encode;
use super::jobs::JobError;
use super::load::{LoadError, META_APPROVALS, single};
use super::run::{Ended, Session};
use super::state::{Append, Job};
use crate::core::sentence;
use crate::local::{Database, Table};
use crate::snapshot::{Approval, ApprovalStage, Code, Severity};

/// So many nonces are drawn within [`HOUR_MS`]: each is a guess in a million for whoever stands in between.
const TRIES: usize = 5;
const HOUR_MS: u64 = 60 * 60 * 1000;

/// So often within [`HOUR_MS`] the question is put at all: who is asked again and again says yes in the end.
const ASKS: usize = 10;

/// What is written down: when nonces were drawn, ms since 1970.
#[derive(Debug, Default, Clone, Encode, Decode)]
struct Tries {
    #[n(0)]
    at_ms: Vec<u64>,
}

/// The approval that is under way, and how many there were.
#[derive(Debug, Default)]
pub(super) struct Approvals {
    current: Option<Pending>,
    tries: Tries,
    /// When the question was put in this run: ms since 1970.
    asked_ms: Vec<u64>,
}

#[derive(Debug)]
struct Pending {
    id: ApprovalId,
    ask: Vec<u8>,
    name: String,
    since_ms: u64,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// The user decides whether to go on.
    Asked,
    /// The new device is to reveal its keys.
    Challenged(Box<Approver>),
    /// The codes are to be compared; each of the two people may have said so.
    Compare {
        compared: Box<Compared>,
        here: bool,
        there: bool,
    },
}

impl Approvals {
    /// From the disk.
    pub(super) fn load(database: &Database) -> Result<Self, LoadError> {
        let tries: Option<Tries> = single(database, META_APPROVALS)?;
        Ok(Self {
            tries: tries.unwrap_or_default(),
            ..Self::default()
        })
    }

    /// As the window shows it.
    pub(super) fn view(&self) -> Option<Approval> {
        let current = self.current.as_ref()?;
        let stage = match &current.stage {
            Stage::Asked => ApprovalStage::Asked,
            Stage::Challenged(_) => ApprovalStage::Waiting,
            Stage::Compare { here: true, .. } => ApprovalStage::Confirmed,
            Stage::Compare { compared, .. } => ApprovalStage::Compare(Code {
                digits: compared.code(),
                whole: compared.transcript().to_string(),
            }),
        };
        Some(Approval {
            id: current.id,
            name: current.name.clone(),
            asked_ms: current.since_ms,
            stage,
        })
    }

    fn of(&mut self, id: &ApprovalId) -> Option<&mut Pending> {
        self.current.as_mut().filter(|current| current.id == *id)
    }

    /// Whether one more nonce may be drawn.
    fn may_try(&mut self, now_ms: u64) -> bool {
        forget_old(&mut self.tries.at_ms, now_ms);
        self.tries.at_ms.len() < TRIES
    }

    /// Whether the question may be put once more.
    fn may_ask(&mut self, now_ms: u64) -> bool {
        forget_old(&mut self.asked_ms, now_ms);
        self.asked_ms.len() < ASKS && self.may_try(now_ms)
    }
}

fn forget_old(times: &mut Vec<u64>, now_ms: u64) {
    times.retain(|at| now_ms.saturating_sub(*at) < HOUR_MS);
}

impl Session {
    /// Something came of a new device.
    pub(super) async fn approval_said(
        &mut self,
        id: ApprovalId,
        message: &[u8],
        now_ms: u64,
    ) -> Result<(), Ended> {
        let message = match ApprovalMessage::read(message) {
            Ok(message) => message,
            Err(error) => {
                tracing::warn!("a message of an approval cannot be read: {error}");
                return Ok(());
            }
        };
        match message {
            ApprovalMessage::Ask(ask) => self.approval_asked(id, ask.into(), now_ms).await,
            ApprovalMessage::Reveal(reveal) => self.approval_revealed(id, &reveal).await,
            ApprovalMessage::Confirm(signature) => self.approval_confirmed(id, &signature).await,
            ApprovalMessage::End(end) => self.approval_ended(id, end).await,
            // These go the other way.
            ApprovalMessage::Challenge(_) | ApprovalMessage::Welcome(_) => {}
        }
        Ok(())
    }

    async fn approval_asked(&mut self, id: ApprovalId, ask: Vec<u8>, now_ms: u64) {
        // One at a time: the server hands on another one when this is over.
        if self.state.approvals.current.is_some() || !self.state.is_member() {
            return;
        }
        let name = match ApprovalAsk::read(&ask) {
            Ok(read) => read.name,
            Err(error) => {
                tracing::warn!("a new device asks in a way that cannot be read: {error}");
                return self.answer_approval(id, ApprovalEnd::Failed);
            }
        };
        if !self.state.approvals.may_ask(now_ms) {
            self.answer_approval(id, ApprovalEnd::Refused);
            let words = say!("notice-asked-too-often");
            return self.notice(Severity::Warning, words.into()).await;
        }
        self.state.approvals.asked_ms.push(now_ms);
        self.state.approvals.current = Some(Pending {
            id,
            ask,
            name,
            since_ms: now_ms,
            stage: Stage::Asked,
        });
        self.state.dirty = true;
    }

    /// The user goes on, or refuses.
    pub(super) async fn approve(&mut self, go_on: bool) -> Result<(), Ended> {
        self.approve_at(go_on, self.state.clock.now_ms()).await
    }

    /// The same at `now_ms`, ms since 1970.
    pub(super) async fn approve_at(&mut self, go_on: bool, now_ms: u64) -> Result<(), Ended> {
        let Some(current) = &self.state.approvals.current else {
            return Ok(());
        };
        if !matches!(current.stage, Stage::Asked) {
            return Ok(());
        }
        if !go_on {
            self.end_approval(ApprovalEnd::Refused);
            let words = say!("notice-device-refused");
            self.notice(Severity::Info, words.into()).await;
            return Ok(());
        }
        if !self.state.may_sign() {
            self.notice(Severity::Warning, say!("notice-nothing-signed").into())
                .await;
            return Ok(());
        }
        let Some(roster) = self.state.roster.clone().filter(|_| self.state.caught_up) else {
            self.notice(Severity::Warning, say!("notice-not-connected").into())
                .await;
            return Ok(());
        };
        let me = self.state.me.clone();
        let drawn = Approver::new(&current.ask, &me.device, me.account, &roster, &mut OsRng);
        match drawn {
            Ok(approver) if self.state.approvals.may_try(now_ms) => {
                // Written down first: a nonce that is out counts.
                self.count_try(now_ms)?;
                let challenge = approver.challenge().to_vec();
                if let Some(current) = &mut self.state.approvals.current {
                    current.stage = Stage::Challenged(Box::new(approver));
                    let id = current.id;
                    self.say_approval(id, &ApprovalMessage::Challenge(challenge.into()));
                }
            }
            Ok(_) => self.end_approval(ApprovalEnd::Refused),
            Err(error) => self.fail_approval(&error.to_string()).await,
        }
        Ok(())
    }

    fn count_try(&mut self, now_ms: u64) -> Result<(), Ended> {
        self.state.approvals.tries.at_ms.push(now_ms);
        let transaction = self.database.begin()?;
        transaction.put(
            Table::Meta,
            META_APPROVALS,
            &encode(&self.state.approvals.tries),
        )?;
        Ok(transaction.commit()?)
    }

    async fn approval_revealed(&mut self, id: ApprovalId, reveal: &[u8]) {
        let Some(mut current) = self.state.approvals.current.take() else {
            return;
        };
        let compared = match current.stage {
            Stage::Challenged(approver) if current.id == id => approver.compare(reveal),
            stage => {
                // Nothing is revealed twice.
                current.stage = stage;
                self.state.approvals.current = Some(current);
                return;
            }
        };
        match compared {
            Ok(compared) => {
                current.stage = Stage::Compare {
                    compared: Box::new(compared),
                    here: false,
                    there: false,
                };
                self.state.approvals.current = Some(current);
                self.state.dirty = true;
            }
            Err(error) => {
                self.answer_approval(id, ApprovalEnd::Failed);
                self.told_failed(&error.to_string()).await;
            }
        }
    }

    async fn approval_confirmed(&mut self, id: ApprovalId, signature: &Signature) {
        let Some(Pending {
            stage: Stage::Compare {
                compared, there, ..
            },
            ..
        }) = self.state.approvals.of(&id)
        else {
            return;
        };
        match compared.check_confirmation(signature) {
            Ok(()) => {
                *there = true;
                self.add_if_both();
            }
            Err(error) => self.fail_approval(&error.to_string()).await,
        }
    }

    /// The user has compared the codes.
    pub(super) async fn compare_code(&mut self, same: bool) -> Result<(), Ended> {
        let Some(Pending {
            stage: Stage::Compare { here, .. },
            ..
        }) = &mut self.state.approvals.current
        else {
            return Ok(());
        };
        if same {
            *here = true;
            self.state.dirty = true;
            self.add_if_both();
        } else if !*here {
            self.end_approval(ApprovalEnd::Differ);
            let words = say!("notice-codes-differed");
            self.notice(Severity::Error, words.into()).await;
        }
        Ok(())
    }

    fn add_if_both(&mut self) {
        if let Some(Pending {
            id,
            stage:
                Stage::Compare {
                    here: true,
                    there: true,
                    ..
                },
            ..
        }) = self.state.approvals.current
        {
            self.state.want(Job::AddDevice(id));
        }
    }

    /// Both people have said that the codes are the same: signs the entry, and welcomes the device.
    pub(super) async fn add_device(&mut self, id: ApprovalId) -> Result<(), Ended> {
        let Some(current) = self.state.approvals.current.take_if(|one| one.id == id) else {
            return Ok(());
        };
        let Stage::Compare {
            compared,
            here: true,
            there: true,
        } = current.stage
        else {
            return Ok(());
        };
        self.state.dirty = true;
        let change = Change::DeviceAdded {
            account: self.state.me.account,
            device: compared.device().clone(),
        };
        let added = self.append(Append::Change(change)).await;
        if added.is_err() {
            self.answer_approval(id, ApprovalEnd::Failed);
        }
        match added {
            Ok(()) => {}
            Err(JobError::Ended(ended)) if !ended.is_refusal() => return Err(ended),
            Err(error) => {
                self.told_failed(&error.to_string()).await;
                return Ok(());
            }
        }
        let (history_key, counter) = self.state.recovery.for_new_device();
        let roster = self.state.roster.clone();
        let welcome = roster.map(|roster| {
            let device = &self.state.me.device;
            compared.welcome(device, &roster, history_key.as_ref(), counter)
        });
        match welcome {
            Some(Ok(welcome)) => self.say_approval(id, &ApprovalMessage::Welcome(welcome.into())),
            // It is in all the same, and sees that in the member list.
            Some(Err(error)) => tracing::warn!("a new device was not welcomed: {error}"),
            None => {}
        }
        let words = say!("notice-device-added", name = current.name);
        self.notice(Severity::Info, words).await;
        Ok(())
    }

    async fn approval_ended(&mut self, id: ApprovalId, end: ApprovalEnd) {
        let ended = self.state.approvals.current.take_if(|one| one.id == id);
        let Some(ended) = ended else {
            return;
        };
        self.state.dirty = true;
        let had_begun = !matches!(ended.stage, Stage::Asked);
        let words = match end {
            ApprovalEnd::Differ => {
                say!("notice-said-differ")
            }
            ApprovalEnd::Refused | ApprovalEnd::Elsewhere => return,
            ApprovalEnd::Cancelled => say!("notice-device-stopped-asking"),
            ApprovalEnd::TimedOut if had_begun => {
                say!("notice-adding-too-long")
            }
            ApprovalEnd::TimedOut => {
                say!("notice-nobody-answered")
            }
            ApprovalEnd::Gone => say!("notice-device-gone"),
            ApprovalEnd::Failed => {
                say!("notice-device-disbelieved")
            }
        };
        let severity = if end == ApprovalEnd::Differ {
            Severity::Error
        } else {
            Severity::Warning
        };
        self.notice(severity, words.into()).await;
    }

    /// Ends what took too long, whatever the server says.
    pub(super) fn mind_approval(&mut self, now_ms: u64) {
        let lasts = |one: &Pending| now_ms.saturating_sub(one.since_ms) < APPROVAL_LASTS_MS;
        if self.state.approvals.current.as_ref().is_none_or(lasts) {
            return;
        }
        let begun = self.state.approvals.current.as_ref();
        let begun = begun.is_some_and(|one| !matches!(one.stage, Stage::Asked));
        self.end_approval(ApprovalEnd::TimedOut);
        let words = if begun {
            say!("notice-adding-too-long")
        } else {
            say!("notice-nobody-answered")
        };
        self.later(words.into());
    }

    /// The connection is gone, and with it what was under way: the server tells the new device.
    pub(super) fn drop_approval(&mut self) {
        let Some(dropped) = self.state.approvals.current.take() else {
            return;
        };
        self.state.dirty = true;
        if !matches!(dropped.stage, Stage::Asked) {
            let words = say!("notice-connection-broke-adding");
            self.later(words.into());
        }
    }

    async fn fail_approval(&mut self, why: &str) {
        self.end_approval(ApprovalEnd::Failed);
        self.told_failed(why).await;
    }

    async fn told_failed(&self, why: &str) {
        let words = say!("notice-device-not-added", why = why.to_string());
        self.notice(Severity::Error, sentence(&words)).await;
    }

    fn end_approval(&mut self, end: ApprovalEnd) {
        if let Some(current) = self.state.approvals.current.take() {
            self.answer_approval(current.id, end);
        }
    }

    fn answer_approval(&mut self, id: ApprovalId, end: ApprovalEnd) {
        self.say_approval(id, &ApprovalMessage::End(end));
    }

    fn say_approval(&mut self, id: ApprovalId, message: &ApprovalMessage) {
        self.state.dirty = true;
        self.state.send(ClientFrame::Approval {
            id,
            message: strict::encode(message).into(),
        });
    }
}
