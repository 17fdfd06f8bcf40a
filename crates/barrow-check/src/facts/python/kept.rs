//! A module's facts, taken apart when somebody asks for them.
//!
//! Of the modules in a package a handler comes to few, and taking apart what is kept of all the
//! others was most of the work of checking a plan.

use std::ops::Deref;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Module, SyntaxFault};

/// A [`Module`], and what every check wants to know of it at hand.
#[derive(Clone)]
pub struct Kept {
    /// As the module has it.
    pub fault: Option<SyntaxFault>,
    /// Empty where the module was never kept.
    encoded: Box<[u8]>,
    module: OnceLock<Box<Module>>,
}

impl Deref for Kept {
    type Target = Module;

    fn deref(&self) -> &Module {
        // What was kept is guarded by a checksum; a module without facts asks for nothing.
        let decode = || postcard::from_bytes(&self.encoded).unwrap_or_default();
        self.module.get_or_init(|| Box::new(decode()))
    }
}

impl From<Module> for Kept {
    fn from(module: Module) -> Self {
        Self {
            fault: module.fault.clone(),
            encoded: Box::default(),
            module: OnceLock::from(Box::new(module)),
        }
    }
}

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let encoded = postcard::to_stdvec(&**self).map_err(serde::ser::Error::custom)?;
        (&self.fault, &encoded).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (fault, encoded): (Option<SyntaxFault>, &[u8]) =
            Deserialize::deserialize(deserializer)?;
        Ok(Self {
            fault,
            encoded: encoded.into(),
            module: OnceLock::new(),
        })
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Kept {}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}
