"""What the client does with what is refused: it warns, names, and seals nothing."""
from .check import CLIENT, ENGINE, Check

SESSION = "app/engine/src/session"

CHECKS = [
    Check("commit: under a longer member list", f"{SESSION}/lobby.rs", "self.note_ahead(position, crate::clock::now_ms())?;", "let _ = position;",
          ENGINE, "a_commit_under_a_longer_member_list"),
    Check("join: to an older state than one was in", f"{SESSION}/lobby.rs", "came.max(self.state.group_left_at)", "came", ENGINE,
          "no_older_state_of_the_group"),
    # Events are asked about before the gate, since one that is sealed already goes again without it; signals come to the gate alone.
    Check("signal: sealed while a warning stands", f"{SESSION}/gate.rs", "if !self.may_sign() || self.ahead.is_some()",
          "if self.ahead.is_some()", ENGINE, "no_signal_is_sealed_under_a_warning"),
    Check("signal: of an epoch that ended long ago", f"{SESSION}/run.rs", "self.state.signals.expire(steady);", "let _ = steady;", ENGINE,
          "signals_of_an_epoch_open_for_ten_seconds"),
    Check("event: sent while a warning stands", f"{SESSION}/outbox.rs", " || !self.state.may_sign()", "", ENGINE,
          "a_message_that_was_sealed_before_a_warning"),
    Check("event: sealed while a longer member list is missing", f"{SESSION}/gate.rs", " || self.ahead.is_some()", "", ENGINE,
          "an_event_of_a_longer_member_list"),
    Check("event: sealed in a group that was replaced", f"{SESSION}/gate.rs", " || lobby.id() != roster.view().lobby()", "", ENGINE,
          "a_group_that_was_started_again"),
    Check("event: sealed beside a revoked device", f"{SESSION}/gate.rs", "SendGate::CommitFirst => Gate::CommitFirst,",
          "SendGate::CommitFirst => Gate::Open(roster, lobby),", ENGINE, "nothing_is_sealed_beside"),
    Check("event: of a channel that the member list does not have", f"{SESSION}/inbox.rs",
          "if !self.state.knows_channel(&channel) && self.state.roster.is_some() {", "if false {", ENGINE, "an_event_of_an_unknown_channel"),
    Check("event: a forged echo of one's own", f"{SESSION}/inbox.rs", "let Verdict::Opened(content) = verdict else {\n            return",
          "let Verdict::Opened(content) = verdict else {\n            let mut items = self.state.channels[&channel].outbox.iter();\n"
          "            if let Some((order, _)) = items.find(|(_, item)| item.client_id == checked.header().client_id) {\n"
          "                return Echo::OfItem(*order);\n            }\n            return", ENGINE, "a_forged_echo"),
    Check("roster entry: that members name and the server does not show", f"{SESSION}/ahead.rs",
          "None if now_ms.saturating_sub(ahead.since_ms) >= PATIENCE_MS", "None if false && now_ms >= PATIENCE_MS", ENGINE,
          "ten_seconds_without_the_list"),
    Check("roster entry: another one where members name one", f"{SESSION}/ahead.rs", "Some(false) => self.roster_forked(),",
          "Some(false) => Ok(()),", ENGINE, "another_entry_in_the_named_place"),
    Check("grant: that no event waits for", f"{SESSION}/inbox.rs", "&& Some(awaited.key_id) == id", "", ENGINE, "only_the_key_that_an_event"),
    Check("event: refused for the server's doing", f"{SESSION}/refusals.rs", "if refused.blame().doubts_server() {", "if false {",
          ENGINE, "an_old_event_given_again"),
    Check("event: refused for a member's doing stops nobody", f"{SESSION}/refusals.rs", "if refused.blame().doubts_server() {",
          "if refused.blame().is_alarm() {", ENGINE, "a_member_that_contradicts_itself"),
    Check("event: the same words again are looked for", f"{SESSION}/refusals.rs",
          "Verdict::Opened(content) if content == event.content()", "Verdict::Waiting { .. } if event.sequence() == 0", ENGINE,
          "the_same_message_sealed_anew"),
    Check("event: other words under the same id", f"{SESSION}/refusals.rs", "Verdict::Opened(content) if content == event.content()",
          "Verdict::Opened(_)", ENGINE, "other_words_under_the_same_id"),
    Check("invite: a member list that does not hold it", "app/engine/src/joining/inspect.rs",
          "(Entrance::Member { .. }, Some(roster)) => invite::check(&link, roster)?,", "(Entrance::Member { .. }, Some(_)) => {}", CLIENT,
          "a_list_that_ends_before_the_invite a_link_with_another_server_key"),
    Check("roster entry: withheld, told as what it is", f"{SESSION}/run.rs", "if self.state.ahead.is_some() {", "if false {", CLIENT,
          "an_entry_that_is_held_back"),
    Check("registration: its last step is sent again", "app/engine/src/joining/register.rs", "for pause in PAUSES {",
          "for pause in [Duration::ZERO; 0] {", CLIENT, "whoever_gets_no_answer"),
    Check("event: a warning without the words for it", f"{SESSION}/alarm.rs",
          "if !confirmation.trim().eq_ignore_ascii_case(ALARM_CONFIRMATION) {", "if false {", ENGINE, "only_the_words"),
]
