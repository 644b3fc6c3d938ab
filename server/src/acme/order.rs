//! One order: account -> order -> each name proved -> request for a signature -> certificate.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, DistinguishedName, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::ClientConfig;
use rustls_acme::acme::{
    Account, AcmeError as ProtocolError, Auth, AuthStatus, Directory, Identifier, Order,
    OrderStatus, Problem,
};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use super::challenges::Challenges;
use crate::config::AcmeSettings;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The pause before the first look whether the authority has come to a decision; each is longer.
const LOOK: Duration = Duration::from_millis(500);
/// So many looks: three minutes in all.
const LOOKS: u32 = 12;
/// The longest pause between two.
const LONGEST_LOOK: Duration = Duration::from_secs(20);

/// Why an order came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum OrderError {
    /// It was not reached, or refuses.
    #[error("the authority cannot be asked or refuses: {0}")]
    Asking(#[from] ProtocolError),
    /// It says nothing.
    #[error("the authority does not answer")]
    Late,
    /// It decides nothing.
    #[error("the authority did not come to a decision on {0}")]
    Undecided(String),
    /// It did not believe that the name leads here.
    #[error(
        "the authority does not believe that {name} leads to this server: {why}; it connects to {name} on port 443, which must lead to this server's TCP port"
    )]
    NotProved {
        /// Which name.
        name: String,
        /// What it says.
        why: String,
    },
    /// It takes the order back.
    #[error("the authority ended the order: {0}")]
    Ended(String),
    /// The system's authorities.
    #[error("the system's authorities cannot be asked whether the authority is who it says: {0}")]
    Tls(#[from] rustls::Error),
    /// The request.
    #[error("a request for a certificate could not be made: {0}")]
    Request(#[from] rcgen::Error),
}

/// Who is asked, and as whom.
struct Authority {
    client: Arc<ClientConfig>,
    account: Account,
}

/// Key and certificates, PEM.
pub(super) async fn order(
    settings: &AcmeSettings,
    account_key: &[u8],
    challenges: &Challenges,
) -> Result<Zeroizing<String>, OrderError> {
    let client = client()?;
    let directory = within(Directory::discover(&client, &settings.directory)).await?;
    let contact = settings.contact.iter();
    let contact: Vec<_> = contact.map(|address| format!("mailto:{address}")).collect();
    let made = Account::create_with_keypair(&client, directory, &contact, account_key);
    let account = within(made).await?;
    let authority = Authority { client, account };
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut request = CertificateParams::new(settings.names.clone())?;
    request.distinguished_name = DistinguishedName::new();
    let request = request.serialize_request(&key)?;
    let chain = authority
        .sign(&settings.names, request.der(), challenges)
        .await?;
    let key = Zeroizing::new(key.serialize_pem());
    Ok(Zeroizing::new(format!("{}\n{chain}", key.as_str())))
}

/// The authority's own connection is checked as the system does.
fn client() -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(Arc::new(config))
}

async fn within<T>(asked: impl Future<Output = Result<T, ProtocolError>>) -> Result<T, OrderError> {
    match timeout(PATIENCE, asked).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(OrderError::Late),
    }
}

/// The pauses between looks whether the authority has come to a decision.
fn looks() -> impl Iterator<Item = Duration> {
    (0..LOOKS).map(|look| (LOOK * 2_u32.pow(look)).min(LONGEST_LOOK))
}

impl Authority {
    /// Certificates, PEM.
    async fn sign(
        &self,
        names: &[String],
        request: &[u8],
        challenges: &Challenges,
    ) -> Result<String, OrderError> {
        let (client, account) = (&self.client, &self.account);
        let (url, mut order) = within(account.new_order(client, names.to_vec())).await?;
        if matches!(order.status, OrderStatus::Pending) {
            for one in &order.authorizations {
                self.prove(one, challenges).await?;
            }
        }
        let mut asked = false;
        for pause in looks() {
            order = within(account.order(client, &url)).await?;
            match order.status {
                OrderStatus::Valid { certificate } => {
                    return within(account.certificate(client, certificate)).await;
                }
                OrderStatus::Ready if !asked => {
                    asked = true;
                    within(account.finalize(client, &order.finalize, request)).await?;
                }
                OrderStatus::Invalid => return Err(OrderError::Ended(reason(&order))),
                OrderStatus::Ready | OrderStatus::Pending | OrderStatus::Processing => {}
            }
            sleep(pause).await;
        }
        Err(OrderError::Undecided(names.join(", ")))
    }

    /// Shows the authority that one of the names leads here.
    async fn prove(&self, url: &str, challenges: &Challenges) -> Result<(), OrderError> {
        let (client, account) = (&self.client, &self.account);
        let auth = within(account.auth(client, url)).await?;
        let Identifier::Dns(name) = auth.identifier.clone();
        match auth.status {
            AuthStatus::Valid => return Ok(()),
            AuthStatus::Pending => {}
            _ => return Err(not_proved(name, &auth)),
        }
        let (challenge, proof) = account.tls_alpn_01(&auth.challenges, name.clone())?;
        challenges.set(name.clone(), proof);
        within(account.challenge(client, &challenge.url)).await?;
        for pause in looks() {
            sleep(pause).await;
            let auth = within(account.auth(client, url)).await?;
            match auth.status {
                AuthStatus::Valid => return Ok(()),
                AuthStatus::Pending => {}
                _ => return Err(not_proved(name, &auth)),
            }
        }
        Err(OrderError::Undecided(name))
    }
}

fn not_proved(name: String, auth: &Auth) -> OrderError {
    let problems = auth.challenges.iter();
    let mut problems = problems.filter_map(|challenge| challenge.error.as_ref());
    let why = problems
        .next()
        .map_or_else(|| format!("{:?}", auth.status), words);
    OrderError::NotProved { name, why }
}

fn reason(order: &Order) -> String {
    let problem = order.error.as_ref();
    problem.map_or_else(|| "without a reason".to_owned(), words)
}

/// What the authority says, or else the kind of it.
fn words(problem: &Problem) -> String {
    let said = problem.detail.as_deref().or(problem.typ.as_deref());
    said.unwrap_or("without a reason").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_awaited_for_a_few_minutes() {
        let all: Duration = looks().sum();
        assert!((120..240).contains(&all.as_secs()), "{all:?}");
        assert_eq!(looks().next(), Some(LOOK));
    }

    #[test]
    fn what_the_authority_says_is_told() {
        let auth: Auth = serde_json::from_str(
            r#"{"status":"invalid","identifier":{"type":"dns","value":"chat.example.org"},"challenges":[
                {"type":"http-01","url":"https://a"},
                {"type":"tls-alpn-01","url":"https://b","error":{"detail":"connection refused"}}]}"#,
        )
        .unwrap();
        let error = not_proved("chat.example.org".to_owned(), &auth).to_string();
        assert!(
            error.contains("connection refused") && error.contains("443"),
            "{error}"
        );
        let order: Order = serde_json::from_str(
            r#"{"status":"invalid","authorizations":[],"finalize":"","error":{"type":"urn:x:caa"}}"#,
        )
        .unwrap();
        assert_eq!(reason(&order), "urn:x:caa");
    }
}
