//! Answers to what the other instances ask.

use serde::Serialize;

use super::Question;
use crate::state::AppState;
use crate::{approvals, auth};

/// The answer to a question; empty to one that cannot be read.
pub(super) fn answer(state: &AppState, question: &[u8]) -> Vec<u8> {
    let Ok(question) = serde_json::from_slice(question) else {
        return Vec::new();
    };
    match question {
        Question::Challenge(nonce) => json(&auth::take_challenge_here(state, nonce)),
        Question::FinishLogin(finish) => json(&auth::finish_login_here(state, &finish)),
        Question::Enrolled(token) => json(&auth::enrolled_here(state, token)),
        Question::ApprovalSaid(account, token, message) => {
            json(&approvals::by_new_here(state, account, token, message))
        }
        Question::ApprovalLooked(account, token) => {
            json(&approvals::look_here(state, &account, token))
        }
        Question::ApprovalAnswered(account, device, id, message) => {
            let own = (account, device);
            json(&approvals::by_device_here(state, own, id, message))
        }
    }
}

fn json(answer: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(answer).unwrap_or_default()
}
