//! What a survey keeps of a file: one module per kind of file.
//!
//! Each kind is read from bytes alone, whoever wrote them: nothing here fails, and what cannot be
//! made out is itself a fact.

use barrow_model::{EntryPath, Target};
use serde::{Deserialize, Serialize};

pub mod bytecode;
pub mod distribution;
pub mod elf;
pub mod foreign;
pub mod path_file;
pub mod python;
pub mod script;
pub mod secret;

/// What is known of a file's content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Facts {
    /// Nothing that a check asks for.
    #[default]
    Plain,
    /// An extension module, a shared library or a program, for Linux.
    Elf(Box<elf::Elf>),
    /// The same, for another system.
    Foreign(foreign::Format),
    /// A `.pyc` file.
    Bytecode(bytecode::Bytecode),
    /// `METADATA` of a `.dist-info`, or `PKG-INFO` of an `.egg-info`.
    Metadata(Box<distribution::Metadata>),
    /// `RECORD` of a `.dist-info`.
    Record(Box<distribution::Record>),
    /// `direct_url.json` of a `.dist-info`.
    DirectUrl(Box<distribution::DirectUrl>),
    /// A `.pth` file.
    PathFile(Box<path_file::PathFile>),
    /// A text that names its interpreter, other than a `.py` file.
    Script(Box<script::Script>),
    /// A `.py` file. Those of wheels are kept apart from the other facts, as builds come to them;
    /// what is skipped has to be last for `postcard`.
    #[serde(skip)]
    Python(python::Kept),
}

/// Everything that a survey learns from a file's bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    pub facts: Facts,
    pub secrets: Vec<secret::Secret>,
}

impl Known {
    /// Reads a file of at most [`WHOLE_FILE_LIMIT_BYTES`].
    pub fn read(path: &EntryPath, content: &[u8], target: Target) -> Self {
        Self {
            facts: read(path, content, target),
            secrets: secret::read(path, content),
        }
    }

    /// The same, but leaves the syntax of Python to those who ask for it.
    pub(crate) fn read_without_syntax(path: &EntryPath, content: &[u8], target: Target) -> Self {
        if !is_python(path) {
            return Self::read(path, content, target);
        }
        Self {
            facts: Facts::Plain,
            secrets: secret::read(path, content),
        }
    }

    /// Whether there is nothing worth keeping.
    pub fn is_nothing(&self) -> bool {
        matches!(self.facts, Facts::Plain) && self.secrets.is_empty()
    }
}

/// Files longer than this are not held in memory; see [`elf`] for what is read of them.
pub const WHOLE_FILE_LIMIT_BYTES: u64 = 16 << 20;

fn read(path: &EntryPath, content: &[u8], target: Target) -> Facts {
    let name = path.file_name();
    if is_python(path) {
        return Facts::Python(python::read(content, target).into());
    }
    if name.ends_with(".pyc") {
        return Facts::Bytecode(bytecode::read(content));
    }
    if name.ends_with(".pth") {
        return Facts::PathFile(Box::new(path_file::read(content)));
    }
    if distribution::is_metadata(path) {
        return distribution::read_metadata(content)
            .map_or(Facts::Plain, |metadata| Facts::Metadata(Box::new(metadata)));
    }
    if distribution::is_record(path) {
        return Facts::Record(Box::new(distribution::read_record(content)));
    }
    if distribution::is_direct_url(path) {
        return distribution::read_direct_url(content)
            .map_or(Facts::Plain, |url| Facts::DirectUrl(Box::new(url)));
    }
    if let Some(script) = script::read(content) {
        return Facts::Script(Box::new(script));
    }
    read_binary(content, content)
}

pub(crate) fn is_python(path: &EntryPath) -> bool {
    path.file_name().ends_with(".py")
}

/// Reads the facts of a binary, from all of its bytes or from parts; `start` is its first ones.
pub fn read_binary<'d>(content: impl object::ReadRef<'d>, start: &[u8]) -> Facts {
    if let Some(elf) = elf::read(content) {
        return Facts::Elf(Box::new(elf));
    }
    foreign::read(start).map_or(Facts::Plain, Facts::Foreign)
}
