//! The API's model, as far as a client needs it.

use std::sync::OnceLock;

use serde_json::Value;

pub(crate) fn model() -> &'static Value {
    static MODEL: OnceLock<Value> = OnceLock::new();
    MODEL.get_or_init(|| serde_json::from_str(include_str!("../../model/lambda.json")).unwrap())
}

pub(crate) fn operation(name: &str) -> &'static Value {
    let operation = &model()["operations"][name];
    assert!(operation.is_object(), "no operation is called {name}");
    operation
}

pub(crate) fn shape(name: &str) -> &'static Value {
    &model()["shapes"][name]
}

pub(crate) fn text(value: &'static Value) -> &'static str {
    value.as_str().unwrap_or_default()
}
