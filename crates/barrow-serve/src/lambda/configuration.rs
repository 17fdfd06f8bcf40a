//! What is stored of functions and their versions.

use std::collections::BTreeMap;

use barrow_model::limits::UNZIPPED_LIMIT_BYTES;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::Refusal;
use crate::store::{Record, Weight};

/// A function: what is common to its versions, and the one that can be changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Function {
    pub name: String,
    /// The number of the version that was published last.
    pub last_version: u64,
    /// What `$LATEST` was when that version was made of it.
    pub published_revision: Option<String>,
    pub latest: Configuration,
    pub tags: BTreeMap<String, String>,
    /// Environments that are its own.
    pub reserved_concurrency: Option<u32>,
    /// `Allow` or `Terminate`.
    pub recursive_loop: Option<String>,
    pub code_signing_config: Option<String>,
}

impl Record for Function {
    const KIND: &'static str = "function";

    fn weight(&self) -> Weight {
        Weight {
            bytes: self.latest.code.bytes,
            concurrency: self.reserved_concurrency.unwrap_or(0),
        }
    }
}

/// A published version. Its owner is the function, its key the number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Published {
    pub number: u64,
    pub configuration: Configuration,
}

impl Record for Published {
    const KIND: &'static str = "version";

    fn weight(&self) -> Weight {
        Weight {
            bytes: self.configuration.code.bytes,
            ..Weight::default()
        }
    }
}

/// All that decides how a version runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Configuration {
    pub revision: String,
    pub modified: Timestamp,
    pub state: State,
    pub update: Update,
    pub code: Code,
    pub runtime: Option<String>,
    pub handler: Option<String>,
    pub role: String,
    pub description: String,
    pub timeout_seconds: u32,
    pub memory_mebibytes: u32,
    pub storage_mebibytes: u32,
    pub architecture: String,
    /// `None` where none were ever given.
    pub environment: Option<BTreeMap<String, String>>,
    pub layers: Vec<LayerUse>,
    pub logging: Logging,
    /// `Active` or `PassThrough`.
    pub tracing: String,
    /// `PublishedVersions` or `None`.
    pub snap_start: String,
    /// As they came, and go back: nothing here acts on them.
    pub kept: BTreeMap<String, Value>,
}

/// A deployment package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Code {
    /// Hexadecimal.
    pub sha256: String,
    pub bytes: u64,
    pub unzipped_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LayerUse {
    /// With its version.
    pub arn: String,
    pub code: Code,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Logging {
    /// `Text` or `JSON`.
    pub format: String,
    pub application_level: Option<String>,
    pub system_level: Option<String>,
    pub group: String,
}

/// `State`: whether a function can be invoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    Pending,
    Active,
    Failed { reason: String },
}

/// `LastUpdateStatus`: what became of the last change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Update {
    /// There was none yet, and the function is being made.
    None,
    InProgress,
    Successful,
    Failed {
        reason: String,
    },
}

impl Configuration {
    /// A number that changes with every change, and a time.
    pub(crate) fn touch(&mut self) {
        self.revision = super::revision::new();
        self.modified = Timestamp::now();
    }

    /// A name for all that an environment is made of. Publishing a version, or taking note of a
    /// change, makes no other environment.
    pub(crate) fn runs_as(&self) -> String {
        format!("{} {}", self.code.sha256, self.modified)
    }

    /// Function and layers share what there is room for.
    pub(super) fn check_size(&self) -> Result<(), Refusal> {
        let layers = self.layers.iter().map(|used| used.code.unzipped_bytes);
        let layers: u64 = layers.sum();
        if layers > UNZIPPED_LIMIT_BYTES {
            return Err(Refusal::invalid(format!(
                "Layers consume more than the available size of {UNZIPPED_LIMIT_BYTES} bytes"
            )));
        }
        let all = layers + self.code.unzipped_bytes;
        if all > UNZIPPED_LIMIT_BYTES {
            return Err(Refusal::invalid(format!(
                "Function code combined with layers exceeds the maximum allowed size of \
                 {UNZIPPED_LIMIT_BYTES} bytes. The actual size is {all} bytes."
            )));
        }
        Ok(())
    }

    pub(crate) fn is_being_changed(&self) -> bool {
        self.state == State::Pending || self.update == Update::InProgress
    }
}
