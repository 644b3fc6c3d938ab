"""Commits of groups, joins to them, and the gate before anything is sealed."""
from .check import CRYPTO, CRYPTO_UNITS, PROTOCOL, SERVER, SERVER_UNITS, Check

RULES = "protocol/src/group_rules.rs"
KEYS = "protocol/src/group_rules/keys.rs"
COMMIT = "crypto/src/group/commit.rs"
FACTS = "crypto/src/group/facts.rs"
JOIN = "crypto/src/group/join.rs"
STATE = "crypto/src/group/state.rs"
GUARDED = "crypto/src/group/guarded.rs"
JUDGE = "server/src/groups/judge.rs"
PUBLIC = "server/src/groups/public.rs"

CHECKS = [
    # The rules that clients and the server share.
    Check("commit: a member list that is not here", RULES, "None => return Err(CommitError::RosterMissing),", "None => {}", PROTOCOL,
          "a_roster_that_is_not_here"),
    Check("commit: another member list", RULES, "Some(false) => return Err(CommitError::RosterForked),", "Some(false) => {}", PROTOCOL,
          "a_roster_that_is_not_here"),
    Check("commit: an older member list", RULES, "if facts.position.length < facts.previous_length {", "if false {", PROTOCOL,
          "the_roster_never_goes_back"),
    Check("commit: other proposals", RULES, "if facts.other_proposals {", "if false {", PROTOCOL, "other_proposals_are_refused"),
    Check("commit: without a path", RULES, "let path = facts.path.ok_or(CommitError::Shape)?;",
          "let Some(path) = facts.path else { return Ok(()) };", PROTOCOL, "a_commit_has_a_path"),
    Check("commit: a new leaf that is not in the log", RULES, "for leaf in facts.added.iter().chain([&path]) {",
          "for leaf in [&path] {", PROTOCOL, "new_leaves_are_active_devices"),
    Check("commit: a path's leaf that is not in the log", RULES, "for leaf in facts.added.iter().chain([&path]) {",
          "for leaf in facts.added.iter() {", PROTOCOL, "new_leaves_are_active_devices"),
    Check("commit: a leaf that is not active", RULES, ".device_at(&leaf.identity.device, length)", ".device(&leaf.identity.device)",
          PROTOCOL, "a_leaf_counts_at_the_named_position"),
    Check("commit: a leaf of another account", RULES, ".filter(|device| device.account == leaf.identity.account)", "", PROTOCOL,
          "new_leaves_are_active_devices"),
    Check("commit: a leaf with another key", RULES, ".filter(|device| device.keys.signature_key == leaf.signature_key)", "", PROTOCOL,
          "new_leaves_are_active_devices"),
    Check("commit: its maker changes its own key", RULES,
          "if own.signature_key != path.signature_key || own.identity != path.identity {", "if false {", PROTOCOL,
          "a_member_keeps_its_own_key"),
    Check("commit: its maker changes its own name", RULES, " || own.identity != path.identity", "", PROTOCOL,
          "a_member_keeps_its_own_key"),
    Check("commit: wrong removals", RULES, "active(leaf) != removed.contains(&leaf.signature_key)", "true", PROTOCOL,
          "a_member_removes_every_inactive_leaf"),
    Check("commit: a revoked device stays", RULES, "active(leaf) != removed.contains(&leaf.signature_key)",
          "!active(leaf) || !removed.contains(&leaf.signature_key)", PROTOCOL, "a_member_removes_every_inactive_leaf"),
    Check("commit: an active device is removed", RULES, "active(leaf) != removed.contains(&leaf.signature_key)",
          "active(leaf) || removed.contains(&leaf.signature_key)", PROTOCOL, "a_member_removes_every_inactive_leaf"),
    Check("commit: who joins adds another", RULES, "if !facts.added.is_empty() {", "if false {", PROTOCOL,
          "a_joining_device_adds_nobody"),
    Check("commit: who joins removes another", RULES, "if facts.removed.iter().all(own) {", "if true || facts.removed.iter().all(own) {",
          PROTOCOL, "a_joining_device_removes_only"),
    Check("commit: a device twice", RULES, "if kept.chain(new).all(|key| seen.insert(key)) {",
          "if kept.chain(new).all(|key| seen.insert(key)) || true {", PROTOCOL, "no_device_is_in_a_group_twice"),
    Check("commit: a key of another length", KEYS, "if key.len() != GROUP_KEY_BYTES {", "if key.len() < COEFFICIENT_BYTES {", PROTOCOL,
          "a_key_of_another_length"),
    Check("commit: a key that is not reduced", KEYS, "(a | (b & 0x0f) << 8) < MODULUS && (b >> 4 | c << 4) < MODULUS",
          "a | b | c < MODULUS", PROTOCOL, "a_key_of_another_length"),
    # As clients apply them.
    Check("commit: clients apply the rules", COMMIT,
          "check_commit(&facts, roster).map_err(|error| GroupError::of(error, facts.position))?;", "", CRYPTO,
          "a_commit_that_names_an_unknown_or_another_log"),
    Check("commit: clients look at its keys", COMMIT, "check_new_keys(self.provider.crypto(), &self.mls, &staged)?;", "", CRYPTO_UNITS,
          "a_commit_that_brings_a_bad_key"),
    Check("commit: clients see its proposals", FACTS, "other_proposals: has_other_proposals(staged),", "other_proposals: false,",
          CRYPTO_UNITS, "a_commit_with_another_proposal"),
    Check("commit: clients see what it removes", FACTS, "removed: removed.collect::<Result<_, _>>()?,",
          "removed: { removed.collect::<Result<Vec<_>, _>>()?; Vec::new() },", CRYPTO, "a_revoked_device_closes_the_gate"),
    Check("commit: clients see what it adds", FACTS, "added: added.collect::<Result<_, _>>()?,",
          "added: { added.collect::<Result<Vec<_>, _>>()?; Vec::new() },", CRYPTO_UNITS, "a_commit_that_adds_a_stranger"),
    Check("commit: clients see its path", FACTS, "path: staged.update_path_leaf_node().map(node_leaf).transpose()?,",
          "path: match committer { Committer::Member(leaf) => Some(leaf), Committer::External => "
          "staged.update_path_leaf_node().map(node_leaf).transpose()? },", CRYPTO_UNITS, "a_commit_that_changes_its_makers_key"),
    Check("commit: clients remember the member list before", COMMIT, "self.position().length\n", "0\n", CRYPTO,
          "a_commit_that_goes_back"),
    Check("commit: of a later epoch", COMMIT, "if made_in > self.epoch() {", "if false {", CRYPTO,
          "a_commit_from_another_group_or_a_later_epoch"),
    Check("commit: of an earlier epoch under a newer number", COMMIT, "if made_in < self.epoch() {", "if false {", CRYPTO,
          "a_commit_of_an_earlier_epoch"),
    Check("commit: merged before", COMMIT, "if epoch < self.epoch() {", "if false {", CRYPTO, "a_commit_of_an_earlier_epoch"),
    Check("commit: a sealing key that is too short", GUARDED,
          "check_length(pk_r, GROUP_KEY_BYTES)?;\n        self.0.hpke_seal(config", "self.0.hpke_seal(config", CRYPTO_UNITS,
          "a_key_that_is_too_short"),
    # Joining.
    Check("join: to another group", JOIN, "*info.group_id() != mls_id(id) || ", "", CRYPTO, "a_newcomer_refuses_a_group_with_devices"),
    Check("join: a tree inside the group info", JOIN, "if info.extensions().ratchet_tree().is_some() {", "if false {", CRYPTO_UNITS,
          "a_group_info_that_brings_its_own_tree"),
    Check("join: the leaves", JOIN, "check_leaves(&leaves, roster, not_before)?;", "", CRYPTO, "a_newcomer_refuses_a_group_with_devices"),
    Check("join: a leaf of another account", JOIN, "device.account == leaf.identity.account\n                && ", "", CRYPTO_UNITS,
          "every_leaf_is_a_device_of_the_log"),
    Check("join: a leaf with another key", JOIN, "&& device.keys.signature_key == leaf.signature_key", "", CRYPTO_UNITS,
          "every_leaf_is_a_device_of_the_log"),
    Check("join: a leaf that was revoked before the invite", JOIN, ".max(not_before) <= to", " <= to", CRYPTO,
          "a_group_whose_devices_were_revoked"),
    Check("join: bad keys in the tree", JOIN, "check_tree_keys(tree)?;", "", CRYPTO, "a_tree_with_a_bad_key"),
    Check("join: a bad key for joining", JOIN, "check_key(external.external_pub().as_slice())?;", "", CRYPTO,
          "a_tree_with_a_bad_key"),
    Check("join: a device that is not active", JOIN, "check_active(device, account, roster)?;", "", CRYPTO,
          "a_join_by_a_device_that_the_log_does_not_know"),
    Check("join: nothing is sealed beside a revoked device", STATE, "if leaves.iter().any(|leaf| inactive(&leaf)) {", "if false {", CRYPTO,
          "a_revoked_device_closes_the_gate"),
    # As the server applies them.
    Check("commit: the server applies the rules", JUDGE, "check_commit(&facts, roster)?;", "", SERVER_UNITS,
          "a_commit_that_goes_back"),
    Check("commit: the server sees its proposals", JUDGE, "|| !is_allowed(queued.proposal())", "", SERVER_UNITS,
          "a_commit_with_another_proposal"),
    Check("commit: the server sees what it adds", JUDGE, "        added,\n        removed,", "        added: { let _: Vec<Leaf> = added; Vec::new() },\n"
          "        removed,", SERVER_UNITS, "a_commit_that_adds_a_stranger"),
    Check("commit: the server sees what it removes", JUDGE, "        added,\n        removed,",
          "        added,\n        removed: { let _: Vec<Leaf> = removed; Vec::new() },", SERVER_UNITS, "a_commit_that_removes_an_active"),
    Check("commit: the server remembers the member list before", JUDGE, "previous_length: half.roster_length,", "previous_length: 0,",
          SERVER_UNITS, "a_commit_that_goes_back"),
    Check("commit: the server looks at its keys", PUBLIC, "check_tree_keys(&self.tree()?)?;", "", SERVER_UNITS,
          "a_commit_that_brings_a_key"),
    Check("commit: uploaded by another device", JUDGE, "if path.identity.device != *device {", "if false {", SERVER,
          "a_commit_that_another_device_uploads"),
    Check("commit: another group info", JUDGE, "if info.unsigned_payload().map_err(wrong)? != expected {", "if false {", SERVER,
          "a_commit_that_another_device_uploads"),
    Check("commit: a group info that its maker did not sign", JUDGE, """    info.verify(
        &public::crypto()?,
        &public::verifying_key(&path.signature_key)?,
    )
    .map_err(|_| GroupError::GroupInfo)?;
""", "    let _ = path;\n", SERVER, "a_commit_that_another_device_uploads"),
    Check("commit: of an epoch that is over", JUDGE, "if message.epoch() != half.group.group_context().epoch() {", "if false {", SERVER,
          "a_commit_of_an_epoch_that_is_over"),
]
