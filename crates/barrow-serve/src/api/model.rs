//! The model as it is written.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use fancy_regex::Regex;
use serde::Deserialize;
use serde_json::Number;

use super::deviations;

/// Operations and shapes.
#[derive(Debug, Deserialize)]
pub(crate) struct Model {
    operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Operation {
    #[serde(skip)]
    pub name: String,
    pub method: String,
    /// `/2015-03-31/functions/{FunctionName}`, with what distinguishes it in its query.
    pub uri: String,
    /// Of an answer that is none of the errors.
    pub status: u16,
    pub input: Option<String>,
    pub output: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub kind: Kind,
    #[serde(default)]
    pub members: BTreeMap<String, Member>,
    #[serde(default)]
    pub required: Vec<String>,
    /// The member that is the body, where the body is no JSON object of members.
    pub payload: Option<String>,
    /// Of a list.
    pub member: Option<Member>,
    /// Of a map.
    pub key: Option<Member>,
    pub value: Option<Member>,
    /// As the model writes them: of a fraction with a point, of a count without.
    pub min: Option<Number>,
    pub max: Option<Number>,
    pattern: Option<String>,
    /// What is taken, where that is more than the pattern says.
    #[serde(skip)]
    accepted: Option<&'static str>,
    #[serde(rename = "enum", default)]
    pub values: Vec<String>,
    #[serde(default)]
    pub sensitive: bool,
    error: Option<ErrorTraits>,
    #[serde(skip)]
    regex: OnceLock<Option<Regex>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Structure,
    List,
    Map,
    String,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Blob,
    Timestamp,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Member {
    pub shape: String,
    #[serde(default)]
    pub location: Location,
    #[serde(rename = "locationName")]
    pub location_name: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Location {
    #[default]
    Body,
    Uri,
    Querystring,
    Header,
    Headers,
    StatusCode,
}

#[derive(Debug, Deserialize)]
struct ErrorTraits {
    #[serde(rename = "httpStatusCode")]
    status: u16,
    code: Option<String>,
}

impl Model {
    /// The models that this crate carries. What few ask for is read when somebody does.
    pub(crate) fn lambda() -> Self {
        Self::read(include_str!("../../model/lambda.json"))
    }

    pub(crate) fn logs() -> &'static Self {
        static MODEL: LazyLock<Model> =
            LazyLock::new(|| Model::read(include_str!("../../model/logs.json")));
        &MODEL
    }

    pub(crate) fn sts() -> &'static Self {
        static MODEL: LazyLock<Model> =
            LazyLock::new(|| Model::read(include_str!("../../model/sts.json")));
        &MODEL
    }

    pub(crate) fn iam() -> &'static Self {
        static MODEL: LazyLock<Model> =
            LazyLock::new(|| Model::read(include_str!("../../model/iam.json")));
        &MODEL
    }

    fn read(text: &str) -> Self {
        let mut model: Self = serde_json::from_str(text).expect("the model is ours, and tested");
        for (name, operation) in &mut model.operations {
            operation.name.clone_from(name);
        }
        for (name, pattern) in deviations::ACCEPTED {
            if let Some(shape) = model.shapes.get_mut(name) {
                shape.accepted = Some(pattern);
            }
        }
        for (name, pattern) in deviations::PATTERNS {
            if let Some(shape) = model.shapes.get_mut(name) {
                shape.pattern = Some(pattern.to_owned());
            }
        }
        model
    }

    pub(crate) fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.get(name)
    }

    /// Of an error that is known by another code than its shape.
    pub(crate) fn status_of_code(&self, code: &str) -> Option<u16> {
        let mut errors = self
            .shapes
            .values()
            .filter_map(|shape| shape.error.as_ref());
        let error = errors.find(|error| error.code.as_deref() == Some(code))?;
        Some(error.status)
    }

    pub(crate) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.values()
    }

    /// A shape that another names.
    pub(crate) fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes.get(name)
    }

    /// Whether an enumeration has a value.
    pub(crate) fn has_value(&self, shape: &str, value: &str) -> bool {
        let values = self.shape(shape).map(|shape| &shape.values);
        values.is_some_and(|values| values.iter().any(|known| known == value))
    }

    pub(super) fn input(&self, operation: &Operation) -> Option<&Shape> {
        self.shape(operation.input.as_deref()?)
    }
}

impl Shape {
    pub(crate) fn status_of_error(&self) -> Option<u16> {
        Some(self.error.as_ref()?.status)
    }

    pub(super) fn pattern(&self) -> Option<&str> {
        self.pattern.as_deref()
    }

    /// Whether the whole of a text is as the pattern wants it.
    pub(super) fn matches(&self, text: &str) -> bool {
        let regex = self.regex.get_or_init(|| {
            let pattern = self.accepted.or(self.pattern.as_deref())?;
            Regex::new(&format!("^(?:{pattern})$")).ok()
        });
        // A search that takes too long has not found anything wrong.
        regex
            .as_ref()
            .is_none_or(|regex| regex.is_match(text).unwrap_or(true))
    }
}

impl Member {
    /// What it is called on the wire.
    pub(super) fn wire_name<'m>(&'m self, name: &'m str) -> &'m str {
        self.location_name.as_deref().unwrap_or(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_of_the_model_can_be_matched() {
        let lambda = Model::lambda();
        let models = [&lambda, Model::logs(), Model::sts(), Model::iam()];
        for (name, shape) in models.iter().flat_map(|model| &model.shapes) {
            if let Some(pattern) = &shape.pattern {
                let regex = Regex::new(&format!("^(?:{pattern})$"));
                assert!(regex.is_ok(), "{name}: {pattern}: {regex:?}");
            }
        }
    }

    #[test]
    fn every_shape_that_is_named_is_there() {
        let lambda = Model::lambda();
        let models = [&lambda, Model::logs(), Model::sts(), Model::iam()];
        for (model, shape) in models
            .into_iter()
            .flat_map(|model| model.shapes.values().map(move |shape| (model, shape)))
        {
            let parts = [&shape.member, &shape.key, &shape.value];
            let members = shape.members.values().chain(parts.into_iter().flatten());
            for member in members {
                assert!(model.shape(&member.shape).is_some(), "{}", member.shape);
            }
        }
    }
}
