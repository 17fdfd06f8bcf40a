//! Remembering which wheel was made from which input, so that nothing is built twice.

use std::fs;

use barrow_model::Sha256;
use camino::Utf8PathBuf;

use super::{Store, StoreError, StoredWheel};
use crate::Reporter;

impl Store {
    /// The wheel that was made from the input with this digest, where both are still there.
    pub fn get_built(&self, input: &Sha256, reporter: &dyn Reporter) -> Option<StoredWheel> {
        let text = fs::read_to_string(self.built_path(input)).ok()?;
        let sha256 = Sha256::parse_hex(text.trim_end()).ok()?;
        self.get(&sha256, reporter)
    }

    /// Remembers what was made.
    pub fn put_built(&self, input: &Sha256, wheel: &Sha256) -> Result<(), StoreError> {
        self.write_small(&self.built_path(input), format!("{wheel}\n").as_bytes())
    }

    fn built_path(&self, input: &Sha256) -> Utf8PathBuf {
        let hex = input.to_hex();
        self.root.join("built").join(&hex[..2]).join(hex)
    }
}
