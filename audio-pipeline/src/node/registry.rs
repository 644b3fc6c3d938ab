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
type FamilyReader =
    Arc<dyn Fn(&str, toml::Table) -> Result<Box<dyn Node>, NodeError> + Send + Sync>;

/// Which stages there are.
#[derive(Clone, Default)]
pub struct Registry {
    readers: BTreeMap<String, Reader>,
    /// By what their stages' names begin with.
    families: BTreeMap<String, FamilyReader>,
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
        registry.put::<stages::EchoCancelNode>();
        registry.put::<stages::DenoiseNode>();
        registry.put::<stages::VoiceDetectNode>();
        registry.put::<stages::DenoiseStrongNode>();
        registry.put::<stages::GateNode>();
        registry.put::<stages::AutoGainNode>();
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

    /// Adds all stages whose names begin with `prefix`, as those of plugins do that nobody has looked for yet: `reader` makes
    /// a description from the whole name and the settings in a chain's file. A stage registered by its own name goes first.
    ///
    /// # Errors
    /// [`NodeError::Duplicate`] when the prefix is taken, [`NodeError::Name`] when no name can begin so.
    pub fn register_family(
        &mut self,
        prefix: &str,
        reader: impl Fn(&str, toml::Table) -> Result<Box<dyn Node>, NodeError> + Send + Sync + 'static,
    ) -> Result<(), NodeError> {
        let stage = prefix.to_owned();
        if StageId::new(prefix).is_none() {
            let most = StageId::LONGEST;
            return Err(NodeError::Name { stage, most });
        }
        if self.families.contains_key(prefix) {
            return Err(NodeError::Duplicate { stage });
        }
        self.families.insert(stage, Arc::new(reader));
        Ok(())
    }

    /// The registered names, in order; those of families are not known before they are read.
    pub fn names(&self) -> impl Iterator<Item = &str> + '_ {
        self.readers.keys().map(String::as_str)
    }

    /// Reads the description of the stage `name` from its settings, and checks their bounds.
    ///
    /// # Errors
    /// Unknown name, unknown or mistyped settings, values out of bounds; each names the stage.
    pub fn read(&self, name: &str, settings: toml::Table) -> Result<Box<dyn Node>, NodeError> {
        let node = if let Some(reader) = self.readers.get(name) {
            reader(settings)?
        } else if let Some(reader) = self.family(name) {
            reader(name, settings)?
        } else {
            return Err(NodeError::Unknown {
                stage: name.to_owned(),
                known: self.names().collect::<Vec<_>>().join(", "),
            });
        };
        check_bounds(node.as_ref())?;
        Ok(node)
    }

    /// The family with the longest prefix that `name` begins with.
    fn family(&self, name: &str) -> Option<&FamilyReader> {
        let fitting = self.families.iter();
        fitting
            .filter(|(prefix, _)| name.starts_with(prefix.as_str()))
            .max_by_key(|(prefix, _)| prefix.len())
            .map(|(_, reader)| reader)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::{NodeInfo, Processor};

    #[derive(Debug)]
    struct Named(String);

    impl Node for Named {
        fn info(&self) -> NodeInfo {
            NodeInfo::new(self.0.clone(), Vec::new())
        }
        fn values(&self) -> Vec<f32> {
            Vec::new()
        }
        fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
            Err(NodeError::CannotBuild {
                stage: self.0.clone(),
                reason: "it is a name alone".to_owned(),
            })
        }
    }

    fn named(kind: &'static str) -> impl Fn(&str, toml::Table) -> Result<Box<dyn Node>, NodeError> {
        move |name, _| Ok(Box::new(Named(format!("{kind} {name}"))))
    }

    #[test]
    fn a_family_reads_every_name_that_begins_with_its_prefix() {
        let mut registry = Registry::standard();
        registry.register_family("x:", named("any")).unwrap();
        registry.register_family("x:y:", named("closer")).unwrap();
        registry
            .register_reader("x:own", |_| Ok(Box::new(Named("own".to_owned()))))
            .unwrap();
        let read = |name: &str| {
            let node = registry.read(name, toml::Table::new())?;
            Ok::<_, NodeError>(node.info().name.into_owned())
        };
        assert_eq!(read("x:1").unwrap(), "any x:1");
        assert_eq!(read("x:y:2").unwrap(), "closer x:y:2");
        assert_eq!(read("x:own").unwrap(), "own");
        assert!(matches!(read("y:1"), Err(NodeError::Unknown { .. })));
        let again = registry.clone().register_family("x:", named("other"));
        assert!(matches!(again, Err(NodeError::Duplicate { .. })));
    }
}
