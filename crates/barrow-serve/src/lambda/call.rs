//! One operation being asked for.

use hyper::body::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::access;
use super::names::{FunctionName, Qualified};
use crate::api::Refusal;
use crate::service::Service;
use crate::store::Scope;

#[derive(Debug)]
pub(crate) struct Call<'s> {
    pub service: &'s Service,
    /// `CreateFunction`
    pub operation: &'s str,
    /// Who asks, and whose resources are meant where the request does not name others.
    pub scope: Scope,
    pub input: Map<String, Value>,
    /// What was bound, as it came.
    pub body: Bytes,
}

impl Call<'_> {
    /// The members as an operation wants them. They were bound and validated, so what fails here
    /// is a value that only a later look finds wrong.
    pub(crate) fn input<'i, T: Deserialize<'i>>(&'i self) -> Result<T, Refusal> {
        T::deserialize(&self.input)
            .map_err(|error| Refusal::new("SerializationException", error.to_string()))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.input.get(name)?.as_str()
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.input.get(name)?.as_i64()
    }

    /// The function that the request is about: its scope, its name, and the qualifier, whether it
    /// came with the name or by itself. Another account's has to be open to the caller.
    pub(crate) fn function(&self) -> Result<Qualified, Refusal> {
        let given = self.text("FunctionName").unwrap_or_default();
        let qualifier = self.text("Qualifier");
        let named = FunctionName::parse(given).qualified(&self.scope, qualifier)?;
        access::to_function(self, &named)?;
        Ok(named)
    }

    /// The same where versions and aliases have no such thing of their own.
    pub(crate) fn whole_function(&self) -> Result<Qualified, Refusal> {
        let named = self.function()?;
        if named.qualifier.is_some() {
            return Err(Refusal::invalid(
                "This operation is permitted on Lambda functions only. Aliases and versions do \
                 not support this operation. Please specify either a function name or an \
                 unqualified function ARN.",
            ));
        }
        Ok(named)
    }
}
