//! From a request to the members of an operation's input.

use hyper::HeaderMap;
use serde_json::{Map, Number, Value};

use super::model::{Kind, Location, Member, Model, Operation, Shape};
use super::refusal::Refusal;
use super::route::Route;

/// The members of an input, each in its JSON form, whether it came in the path, the query, a header
/// or the body. A body that is not JSON itself is left out: its operation takes it as it is.
pub(crate) fn bind(
    model: &Model,
    route: &Route<'_>,
    query: &[(String, String)],
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Map<String, Value>, Refusal> {
    let Some(input) = model.input(route.operation) else {
        return Ok(Map::new());
    };
    let mut bound = Map::new();
    if wants_json(input) {
        let mut told = parse(body)?;
        for (name, member) in &input.members {
            if member.location == Location::Body
                && let Some(value) = told.remove(member.wire_name(name))
                && !value.is_null()
            {
                bound.insert(name.clone(), checked(model, &member.shape, value)?);
            }
        }
    }
    for (name, member) in &input.members {
        let wire = member.wire_name(name);
        let texts: Vec<&str> = match member.location {
            Location::Uri => {
                let mut labels = route.labels.iter();
                let label = labels.find(|(label, _)| *label == wire);
                label.map(|(_, text)| text.as_str()).into_iter().collect()
            }
            Location::Querystring => {
                let pairs = query.iter().filter(|(key, _)| key == wire);
                pairs.map(|(_, text)| text.as_str()).collect()
            }
            Location::Header => {
                let value = headers.get(wire).and_then(|value| value.to_str().ok());
                value.into_iter().collect()
            }
            Location::Body | Location::Headers | Location::StatusCode => continue,
        };
        if let Some(value) = of_texts(model, member, &texts)? {
            bound.insert(name.clone(), value);
        }
    }
    Ok(bound)
}

/// The same, where all members are in a body of JSON.
pub(crate) fn bind_document(
    model: &Model,
    operation: &Operation,
    body: &[u8],
) -> Result<Map<String, Value>, Refusal> {
    let told = parse(body)?;
    let Some(input) = &operation.input else {
        return Ok(Map::new());
    };
    match checked(model, input, Value::Object(told))? {
        Value::Object(bound) => Ok(bound),
        _ => Ok(Map::new()),
    }
}

/// Whether the body is an object of members.
fn wants_json(input: &Shape) -> bool {
    let in_body = |member: &Member| member.location == Location::Body;
    input.payload.is_none() && input.members.values().any(in_body)
}

fn parse(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(told)) => Ok(told),
        Ok(other) => Err(cannot_be(kind_of(&other), "structure")),
        Err(error) => Err(Refusal::new("SerializationException", error.to_string())),
    }
}

/// The value, if it is of the shape's type all the way down. `null` is as good as nothing.
fn checked(model: &Model, name: &str, value: Value) -> Result<Value, Refusal> {
    let Some(shape) = model.shape(name) else {
        return Ok(value);
    };
    match (shape.kind, value) {
        (Kind::Structure, Value::Object(mut told)) => {
            let mut bound = Map::new();
            for (name, member) in &shape.members {
                if let Some(value) = told.remove(member.wire_name(name))
                    && !value.is_null()
                {
                    bound.insert(name.clone(), checked(model, &member.shape, value)?);
                }
            }
            Ok(Value::Object(bound))
        }
        (Kind::Map, Value::Object(told)) => {
            let member = shape.value.as_ref().map_or("", |member| &member.shape);
            let entries = told.into_iter().filter(|(_, value)| !value.is_null());
            let entries = entries.map(|(key, value)| Ok((key, checked(model, member, value)?)));
            Ok(Value::Object(entries.collect::<Result<_, Refusal>>()?))
        }
        (Kind::List, Value::Array(items)) => {
            let member = shape.member.as_ref().map_or("", |member| &member.shape);
            let items = items.into_iter().map(|item| match item {
                Value::Null => Ok(Value::Null),
                item => checked(model, member, item),
            });
            Ok(Value::Array(items.collect::<Result<_, Refusal>>()?))
        }
        (Kind::Integer | Kind::Long, Value::Number(number)) => whole(&number),
        (Kind::Float | Kind::Double, Value::Number(number)) => {
            Ok(number.as_f64().unwrap_or_default().into())
        }
        (Kind::String | Kind::Blob | Kind::Timestamp, value @ Value::String(_))
        | (Kind::Timestamp, value @ Value::Number(_))
        | (Kind::Boolean, value @ Value::Bool(_)) => Ok(value),
        (kind, value) => Err(cannot_be(kind_of(&value), type_name(kind))),
    }
}

/// Numbers lose their fraction, as the service's own reader has it.
fn whole(number: &Number) -> Result<Value, Refusal> {
    if let Some(whole) = number.as_i64() {
        return Ok(whole.into());
    }
    match number.as_f64() {
        Some(number) if number.abs() < 9e15 => Ok((number as i64).into()),
        _ => Err(cannot_be("NUMBER_VALUE", "Integer")),
    }
}

fn of_texts(model: &Model, member: &Member, texts: &[&str]) -> Result<Option<Value>, Refusal> {
    let Some(first) = texts.first() else {
        return Ok(None);
    };
    let kind = model.shape(&member.shape).map(|shape| shape.kind);
    Ok(Some(match kind {
        Some(Kind::List) => texts.iter().copied().map(Value::from).collect(),
        Some(Kind::Integer | Kind::Long) => match first.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => return Err(cannot_be("STRING_VALUE", "Integer")),
        },
        Some(Kind::Boolean) => match *first {
            "true" => true.into(),
            "false" => false.into(),
            _ => return Err(cannot_be("STRING_VALUE", "Boolean")),
        },
        _ => (*first).into(),
    }))
}

fn cannot_be(seen: &str, wanted: &str) -> Refusal {
    let message = match wanted {
        "structure" | "list" | "map" => {
            "Start of structure or map found where not expected.".into()
        }
        _ => format!("{seen} can not be converted to a{} {wanted}", n(wanted)),
    };
    Refusal::new("SerializationException", message)
}

fn n(word: &str) -> &'static str {
    if word.starts_with('I') { "n" } else { "" }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Array(_) => "START_ARRAY",
        Value::Object(_) => "START_OBJECT",
    }
}

fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Structure => "structure",
        Kind::List => "list",
        Kind::Map => "map",
        Kind::String => "String",
        Kind::Integer => "Integer",
        Kind::Long => "Long",
        Kind::Float => "Float",
        Kind::Double => "Double",
        Kind::Boolean => "Boolean",
        Kind::Blob => "Blob",
        Kind::Timestamp => "Timestamp",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bound(method: &str, path: &str, body: &str) -> Result<Value, String> {
        let model = Model::lambda();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let query: Vec<(String, String)> = pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let route = model.route(method, path, &query).unwrap();
        bind(&model, &route, &query, &HeaderMap::new(), body.as_bytes())
            .map(Value::Object)
            .map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn members_come_from_the_path_the_query_and_the_body() {
        assert_eq!(
            bound(
                "PUT",
                "/2015-03-31/functions/f/aliases/live",
                r#"{"FunctionVersion": "1", "Description": null, "Unknown": 1,
                    "RoutingConfig": {"AdditionalVersionWeights": {"2": 1}}}"#,
            ),
            Ok(json!({
                "FunctionName": "f",
                "Name": "live",
                "FunctionVersion": "1",
                "RoutingConfig": {"AdditionalVersionWeights": {"2": 1.0}},
            }))
        );
        assert_eq!(
            bound("GET", "/2015-03-31/functions?MaxItems=3&Marker=m", ""),
            Ok(json!({"MaxItems": 3, "Marker": "m"}))
        );
        assert_eq!(
            bound("DELETE", "/2017-03-31/tags/arn?tagKeys=a&tagKeys=b", ""),
            Ok(json!({"Resource": "arn", "TagKeys": ["a", "b"]}))
        );
    }

    #[test]
    fn values_of_another_type_are_refused() {
        const CREATE: &str = "/2015-03-31/functions";
        for (body, expected) in [
            (
                r#"{"FunctionName": 1}"#,
                "NUMBER_VALUE can not be converted to a String",
            ),
            (
                r#"{"Timeout": "3"}"#,
                "STRING_VALUE can not be converted to an Integer",
            ),
            (
                r#"{"Publish": "yes"}"#,
                "STRING_VALUE can not be converted to a Boolean",
            ),
            (
                r#"{"Code": []}"#,
                "Start of structure or map found where not expected.",
            ),
            (
                r#"{"Layers": {}}"#,
                "Start of structure or map found where not expected.",
            ),
            ("[]", "Start of structure or map found where not expected."),
            ("{", "EOF while parsing an object at line 1 column 1"),
        ] {
            let error = bound("POST", CREATE, body).unwrap_err();
            assert_eq!(
                error,
                format!("SerializationException: {expected}"),
                "{body}"
            );
        }
        assert_eq!(
            bound("POST", CREATE, r#"{"Timeout": 3.9}"#),
            Ok(json!({"Timeout": 3}))
        );
    }
}
