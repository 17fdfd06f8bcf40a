//! Why an image could not be had.

use std::io;

use barrow_model::{Arch, Bytes, Explain, Fault, Sha256};

use crate::{StoreError, UnpackError};

/// Why an image could not be pulled.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    #[error("`{registry}` has no `{what}`")]
    NotFound { registry: String, what: String },
    #[error("`{reference}` is not for `{wanted}`")]
    NoPlatform {
        reference: String,
        wanted: String,
        /// Such as `linux/amd64`.
        available: Vec<String>,
    },
    #[error("cannot reach the registry `{registry}`")]
    Unreachable { registry: String, source: io::Error },
    #[error("the registry `{registry}` does not speak TLS")]
    NoTls { registry: String },
    #[error("cannot trust the registry `{registry}`")]
    Untrusted { registry: String, source: io::Error },
    #[error(
        "the registry `{registry}` {}",
        if *.logged_in { "refuses the login it was sent" } else { "wants a login" }
    )]
    Refused {
        registry: String,
        logged_in: bool,
        /// In the registry's own words.
        answer: Option<String>,
    },
    #[error("the registry `{registry}` answered {seen}")]
    Answer { registry: String, seen: String },
    #[error("cannot understand the registry `{registry}`")]
    Protocol { registry: String, source: io::Error },
    #[error("`{what}` has the digest `{actual}`; expected `{expected}`")]
    Digest {
        what: String,
        expected: String,
        actual: String,
    },
    #[error("`{what}` is {seen_bytes} bytes long; expected {expected_bytes}")]
    Size {
        what: String,
        seen_bytes: u64,
        expected_bytes: u64,
    },
    #[error("cannot understand `{what}`")]
    Json {
        what: String,
        source: serde_json::Error,
    },
    #[error("`{what}` {problem}")]
    Unsupported { what: String, problem: String },
    #[error("`{what}` is {}; expected at most {}", Bytes(*.seen_bytes), Bytes(*.limit_bytes))]
    TooLarge {
        what: String,
        seen_bytes: u64,
        limit_bytes: u64,
    },
    #[error("cannot unpack layer `sha256:{layer}`")]
    Unpack {
        layer: Sha256,
        source: Box<UnpackError>,
    },
    #[error("`{reference}` was never pulled for {arch}, and offline it cannot be")]
    NotPulled { reference: String, arch: Arch },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an image says is for the eye: no terminal is to obey its control characters.
pub(crate) fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(text).escape_debug().to_string()
}

impl Explain for PullError {
    fn fault(&self) -> Fault {
        match self {
            Self::NotFound { .. }
            | Self::NoPlatform { .. }
            | Self::Digest { .. }
            | Self::Size { .. }
            | Self::Json { .. }
            | Self::Unsupported { .. }
            | Self::TooLarge { .. }
            | Self::NotPulled { .. } => Fault::Input,
            Self::Unreachable { .. }
            | Self::NoTls { .. }
            | Self::Untrusted { .. }
            | Self::Refused { .. }
            | Self::Answer { .. }
            | Self::Protocol { .. } => Fault::Machine,
            Self::Unpack { source, .. } => source.fault(),
            Self::Store(error) => error.fault(),
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::NoPlatform { available, .. } if !available.is_empty() => {
                vec![format!("it is for {}", available.join(", "))]
            }
            Self::Refused {
                answer: Some(answer),
                ..
            } => vec![format!("it said: {answer}")],
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::NotFound { .. } => {
                vec!["check the name and the tag; both are case-sensitive".to_owned()]
            }
            Self::Unreachable { .. } => vec![
                "check the network, and `HTTPS_PROXY` if you are behind a proxy".to_owned(),
                "`--offline` takes the image as it was pulled last".to_owned(),
            ],
            Self::Untrusted { .. } => vec![
                "name a file with your organisation's certificates in `SSL_CERT_FILE`".to_owned(),
            ],
            Self::Refused {
                registry,
                logged_in: true,
                ..
            } => vec![format!(
                "check the login for `{registry}`; those of some registries end after hours"
            )],
            Self::Refused { .. } => {
                vec!["check the name: an image that is not there looks the same".to_owned()]
            }
            Self::NotPulled { .. } => vec!["run it once without `--offline`".to_owned()],
            Self::Unpack { source, .. } => source.hints(),
            Self::Store(error) => error.hints(),
            _ => Vec::new(),
        }
    }
}
