//! Times as answers have them: each resource has its own form.

use jiff::Timestamp;
use serde_json::Value;

/// Functions, versions, layers: `2025-11-25T02:27:35.123+0000`.
pub(super) fn lambda(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
}

/// Function URLs: `2025-11-25T02:27:35.123456Z`.
pub(super) fn precise(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

/// Provisioned concurrency: `2025-11-25T02:27:35+0000`.
pub(super) fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

/// What the model calls a timestamp: seconds since 1970.
pub(super) fn epoch(time: Timestamp) -> Value {
    let since = time.duration_since(Timestamp::UNIX_EPOCH);
    since.as_secs_f64().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_resource_has_its_own_form() {
        let time: Timestamp = "2025-11-25T02:27:35.123456Z".parse().unwrap();
        assert_eq!(lambda(time), "2025-11-25T02:27:35.123+0000");
        assert_eq!(precise(time), "2025-11-25T02:27:35.123456Z");
        assert_eq!(seconds(time), "2025-11-25T02:27:35+0000");
        assert_eq!(epoch(time), 1_764_037_655.123_456);
    }
}
