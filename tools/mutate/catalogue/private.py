"""What keeps private groups to those whom they name."""
from .check import CRYPTO, CRYPTO_UNITS, PROTOCOL, SERVER, Check

RULES = "protocol/src/group_rules.rs"
PRIVATE = "protocol/src/group_rules/private.rs"
FACTS = "crypto/src/group/facts.rs"
NATURE = "crypto/src/group/private.rs"
STATE = "crypto/src/group/state.rs"
WELCOME = "crypto/src/group/welcome.rs"
COMMIT = "crypto/src/group/commit.rs"
JUDGE = "server/src/groups/judge.rs"
ACCESS = "server/src/channels/access.rs"
SERVICE = "server/src/groups/service.rs"
PACKAGES = "server/src/packages/service.rs"

CHECKS = [
    # The rules that clients and the server share.
    Check("private: the lobby is none", PRIVATE, "_ => return Err(CommitError::WrongContext),", "_ => return Ok(()),", PROTOCOL,
          "a_group_stays_what_it_is"),
    Check("private: it stays what it is", PRIVATE, "if before.kind != after.kind || before.channel != after.channel {", "if false {",
          PROTOCOL, "a_group_stays_what_it_is"),
    Check("private: who may change it", PRIVATE, "if !leaves && !before.may_change(&account, roster, length) {", "if false {", PROTOCOL,
          "admins_of_a_private_group_change_it"),
    Check("private: a direct conversation never changes", PRIVATE, "self.kind == PrivateKind::Channel\n            && ", "true && ", PROTOCOL,
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
    Check("private: nothing is sealed beside who left", STATE, "check_in_group(leaf, private, roster, length)",
          "check_in_group(leaf, private.filter(|_| false), roster, length)", CRYPTO, "who_leaves_is_removed"),
    Check("private: one's own change is looked at", COMMIT, "if let Err(error) = self.check_pending(roster) {",
          "if let Err(error) = Ok::<(), GroupError>(()) {", CRYPTO, "who_is_no_admin_changes_nothing"),
    Check("private: a welcome from a longer member list", WELCOME, "None => return Err(GroupError::RosterMissing(position)),",
          "None => {}", CRYPTO, "a_welcome_that_is_not_meant"),
    # As the server applies them.
    Check("private: the server sees what it becomes", JUDGE, "private_after: public::private_of(staged.group_context())?,",
          "private_after: half.private()?,", SERVER, "who_is_put_in_gets_in"),
    Check("private: who makes the group", JUDGE, "if channel.created_by != account || ", "if ", SERVER, "only_who_named_the_channel"),
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
]
