//! People who come in by the community's invite, as a client does it: the member list is fetched, an entry signed that follows it, and sent; where
//! another entry came first, again.

use dialtone_crypto::invite;
use dialtone_protocol::AccountId;
use dialtone_protocol::crowd::pause_after;
use dialtone_protocol::http::RosterPage;
use dialtone_protocol::link::Link;
use dialtone_protocol::roster::Roster;

use super::account::{Newcomer, Stretched};
use super::{Client, Community};
use crate::error::LoadError;
use crate::net::{Api, client_address};

/// After so many tries something is wrong: more than a client's, so that how many were needed shows.
const MOST_TRIES: u32 = 10_000;

/// Somebody who holds the invite, and whose password is stretched.
pub(crate) struct Coming {
    stretched: Stretched,
    link: Link,
    roster: Roster,
    number: usize,
}

/// Somebody who is in.
pub(crate) struct CameIn {
    pub(crate) account: AccountId,
    /// How often an entry was sent.
    pub(crate) tries: u32,
    /// For connecting.
    pub(crate) client: Client,
}

impl Community {
    /// One more who is about to come in: `number` tells their name and address. The member list is fetched beforehand, as a client does to show
    /// where the link leads.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) async fn coming(&self, number: usize) -> Result<Coming, LoadError> {
        let from = client_address(number + 1);
        let mut api = Api::new(self.endpoint.clone(), from);
        api.invited(self.link.data.token);
        let newcomer = Newcomer::new(api)?;
        let username = format!("newcomer{number}");
        let token = self.link.data.token;
        Ok(Coming {
            stretched: newcomer.stretch(token, username).await?,
            link: self.link.clone(),
            roster: self.roster.clone(),
            number,
        })
    }

    /// The member list as the server has it.
    ///
    /// # Errors
    /// When it does not give it, or it is not a continuation of what is known.
    pub(crate) async fn fetch_roster(&mut self) -> Result<&Roster, LoadError> {
        let mut api = Api::new(self.endpoint.clone(), client_address(0));
        api.invited(self.link.data.token);
        catch_up(&mut api, &mut self.roster).await?;
        Ok(&self.roster)
    }
}

impl Coming {
    /// Comes in.
    ///
    /// # Errors
    /// When the server refuses for another reason than that somebody else was first.
    pub(crate) async fn come_in(mut self) -> Result<CameIn, LoadError> {
        let community = self.roster.community();
        let token = self.link.data.token;
        let account = self.stretched.newcomer.key.account();
        for tries in 1..=MOST_TRIES {
            let newcomer = &self.stretched.newcomer;
            let entry = invite::join(&self.link, &self.roster, &newcomer.key, &newcomer.device);
            let entry = entry.map_err(LoadError::client)?;
            match self.stretched.finish(token, entry).await {
                Ok(()) => {
                    let signed_in = self.stretched.open(community).await?;
                    let client = Client {
                        device: signed_in.device.into(),
                        token: signed_in.session,
                        from: client_address(self.number + 1),
                    };
                    return Ok(CameIn {
                        account,
                        tries,
                        client,
                    });
                }
                Err(LoadError::Moved) => {
                    tokio::time::sleep(pause_after(tries, rand::random())).await;
                    catch_up(&mut self.stretched.newcomer.api, &mut self.roster).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Err(LoadError::Moved)
    }
}

async fn catch_up(api: &mut Api, roster: &mut Roster) -> Result<(), LoadError> {
    loop {
        let from = roster.position().length;
        let page: RosterPage = api.get(&format!("/roster?from={from}")).await?;
        for entry in page.entries {
            roster.append(entry.0).map_err(LoadError::client)?;
        }
        if roster.position().length >= page.position.length {
            return Ok(());
        }
    }
}
