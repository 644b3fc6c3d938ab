"""Who is muted for everybody, by entries of the member list: signed by whom, and what clients and the relay make of it; and whose a voice is."""
from .check import CRYPTO_UNITS, ENGINE, PROTOCOL, SERVER_UNITS, Check

CHANGES = "protocol/src/roster/changes.rs"
RANKS = "how_somebody_is_heard_is_changed admins_give_themselves"
SESSION = "app/engine/src/session"
PROOF = "crypto/src/media/proof.rs"
BRIDGE = "app/engine/src/voice/bridge.rs"

CHECKS = [
    Check("voice standing: by who may not", CHANGES, "require(outranks || own)?;\n        target.voice", "let _ = (outranks, own);\n        target.voice",
          PROTOCOL, RANKS),
    Check("voice standing: by a member of oneself", CHANGES, "let own = is_admin && actor", "let own = actor", PROTOCOL, RANKS),
    Check("voice standing: lifted from oneself", CHANGES, "let muting = [target.voice, standing]", "let muting = [standing]", PROTOCOL,
          "an_admin_who_is_muted_does_not_lift_it"),
    Check("voice standing: priority that outlives its member", CHANGES, "if account.voice == VoiceStanding::Priority {", "if false {", PROTOCOL,
          "who_comes_back_is_as_muted"),
    Check("voice standing: a founder who stays muted", CHANGES, "&& founder.voice == VoiceStanding::Muted", "&& false", PROTOCOL,
          "who_becomes_the_founder"),
    Check("voice standing: the relay forwards whom an admin muted", "server/src/relay/engine.rs", "if standing == VoiceStanding::Muted {", "if false {",
          SERVER_UNITS, "the_roster_says_who_is_heard"),
    Check("voice standing: what of a muted member comes all the same", "app/engine/src/voice/bridge.rs", "if is_silenced || heard.proof.is_forged() {",
          "if heard.proof.is_forged() {",
          ENGINE, "of_whom_an_admin_muted_nothing"),
    Check("voice standing: a stay begins without it", f"{SESSION}/calls.rs", "openers.silence(call.standings.muted(&call.channel()));", "", ENGINE,
          "nothing_is_opened_of_whom"),
    Check("voice standing: it comes in a call", f"{SESSION}/voices.rs", "media.openers.silence(call.standings.muted(&channel));", "let _ = media;", ENGINE,
          "nothing_is_opened_of_whom"),
    Check("voice standing: one's own voice is sealed", f"{SESSION}/calls.rs", "allowed && !call.switches.silenced", "allowed", ENGINE,
          "nothing_is_sealed_while_an_admin"),
    # Digests.
    Check("digest: its signature", PROOF, "if verified.is_err() {", "if false && verified.is_err() {", CRYPTO_UNITS,
          "a_digest_counts_for_its_talker"),
    Check("digest: a frame with another hash, before it", PROOF, "if hash == frame.hash {", "if hash == hash {", CRYPTO_UNITS,
          "a_frame_of_another_hash_ends_it"),
    Check("digest: a frame with another hash, after it", PROOF, "Some(hash) if hash != opened.hash => {", "Some(hash) if hash != hash => {",
          CRYPTO_UNITS, "a_frame_that_comes_after_its_digest"),
    Check("digest: sound that nobody has signed", PROOF, "let heard = self.owed + u64::from(sound) <= UNVERIFIED;", "let heard = true;",
          CRYPTO_UNITS, "whoever_has_anothers_key"),
    Check("digest: what it forgives", PROOF, "self.verified / FORGIVES", "self.verified", CRYPTO_UNITS, "what_a_forger_has_had_heard"),
    Check("digest: of another stay", "crypto/src/media/digests.rs", "if self.stream != other.stream || self.call != other.call {", "if false {",
          CRYPTO_UNITS, "what_a_whisper_has_left"),
    Check("digest: it is withheld", BRIDGE, "        withheld.is_none()\n    }", "        true\n    }", ENGINE,
          "a_member_who_seals_as_another_over_a_relay"),
    Check("digest: what redundancy fills", BRIDGE, "(samples + filled) as u32", "samples as u32", ENGINE,
          "a_member_who_seals_as_another_over_a_relay"),
]
