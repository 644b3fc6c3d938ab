"""What keeps files whole and harmless, and a password from opening more than its owner wants."""
from .check import CLIENT, CRYPTO_UNITS, ENGINE, PROTOCOL, SERVER, Check

ATTACHMENT = "protocol/src/content/attachment.rs"
FILE = "crypto/src/file.rs"
CACHE = "app/engine/src/files/cache.rs"
PICTURE = "app/engine/src/files/picture.rs"
SHOWN = "app/engine/src/chat/attachments.rs"
REGISTER = "app/engine/src/joining/register.rs"

CHECKS = [
    Check("files: a name is no path", ATTACHMENT, "is_valid_file_name(&self.name)\n            && ", "", PROTOCOL, "limits_are_kept"),
    Check("files: a picture has sides", ATTACHMENT, "side.contains(&size.width) && side.contains(&size.height)", "true", PROTOCOL,
          "limits_are_kept"),
    Check("files: one key, one file", FILE, "if is_whole && Hash(hashed.finalize().into()) == *hash {", "if is_whole {", CRYPTO_UNITS,
          "another_file_under_the_same_key"),
    Check("files: the whole file and no more", FILE, "let is_whole = left == 0 && sealed.read(&mut [0])? == 0;", "let is_whole = true;",
          CRYPTO_UNITS, "what_was_changed_cut_short"),
    Check("files: what is fetched is what was sent", CACHE, "if Hash(hashed.finalize().into()) != *hash {", "if false {", ENGINE,
          "a_part_that_is_another_file"),
    Check("files: all of a message's", SHOWN, "let all_valid = files.iter().all(Attachment::is_valid);", "let all_valid = true;", ENGINE,
          "files_that_cannot_be"),
    Check("files: pictures are decoded within bounds", PICTURE, "limits.reserve(decoder.total_bytes())?;", "", ENGINE,
          "a_picture_that_would_take_too_much"),
    Check("files: deleted by who stored them, or an admin", "server/src/blobs/service.rs",
          "if found.account != session.account && session.role < Some(Role::Admin) {", "if false {", SERVER,
          "a_file_is_deleted_by_who_stored_it"),
    Check("files: no more than the quota", "server/store-sqlite/src/blobs.rs", "if used.saturating_add(new.size) > room.account {", "if false {",
          SERVER, "files_stay_within_the_quota"),
    Check("private: what a later device asks for", "app/engine/src/session/inbox.rs",
          "asks_all || !self.state.is_before_me(channel, length, sealed_in)",
          "!self.state.is_before_me(channel, length, sealed_in)", CLIENT,
          "newcomers_of_a_private_channel"),
    Check("password: one's own opens nothing alone", REGISTER, "if request.by_password && !is_generated_password(",
          "if false && !is_generated_password(", CLIENT, "a_password_of_ones_own"),
]
