//! What a `.py` file imports, defines, and whether the target's Python can read it.

use barrow_model::Target;
use serde::{Deserialize, Serialize};

/// A module, as its syntax tree shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {}

pub fn read(_content: &[u8], _target: Target) -> Module {
    Module {}
}
