//! A crash as a plugin in C would have it.

#![expect(unsafe_code, reason = "no safe code writes where it should not")]

/// Writes where nothing is: the system ends the program.
pub(crate) fn crash() {
    let nowhere = std::ptr::without_provenance_mut::<u8>(8);
    // SAFETY: none; the address is not mapped on any system that this is tested on, and the write is to fail.
    unsafe { nowhere.write_volatile(1) };
}
