//! An answer that is no.

use std::fmt;

use serde_json::{Map, Value};

/// An error as a client gets it. Which status goes with a code, and whether its text is under
/// `message` or `Message`, is the model's business.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub code: &'static str,
    pub message: String,
    /// What the body has besides.
    pub more: Map<String, Value>,
    /// Whether it goes away by itself in a moment.
    pub passes: bool,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            more: Map::new(),
            passes: false,
        }
    }

    /// A value that the service does not take.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterValueException", message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new("ResourceNotFoundException", message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new("ResourceConflictException", message)
    }

    /// A value that the model does not allow.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    /// A function that is still being made. Lambda refuses; here it takes so little time that who
    /// asks may wait for it.
    pub(crate) fn pending() -> Self {
        Self {
            passes: true,
            ..Self::conflict(
                "The operation cannot be performed at this time. The function is currently in the \
                 following state: Pending",
            )
        }
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}
