//! Which of CLAP's two threads the present one is, for plugins that ask (its `thread-check`).

use std::cell::Cell;

thread_local! {
    // Plain values: neither allocates on first use.
    static MAIN: Cell<bool> = const { Cell::new(false) };
    static AUDIO: Cell<bool> = const { Cell::new(false) };
}

/// From now on the present thread is the main one.
pub(super) fn become_main() {
    MAIN.set(true);
}

/// Whether the present thread is the main one.
pub(super) fn is_main() -> bool {
    MAIN.get()
}

/// Whether the present thread is the audio thread now.
pub(super) fn is_audio() -> bool {
    AUDIO.get()
}

/// Makes the present thread the audio thread while `work` runs. Whoever holds a processor may: there is one holder.
pub(super) fn as_audio<T>(work: impl FnOnce() -> T) -> T {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            AUDIO.set(self.0);
        }
    }
    let _before = Before(AUDIO.replace(true));
    work()
}
