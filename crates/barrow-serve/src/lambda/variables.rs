//! Variables of a function's environment: which may be set, and how many.

use std::collections::BTreeMap;
use std::fmt;

use barrow_model::limits::VARIABLES_LIMIT_BYTES;
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::api::Refusal;

/// Variables that the service sets itself.
const RESERVED: [&str; 16] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
];

/// `body` is the request that the variables came in: refusals tell them in the order that they
/// have there.
pub(super) fn check(variables: &BTreeMap<String, String>, body: &[u8]) -> Result<(), Refusal> {
    let reserved: Vec<&str> = variables
        .keys()
        .map(String::as_str)
        .filter(|name| RESERVED.contains(name))
        .collect();
    if !reserved.is_empty() {
        return Err(Refusal::invalid(format!(
            "Lambda was unable to configure your environment variables because the environment \
             variables you have provided contains reserved keys that are currently not supported \
             for modification. Reserved keys used in this request: {}",
            reserved.join(", ")
        )));
    }
    let measured = serde_json::to_string(variables).unwrap_or_default();
    if measured.len() > VARIABLES_LIMIT_BYTES {
        let told = as_sent(body).unwrap_or(measured);
        return Err(Refusal::invalid(format!(
            "Lambda was unable to configure your environment variables because the environment \
             variables you have provided exceeded the 4KB limit. String measured: {told}"
        )));
    }
    Ok(())
}

fn as_sent(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Request {
        environment: Environment,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Environment {
        variables: InOrder,
    }
    let request: Request = serde_json::from_slice(body).ok()?;
    serde_json::to_string(&request.environment.variables).ok()
}

/// An object of texts that keeps its order.
struct InOrder(Vec<(String, String)>);

impl<'de> Deserialize<'de> for InOrder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = InOrder;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<InOrder, A::Error> {
                let mut entries = Vec::new();
                while let Some((name, value)) = map.next_entry()? {
                    if let Some(value) = value {
                        entries.push((name, value));
                    }
                }
                Ok(InOrder(entries))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

impl Serialize for InOrder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(entries: &[(&str, &str)], body: &str) -> Option<String> {
        let entries = entries.iter();
        let variables = entries
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        check(&variables, body.as_bytes())
            .err()
            .map(|refusal| refusal.message)
    }

    #[test]
    fn variables_of_the_service_are_its_own() {
        let told = refused(&[("AWS_REGION", "x"), ("MINE", "y")], "").unwrap();
        assert!(told.ends_with("Reserved keys used in this request: AWS_REGION"));
        assert_eq!(refused(&[("AWS_REGION_MINE", "x")], ""), None);
    }

    #[test]
    fn four_kibibytes_are_measured_as_json_and_told_as_sent() {
        let fits = "x".repeat(VARIABLES_LIMIT_BYTES - r#"{"A":""}"#.len());
        assert_eq!(refused(&[("A", &fits)], ""), None);
        let body = format!(
            r#"{{"Timeout": 3, "Environment": {{"Variables": {{"Z": "1", "A": "{fits}"}}}}}}"#
        );
        let told = refused(&[("A", &fits), ("Z", "1")], &body).unwrap();
        let expected = format!(r#"String measured: {{"Z":"1","A":"{fits}"}}"#);
        assert!(told.ends_with(&expected), "{told}");
    }
}
