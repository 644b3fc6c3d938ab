//! The test program's allocator, which counts what a watched piece of work allocates and frees on its own thread.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Watching;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static CAUGHT: Cell<usize> = const { Cell::new(0) };
}

fn note() {
    if GUARDED.get() {
        CAUGHT.set(CAUGHT.get() + 1);
    }
}

// SAFETY: hands every call on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note();
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

/// Runs `work` and gives how often it allocated or freed.
pub(crate) fn caught(work: impl FnOnce()) -> usize {
    CAUGHT.set(0);
    GUARDED.set(true);
    work();
    GUARDED.set(false);
    CAUGHT.get()
}
