//! Asking another device of the account to add this one.
//!
//! ```text
//! AskApproval -> a blocking job, which tells each step -> Asking in the snapshot
//! CompareCode, DismissAsking -> the job's desk           the job's end -> the community is opened, or why not
//! ```

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use dialtone_crypto::keystore::CommunitySecrets;
use dialtone_crypto::rows::RowKey;
use dialtone_words::say;
use tokio::sync::mpsc;

use super::copies::Newcomer;
use super::invitation::{JobDone, sentence};
use super::keystore::OpenKeystore;
use super::{Core, CoreInput};
use crate::clock;
use crate::command::Secret;
use crate::joining::{self, AskAnswer, AskError, AskRequest, AskStep, Desk, Joined, Promised};
use crate::profile::Profile;
use crate::session::{self, system_name};
use crate::snapshot::{Asking, Code, Severity};

/// What the person says and the job has not heard yet; more of it says nothing new.
const ANSWERS: usize = 4;

/// One try.
pub(super) struct AskingPart {
    /// Steps of an earlier try are not this one's.
    number: u64,
    view: Asking,
    desk: SyncSender<AskAnswer>,
}

impl AskingPart {
    pub(super) fn view(&self) -> Asking {
        self.view.clone()
    }

    fn is_over(&self) -> bool {
        matches!(self.view, Asking::Failed(_))
    }
}

/// How a try ended.
pub(crate) enum AskEnd {
    /// This device is in.
    Added(Box<Joined>),
    /// It may be: the community's own session finds out.
    Unsure(String),
    /// It is not: why.
    Not(String),
}

impl Core {
    /// Asks; each step, and the end, come back as a [`JobDone`].
    pub(super) fn ask_approval(&mut self, server: String, username: String, password: Secret) {
        let locked = self.is_locked();
        if locked || self.is_asking() {
            return;
        }
        let number = self.asking.as_ref().map_or(1, |part| part.number + 1);
        let (desk, answers) = sync_channel(ANSWERS);
        if self.is_joining() || self.is_recovering() {
            let words = say!("notice-coming-otherwise");
            let view = Asking::Failed(words.into());
            self.asking = Some(AskingPart { number, view, desk });
            return;
        }
        self.asking = Some(AskingPart {
            number,
            view: Asking::Working(say!("notice-asking-server").into()),
            desk,
        });
        let files = self.profile.keystore_files();
        let keystore = self.keystore.clone();
        let mut keystore = keystore.unwrap_or_else(|| OpenKeystore::new(files, password.clone()));
        let (profile, inputs) = (Arc::clone(&self.profile), self.inputs.clone());
        let request = AskRequest {
            server,
            username,
            password,
            name: system_name().to_owned(),
        };
        self.block(move || {
            let result = Box::new(run(
                &request,
                answers,
                (&inputs, number),
                &profile,
                &mut keystore,
            ));
            JobDone::Asked {
                number,
                keystore: Box::new(keystore),
                result,
            }
        });
    }

    /// Another device is asked; until that is over the keystore is in its hands.
    pub(super) fn is_asking(&self) -> bool {
        self.asking.as_ref().is_some_and(|part| !part.is_over())
    }

    /// The person here has compared.
    pub(super) fn compare_code(&mut self, same: bool) {
        if let Some(part) = &mut self.asking
            && matches!(part.view, Asking::Compare(_))
        {
            let _ = part.desk.try_send(AskAnswer::Same(same));
            // Writing the keys down takes a moment; after that it is told.
            part.view = if same {
                Asking::Confirmed
            } else {
                Asking::Working(say!("notice-one-moment").into())
            };
        }
    }

    /// The person here does not want any more, or has read why it failed.
    pub(super) fn dismiss_asking(&mut self) {
        match &self.asking {
            Some(part) if part.is_over() => self.asking = None,
            Some(part) => {
                let _ = part.desk.try_send(AskAnswer::Cancel);
            }
            None => {}
        }
    }

    pub(super) fn ask_step(&mut self, number: u64, step: AskStep) {
        let Some(part) = self.asking.as_mut().filter(|part| part.number == number) else {
            return;
        };
        part.view = match step {
            AskStep::Waiting { online } => Asking::Waiting { online },
            AskStep::Compare { code, transcript } => Asking::Compare(Code {
                digits: code,
                whole: transcript.to_string(),
            }),
            AskStep::Confirmed => Asking::Confirmed,
        };
    }

    pub(super) fn asked_approval(&mut self, number: u64, keystore: OpenKeystore, end: AskEnd) {
        let own = self.asking.take_if(|part| part.number == number);
        match end {
            AskEnd::Added(joined) => self.open_joined(keystore, Some(*joined)),
            AskEnd::Unsure(words) => {
                self.notices.add(Severity::Warning, sentence(&words));
                self.open_joined(keystore, None);
            }
            AskEnd::Not(words) => {
                self.asking = own.map(|part| AskingPart {
                    view: Asking::Failed(sentence(&words)),
                    ..part
                });
            }
        }
    }
}

/// Everything that blocks.
fn run(
    request: &AskRequest,
    answers: Receiver<AskAnswer>,
    (inputs, number): (&mpsc::Sender<CoreInput>, u64),
    profile: &Profile,
    keystore: &mut OpenKeystore,
) -> AskEnd {
    let tell = |step| {
        let done = Box::new(JobDone::AskStep { number, step });
        let _ = inputs.blocking_send(CoreInput::Done(done));
    };
    let desk = Desk {
        answers,
        tell: &tell,
        now_ms: &clock::now_ms,
    };
    let mut newcomer = Newcomer {
        profile,
        keystore,
        kept: None,
    };
    let result = joining::ask(request, &desk, |promised| {
        keep(request, &mut newcomer, promised)
    });
    let error = match result {
        Ok((joined, welcome)) => {
            let database = profile.database(&joined.community, &joined.device);
            let row_key = RowKey::new(&newcomer.keystore.secrets.database_key);
            // Without it this device sends no history files; the others do.
            let noted =
                welcome.map(|welcome| session::remember_welcome(&database, row_key, &welcome));
            if let Some(Err(error)) = noted {
                tracing::warn!("what the other device sent was not written down: {error}");
            }
            newcomer.settle(&joined);
            return AskEnd::Added(Box::new(joined));
        }
        Err(error) => error,
    };
    let words = error.to_string();
    if matches!(error, AskError::Unsure) && newcomer.kept.is_some() {
        return AskEnd::Unsure(words);
    }
    AskEnd::Not(newcomer.discard().err().unwrap_or(words))
}

/// Writes down what must not be lost once the other device adds this one.
fn keep(
    request: &AskRequest,
    newcomer: &mut Newcomer<'_>,
    promised: &Promised<'_>,
) -> Result<(), String> {
    let challenge = promised.answered.challenge();
    if newcomer.keystore.of(&challenge.community).next().is_some() {
        newcomer.check(&challenge.community, &(promised.roster)()?)?;
    }
    let secrets = CommunitySecrets {
        community: challenge.community,
        server: promised.server.to_owned(),
        server_key: challenge.server_key,
        account: challenge.account,
        username: request.username.clone(),
        device: promised.answered.device().secrets(),
    };
    newcomer.keep(secrets, |path, row_key| {
        session::remember_position(path, row_key, challenge.roster, clock::now_ms())
    })
}
