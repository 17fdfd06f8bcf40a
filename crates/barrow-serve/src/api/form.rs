//! The query protocol's requests: members of an input as pairs of a form.
//!
//! `Tags.member.1.Key=a&Tags.member.1.Value=b` is a list of one structure.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use serde_json::{Map, Value};

use super::model::{Kind, Model, Operation, Shape};
use super::refusal::Refusal;

/// The members of an input, each in its JSON form.
pub(crate) fn bind_form(
    model: &Model,
    operation: &Operation,
    pairs: &[(String, String)],
) -> Result<Map<String, Value>, Refusal> {
    let Some(input) = model.input(operation) else {
        return Ok(Map::new());
    };
    let mut told = BTreeMap::new();
    for (name, text) in pairs {
        // Of a name that comes twice, the first counts.
        told.entry(name.as_str()).or_insert(text.as_str());
    }
    let form = Form { model, told };
    form.structure(input, "")
}

struct Form<'m> {
    model: &'m Model,
    told: BTreeMap<&'m str, &'m str>,
}

impl<'m> Form<'m> {
    fn structure(&self, shape: &Shape, prefix: &str) -> Result<Map<String, Value>, Refusal> {
        let mut bound = Map::new();
        for (name, member) in &shape.members {
            let key = format!("{prefix}{}", member.wire_name(name));
            if let Some(value) = self.value(&member.shape, &key)? {
                bound.insert(name.clone(), value);
            }
        }
        Ok(bound)
    }

    fn value(&self, shape: &str, key: &str) -> Result<Option<Value>, Refusal> {
        let Some(shape) = self.model.shape(shape) else {
            return Ok(None);
        };
        let inside = format!("{key}.");
        match shape.kind {
            Kind::Structure => {
                if self.below(&inside).next().is_none() {
                    return Ok(None);
                }
                Ok(Some(Value::Object(self.structure(shape, &inside)?)))
            }
            Kind::List => self.list(shape, key),
            Kind::Map => Err(Refusal::new(
                "InvalidParameterValue",
                format!("{key} is a map, which this service does not read"),
            )),
            kind => self
                .told
                .get(key)
                .map(|text| plain(kind, key, text))
                .transpose(),
        }
    }

    fn list(&self, shape: &Shape, key: &str) -> Result<Option<Value>, Refusal> {
        let Some(member) = &shape.member else {
            return Ok(None);
        };
        let prefix = format!("{key}.member.");
        let numbers: BTreeSet<u32> = self
            .below(&prefix)
            .filter_map(|rest| rest.split('.').next()?.parse().ok())
            .collect();
        if numbers.is_empty() {
            // An empty list is written as a text that is empty.
            return Ok(self
                .told
                .contains_key(key)
                .then(|| Value::Array(Vec::new())));
        }
        let items = numbers.iter().filter_map(|number| {
            let item = self.value(&member.shape, &format!("{prefix}{number}"));
            item.transpose()
        });
        Ok(Some(Value::Array(items.collect::<Result<_, _>>()?)))
    }

    /// What follows a prefix in the names that begin with it.
    fn below(&self, prefix: &str) -> impl Iterator<Item = &'m str> {
        let from = (Bound::Included(prefix), Bound::Unbounded);
        let names = self.told.range::<str, _>(from);
        names.map_while(move |(name, _)| name.strip_prefix(prefix))
    }
}

fn plain(kind: Kind, key: &str, text: &str) -> Result<Value, Refusal> {
    let malformed = |wanted: &str| {
        Refusal::new(
            "MalformedInput",
            format!("{key} is not {wanted}: {}", super::shortened(text)),
        )
    };
    Ok(match kind {
        Kind::Integer | Kind::Long => {
            let number: i64 = text.parse().map_err(|_| malformed("a whole number"))?;
            number.into()
        }
        Kind::Boolean => match text {
            "true" => true.into(),
            "false" => false.into(),
            _ => return Err(malformed("true or false")),
        },
        _ => text.into(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::front::pairs;

    fn bound(form: &str) -> Result<Value, Refusal> {
        let model = Model::iam();
        let operation = model.operation("CreateRole").unwrap();
        bind_form(model, operation, &pairs(form)).map(Value::Object)
    }

    #[test]
    fn lists_and_structures_come_by_their_numbers() {
        let form = "RoleName=r&Tags.member.2.Key=b&Tags.member.2.Value=2&Tags.member.1.Key=a\
                    &Tags.member.1.Value=1&MaxSessionDuration=3600&Foreign=x";
        let wanted = json!({
            "RoleName": "r",
            "MaxSessionDuration": 3600,
            "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
        });
        assert_eq!(bound(form), Ok(wanted));
        assert_eq!(bound("Tags="), Ok(json!({"Tags": []})));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let refused = bound("MaxSessionDuration=long").unwrap_err();
        assert_eq!(refused.code, "MalformedInput");
    }
}
