//! The approvals that are under way: one for an account, each with where it stands. Time is an argument.
//!
//! ```text
//! Asked -> Challenged (a device took it) -> Revealed -> Confirmed -> Over (welcomed, or an end)
//! ```

use std::collections::{HashMap, VecDeque};

use dialtone_protocol::approval::{
    APPROVAL_LASTS_MS, ApprovalAsk, ApprovalEnd, ApprovalError, ApprovalMessage, ApprovalReveal,
};
use dialtone_protocol::http::ErrorCode;
use dialtone_protocol::{AccountId, ApprovalId, DeviceId, Hash, strict};
use dialtone_store::{TokenHash, UnixMillis};
use parking_lot::Mutex;

/// The most that are kept, under way or over.
const CAPACITY: usize = 2_000;
/// The most accounts whose tries are counted.
const COUNTED: usize = 20_000;
/// How often a new device may ask for one account within [`HOUR_MS`].
const TRIES: usize = 10;
const HOUR_MS: i64 = 60 * 60 * 1000;
/// A new device that has asked for nothing so long is gone, in milliseconds.
const SILENCE_MS: i64 = 30_000;
/// So long its end can be read, in milliseconds.
const REMEMBERED_MS: i64 = 60_000;

/// Why a message is not passed on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotPassed {
    /// There is no such approval, or it is over.
    #[error("this request is over, or the server was restarted: ask again")]
    Unknown,
    /// One at a time.
    #[error(
        "another new device asks to be added to this account: refuse it on your other device, or wait until it is over"
    )]
    Busy,
    /// The same device with another ask.
    #[error("this device asks already: cancel that first, or wait until it is over")]
    Asked,
    /// Too often.
    #[error("new devices have asked too often for this account: wait an hour, then ask again")]
    TooMany,
    /// Not the message whose turn it is.
    #[error("this message of an approval is not expected now")]
    OutOfTurn,
    /// It is another device's.
    #[error("another device of the account goes on with it")]
    Elsewhere,
    /// It does not fit.
    #[error(transparent)]
    Check(#[from] ApprovalError),
}

impl NotPassed {
    /// For programs.
    pub(super) fn code(&self) -> ErrorCode {
        match self {
            Self::Unknown => ErrorCode::NotFound,
            Self::Busy | Self::Asked | Self::Elsewhere => ErrorCode::Exists,
            Self::TooMany => ErrorCode::TooMany,
            Self::OutOfTurn | Self::Check(_) => ErrorCode::Malformed,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Asked,
    Challenged(DeviceId),
    Revealed(DeviceId),
    Confirmed(DeviceId),
    Over,
}

impl Stage {
    fn approver(self) -> Option<DeviceId> {
        match self {
            Self::Challenged(device) | Self::Revealed(device) | Self::Confirmed(device) => {
                Some(device)
            }
            Self::Asked | Self::Over => None,
        }
    }
}

struct Approval {
    id: ApprovalId,
    account: AccountId,
    ask: Vec<u8>,
    commitment: Hash,
    stage: Stage,
    /// The hash of what the new device said last.
    said: Hash,
    /// The last message for the new device.
    answer: Option<Vec<u8>>,
    ends: UnixMillis,
    seen: UnixMillis,
}

/// A message for devices of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passed {
    pub(super) id: ApprovalId,
    pub(super) account: AccountId,
    /// For this one; none: for all of the account's.
    pub(super) to: Option<DeviceId>,
    /// Not for this one.
    pub(super) but: Option<DeviceId>,
    pub(super) message: Vec<u8>,
}

/// All approvals.
#[derive(Default)]
pub(crate) struct Approvals(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// By what the proved password gave.
    by_token: HashMap<TokenHash, Approval>,
    tries: HashMap<AccountId, VecDeque<UnixMillis>>,
}

fn end(reason: ApprovalEnd) -> Vec<u8> {
    strict::encode(&ApprovalMessage::End(reason))
}

impl Approval {
    fn to(&self, to: Option<DeviceId>, message: Vec<u8>) -> Passed {
        Passed {
            id: self.id,
            account: self.account,
            to,
            but: None,
            message,
        }
    }

    /// It is over: why is kept for the new device, and told to whom it concerns.
    fn finish(&mut self, reason: ApprovalEnd, now: UnixMillis) -> Passed {
        let to = self.stage.approver();
        self.close(end(reason), now);
        self.to(to, end(reason))
    }

    fn close(&mut self, answer: Vec<u8>, now: UnixMillis) {
        self.stage = Stage::Over;
        self.answer = Some(answer);
        self.ends = now.plus(REMEMBERED_MS);
    }
}

impl Approvals {
    /// A new device asks, and is called `id` from now on. Where it asks the same again, since the answer got lost, nothing is passed on.
    pub(super) fn ask(
        &self,
        (token, account): (TokenHash, AccountId),
        id: ApprovalId,
        (message, ask): (Vec<u8>, &[u8]),
        now: UnixMillis,
    ) -> Result<Option<Passed>, NotPassed> {
        let commitment = ApprovalAsk::read(ask)?.commitment;
        let mut inner = self.0.lock();
        let own = inner.by_token.get(&token);
        if let Some(own) = own.filter(|one| one.stage != Stage::Over) {
            let same = own.ask == message;
            return if same {
                Ok(None)
            } else {
                Err(NotPassed::Asked)
            };
        }
        let mut under_way = inner.by_token.values();
        if under_way.any(|one| one.account == account && one.stage != Stage::Over) {
            return Err(NotPassed::Busy);
        }
        let full = inner.by_token.len() >= CAPACITY;
        if full || !inner.count_try(account, now) {
            return Err(NotPassed::TooMany);
        }
        let approval = Approval {
            id,
            account,
            said: Hash::of(&message),
            ask: message.clone(),
            commitment,
            stage: Stage::Asked,
            answer: None,
            ends: now.plus(i64::try_from(APPROVAL_LASTS_MS).unwrap_or(i64::MAX)),
            seen: now,
        };
        let passed = approval.to(None, message);
        inner.by_token.insert(token, approval);
        Ok(Some(passed))
    }

    /// The last message for the new device.
    pub(super) fn look(
        &self,
        token: &TokenHash,
        now: UnixMillis,
    ) -> Result<Option<Vec<u8>>, NotPassed> {
        let mut inner = self.0.lock();
        let approval = inner.by_token.get_mut(token).ok_or(NotPassed::Unknown)?;
        approval.seen = now;
        Ok(approval.answer.clone())
    }

    /// The new device says something more. The same again is not passed on, as in [`Self::ask`].
    pub(super) fn by_new(
        &self,
        token: &TokenHash,
        message: &ApprovalMessage,
        bytes: Vec<u8>,
        now: UnixMillis,
    ) -> Result<Option<Passed>, NotPassed> {
        let mut inner = self.0.lock();
        let approval = inner.by_token.get_mut(token).ok_or(NotPassed::Unknown)?;
        approval.seen = now;
        let said = Hash::of(&bytes);
        let passed = match (message, approval.stage) {
            (_, Stage::Over) => return Err(NotPassed::Unknown),
            _ if approval.said == said => return Ok(None),
            (ApprovalMessage::Reveal(reveal), Stage::Challenged(device)) => {
                ApprovalReveal::read(reveal, &approval.commitment)?;
                approval.stage = Stage::Revealed(device);
                approval.to(Some(device), bytes)
            }
            (ApprovalMessage::Confirm(_), Stage::Revealed(device)) => {
                approval.stage = Stage::Confirmed(device);
                approval.to(Some(device), bytes)
            }
            (ApprovalMessage::End(reason), _) => approval.finish(*reason, now),
            _ => return Err(NotPassed::OutOfTurn),
        };
        approval.said = said;
        Ok(Some(passed))
    }

    /// A device of the account says something. What is passed on then is for the account's other devices.
    pub(super) fn by_device(
        &self,
        (account, device): (AccountId, DeviceId),
        id: ApprovalId,
        message: &ApprovalMessage,
        bytes: Vec<u8>,
        now: UnixMillis,
    ) -> Result<Option<Passed>, NotPassed> {
        let mut inner = self.0.lock();
        let mut all = inner.by_token.values_mut();
        let approval = all
            .find(|one| one.id == id && one.account == account && one.stage != Stage::Over)
            .ok_or(NotPassed::Unknown)?;
        if approval.stage.approver().is_some_and(|own| own != device) {
            return Err(NotPassed::Elsewhere);
        }
        let others = |approval: &Approval, reason| Passed {
            but: Some(device),
            ..approval.to(None, end(reason))
        };
        match (message, approval.stage) {
            (ApprovalMessage::Challenge(_), Stage::Asked) => {
                approval.stage = Stage::Challenged(device);
                approval.answer = Some(bytes);
                Ok(Some(others(approval, ApprovalEnd::Elsewhere)))
            }
            (ApprovalMessage::Welcome(_), Stage::Confirmed(_)) => {
                approval.close(bytes, now);
                Ok(None)
            }
            (ApprovalMessage::End(reason), stage) => {
                let told = (stage == Stage::Asked).then(|| others(approval, *reason));
                approval.close(bytes, now);
                Ok(told)
            }
            _ => Err(NotPassed::OutOfTurn),
        }
    }

    /// What a device of the account that has just connected is to see.
    pub(super) fn waiting(&self, account: &AccountId) -> Option<(ApprovalId, Vec<u8>)> {
        let inner = self.0.lock();
        let mut all = inner.by_token.values();
        let waits = all.find(|one| one.account == *account && one.stage == Stage::Asked)?;
        Some((waits.id, waits.ask.clone()))
    }

    /// A device is gone, and what it was going on with.
    pub(super) fn disconnected(&self, device: &DeviceId, now: UnixMillis) {
        let mut inner = self.0.lock();
        let all = inner.by_token.values_mut();
        for approval in all.filter(|one| one.stage.approver() == Some(*device)) {
            approval.finish(ApprovalEnd::Gone, now);
        }
    }

    /// Ends what took too long, and what nobody asks for any more; forgets what is long over.
    pub(super) fn sweep(&self, now: UnixMillis) -> Vec<Passed> {
        let mut inner = self.0.lock();
        inner
            .by_token
            .retain(|_, one| one.stage != Stage::Over || now < one.ends);
        let mut ended = Vec::new();
        let under_way = inner.by_token.values_mut();
        for approval in under_way.filter(|one| one.stage != Stage::Over) {
            if now >= approval.ends {
                ended.push(approval.finish(ApprovalEnd::TimedOut, now));
            } else if now >= approval.seen.plus(SILENCE_MS) {
                ended.push(approval.finish(ApprovalEnd::Gone, now));
            }
        }
        ended
    }
}

impl Inner {
    fn count_try(&mut self, account: AccountId, now: UnixMillis) -> bool {
        if self.tries.len() >= COUNTED && !self.tries.contains_key(&account) {
            self.tries.retain(|_, tries| {
                tries.retain(|at| now < at.plus(HOUR_MS));
                !tries.is_empty()
            });
            if self.tries.len() >= COUNTED {
                return false;
            }
        }
        let tries = self.tries.entry(account).or_default();
        tries.retain(|at| now < at.plus(HOUR_MS));
        if tries.len() >= TRIES {
            return false;
        }
        tries.push_back(now);
        true
    }
}

#[cfg(test)]
mod tests;
