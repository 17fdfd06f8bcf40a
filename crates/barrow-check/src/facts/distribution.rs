//! What a `.dist-info` folder says about its distribution.

use barrow_model::EntryPath;
use serde::{Deserialize, Serialize};

/// `METADATA`, as far as checks ask for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {}

/// `direct_url.json`: where the distribution was installed from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectUrl {}

pub fn is_metadata(_path: &EntryPath) -> bool {
    false
}

pub fn is_direct_url(_path: &EntryPath) -> bool {
    false
}

pub fn read_metadata(_content: &[u8]) -> Option<Metadata> {
    None
}

pub fn read_direct_url(_content: &[u8]) -> Option<DirectUrl> {
    None
}
