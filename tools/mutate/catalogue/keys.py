"""Keys that are granted or asked for, packs, signals, frames of voice, the keystore."""
from .check import CRYPTO, CRYPTO_UNITS, ENGINE, Check

HISTORY = "crypto/src/history.rs"
SIGNAL = "crypto/src/signal.rs"
MEDIA = "crypto/src/media/open.rs"
REPLAY = "crypto/src/media/replay.rs"

CHECKS = [
    Check("grant: for another device", HISTORY, "if body.grantee != device.id() {", "if false {", CRYPTO_UNITS, "a_grant_handed_on"),
    Check("grant: its signature", HISTORY,
          "        &signed.body,\n        &signed.signature,\n    )\n    .map_err(|_| GrantError::BadSignature)?;",
          "        &signed.body,\n        &signed.signature,\n    )\n    .ok();", CRYPTO_UNITS, "a_grant_in_anothers_name"),
    Check("grant: another member list", HISTORY, "Some(false) => Err(GrantError::RosterForked),", "Some(false) => Ok(()),", CRYPTO,
          "a_grant_names_its_member_list"),
    Check("grant: a longer member list", HISTORY, "None => Err(GrantError::NeedRoster {\n            position: *position,\n"
          "            signed: true,\n        }),", "None => Ok(()),", CRYPTO, "a_grant_names_its_member_list"),
    Check("grant: by a device that is not active", HISTORY, "let found = roster.view().device_at(device, newest);",
          "let _ = newest;\n    let found = roster.view().device(device);", CRYPTO, "a_grant_opens_for_its_grantee"),
    Check("grant: to a device that is not active", HISTORY, "roster.view().device_at(&grantee, position.length)",
          "roster.view().device(&grantee)", CRYPTO, "a_grant_opens_for_its_grantee"),
    Check("grant: of another community", HISTORY, "info.extend_from_slice(&community.0);", "let _ = community;", CRYPTO,
          "a_grant_opens_for_its_grantee"),
    Check("grant: too many keys", HISTORY, "if count > GRANT_KEYS {", "if false {", CRYPTO_UNITS, "more_keys_than_a_grant_may_hold"),
    Check("grant: its version", HISTORY, "if version != SEALED_VERSION {", "if false {", CRYPTO_UNITS, "more_keys_than_a_grant_may_hold"),
    Check("grant: a request's signature", HISTORY, "        &request.signature,\n    )\n    .map_err(|_| GrantError::BadSignature)?;",
          "        &request.signature,\n    )\n    .ok();", CRYPTO, "requests_are_signed"),
    Check("grant: of another group's keys", HISTORY, "if view.current_group(wanted.group) != group {", "if false {", CRYPTO,
          "only_keys_of_the_channels_own_group"),
    Check("grant: of what came before joining", HISTORY, ".is_some_and(|length| length > account.joined_at),",
          ".is_some_and(|length| length + 1 > 0),", CRYPTO, "from_joining_grants_only"),
    Check("grant: to an account that is gone", HISTORY, ".filter(|one| one.is_active())", "", CRYPTO, "only_keys_of_the_channels_own_group"),
    Check("grant: of an unknown channel", HISTORY, "None => return false,", "None => return true,", CRYPTO, "from_joining_grants_only"),
    Check("grant: a candidate too many", "crypto/src/ring.rs", "known || candidates.len() >= MOST_CANDIDATES", "known", CRYPTO,
          "candidates_are_bounded"),
    Check("invite: the pack of another one", "crypto/src/invite.rs", "let key = pack_key(member.seed, member.id);",
          "let key = pack_key(&Hash([0; 32]), member.id);", CRYPTO, "the_pack_opens"),
    # Signals.
    Check("signal: of another community", SIGNAL, "header.community != self.community || ", "", CRYPTO, "a_signal_of_another_community"),
    Check("signal: for another device", SIGNAL, " || header.to.is_some_and(|to| to != self.own)", "", CRYPTO, "signals_open_once"),
    Check("signal: another key of the same epoch", SIGNAL, "if key_id(&key) != header.key_id {", "if false {", CRYPTO,
          "a_signal_of_another_group_of_the_same_name"),
    Check("signal: of a device that is not active", SIGNAL, ".device_at(&header.device, roster.position().length);",
          ".device(&header.device);", CRYPTO, "signals_of_revoked_devices"),
    Check("signal: its signature", "crypto/src/message/open.rs", ".map_err(|_| OpenError::BadSignature)?;\n    Ok(opened)",
          ".ok();\n    Ok(opened)", CRYPTO_UNITS, "a_signal_in_anothers_name"),
    Check("signal: another member list", SIGNAL, "Some(false) => return Err(SignalError::RosterForked),", "Some(false) => {}", CRYPTO,
          "a_signal_names_its_member_list"),
    Check("signal: a longer member list", SIGNAL, "None => {\n                return Err(SignalError::NeedRoster {\n"
          "                    position: header.roster,\n                    signed: true,\n                });\n            }", "None => {}",
          CRYPTO, "a_signal_names_its_member_list"),
    Check("signal: that came before", SIGNAL, "if header.counter <= *last => return Err(SignalError::Replayed),",
          "if header.counter < *last && false => return Err(SignalError::Replayed),", CRYPTO, "signals_open_once"),
    Check("signal: streams are bounded", SIGNAL, "if streams.len() >= STREAMS_PER_DEVICE {", "if false {", CRYPTO,
          "the_counters_of_a_devices_streams_are_bounded"),
    # Voice.
    Check("frame: that came before", MEDIA, "if !key.window.is_new(counter) {", "if false {", CRYPTO_UNITS, "frames_open_once"),
    Check("frame: too old for the window", REPLAY, "if self.next - counter > SIZE {", "if false {", CRYPTO_UNITS, "each_counter_once"),
    Check("frame: of another device", "crypto/src/media/keys.rs", "&[&device.0, &stream.0]", "&[&[0; 32], &stream.0]", CRYPTO_UNITS,
          "a_changed_or_foreign_frame"),
    Check("frame: of another stay", "crypto/src/media/keys.rs", "&[&device.0, &stream.0]", "&[&device.0, &[0; 16]]", CRYPTO_UNITS,
          "a_changed_or_foreign_frame"),
    Check("whisper: its key is for one listener", "crypto/src/media/whisper.rs", "&self.listener.0,", "&[0; 32],", CRYPTO_UNITS,
          "a_whispers_key_opens_in_its_own_place"),
    Check("frame: under a key that has run out", MEDIA, "self.keys.retain(|key| key.replaced.is_none_or(kept));", "let _ = kept;",
          CRYPTO_UNITS, "a_new_epoch_restarts"),
    Check("frame: too long", MEDIA, "if sealed.len() > FRAME_LIMIT + MOST_DIGEST_BYTES + OVERHEAD {", "if false {", CRYPTO_UNITS, "garbage_is_refused"),
    # What lies on the disk.
    Check("keyring: a copy of another state of the keystore", "crypto/src/keyring.rs", "if of != keystore.0 {", "if false {", CRYPTO_UNITS,
          "a_copy_counts_for_one_state"),
    Check("keyring: while another password is being set", "app/engine/src/core/keystore.rs",
          "if files.next.exists() {\n            return Err(ByKeyringError::ChangeBrokenOff);", "if false {\n            return Err(ByKeyringError::ChangeBrokenOff);",
          ENGINE, "while_another_passphrase_is_being_set"),
    Check("keystore: a file that costs too much to open", "crypto/src/keystore.rs", "identity.set_max_work_factor(MOST_WORK);", "",
          CRYPTO_UNITS, "work_is_bounded"),
]
