//! Why a request is not let in, in AWS's words.

use crate::api::Refusal;

/// What is wrong with a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Denied {
    Missing,
    /// A part that is missing or cannot be read.
    Incomplete(&'static str),
    /// Keys or a session that this service does not know.
    Unknown,
    Mismatch,
    Late {
        signed: String,
        earliest: String,
        now: String,
        minutes: i64,
    },
    Early {
        signed: String,
        latest: String,
        now: String,
    },
    /// A session that is over.
    Over,
}

impl Denied {
    /// What services that speak JSON call it.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Missing => "MissingAuthenticationTokenException",
            Self::Incomplete(_) => "IncompleteSignatureException",
            Self::Unknown => "UnrecognizedClientException",
            Self::Mismatch | Self::Late { .. } | Self::Early { .. } => "InvalidSignatureException",
            Self::Over => "ExpiredTokenException",
        }
    }

    /// Whether an error has to do with signatures.
    pub(super) fn is_code(code: &str) -> bool {
        matches!(
            code,
            "MissingAuthenticationTokenException"
                | "IncompleteSignatureException"
                | "UnrecognizedClientException"
                | "InvalidSignatureException"
                | "ExpiredTokenException"
        )
    }

    /// What services that speak XML call it.
    pub(super) fn code_in_xml(&self) -> &'static str {
        match self {
            Self::Missing => "MissingAuthenticationToken",
            Self::Incomplete(_) => "IncompleteSignature",
            Self::Unknown => "InvalidClientTokenId",
            Self::Mismatch | Self::Late { .. } | Self::Early { .. } => "SignatureDoesNotMatch",
            Self::Over => "ExpiredToken",
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::Missing => "Missing Authentication Token".to_owned(),
            Self::Incomplete(part) => {
                format!("Authorization header requires '{part}' parameter.")
            }
            Self::Unknown => "The security token included in the request is invalid.".to_owned(),
            Self::Mismatch => "The request signature we calculated does not match the signature \
                               you provided. Check your AWS Secret Access Key and signing method. \
                               Consult the service documentation for details."
                .to_owned(),
            Self::Late {
                signed,
                earliest,
                now,
                minutes,
            } => format!(
                "Signature expired: {signed} is now earlier than {earliest} ({now} - {minutes} \
                 min.)"
            ),
            Self::Early {
                signed,
                latest,
                now,
            } => format!(
                "Signature not yet current: {signed} is still later than {latest} ({now} + 15 \
                 min.)"
            ),
            Self::Over => "The security token included in the request is expired".to_owned(),
        }
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        Self::new(denied.code(), denied.message())
    }
}
