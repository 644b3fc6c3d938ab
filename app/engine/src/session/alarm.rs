//! The alarm: trust is broken. It is written down before anything else happens, so that no restart clears it; while it stands
//! nothing is sealed and nothing is signed. Only the user takes it away, in words.

use dialtone_words::say;

use super::load::META_ALARM;
use super::run::{Ended, Session};
use crate::command::{alarm_confirmation, confirms_alarm};
use crate::local::Table;
use crate::snapshot::Severity;

impl Session {
    /// Stops sealing and signing, and says why. The first reason stays.
    pub(super) fn raise_alarm(&mut self, reason: String) -> Result<(), Ended> {
        tracing::warn!("trust is broken: {reason}");
        self.state.dirty = true;
        if self.state.alarm.is_some() {
            return Ok(());
        }
        let written = self.write_alarm(&reason);
        self.state.alarm = Some(reason);
        written
    }

    fn write_alarm(&mut self, reason: &str) -> Result<(), Ended> {
        let transaction = self.database.begin()?;
        transaction.put(Table::Meta, META_ALARM, reason.as_bytes())?;
        Ok(transaction.commit()?)
    }

    /// Takes the alarm away, if the user says the words for it. What came meanwhile is fetched again, and judged again.
    pub(super) async fn clear_alarm(&mut self, confirmation: &str) -> Result<(), Ended> {
        if self.state.alarm.is_none() {
            return Ok(());
        }
        if !confirms_alarm(confirmation) {
            let words = say!("notice-warning-stays", words = alarm_confirmation());
            self.notice(Severity::Warning, words).await;
            return Ok(());
        }
        let transaction = self.database.begin()?;
        transaction.delete(Table::Meta, META_ALARM)?;
        transaction.commit()?;
        self.forget_ahead()?;
        self.state.alarm = None;
        self.state.dirty = true;
        Err(Ended::Resync(say!("engine-gap-cleared")))
    }
}
