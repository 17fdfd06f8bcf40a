//! What the model demands of values, in the service's words.
//!
//! A plain value is told of with each thing that is wrong with it. A list or a map is one value: it
//! is told of as a whole, with all that its entries have to be, as soon as one of them is not.

use serde_json::{Map, Value};

use super::constraint::{Constraint, together};
use super::deviations;
use super::model::{Kind, Location, Member, Model, Operation, Shape};
use super::refusal::Refusal;

/// Looks at all members, and says everything that is wrong with them at once.
pub(crate) fn validate(
    model: &Model,
    operation: &Operation,
    input: &Map<String, Value>,
) -> Result<(), Refusal> {
    let Some(shape) = model.input(operation) else {
        return Ok(());
    };
    let mut violations = Violations {
        model,
        operation: &operation.name,
        found: Vec::new(),
    };
    violations.structure(shape, input, "");
    let found = violations.found;
    if found.is_empty() {
        return Ok(());
    }
    let errors = if found.len() == 1 { "error" } else { "errors" };
    Err(Refusal::validation(format!(
        "{} validation {errors} detected: {}",
        found.len(),
        found.join("; ")
    )))
}

struct Violations<'m> {
    model: &'m Model,
    operation: &'m str,
    found: Vec<String>,
}

impl<'m> Violations<'m> {
    fn structure(&mut self, shape: &'m Shape, told: &Map<String, Value>, path: &str) {
        for (name, member) in deviations::in_order(&shape.members) {
            let at = join(path, name);
            match told.get(name) {
                Some(value) => self.value(member, value, &at),
                // The body itself, which is there even where it is empty.
                None if shape.payload.as_ref() == Some(name) => {}
                None if shape.required.iter().any(|required| required == name) => {
                    self.add("Value null", &at, &Constraint::NotNull);
                }
                None => {}
            }
        }
    }

    fn value(&mut self, member: &'m Member, value: &Value, at: &str) {
        let Some(shape) = self.model.shape(&member.shape) else {
            return;
        };
        match (shape.kind, value) {
            (Kind::Structure, Value::Object(told)) => self.structure(shape, told, at),
            (Kind::Map, Value::Object(told)) => self.map(shape, told, value, at),
            (Kind::List, Value::Array(items)) => self.list(shape, items, value, at),
            _ => {
                let subject = subject(value, shape.sensitive);
                for constraint in self.constraints(&member.shape, shape, at) {
                    if constraint.is_broken_by(value) {
                        self.add(&subject, at, &constraint);
                        // Of what stands in the path no more than one thing is told.
                        if member.location == Location::Uri {
                            return;
                        }
                    }
                }
            }
        }
    }

    fn map(&mut self, shape: &'m Shape, told: &Map<String, Value>, whole: &Value, at: &str) {
        let subject = subject(whole, shape.sensitive);
        self.size(shape, whole, &subject, at);
        if let Some((part, constraints)) = self.of_items(shape.key.as_ref(), at) {
            let is_broken = |key: &String| is_broken(&constraints, &key.as_str().into());
            if part.kind == Kind::String && told.keys().any(is_broken) {
                let wanted = together(&constraints);
                self.add(
                    &subject,
                    at,
                    &format!("Map keys must satisfy constraint: {wanted}"),
                );
            }
        }
        if let Some((part, constraints)) = self.of_items(shape.value.as_ref(), at) {
            for (key, value) in told {
                if part.kind == Kind::Structure
                    && let Value::Object(told) = value
                {
                    self.structure(part, told, &format!("{at}.{key}.member"));
                }
            }
            if told.values().any(|value| is_broken(&constraints, value)) {
                let wanted = together(&constraints);
                self.add(
                    &subject,
                    at,
                    &format!("Map value must satisfy constraint: {wanted}"),
                );
            }
        }
    }

    fn list(&mut self, shape: &'m Shape, items: &[Value], whole: &Value, at: &str) {
        let subject = subject(whole, shape.sensitive);
        self.size(shape, whole, &subject, at);
        let Some((part, constraints)) = self.of_items(shape.member.as_ref(), at) else {
            return;
        };
        for (number, item) in items.iter().enumerate() {
            if let (Kind::Structure, Value::Object(told)) = (part.kind, item) {
                self.structure(part, told, &format!("{at}.{}.member", number + 1));
            }
        }
        if items.iter().any(|item| is_broken(&constraints, item)) {
            let wanted = match &constraints[..] {
                [only] => only.to_string(),
                several => format!("Member must satisfy constraint: {}", together(several)),
            };
            self.add(&subject, at, &wanted);
        }
    }

    /// How many entries a list or a map has.
    fn size(&mut self, shape: &'m Shape, whole: &Value, subject: &str, at: &str) {
        for constraint in lengths(shape) {
            if constraint.is_broken_by(whole) {
                self.add(subject, at, &constraint);
            }
        }
    }

    /// What the entries of a list or a map have to be, in the order in which it is told of them
    /// all.
    fn of_items(
        &self,
        member: Option<&'m Member>,
        at: &str,
    ) -> Option<(&'m Shape, Vec<Constraint<'m>>)> {
        let name = &member?.shape;
        let shape = self.model.shape(name)?;
        let mut constraints = self.constraints(name, shape, at);
        constraints.sort_by_key(|constraint| matches!(constraint, Constraint::Pattern(_)));
        if !deviations::takes_null(at) {
            constraints.push(Constraint::NotNull);
        }
        Some((shape, constraints))
    }

    /// What a plain value has to be, in the order in which it is told.
    fn constraints(&self, name: &str, shape: &'m Shape, at: &str) -> Vec<Constraint<'m>> {
        match shape.kind {
            Kind::String => {
                let pattern = shape.pattern().map(|_| Constraint::Pattern(shape));
                let mut all: Vec<Constraint<'m>> = pattern.into_iter().collect();
                all.extend(lengths(shape));
                let told = deviations::values(self.operation, name, shape, at);
                if !told.is_empty() {
                    let taken = &shape.values;
                    all.push(Constraint::OneOf { told, taken });
                }
                all
            }
            Kind::Integer | Kind::Long | Kind::Float | Kind::Double => {
                let (min, max) = deviations::range(name, shape);
                let most = max.map(Constraint::ValueAtMost);
                most.into_iter()
                    .chain(min.map(Constraint::ValueAtLeast))
                    .collect()
            }
            // Blobs are judged by what they decode to, where they are used.
            _ => Vec::new(),
        }
    }

    fn add(&mut self, subject: &str, at: &str, wanted: &impl std::fmt::Display) {
        self.found.push(format!(
            "{subject} at '{at}' failed to satisfy constraint: {wanted}"
        ));
    }
}

fn is_broken(constraints: &[Constraint<'_>], value: &Value) -> bool {
    let mut constraints = constraints.iter();
    constraints.any(|constraint| constraint.is_broken_by(value))
}

fn lengths(shape: &Shape) -> impl Iterator<Item = Constraint<'_>> {
    let most = shape.max.as_ref().map(Constraint::LengthAtMost);
    let least = shape.min.as_ref().map(Constraint::LengthAtLeast);
    most.into_iter().chain(least)
}

/// `vpcConfig.subnetIds`: members as they are called inside the service.
fn join(path: &str, name: &str) -> String {
    let name = deviations::inner_name(name);
    if path.is_empty() {
        name
    } else {
        format!("{path}.{name}")
    }
}

/// `Value 'x'`; of a secret nothing is shown.
fn subject(value: &Value, is_sensitive: bool) -> String {
    if is_sensitive {
        "Value".to_owned()
    } else {
        format!("Value '{}'", shown(value))
    }
}

/// As the service prints a value of its own: without quotes.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(told) => {
            let entries = told.iter();
            let entries: Vec<String> = entries
                .map(|(key, value)| format!("{key}={}", shown(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What is said of an input, without the words that always come first.
    fn told(operation: &str, input: Value) -> Vec<String> {
        let model = Model::lambda();
        let mut operations = model.operations();
        let operation = operations.find(|known| known.name == operation).unwrap();
        let Value::Object(input) = input else {
            unreachable!()
        };
        let Err(refusal) = validate(&model, operation, &input) else {
            return Vec::new();
        };
        let (_, told) = refusal.message.split_once(" detected: ").unwrap();
        told.split("; ").map(str::to_owned).collect()
    }

    fn create(more: &Value) -> Value {
        let mut input = json!({
            "FunctionName": "f",
            "Role": "arn:aws:iam::123456789012:role/r",
            "Code": {"ZipFile": ""},
        });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    }

    #[test]
    fn values_that_are_right_are_not_told_of() {
        let input = create(&json!({
            "Runtime": "whatever: it is judged later",
            "Architectures": ["arm64"],
            "MemorySize": 10240,
            "Environment": {"Variables": {"NAME": "value"}},
        }));
        assert_eq!(told("CreateFunction", input), Vec::<String>::new());
    }

    #[test]
    fn plain_values_are_told_of_one_by_one() {
        let input = create(&json!({"Role": "r1", "MemorySize": 1, "Timeout": 901}));
        assert_eq!(
            told("CreateFunction", input),
            [
                "Value '1' at 'memorySize' failed to satisfy constraint: Member must have value \
                 greater than or equal to 128",
                "Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular \
                 expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
                "Value '901' at 'timeout' failed to satisfy constraint: Member must have value \
                 less than or equal to 900",
            ]
        );
        assert_eq!(
            told("CreateFunction", json!({"FunctionName": "f", "Code": {}})),
            ["Value null at 'role' failed to satisfy constraint: Member must not be null"]
        );
    }

    #[test]
    fn a_list_is_told_of_as_a_whole() {
        for (more, expected) in [
            (
                json!({"Architectures": ["x86_64", "arm64"]}),
                "Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member \
                 must have length less than or equal to 1",
            ),
            (
                json!({"Architectures": ["X86_64"]}),
                "Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must \
                 satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member \
                 must not be null]",
            ),
            (
                json!({"VpcConfig": {"SubnetIds": ["bad"]}}),
                "Value '[bad]' at 'vpcConfig.subnetIds' failed to satisfy constraint: Member must \
                 satisfy constraint: [Member must have length less than or equal to 1024, Member \
                 must have length greater than or equal to 0, Member must satisfy regular \
                 expression pattern: subnet-[0-9a-z]*]",
            ),
        ] {
            assert_eq!(told("CreateFunction", create(&more)), [expected]);
        }
    }

    #[test]
    fn a_map_is_told_of_by_its_keys_or_its_values() {
        let input = create(&json!({"Environment": {"Variables": {"no-name": "v"}}}));
        assert_eq!(
            told("CreateFunction", input),
            [
                "Value at 'environment.variables' failed to satisfy constraint: Map keys must \
                 satisfy constraint: [Member must satisfy regular expression pattern: \
                 [a-zA-Z]([a-zA-Z0-9_])+]"
            ]
        );
        let alias = |weights: Value| {
            json!({
                "FunctionName": "f",
                "Name": "live",
                "FunctionVersion": "1",
                "RoutingConfig": {"AdditionalVersionWeights": weights},
            })
        };
        assert_eq!(
            told("CreateAlias", alias(json!({"2": 2.0}))),
            [
                "Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy \
                 constraint: Map value must satisfy constraint: [Member must have value less than \
                 or equal to 1.0, Member must have value greater than or equal to 0.0, Member must \
                 not be null]"
            ]
        );
        assert_eq!(
            told("CreateAlias", alias(json!({"$LATEST": 0.5}))),
            [
                "Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' failed to \
                 satisfy constraint: Map keys must satisfy constraint: [Member must have length \
                 less than or equal to 1024, Member must have length greater than or equal to 1, \
                 Member must satisfy regular expression pattern: [0-9]+, Member must not be null]"
            ]
        );
    }
}
