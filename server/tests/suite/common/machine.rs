//! A bare machine: nothing is on it, and somebody proves a password there.

use dialtone_crypto::{Login, OsRng};
use dialtone_protocol::Hash;
use dialtone_protocol::http::{
    Bytes, DeviceEnrol, ENROLMENT_TOKEN_HEADER, LoggedIn, LoginFinish, LoginStart, LoginStarted,
};
use serde::Serialize;

use super::{Answer, Api, PASSWORD, TestServer};

/// Proves the password.
pub(crate) async fn log_in(api: &Api, name: &str) -> LoggedIn {
    let (login, request) = Login::start(PASSWORD, &mut OsRng).unwrap();
    let start = LoginStart {
        username: name.into(),
        request: Bytes(request),
    };
    let started: LoginStarted = api.post("/auth/login/start", &start).await.read();
    let (last, _) = login.finish(&started.response.0, &mut OsRng).unwrap();
    let finish = LoginFinish {
        attempt: started.attempt,
        finalization: Bytes(last),
    };
    api.post("/auth/login/finish", &finish).await.read()
}

/// A bare machine, on which somebody has proved a password.
pub(crate) struct Machine {
    api: Api,
    header: String,
}

impl Machine {
    pub(crate) fn new(server: &TestServer, token: Hash) -> Self {
        Self {
            api: server.api(),
            header: format!("{ENROLMENT_TOKEN_HEADER}: {token}\r\n"),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.api.send("GET", path, &self.header, &[]).await
    }

    pub(crate) async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        let body = serde_json::to_vec(body).unwrap();
        self.api.send("POST", path, &self.header, &body).await
    }

    pub(crate) async fn enrol(&self, entry: Vec<u8>) -> Answer {
        self.post("/devices", &enrol(entry)).await
    }
}

pub(crate) fn enrol(entry: Vec<u8>) -> DeviceEnrol {
    DeviceEnrol {
        entry: Bytes(entry),
    }
}
