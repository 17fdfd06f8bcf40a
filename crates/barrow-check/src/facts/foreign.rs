//! Binaries of systems that are not Linux, known by their first bytes.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    Windows,
    MacOs,
}

pub fn read(_content: &[u8]) -> Option<Format> {
    None
}
