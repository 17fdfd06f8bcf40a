//! What an answer of a registry, or none, means for the user.

use std::error::Error;
use std::io;

use oci_client::errors::{DigestError, OciDistributionError, OciEnvelope, OciErrorCode};

use super::Registry;
use super::retry::Failure;
use crate::PullError;

/// More of a server's own words than this is not of use to anybody.
const ANSWER_LIMIT_CHARS: usize = 200;

impl Registry<'_> {
    /// `what` is the thing that was asked for.
    pub(super) fn failure(&self, what: &str, error: OciDistributionError) -> Failure {
        match error {
            OciDistributionError::RequestError(error) => self.transport(&error),
            OciDistributionError::RegistryError { envelope, .. } => self.envelope(what, &envelope),
            OciDistributionError::UnauthorizedError { .. } => self.refused(None).into(),
            OciDistributionError::AuthenticationFailure(answer) => {
                self.refused(short(&answer)).into()
            }
            OciDistributionError::ServerError { code, message, .. } => {
                self.status(what, code, &message)
            }
            OciDistributionError::DigestError(DigestError::VerificationError {
                expected,
                actual,
            }) => PullError::Digest {
                what: what.to_owned(),
                expected,
                actual,
            }
            .into(),
            error => PullError::Protocol {
                registry: self.name(),
                source: io::Error::other(error.to_string()),
            }
            .into(),
        }
    }

    /// The connection failed, or broke. URLs are left out: those of redirects hold secrets.
    pub(super) fn transport(&self, error: &(dyn Error + 'static)) -> Failure {
        let mut cause = error;
        let mut tls = None;
        while let Some(source) = inner(cause) {
            tls = tls.or(source.downcast_ref::<rustls::Error>());
            cause = source;
        }
        let registry = self.name();
        let source = io::Error::other(cause.to_string());
        match tls {
            Some(rustls::Error::InvalidMessage(_)) => PullError::NoTls { registry }.into(),
            Some(_) => PullError::Untrusted { registry, source }.into(),
            None => Failure::Passing(PullError::Unreachable { registry, source }),
        }
    }

    fn envelope(&self, what: &str, envelope: &OciEnvelope) -> Failure {
        let said = envelope.errors.first();
        let message = said.map_or("", |error| error.message.as_str());
        match said.map(|error| &error.code) {
            Some(
                OciErrorCode::ManifestUnknown
                | OciErrorCode::ManifestBlobUnknown
                | OciErrorCode::BlobUnknown
                | OciErrorCode::NameUnknown
                | OciErrorCode::NotFound,
            ) => self.not_found(what).into(),
            Some(OciErrorCode::Unauthorized | OciErrorCode::Denied) => {
                self.refused(short(message)).into()
            }
            Some(OciErrorCode::Toomanyrequests) => Failure::Passing(self.answer("429", message)),
            _ => self.answer("an error", message).into(),
        }
    }

    fn status(&self, what: &str, status: u16, message: &str) -> Failure {
        match status {
            404 => self.not_found(what).into(),
            401 | 403 => self.refused(short(message)).into(),
            408 | 425 | 429 | 500..=599 => {
                Failure::Passing(self.answer(&status.to_string(), message))
            }
            _ => self.answer(&status.to_string(), message).into(),
        }
    }

    fn not_found(&self, what: &str) -> PullError {
        PullError::NotFound {
            registry: self.name(),
            what: what.to_owned(),
        }
    }

    fn refused(&self, answer: Option<String>) -> PullError {
        PullError::Refused {
            registry: self.name(),
            logged_in: self.is_logged_in(),
            answer,
        }
    }

    fn answer(&self, seen: &str, message: &str) -> PullError {
        let registry = self.name();
        PullError::Answer {
            registry,
            seen: match short(message) {
                Some(message) => format!("{seen}: {message}"),
                None => seen.to_owned(),
            },
        }
    }
}

/// The cause of an error. An `io::Error` does not name the error inside of it as its source.
fn inner<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    let inner = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    match inner {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// What a server said, where it is a sentence and not a page.
fn short(answer: &str) -> Option<String> {
    let line = answer.lines().next()?.trim();
    let plain = |char: char| !char.is_control() && char != '<';
    let fits = !line.is_empty() && line.chars().all(plain);
    fits.then(|| line.chars().take(ANSWER_LIMIT_CHARS).collect())
}
