//! `Marker` and `MaxItems`.

use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;

use super::Call;
use crate::api::Refusal;

/// Part of a list.
#[derive(Debug)]
pub(crate) struct Page {
    /// The key of the last entry of the page before; empty for the first.
    pub after: String,
    pub size: usize,
}

impl Page {
    /// What a request asks for; never more than `most`.
    pub(crate) fn of(call: &Call<'_>, most: usize) -> Result<Self, Refusal> {
        let size = call.input.get("MaxItems").and_then(Value::as_u64);
        let size = size.map_or(most, |size| most.min(size as usize));
        let after = match call.text("Marker") {
            None | Some("") => String::new(),
            Some(marker) => decode(marker)?,
        };
        Ok(Self { after, size })
    }

    /// How many to read: one more than fits tells whether there is more.
    pub(crate) fn reach(&self) -> usize {
        self.size + 1
    }

    /// Cuts what was read to the page, and gives the next page's marker.
    pub(crate) fn cut<T>(&self, entries: &mut Vec<(String, T)>) -> Option<String> {
        if entries.len() <= self.size {
            return None;
        }
        entries.truncate(self.size);
        let (last, _) = entries.last()?;
        Some(BASE64URL_NOPAD.encode(last.as_bytes()))
    }
}

fn decode(marker: &str) -> Result<String, Refusal> {
    let decoded = BASE64URL_NOPAD.decode(marker.as_bytes()).ok();
    decoded
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| Refusal::invalid("Invalid pagination token"))
}
