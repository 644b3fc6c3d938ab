"""Who is muted for everybody, by entries of the member list: signed by whom, and what clients and the relay make of it."""
from .check import ENGINE, PROTOCOL, SERVER_UNITS, Check

CHANGES = "protocol/src/roster/changes.rs"
RANKS = "how_somebody_is_heard_is_changed admins_give_themselves"
SESSION = "app/engine/src/session"

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
    Check("voice standing: what of a muted member comes all the same", "app/engine/src/voice/bridge.rs", "if is_silenced {", "if false && is_silenced {",
          ENGINE, "of_whom_an_admin_muted_nothing"),
    Check("voice standing: a stay begins without it", f"{SESSION}/calls.rs", "openers.silence(call.standings.muted());", "", ENGINE,
          "nothing_is_opened_of_whom"),
    Check("voice standing: it comes in a call", f"{SESSION}/voices.rs", "media.openers.silence(call.standings.muted());", "let _ = media;", ENGINE,
          "nothing_is_opened_of_whom"),
    Check("voice standing: one's own voice is sealed", f"{SESSION}/calls.rs", "allowed && !call.switches.silenced", "allowed", ENGINE,
          "nothing_is_sealed_while_an_admin"),
]
