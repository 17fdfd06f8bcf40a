//! `Marker`, `MaxItems`, `IsTruncated`.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use crate::api::Refusal;
use crate::front::Call;

const PAGE: i64 = 100;

/// A page of things that are in the order of their keys.
pub(super) fn page<T>(
    call: &Call<'_>,
    name: &str,
    things: impl IntoIterator<Item = (String, T)>,
    show: impl Fn(&T) -> Value,
) -> Result<Value, Refusal> {
    let after = match call.optional("Marker") {
        None => None,
        Some(marker) => Some(
            decoded(marker).ok_or_else(|| Refusal::new("ValidationError", "Invalid Marker."))?,
        ),
    };
    let size = usize::try_from(call.number("MaxItems").unwrap_or(PAGE)).unwrap_or_default();
    let behind = |key: &String| after.as_ref().is_none_or(|after| key > after);
    let mut things = things.into_iter().filter(|(key, _)| behind(key)).peekable();
    let mut shown = Vec::new();
    let mut last = String::new();
    while shown.len() < size
        && let Some((key, thing)) = things.next()
    {
        shown.push(show(&thing));
        last = key;
    }
    let more = things.peek().is_some();
    let mut answer = json!({"IsTruncated": more, name: shown});
    if more {
        answer["Marker"] = BASE64URL_NOPAD.encode(last.as_bytes()).into();
    }
    Ok(answer)
}

fn decoded(marker: &str) -> Option<String> {
    String::from_utf8(BASE64URL_NOPAD.decode(marker.as_bytes()).ok()?).ok()
}
