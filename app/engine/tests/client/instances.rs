//! A server of two machines: whoever is at one of them talks with whoever is at the other, and calls are on one.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use dialtone_engine::snapshot::{CallState, Snapshot};
use dialtone_server::config::{BusSettings, Settings};
use dialtone_server::{SECRET_FILES, Server};
use dialtone_store::{Store, StoreError, Transaction};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::house::{House, is_online, through};
use crate::lounge::{call, hears, join_lounge};
use crate::nats::Nats;

/// A database that both machines have open.
#[derive(Debug)]
struct Shared(Arc<dyn Store>);

#[async_trait]
impl Store for Shared {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.0.begin().await
    }

    async fn read(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.0.read().await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.0.ping().await
    }

    fn kind(&self) -> &'static str {
        self.0.kind()
    }

    /// The other machine goes on with it.
    async fn close(&self) {}
}

/// One of the machines.
struct Machine {
    address: String,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Machine {
    fn start(house: &House, store: &Arc<dyn Store>, settings: &Settings) -> Self {
        let store = Arc::new(Shared(Arc::clone(store)));
        let start = async { Server::start_on(settings, store).await.unwrap() };
        let server = house.handle().block_on(start);
        let address = server.address().to_string();
        let stop = CancellationToken::new();
        let serving = stop.clone();
        let task = house
            .handle()
            .spawn(async move { server.serve(serving).await });
        Self {
            address,
            stop,
            task,
        }
    }

    fn stop(self, house: &House) {
        self.stop.cancel();
        house.handle().block_on(self.task).unwrap();
    }
}

fn copy_secrets(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for secret in SECRET_FILES {
        std::fs::copy(from.join(secret), to.join(secret)).unwrap();
    }
}

fn is_in_call(snapshot: &Snapshot) -> bool {
    is_online(snapshot) && call(snapshot).is_some_and(|call| call.state == CallState::Connected)
}

#[test]
fn whoever_calls_meets_on_one_machine_and_both_write_wherever_they_are() {
    let mut house = House::new();
    let anna = house.founded_by(house.talker("anna"));
    let mut nats = Nats::start();
    house.stop();
    let mut settings = house.settings();
    settings.bus = Some(BusSettings::new(nats.url(), "127.0.0.1:0"));
    let path = settings.data_dir.join("dialtone.db");
    let open = dialtone_store_sqlite::open(path);
    let store: Arc<dyn Store> = house.handle().block_on(open).unwrap();
    let first = Machine::start(&house, &store, &settings);
    let mut others = settings.clone();
    others.data_dir = house.folder.path().join("second");
    others.listen = "127.0.0.1:0".parse().unwrap();
    copy_secrets(&settings.data_dir, &others.data_dir);
    let second = Machine::start(&house, &store, &others);
    anna.wait("she is there", is_online);
    anna.open_channel("general");
    let mikael = house.talker("mikael");
    mikael.join(&through(&second.address, &anna.invite(1, 3600)), None);
    mikael.open_channel("general");
    mikael.say("from the second");
    anna.reads("mikael", "from the second");
    anna.say("from the first");
    mikael.reads("anna", "from the first");
    nats.kill();
    anna.say("through the database");
    mikael.reads("anna", "through the database");
    nats.start_again();
    join_lounge(&anna);
    anna.wait("she is in the call", is_in_call);
    join_lounge(&mikael);
    anna.wait("mikael is heard", |snapshot| hears(snapshot, "mikael"));
    mikael.wait("anna is heard", |snapshot| hears(snapshot, "anna"));
    mikael.say("from the first now");
    anna.reads("mikael", "from the first now");
    // The machine with the call stops: whoever is usually at the other one goes on there.
    let address = first.address.clone();
    first.stop(&house);
    mikael.wait("he is back in a call", is_in_call);
    mikael.say("alone");
    // It starts again, and sends her where the call is now.
    settings.listen = address.parse().unwrap();
    let first = Machine::start(&house, &store, &settings);
    anna.wait("mikael is heard again", |snapshot| {
        is_online(snapshot) && hears(snapshot, "mikael")
    });
    mikael.wait("anna is heard again", |snapshot| hears(snapshot, "anna"));
    anna.reads("mikael", "alone");
    anna.close();
    mikael.close();
    first.stop(&house);
    second.stop(&house);
}
