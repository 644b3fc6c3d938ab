//! Against a portal on a message bus of the test's own.

use std::collections::HashMap;
use std::io::BufRead as _;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};
use zbus::interface;
use zbus::message::Header;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

use super::super::testing::{PATIENCE, Running, Told};
use super::*;

/// A message bus of one's own, on which nothing starts by itself; it ends with the test.
struct Bus {
    process: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Bus {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("bus.conf");
        let text = format!(
            r#"<busconfig><type>session</type><listen>unix:dir={}</listen><auth>EXTERNAL</auth>
            <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
            <allow own="*"/></policy></busconfig>"#,
            folder.path().display()
        );
        std::fs::write(&config, text).unwrap();
        let mut process = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is needed for this test: ./dev test installs it");
        let mut address = String::new();
        let out = process.stdout.take().unwrap();
        std::io::BufReader::new(out)
            .read_line(&mut address)
            .unwrap();
        Self {
            process,
            address: address.trim().to_owned(),
            _folder: folder,
        }
    }

    fn portal(&self) -> Portal {
        Portal::new(Some(self.address.clone()))
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

type Options = HashMap<String, OwnedValue>;

/// What the desktop knows of the shortcut that it was asked for.
#[derive(Default)]
struct Asked {
    session: Option<String>,
    /// Who asked, by the bus's name.
    by: Option<String>,
    /// Id, and the key wished for.
    shortcuts: Vec<(String, Option<String>)>,
}

/// A desktop whose user answers at once.
#[derive(Clone)]
struct Desktop {
    asked: Arc<(Mutex<Asked>, Condvar)>,
    /// 0: yes, 1: no; none: the question stays open.
    answer: Option<u32>,
    trigger: &'static str,
    version: u32,
}

impl Desktop {
    fn answering(answer: Option<u32>, trigger: &'static str) -> Self {
        Self {
            asked: Arc::default(),
            answer,
            trigger,
            version: 1,
        }
    }
}

fn text(options: &Options, name: &str) -> Option<String> {
    let value = options.get(name)?.try_clone().ok()?;
    String::try_from(value).ok()
}

fn place(header: &Header<'_>, options: &Options, name: &str, what: &str) -> String {
    let sender = header.sender().unwrap().as_str();
    let sender = sender.trim_start_matches(':').replace('.', "_");
    let token = text(options, name).unwrap();
    format!("/org/freedesktop/portal/desktop/{what}/{sender}/{token}")
}

async fn respond(
    bus: &zbus::Connection,
    to: &Header<'_>,
    request: &str,
    answer: u32,
    results: HashMap<&str, Value<'_>>,
) {
    let to = to.sender().unwrap().as_str();
    let interface = "org.freedesktop.portal.Request";
    let body = (answer, results);
    let sent = bus.emit_signal(Some(to), request, interface, "Response", &body);
    sent.await.unwrap();
}

#[interface(name = "org.freedesktop.portal.GlobalShortcuts")]
impl Desktop {
    async fn create_session(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &zbus::Connection,
        options: Options,
    ) -> OwnedObjectPath {
        let request = place(&header, &options, "handle_token", "request");
        let session = place(&header, &options, "session_handle_token", "session");
        {
            let mut asked = self.asked.0.lock();
            asked.session = Some(session.clone());
            asked.by = header.sender().map(ToString::to_string);
        }
        let results = HashMap::from([("session_handle", Value::from(session))]);
        respond(bus, &header, &request, 0, results).await;
        ObjectPath::try_from(request).unwrap().into()
    }

    async fn bind_shortcuts(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &zbus::Connection,
        session: OwnedObjectPath,
        shortcuts: Vec<(String, Options)>,
        parent: String,
        options: Options,
    ) -> OwnedObjectPath {
        let request = place(&header, &options, "handle_token", "request");
        let given: Vec<_> = shortcuts
            .iter()
            .map(|(id, _)| (id.clone(), self.description()))
            .collect();
        {
            let begun = self.asked.0.lock().session.clone();
            assert_eq!((session.as_str(), &*parent), (&*begun.unwrap(), ""));
            let wished = shortcuts.iter();
            let wished = wished.map(|(id, of)| (id.clone(), text(of, "preferred_trigger")));
            self.asked.0.lock().shortcuts = wished.collect();
            self.asked.1.notify_all();
        }
        let results = HashMap::from([("shortcuts", Value::from(given))]);
        if let Some(answer) = self.answer {
            respond(bus, &header, &request, answer, results).await;
        }
        ObjectPath::try_from(request).unwrap().into()
    }

    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        self.version
    }
}

impl Desktop {
    fn description(&self) -> HashMap<String, Value<'static>> {
        HashMap::from([
            ("description".to_owned(), Value::from("Talk")),
            ("trigger_description".to_owned(), Value::from(self.trigger)),
        ])
    }
}

/// The portal's service, while it runs.
struct Service {
    bus: zbus::Connection,
    desktop: Desktop,
}

impl Service {
    fn start(on: &Bus, desktop: Desktop) -> Self {
        let served = desktop.clone();
        let build = async {
            let builder = zbus::connection::Builder::address(on.address.as_str())?;
            builder
                .name(SERVICE)?
                .serve_at(OBJECT, served)?
                .build()
                .await
        };
        let bus = runtime().unwrap().block_on(build).unwrap();
        Self { bus, desktop }
    }

    fn session(&self) -> String {
        self.desktop.asked.0.lock().session.clone().unwrap()
    }

    fn emit<B>(&self, path: &str, interface: &str, signal: &str, body: &B)
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
    {
        let sent = self
            .bus
            .emit_signal(None::<&str>, path, interface, signal, body);
        runtime().unwrap().block_on(sent).unwrap();
    }

    fn shortcut(&self, id: &str, signal: &str) {
        let session = self.session();
        let session = ObjectPath::try_from(session.as_str()).unwrap();
        let options: HashMap<&str, Value<'_>> = HashMap::new();
        self.emit(OBJECT, INTERFACE, signal, &(session, id, 1_u64, options));
    }
}

#[test]
fn the_desktop_gives_the_key_and_passes_on_when_it_is_held() {
    let bus = Bus::start();
    let service = Service::start(&bus, Desktop::answering(Some(0), "Meta+F9"));
    assert_eq!(bus.portal().available(), Ok(()));
    let running = Running::start(bus.portal(), "Ctrl+F8");
    let given = Some("Meta+F9".to_owned());
    assert_eq!(running.next(), Told::Listening(given));
    let wished = service.desktop.asked.0.lock().shortcuts.clone();
    assert_eq!(wished, [(SHORTCUT.to_owned(), Some("CTRL+F8".to_owned()))]);
    service.shortcut("somebody-else's", "Activated");
    service.shortcut(SHORTCUT, "Activated");
    assert_eq!(running.next(), Told::Held(true));
    service.shortcut(SHORTCUT, "Deactivated");
    assert_eq!(running.next(), Told::Held(false));
    assert_eq!(running.unread(), []);
    running.stop().unwrap();
}

#[test]
fn a_key_that_is_changed_in_the_desktops_settings_is_shown() {
    let bus = Bus::start();
    let service = Service::start(&bus, Desktop::answering(Some(0), ""));
    let running = Running::start(bus.portal(), "Mouse8");
    assert_eq!(running.next(), Told::Listening(None), "none was given yet");
    let session = service.session();
    let session = ObjectPath::try_from(session.as_str()).unwrap();
    let now = Desktop::answering(Some(0), "Pause").description();
    let body = (session, vec![(SHORTCUT, now)]);
    service.emit(OBJECT, INTERFACE, "ShortcutsChanged", &body);
    assert_eq!(running.next(), Told::Listening(Some("Pause".to_owned())));
    running.stop().unwrap();
}

#[test]
fn a_key_that_is_not_wanted_any_more_is_given_back() {
    let bus = Bus::start();
    let service = Service::start(&bus, Desktop::answering(Some(0), "F8"));
    let running = Running::listening(bus.portal(), "F8");
    let by = service.desktop.asked.0.lock().by.clone().unwrap();
    // The desktop ends a session with the connection of its program.
    let gone = async {
        let proxy = DBusProxy::new(&service.bus).await.unwrap();
        let named = [(0, by.as_str())];
        let changes = proxy.receive_name_owner_changed_with_args(&named);
        let mut changes = pin!(changes.await.unwrap());
        running.stop().unwrap();
        timeout(PATIENCE, changes.next()).await.unwrap().unwrap();
    };
    runtime().unwrap().block_on(gone);
}

#[test]
fn a_no_is_a_no() {
    let bus = Bus::start();
    let _service = Service::start(&bus, Desktop::answering(Some(1), ""));
    let ended = Running::start(bus.portal(), "F8").ended();
    assert!(matches!(ended, Err(Fault::Refused(_))), "{ended:?}");
}

#[test]
fn a_user_who_thinks_does_not_keep_the_program_from_stopping() {
    let bus = Bus::start();
    let service = Service::start(&bus, Desktop::answering(None, ""));
    let running = Running::start(bus.portal(), "F8");
    let (asked, told) = &*service.desktop.asked;
    let mut asked = asked.lock();
    let late = told.wait_while_for(&mut asked, |asked| asked.shortcuts.is_empty(), PATIENCE);
    assert!(!late.timed_out());
    drop(asked);
    assert_eq!(running.stop(), Ok(()));
}

#[test]
fn a_session_that_the_desktop_closes_is_lost() {
    let bus = Bus::start();
    let service = Service::start(&bus, Desktop::answering(Some(0), "F8"));
    let running = Running::listening(bus.portal(), "F8");
    let nothing: HashMap<&str, Value<'_>> = HashMap::new();
    let interface = "org.freedesktop.portal.Session";
    service.emit(&service.session(), interface, "Closed", &nothing);
    assert!(matches!(running.ended(), Err(Fault::Lost(_))));
}

#[test]
fn a_portal_that_ends_is_lost_and_a_bus_that_ends_too() {
    let bus = Bus::start();
    let service = Service::start(&bus, Desktop::answering(Some(0), "F8"));
    let running = Running::listening(bus.portal(), "F8");
    let leaving = service.bus.release_name(SERVICE);
    assert!(runtime().unwrap().block_on(leaving).unwrap());
    assert!(matches!(running.ended(), Err(Fault::Lost(_))));
    drop(service);
    let _service = Service::start(&bus, Desktop::answering(Some(0), "F8"));
    let running = Running::listening(bus.portal(), "F8");
    drop(bus);
    assert!(matches!(running.ended(), Err(Fault::Lost(_))));
}

#[test]
fn no_portal_and_no_bus_are_said() {
    let bus = Bus::start();
    let why = bus.portal().available().unwrap_err();
    assert!(why.contains("offers no global shortcuts"), "{why}");
    let ended = Running::start(bus.portal(), "F8").ended();
    assert!(matches!(ended, Err(Fault::Unavailable(_))), "{ended:?}");
    let nowhere = Portal::new(Some("unix:path=/nowhere/bus".to_owned()));
    let why = nowhere.available().unwrap_err();
    assert!(why.contains("no message bus"), "{why}");
}
