"""Which server one speaks with: its statement, its TLS key, the certificate of a proxy before it; what opens a session there, and what strangers
learn of it."""
from .check import ENGINE, SERVER, SERVER_UNITS, TLS, WIRE, Check

IDENTITY = "protocol/src/identity.rs"
VERIFIER = "tls/src/lib.rs"
AUTHORITIES = "app/engine/src/net/authorities.rs"
SESSION = "server/src/auth/session.rs"
LOGIN = "server/src/auth/login.rs"
TOKEN = "server/src/token.rs"

CHECKS = [
    Check("server: its statement's signature", IDENTITY, "        &signed.signature,\n    )?;", "        &signed.signature,\n    )\n    .ok();",
          WIRE, "another_key_than_the_pinned_one"),
    Check("server: another TLS key", IDENTITY, "Some(key) if key != *connection_tls_key => Err(IdentityError::OtherTlsKey),", "",
          WIRE, "another_connection_is_refused"),
    Check("server: an old statement", IDENTITY, "if statement.nonce != Some(*nonce) {", "if false {", WIRE,
          "an_answer_to_another_question"),
    Check("server: a statement that has run out", IDENTITY, "if statement.not_after_s < now_s {", "if false {", WIRE,
          "a_statement_that_ran_out"),
    Check("server: a statement of another version", IDENTITY, "if statement.version != 1 {", "if false {", WIRE, "another_version"),
    Check("server: a connection that ends elsewhere", VERIFIER, "Some(expected) if expected != key => Err(", "Some(expected) if false && expected != key => Err(",
          TLS, "a_pinned_connection_ends_at_its_key"),
    Check("server: a proxy's certificate that does not hold", AUTHORITIES,
          "        .map_err(|error| NetError::Certificate(words(&error)))?;\n    let builder",
          "        .map_err(|error| NetError::Certificate(words(&error)))\n        .ok();\n    let builder", ENGINE,
          "a_certificate_holds_for_its_name"),
    Check("server: a session meant for another", SESSION, "proof.server_key == state.secrets.identity_key()\n        && ", "", SERVER,
          "a_session_is_for_one_server"),
    Check("server: a session over another connection", SESSION, "\n        && state.is_tls_key(proof.tls_key.as_ref())", "", SERVER,
          "a_session_is_for_one_server"),
    # What strangers learn. That tokens are compared in constant time no test of behaviour sees: their types have no other way, which is asserted
    # where they stand and does not compile else.
    Check("server: as much work for a name that nobody has", LOGIN, "read(stored.unwrap_or(&state.auth.stand_in.0))",
          "stored.and_then(|file| read(file))", SERVER_UNITS, "a_name_that_nobody_has_is_the_same_work"),
    Check("server: as much work for a device that nobody has", SESSION, "key.unwrap_or_else(|| state.secrets.identity_key())",
          "key.ok_or(SignInError::Wrong)?", SERVER_UNITS, "a_device_that_nobody_has_is_the_same_work"),
    Check("server: a session of a device that nobody has", SESSION, " || key.is_none()", "", SERVER_UNITS,
          "a_device_that_nobody_has_is_the_same_work"),
    Check("server: another token than the one that is set", TOKEN, "shown.ct_eq(&self.0).into()", "shown.ct_eq(&shown).into()", SERVER_UNITS,
          "another_token_than_the_one_that_is_set"),
]
