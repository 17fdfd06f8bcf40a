//! One operation being asked for, of a service whose requests name their operation.

use serde_json::{Map, Value};

use super::Caller;
use crate::api::Refusal;
use crate::service::Service;

pub(crate) type Operation = fn(&Call<'_>) -> Result<Value, Refusal>;

#[derive(Debug)]
pub(crate) struct Call<'s> {
    pub service: &'s Service,
    pub caller: Caller,
    /// Bound and validated: of its type, and there where it has to be.
    pub input: Map<String, Value>,
}

impl Call<'_> {
    /// A text; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.optional(name).unwrap_or_default()
    }

    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        self.input.get(name)?.as_str()
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.input.get(name)?.as_i64()
    }

    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.input.get(name).and_then(Value::as_bool) == Some(true)
    }

    /// The items of a list; none where there is no list.
    pub(crate) fn items(&self, name: &str) -> &[Value] {
        let items = self.input.get(name).and_then(Value::as_array);
        items.map_or(&[], Vec::as_slice)
    }
}
