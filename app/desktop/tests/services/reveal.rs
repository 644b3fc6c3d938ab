//! Where a file is, shown by the desktop's file manager.

use std::sync::mpsc::{Sender, channel};

use dialtone_desktop::show_file;
use zbus::interface;

use crate::bus::{Bus, PATIENCE};

/// A file manager that tells what it is to show.
struct Manager(Sender<Vec<String>>);

#[interface(name = "org.freedesktop.FileManager1")]
impl Manager {
    fn show_items(&self, items: Vec<String>, startup_id: &str) {
        assert_eq!(startup_id, "");
        // The test may be over.
        let _ = self.0.send(items);
    }
}

#[test]
fn the_file_manager_is_told_the_file() {
    let bus = Bus::start();
    let (told, items) = channel();
    let name = "org.freedesktop.FileManager1";
    let _manager = bus.serve(name, "/org/freedesktop/FileManager1", Manager(told));
    show_file(bus.named(), "/tmp/a b.txt".into());
    let items = items.recv_timeout(PATIENCE).unwrap();
    assert_eq!(items, ["file:///tmp/a%20b.txt"]);
}
