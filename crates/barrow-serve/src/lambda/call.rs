//! One operation being asked for.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::names::{FunctionName, Qualified};
use crate::api::Refusal;
use crate::service::Service;
use crate::store::Scope;

#[derive(Debug)]
pub(crate) struct Call<'s> {
    pub service: &'s Service,
    /// Whose resources are meant where the request does not name others.
    pub scope: Scope,
    pub input: Map<String, Value>,
}

impl Call<'_> {
    /// The members as an operation wants them. They were bound and validated, so what fails here
    /// is a value that only a later look finds wrong.
    pub(crate) fn input<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_value(Value::Object(self.input.clone()))
            .map_err(|error| Refusal::new("SerializationException", error.to_string()))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.input.get(name)?.as_str()
    }

    /// The function that the request is about: its scope, its name, and the qualifier, whether it
    /// came with the name or by itself.
    pub(crate) fn function(&self) -> Result<Qualified, Refusal> {
        let given = self.text("FunctionName").unwrap_or_default();
        let name = FunctionName::parse(given);
        let qualifier = self.text("Qualifier");
        name.qualified(&self.scope, qualifier)
    }
}
