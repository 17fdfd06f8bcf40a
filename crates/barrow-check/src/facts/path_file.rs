//! `.pth` files: folders for `sys.path`, and lines that are executed.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathFile {}

pub fn read(_content: &[u8]) -> PathFile {
    PathFile {}
}
