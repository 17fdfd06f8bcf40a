//! How large requests for Lambda's API may be.

use barrow_model::limits::DIRECT_UPLOAD_LIMIT_BYTES;
use serde_json::{Map, Value};

use crate::api::Refusal;

/// What comes with a package. Recorded 2025-11-25.
const WITH_PACKAGE_BYTES: usize = 70_167_211;

/// `UpdateFunctionConfiguration`. From deployment logs.
const CONFIGURATION_BYTES: usize = 5120;

/// Whatever else has no limit that is known.
const OTHERS_BYTES: usize = 1 << 20;

/// A package that is too large is told of before the request that it comes with, so that much of
/// a request has to be looked at.
const MOST_BYTES: usize = 80_000_000;

/// Where to stop reading.
pub(super) fn most_to_read(operation: &str) -> usize {
    match limit(operation) {
        WITH_PACKAGE_BYTES => MOST_BYTES,
        other => other,
    }
}

fn limit(operation: &str) -> usize {
    match operation {
        "UpdateFunctionConfiguration" => CONFIGURATION_BYTES,
        "CreateFunction"
        | "UpdateFunctionCode"
        | "PublishLayerVersion"
        // Their own limits, in other words, are looked at where they are carried out.
        | "Invoke"
        | "InvokeAsync"
        | "InvokeWithResponseStream" => WITH_PACKAGE_BYTES,
        _ => OTHERS_BYTES,
    }
}

/// Looks at a request that was read to its end.
pub(super) fn check(
    operation: &str,
    body_bytes: usize,
    input: &Map<String, Value>,
) -> Result<(), Refusal> {
    if body_bytes < limit(operation) {
        return Ok(());
    }
    let inner = input.get("Code").or_else(|| input.get("Content"));
    let package = inner.map_or(input.get("ZipFile"), |inner| inner.get("ZipFile"));
    let base64 = package.and_then(Value::as_str).map_or(0, str::len) as u64;
    if base64 / 4 * 3 >= DIRECT_UPLOAD_LIMIT_BYTES {
        return Err(Refusal::new(
            "RequestEntityTooLargeException",
            format!("Zipped size must be smaller than {DIRECT_UPLOAD_LIMIT_BYTES} bytes"),
        ));
    }
    Err(too_large(operation))
}

pub(super) fn too_large(operation: &str) -> Refusal {
    let limit = limit(operation);
    Refusal::new(
        "RequestEntityTooLargeException",
        format!("Request must be smaller than {limit} bytes for the {operation} operation"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(operation: &str, body_bytes: usize, input: Value) -> Option<String> {
        let Value::Object(input) = input else {
            unreachable!()
        };
        check(operation, body_bytes, &input)
            .err()
            .map(|refusal| refusal.message)
    }

    #[test]
    fn each_operation_has_its_limit() {
        assert_eq!(
            refused("UpdateFunctionConfiguration", 5119, json!({})),
            None
        );
        assert_eq!(
            refused("UpdateFunctionConfiguration", 5120, json!({})).as_deref(),
            Some(
                "Request must be smaller than 5120 bytes for the UpdateFunctionConfiguration \
                 operation"
            )
        );
        let told = refused("CreateFunction", WITH_PACKAGE_BYTES, json!({})).unwrap();
        assert!(told.starts_with("Request must be smaller than 70167211 bytes"));
    }

    #[test]
    fn a_package_that_is_too_large_is_told_of_first() {
        let base64 = "A".repeat(70_200_000);
        let told = refused(
            "CreateFunction",
            70_300_000,
            json!({"Code": {"ZipFile": base64}}),
        );
        assert_eq!(
            told.as_deref(),
            Some("Zipped size must be smaller than 52428800 bytes")
        );
    }
}
