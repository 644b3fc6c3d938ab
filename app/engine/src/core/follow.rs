//! A server that has moved: a link of its new address leads there with the account that one has.
//!
//! Its identity key is what proves that it is the same one, and the link was found genuine by it before. While the community is reached where
//! it was, nothing changes: a link names an address that its maker chose.

use dialtone_crypto::keystore::CommunitySecrets;
use dialtone_words::say;

use super::Core;
use crate::joining::Inspected;
use crate::snapshot::{Connection, Here, Severity};

impl Core {
    /// Goes to where a genuine link says that the server is, if one is in and does not reach it.
    pub(super) fn follow(&mut self, inspected: &Inspected, here: Option<Here>) {
        let Some(Here::In(community)) = here else {
            return;
        };
        let shown = self.joined.get(&community);
        if self.is_coming_in()
            || shown.is_none_or(|shown| shown.view.connection == Connection::Online)
        {
            return;
        }
        let Some(mut keystore) = self.keystore.clone() else {
            return;
        };
        let link = &inspected.link;
        let moved: Vec<CommunitySecrets> = keystore
            .of(&community)
            .filter(|known| known.server_key == link.data.server_key)
            .filter(|known| known.server != link.server)
            .cloned()
            .collect();
        if moved.is_empty() {
            return;
        }
        for secrets in moved {
            let server = link.server.clone();
            if let Err(error) = keystore.put(CommunitySecrets { server, ..secrets }) {
                self.notices.add(Severity::Error, error.to_string());
                return;
            }
        }
        if let Some(running) = self.joined.remove(&community) {
            self.closing.insert(running.device, running.session.close());
        }
        let words = say!("notice-server-moved", server = link.server.as_str());
        self.notices.add(Severity::Info, words);
        self.adopt(keystore, None);
    }
}
