//! Writes headers of bytecode.

use serde::Deserialize;

/// Valid by its source's time and size where nothing else is said.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pyc {
    magic: u16,
    #[serde(default)]
    modified: u32,
    #[serde(default)]
    bytes: u32,
    /// Valid by its source's hash instead.
    hash: Option<Hash>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Hash {
    Checked,
    Unchecked,
}

impl Pyc {
    pub(crate) fn build(&self) -> Vec<u8> {
        let mut bytes = self.magic.to_le_bytes().to_vec();
        bytes.extend(b"\r\n");
        let flags: u32 = match self.hash {
            None => 0b00,
            Some(Hash::Unchecked) => 0b01,
            Some(Hash::Checked) => 0b11,
        };
        for word in [flags, self.modified, self.bytes] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend(b"code");
        bytes
    }
}
