"""What keeps private groups to those whom they name."""
from .check import CRYPTO, CRYPTO_UNITS, ENGINE, PROTOCOL, SERVER, Check

RULES = "protocol/src/group_rules.rs"
PRIVATE = "protocol/src/group_rules/private.rs"
FACTS = "crypto/src/group/facts.rs"
NATURE = "crypto/src/group/private.rs"
STATE = "crypto/src/group/state.rs"
GATE = "crypto/src/group/gate.rs"
WELCOME = "crypto/src/group/welcome.rs"
COMMIT = "crypto/src/group/commit.rs"
JUDGE = "server/src/groups/judge.rs"
ACCESS = "server/src/channels/access.rs"
SERVICE = "server/src/groups/service.rs"
PACKAGES = "server/src/packages/service.rs"
HISTORY = "crypto/src/history.rs"
STREAM = "crypto/src/message/stream.rs"
SESSION = "app/engine/src/session"

CHECKS = [
    # The rules that clients and the server share.
    Check("private: the lobby is none", PRIVATE, "_ => return Err(CommitError::WrongContext),", "_ => return Ok(()),", PROTOCOL,
          "a_group_stays_what_it_is"),
    Check("private: it stays what it is", PRIVATE, "if before.kind != after.kind || before.channel != after.channel {", "if false {",
          PROTOCOL, "a_group_stays_what_it_is"),
    Check("private: who may change it", PRIVATE, "if !leaves && !before.may_change(&account, roster, length) {", "if false {", PROTOCOL,
          "admins_of_a_private_group_change_it"),
    Check("private: a direct conversation never changes", PRIVATE, "self.kind == PrivateKind::Channel && self.may_reset(",
          "true && self.may_reset(", PROTOCOL,
          "a_direct_conversation_never_changes"),
    Check("private: nobody leaves a direct conversation", PRIVATE, "before.kind == PrivateKind::Channel && *after", "*after", PROTOCOL,
          "a_direct_conversation_never_changes"),
    Check("private: who left makes no commit", PRIVATE, "&& !before.accounts.contains(&own.identity.account)", "&& false", PROTOCOL,
          "who_leaves_a_private_group"),
    Check("private: new accounts are active", PRIVATE, "if new.all(|account| roster.view().is_active_at(account, length)) {",
          "if new.all(|_| true) {", PROTOCOL, "accounts_that_are_not_active"),
    Check("private: whose devices are in it", RULES,
          "private.is_none_or(|group| group.accounts.contains(&leaf.identity.account))", "true", PROTOCOL,
          "only_who_belongs_to_a_private_group"),
    Check("private: its admins belong to it", PRIVATE, "group.admins.is_subset(&group.accounts)", "true", PROTOCOL,
          "what_is_no_private_group"),
    Check("private: nothing else in its context", PRIVATE, "    extensions.end()?;\n    content", "    content", PROTOCOL,
          "a_context_has_nothing_or_exactly_this"),
    # As clients apply them.
    Check("private: clients see what it becomes", FACTS, "private_after: private_of(staged.group_context().extensions())?,",
          "private_after: private_of(group.extensions())?,", CRYPTO_UNITS, "who_is_no_admin_puts_nobody_in"),
    Check("private: who joins belongs to it", NATURE, "if private.accounts.contains(account) {", "if true {", CRYPTO,
          "another_device_of_somebody_in_it"),
    Check("private: the channel that the member list names", NATURE, "if private.channel == *channel => {", "=> {", CRYPTO,
          "a_group_is_what_the_member_list_says"),
    Check("private: nothing is sealed beside who left", GATE, "check_in_group(leaf, private, roster, length)",
          "check_in_group(leaf, private.filter(|_| false), roster, length)", CRYPTO, "who_leaves_is_removed"),
    Check("private: one's own change is looked at", COMMIT, "if let Err(error) = self.check_pending(roster) {",
          "if let Err(error) = Ok::<(), GroupError>(()) {", CRYPTO, "who_is_no_admin_changes_nothing"),
    Check("private: a welcome from a longer member list", WELCOME, "None => return Err(GroupError::RosterMissing(position)),",
          "None => {}", CRYPTO, "a_welcome_that_is_not_meant"),
    # As the server applies them.
    Check("private: the server sees what it becomes", JUDGE, "private_after: public::private_of(staged.group_context())?,",
          "private_after: half.private()?,", SERVER, "who_is_put_in_gets_in"),
    Check("private: who makes the group", JUDGE, "None => channel.created_by == account,", "None => true,", SERVER,
          "only_who_named_the_channel"),
    Check("private: the server shows it to its accounts", ACCESS,
          "|| private().is_some_and(|private| private.accounts.contains(account))", "|| private().is_some()", SERVER,
          "who_is_not_in_sees_nothing"),
    Check("private: what is written is handed to its accounts", ACCESS,
          "Some(private) => Readers::Private(vec![private]),", "Some(_) => Readers::Members,", SERVER,
          "who_is_not_in_sees_nothing"),
    Check("private: its commits are handed to its accounts", SERVICE, "Readers::Private(vec![Arc::new(before), Arc::new(after)])",
          "{ let _ = (before, after); Readers::Members }", SERVER, "who_is_not_in_sees_nothing"),
    Check("private: a package of another device", PACKAGES, "leaf.identity.device == device\n        && ", "", SERVER,
          "key_packages_are_the_devices_own"),
    # As a session applies them.
    Check("private: keys for who is in it", HISTORY,
          "held.may_read(&request.account, &wanted.group, wanted.epoch)",
          "held.private().is_some()", CRYPTO, "keys_of_a_private_group_are_for"),
    Check("private: earlier keys from joining", STATE,
          "Some(HistoryPolicy::FromJoining) => since.is_some_and(|since| since <= epoch),",
          "Some(HistoryPolicy::FromJoining) => since.is_some(),", CRYPTO, "where_newcomers_read_from_joining"),
    Check("private: who was taken out writes no more", f"{SESSION}/policy.rs", "checked.is_behind()\n", "false\n", ENGINE,
          "what_somebody_writes_who_was_taken_out"),
    Check("private: an epoch is over by what is authentic", STREAM, "                self.latest = Some(Epoch {",
          "                let _ = Some(Epoch {", CRYPTO, "an_event_of_an_epoch_that_is_over"),
    Check("private: who names it", f"{SESSION}/private/names.rs",
          "account.is_some_and(|account| self.might_name(channel, account))", "account.is_some()", ENGINE,
          "a_private_channel_is_named_in_itself"),
    Check("private: no name of it in the directory", f"{SESSION}/private/names.rs", "if !self.is_open_to_all(channel) => {}", "if false => {}", ENGINE,
          "a_private_channel_is_named_in_itself"),
    Check("private: signals under its own key", f"{SESSION}/signals.rs", "if of_channel.is_none() || sealed_in != of_channel {", "if false {", ENGINE,
          "a_signal_of_a_private_channel"),
    Check("private: no older state of it", f"{SESSION}/groups/follow.rs", "part.left_at = part.left_at.max(left_at);", "", ENGINE,
          "who_is_put_in_again_believes"),
    # One that was started again.
    Check("reset: by whom, at the server", "server/src/roster/append.rs",
          "nature.is_some_and(|nature| nature.may_reset(&reset.by, next, reset.at))", "nature.is_some()", SERVER,
          "who_may_starts_a_private_group_again"),
    Check("reset: who makes it", JUDGE, "Some(replaced) => replaced.may_reset(&account, roster, length),", "Some(_) => true,", SERVER,
          "who_may_starts_a_private_group_again"),
    Check("reset: nobody comes by it, at the server", JUDGE,
          "replaced.is_same(&private) && private.accounts.is_subset(&replaced.accounts)", "replaced.is_same(&private)", SERVER,
          "who_may_starts_a_private_group_again"),
    Check("reset: the old one is over", SERVICE,
          "    if roster.view().current_group(id) != id {\n        return Err(GroupError::Unknown);\n    }\n    check_size(&body.commit", "    check_size(&body.commit",
          SERVER, "who_may_starts_a_private_group_again"),
    Check("reset: by whom, at the members", f"{SESSION}/groups/reset.rs", "!nature.may_reset(&reset.by, roster, reset.at)", "false", ENGINE,
          "who_may_not_starts_no_private_group_again"),
    Check("reset: a conversation stays what it is", f"{SESSION}/groups/reset.rs", "is_none_or(|(known, now)| known.is_same(now))",
          "is_none_or(|_| true)", ENGINE, "a_direct_conversation_is_never_with_other_people"),
    Check("reset: people of a conversation", PRIVATE,
          "let people = self.kind == PrivateKind::Channel || self.accounts == other.accounts;", "let people = true;", ENGINE,
          "a_direct_conversation_is_never_with_other_people"),
    Check("reset: nothing older than the old one", f"{SESSION}/groups/reset.rs", "known.max().unwrap_or(0).max(left)", "left", ENGINE,
          "a_private_group_is_followed_to_where"),
    Check("reset: what was written in the old one is late", STREAM, "any(|id| id == header.group)", "any(|_| false)", CRYPTO,
          "an_event_of_a_group_that_was_started_again"),
    Check("reset: who came meanwhile is said", f"{SESSION}/groups/reset.rs", "filter(|_| !names.is_empty())", "filter(|_| false)", ENGINE,
          "who_came_into_a_private_channel_while"),
    Check("private: events of one that one is not in", f"{SESSION}/state.rs",
          "(is_listed && (self.is_open_to_all(id) || self.nature_of(id).is_some()))", "is_listed", ENGINE,
          "events_of_a_private_channel_that_one_is_not_in"),
]
