//! Against a real X server, with synthetic keys and buttons.

use x11rb::connection::Connection as _;
use x11rb::protocol::xinput::{
    ChangeMode, ConnectionExt as _, HierarchyChange, HierarchyChangeData,
    HierarchyChangeDataAddMaster, HierarchyChangeDataRemoveMaster,
};
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode};

use super::super::keys::find;
use super::super::testing::{Hands, Running, Told, XServer};
use super::*;

fn listening(server: &XServer, hotkey: &str) -> Running {
    Running::listening(XInput::new(Some(server.display.clone())), hotkey)
}

#[test]
fn keys_side_buttons_and_bare_modifiers_are_heard_without_any_window() {
    let server = XServer::start();
    let hands = Hands::at(&server);
    for hotkey in ["F8", "LeftCtrl", "ScrollLock", "Numpad5"] {
        let running = listening(&server, hotkey);
        hands.key("A", true);
        hands.key("A", false);
        hands.key(hotkey, true);
        assert_eq!(running.next(), Told::Held(true), "{hotkey}");
        hands.key(hotkey, false);
        assert_eq!(running.next(), Told::Held(false), "{hotkey}");
        assert_eq!(running.unread(), []);
        running.stop().unwrap();
    }
    for button in [2, 8, 9] {
        let running = listening(&server, &format!("Mouse{button}"));
        hands.button(1, true);
        hands.button(1, false);
        hands.button(button, true);
        assert_eq!(running.next(), Told::Held(true), "button {button}");
        hands.button(button, false);
        assert_eq!(running.next(), Told::Held(false), "button {button}");
        running.stop().unwrap();
    }
}

#[test]
fn a_combination_is_heard_with_either_modifier() {
    let server = XServer::start();
    let hands = Hands::at(&server);
    let running = listening(&server, "Ctrl+Space");
    for side in ["LeftCtrl", "RightCtrl"] {
        hands.key("Space", true);
        hands.key(side, true);
        assert_eq!(running.next(), Told::Held(true));
        hands.key("Space", false);
        assert_eq!(running.next(), Told::Held(false));
        hands.key(side, false);
    }
    running.stop().unwrap();
}

#[test]
fn a_program_that_grabs_the_keyboard_does_not_hide_the_key() {
    let server = XServer::start();
    let hands = Hands::at(&server);
    let running = listening(&server, "F8");
    let game = Hands::at(&server);
    let grab = game.connection.grab_keyboard(
        true,
        game.root,
        x11rb::CURRENT_TIME,
        GrabMode::ASYNC,
        GrabMode::ASYNC,
    );
    grab.unwrap().reply().unwrap();
    hands.key("F8", true);
    assert_eq!(running.next(), Told::Held(true));
    hands.key("F8", false);
    assert_eq!(running.next(), Told::Held(false));
    running.stop().unwrap();
}

#[test]
fn a_device_that_goes_lets_go() {
    let server = XServer::start();
    let hands = Hands::at(&server);
    let running = listening(&server, "F8");
    hands.key("F8", true);
    assert_eq!(running.next(), Told::Held(true));
    // A keyboard of its own comes and goes.
    let change = |len, data| {
        let change = HierarchyChange { len, data };
        let sent = hands.connection.xinput_xi_change_hierarchy(&[change]);
        sent.unwrap().check().unwrap();
    };
    let add = HierarchyChangeDataAddMaster {
        send_core: false,
        enable: true,
        name: b"other\0\0\0".to_vec(),
    };
    // Lengths are in words of four bytes.
    change(4, HierarchyChangeData::AddMaster(add));
    let devices = hands.connection.xinput_xi_query_device(0_u8).unwrap();
    let devices = devices.reply().unwrap().infos;
    let other = devices.iter().find(|one| one.name == b"other pointer");
    let remove = HierarchyChangeDataRemoveMaster {
        deviceid: other.unwrap().deviceid,
        return_mode: ChangeMode::FLOAT,
        return_pointer: 0,
        return_keyboard: 0,
    };
    change(3, HierarchyChangeData::RemoveMaster(remove));
    assert_eq!(running.next(), Told::Lost);
    running.stop().unwrap();
}

#[test]
fn another_layout_is_followed() {
    let server = XServer::start();
    let hands = Hands::at(&server);
    let running = listening(&server, "F8");
    let (old, new) = (hands.code("F8"), hands.code("F9"));
    let change = |code, name| {
        let keysym = find(name).unwrap().keysym;
        let sent = hands
            .connection
            .change_keyboard_mapping(1, code, 1, &[keysym]);
        sent.unwrap().check().unwrap();
    };
    change(old, "F7");
    change(new, "F8");
    hands.connection.flush().unwrap();
    // What is pressed after the change is told after it.
    hands.fake(2, old);
    hands.fake(3, old);
    hands.fake(2, new);
    assert_eq!(running.next(), Told::Held(true));
    hands.fake(3, new);
    assert_eq!(running.next(), Told::Held(false));
    running.stop().unwrap();
}

#[test]
fn an_x_server_that_ends_is_told() {
    let mut server = XServer::start();
    let running = listening(&server, "F8");
    server.kill();
    assert!(matches!(running.ended(), Err(Fault::Lost(_))));
    let backend = XInput::new(Some(server.display.clone()));
    let why = backend.available().unwrap_err();
    assert!(why.contains("no X server could be reached"), "{why}");
}

#[test]
fn a_key_is_found_by_what_it_writes_or_else_by_its_place() {
    let layout = Layout {
        first: 8,
        width: 2,
        keysyms: vec![0x61, 0x41, 0xff9e, 0xffb0, 0x6c6, 0x6e6, 0x61, 0],
    };
    let codes = |name| layout.codes(find(name).unwrap());
    assert_eq!(codes("A"), [8, 11]);
    assert_eq!(codes("Numpad0"), [9]);
    assert_eq!(codes("T"), [28], "as on a Cyrillic layout");
}
