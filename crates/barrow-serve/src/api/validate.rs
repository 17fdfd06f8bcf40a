//! What the model demands of values, in the service's words.

use serde_json::{Map, Value};

use super::deviations;
use super::model::{Kind, Member, Model, Operation, Shape};
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
        for (name, member) in deviations::in_order(self.operation, &shape.members) {
            let at = join(path, name);
            match told.get(name) {
                Some(value) => self.value(member, value, &at),
                None if shape.required.iter().any(|required| required == name) => {
                    self.add("null", &at, "Member must not be null");
                }
                None => {}
            }
        }
    }

    fn value(&mut self, member: &'m Member, value: &Value, at: &str) {
        let Some(shape) = self.model.shape(&member.shape) else {
            return;
        };
        match value {
            Value::Object(told) if shape.kind == Kind::Structure => {
                self.structure(shape, told, at);
            }
            Value::Object(told) => self.map(shape, told, at),
            Value::Array(items) => self.list(shape, items, at),
            _ => {
                let shown = if shape.sensitive {
                    "***".to_owned()
                } else {
                    shown(value)
                };
                for wanted in self.broken(&member.shape, shape, value, at) {
                    self.add(&shown, at, &wanted);
                }
            }
        }
    }

    fn map(&mut self, shape: &'m Shape, told: &Map<String, Value>, at: &str) {
        let bounds = size(shape, told.len(), "have length");
        for wanted in bounds {
            self.add(&shown(&Value::Object(told.clone())), at, &wanted);
        }
        let part = |member: &Option<Member>| {
            let name = &member.as_ref()?.shape;
            Some((name.clone(), self.model.shape(name)?))
        };
        let (keys, values) = (part(&shape.key), part(&shape.value));
        for (key, value) in told {
            let key = Value::from(key.as_str());
            for (part, told) in [(&keys, &key), (&values, value)] {
                let Some((name, part)) = part else { continue };
                if matches!(told, Value::Object(_) | Value::Array(_)) {
                    continue;
                }
                if !self.broken(name, part, told, at).is_empty() {
                    let wanted = constraints(self.model, self.operation, name, part, at);
                    let map = if shape.sensitive || part.sensitive {
                        "***".to_owned()
                    } else {
                        shown(&Value::Object(
                            [(key_text(&key), value.clone())].into_iter().collect(),
                        ))
                    };
                    let wanted = together(wanted);
                    self.add(
                        &map,
                        at,
                        &format!("Map {} must satisfy constraint: {wanted}", {
                            if std::ptr::eq(told, &raw const key) {
                                "keys"
                            } else {
                                "value"
                            }
                        }),
                    );
                    return;
                }
            }
        }
    }

    /// A list is one value: what one item breaks is told of the whole of it.
    fn list(&mut self, shape: &'m Shape, items: &[Value], at: &str) {
        let whole = shown(&Value::Array(items.to_vec()));
        for wanted in size(shape, items.len(), "have length") {
            self.add(&whole, at, &wanted);
        }
        let Some(member) = &shape.member else { return };
        let Some(of_item) = self.model.shape(&member.shape) else {
            return;
        };
        let nullable = deviations::takes_null(at);
        for (number, item) in items.iter().enumerate() {
            match item {
                Value::Object(told) if of_item.kind == Kind::Structure => {
                    let at = format!("{at}.{}.member", number + 1);
                    self.structure(of_item, told, &at);
                }
                Value::Null if nullable => {}
                item => {
                    let is_broken =
                        item.is_null() || !self.broken(&member.shape, of_item, item, at).is_empty();
                    if is_broken {
                        let mut wanted =
                            constraints(self.model, self.operation, &member.shape, of_item, at);
                        if !nullable {
                            wanted.push("Member must not be null".to_owned());
                        }
                        let several = wanted.len() > 1;
                        let wanted = together(wanted);
                        let wanted = if several {
                            format!("Member must satisfy constraint: {wanted}")
                        } else {
                            wanted
                        };
                        self.add(&whole, at, &wanted);
                        return;
                    }
                }
            }
        }
    }

    /// Which of its constraints a plain value breaks.
    fn broken(&self, name: &str, shape: &Shape, value: &Value, at: &str) -> Vec<String> {
        let mut broken = Vec::new();
        match value {
            Value::String(text) => {
                // Blobs are judged by what they decode to, where they are used.
                if shape.kind != Kind::Blob {
                    broken.extend(length(self.operation, shape, text.chars().count(), at));
                    if !shape.matches(text) {
                        broken.extend(pattern(shape));
                    }
                    let values = deviations::values(self.operation, name, shape, at);
                    if !values.is_empty() && !values.contains(&text.as_str()) {
                        broken.push(set(&values));
                    }
                }
            }
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or_default();
                let (min, max) = deviations::range(name, shape);
                if max.is_some_and(|max| number > max) {
                    broken.push(at_most("have value", max));
                }
                if min.is_some_and(|min| number < min) {
                    broken.push(at_least("have value", min));
                }
            }
            _ => {}
        }
        broken
    }

    fn add(&mut self, value: &str, at: &str, wanted: &str) {
        self.found.push(
            format!("Value '{value}' at '{at}' failed to satisfy constraint: {wanted}").replacen(
                "Value 'null'",
                "Value null",
                1,
            ),
        );
    }
}

/// All constraints of a shape, as they are told together.
fn constraints(model: &Model, operation: &str, name: &str, shape: &Shape, at: &str) -> Vec<String> {
    let _ = model;
    let mut all = Vec::new();
    if matches!(shape.kind, Kind::String) {
        if shape.max.is_some() {
            all.push(at_most("have length", shape.max));
            all.push(at_least("have length", shape.min.or(Some(0.0))));
        }
        all.extend(pattern(shape));
        let values = deviations::values(operation, name, shape, at);
        if !values.is_empty() {
            all.push(set(&values));
        }
    }
    all
}

fn length(operation: &str, shape: &Shape, length: usize, at: &str) -> Vec<String> {
    let max = deviations::longest(operation, at).or(shape.max);
    let mut broken = Vec::new();
    if max.is_some_and(|max| length as f64 > max) {
        broken.push(at_most("have length", max));
    }
    if shape.min.is_some_and(|min| (length as f64) < min) {
        broken.push(at_least("have length", shape.min));
    }
    broken
}

fn size(shape: &Shape, length: usize, what: &str) -> Vec<String> {
    let mut broken = Vec::new();
    if shape.max.is_some_and(|max| length as f64 > max) {
        broken.push(at_most(what, shape.max));
    }
    if shape.min.is_some_and(|min| (length as f64) < min) {
        broken.push(at_least(what, shape.min));
    }
    broken
}

fn pattern(shape: &Shape) -> Option<String> {
    let pattern = shape.pattern()?;
    Some(format!(
        "Member must satisfy regular expression pattern: {pattern}"
    ))
}

fn set(values: &[&str]) -> String {
    format!(
        "Member must satisfy enum value set: [{}]",
        values.join(", ")
    )
}

fn at_most(what: &str, max: Option<f64>) -> String {
    let max = max.unwrap_or_default();
    format!("Member must {what} less than or equal to {max}")
}

fn at_least(what: &str, min: Option<f64>) -> String {
    let min = min.unwrap_or_default();
    format!("Member must {what} greater than or equal to {min}")
}

fn together(mut wanted: Vec<String>) -> String {
    match wanted.len() {
        1 => wanted.remove(0),
        _ => format!("[{}]", wanted.join(", ")),
    }
}

fn key_text(key: &Value) -> String {
    key.as_str().unwrap_or_default().to_owned()
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
