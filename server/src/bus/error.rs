//! What can go wrong with the bus.

/// Why an instance cannot join the others.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BusError {
    /// The address.
    #[error("DIALTONE_BUS is no address of a NATS server, such as nats://nats.example.org:4222")]
    Address,
    /// Nobody answers.
    #[error(
        "the NATS server of DIALTONE_BUS cannot be reached: {0}; check that it runs and that the address is right"
    )]
    Connect(String),
    /// It does not take part.
    #[error("the NATS server of DIALTONE_BUS does not let this server listen: {0}")]
    Subscribe(String),
    /// The other instances are of another server.
    #[error(
        "another instance on this bus has other secrets: copy identity-key, opaque-setup, username-pepper and admin-token from its data folder to this one's"
    )]
    OtherSecrets,
}
