//! The header of a `.pyc` file.

use serde::{Deserialize, Serialize};

/// What a `.pyc` file says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bytecode {}

pub fn read(_content: &[u8]) -> Bytecode {
    Bytecode {}
}
