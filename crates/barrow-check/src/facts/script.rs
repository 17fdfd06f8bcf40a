//! Scripts: files that name their interpreter in the first line.

use serde::{Deserialize, Serialize};

/// Linux reads no more of the line (`BINPRM_BUF_SIZE`).
const LINE_BYTES: usize = 256;

/// A text that can be executed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// With its argument: `/usr/bin/env bash`.
    pub interpreter: String,
}

/// `None` for what does not begin with `#!`.
pub fn read(content: &[u8]) -> Option<Script> {
    let line = content.strip_prefix(b"#!")?;
    let line = &line[..line.len().min(LINE_BYTES)];
    let line = line.split(|&byte| byte == b'\n').next()?;
    Some(Script {
        interpreter: String::from_utf8_lossy(line).trim().to_owned(),
    })
}
