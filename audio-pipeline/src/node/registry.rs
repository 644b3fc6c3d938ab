//! The registry: stage names to descriptions, so that a chain is data.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::{Node, NodeError};
use crate::chain::StageId;
use crate::stages;

/// A kind of stage that can be registered: its description has a fixed name and reads itself from a table.
pub trait NodeType: Node + DeserializeOwned + 'static {
    /// The stage's name in chain files, in lower case with hyphens.
    const NAME: &'static str;
}

type Reader = Arc<dyn Fn(toml::Table) -> Result<Box<dyn Node>, NodeError> + Send + Sync>;

/// Which stages there are.
#[derive(Clone, Default)]
pub struct Registry {
    readers: BTreeMap<String, Reader>,
}

impl Registry {
    /// A registry without any stage.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The stages that Dialtone brings along.
    #[must_use]
    pub fn standard() -> Self {
        let mut registry = Self::empty();
        registry.put::<stages::GainNode>();
        registry.put::<stages::HighPassNode>();
        registry.put::<stages::DenoiseNode>();
        registry.put::<stages::GateNode>();
        registry.put::<stages::LimiterNode>();
        registry
    }

    /// Adds a kind of stage.
    ///
    /// # Errors
    /// [`NodeError::Duplicate`] when the name is taken, [`NodeError::Name`] when it cannot be one.
    pub fn register<N: NodeType>(&mut self) -> Result<(), NodeError> {
        self.register_reader(N::NAME, read_node::<N>)
    }

    /// Adds a kind of stage that is found while the program runs, as a plugin is: `reader` makes its description from the
    /// settings in a chain's file.
    ///
    /// # Errors
    /// [`NodeError::Duplicate`] when the name is taken, [`NodeError::Name`] when it cannot be one.
    pub fn register_reader(
        &mut self,
        name: &str,
        reader: impl Fn(toml::Table) -> Result<Box<dyn Node>, NodeError> + Send + Sync + 'static,
    ) -> Result<(), NodeError> {
        if StageId::new(name).is_none() {
            return Err(NodeError::Name {
                stage: name.to_owned(),
                most: StageId::LONGEST,
            });
        }
        if self.readers.contains_key(name) {
            return Err(NodeError::Duplicate {
                stage: name.to_owned(),
            });
        }
        self.readers.insert(name.to_owned(), Arc::new(reader));
        Ok(())
    }

    /// The registered names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> + '_ {
        self.readers.keys().map(String::as_str)
    }

    /// Reads the description of the stage `name` from its settings, and checks their bounds.
    ///
    /// # Errors
    /// Unknown name, unknown or mistyped settings, values out of bounds; each names the stage.
    pub fn read(&self, name: &str, settings: toml::Table) -> Result<Box<dyn Node>, NodeError> {
        let reader = self.readers.get(name).ok_or_else(|| NodeError::Unknown {
            stage: name.to_owned(),
            known: self.names().collect::<Vec<_>>().join(", "),
        })?;
        let node = reader(settings)?;
        check_bounds(node.as_ref())?;
        Ok(node)
    }

    fn put<N: NodeType>(&mut self) {
        self.readers
            .insert(N::NAME.to_owned(), Arc::new(read_node::<N>));
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.names()).finish()
    }
}

fn read_node<N: NodeType>(settings: toml::Table) -> Result<Box<dyn Node>, NodeError> {
    let node: N = settings
        .try_into()
        .map_err(|error: toml::de::Error| NodeError::Settings {
            stage: N::NAME.to_owned(),
            reason: error.message().to_owned(),
        })?;
    Ok(Box::new(node))
}

fn check_bounds(node: &dyn Node) -> Result<(), NodeError> {
    let info = node.info();
    for (param, value) in info.params.iter().zip(node.values()) {
        // What is no number lies within no bounds.
        if !(param.min..=param.max).contains(&value) {
            return Err(NodeError::OutOfBounds {
                stage: info.name.into_owned(),
                param: param.name.clone().into_owned(),
                value,
                min: param.min,
                max: param.max,
            });
        }
    }
    Ok(())
}
