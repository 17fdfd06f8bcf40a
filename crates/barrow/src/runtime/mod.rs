//! What Lambda's runtimes bring along, as this version of Barrow has it.

use barrow_model::Runtime;
use serde::Deserialize;

/// Where runtimes are kept, below the cache.
pub const FOLDER: &str = "runtimes";

/// The table, and the program that starts a function.
const CONTENTS: &str = include_str!("contents.toml");
pub const BOOTSTRAP: &str = include_str!("bootstrap.py");

/// The pinned distributions of one runtime.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    names: Vec<String>,
    /// The runtime interface client and what it needs.
    pub client: Vec<String>,
    /// The AWS SDK and what it needs.
    pub sdk: Vec<String>,
}

impl Contents {
    pub fn of(runtime: Runtime) -> Self {
        #[derive(Deserialize)]
        struct Table {
            runtime: Vec<Contents>,
        }
        let table: Table = toml::from_str(CONTENTS).expect("a test reads our own table");
        table
            .runtime
            .into_iter()
            .find(|contents| contents.names.iter().any(|name| name == runtime.id()))
            .expect("a test finds every runtime in our own table")
    }

    /// `4.0.1` of `awslambdaric==4.0.1`.
    pub fn version(&self, distribution: &str) -> Option<&str> {
        self.client
            .iter()
            .chain(&self.sdk)
            .filter_map(|pin| pin.split_once("=="))
            .find_map(|(name, version)| (name == distribution).then_some(version))
    }
}

/// Whether the SDK lies beside the client in `/var/runtime`.
pub fn sdk_is_in_runtime(runtime: Runtime) -> bool {
    runtime.minor() <= 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runtime_has_pinned_contents() {
        for runtime in Runtime::all() {
            let contents = Contents::of(runtime);
            for distribution in ["awslambdaric", "boto3", "botocore", "urllib3"] {
                assert!(
                    contents.version(distribution).is_some(),
                    "{runtime} {distribution}"
                );
            }
            for pin in contents.client.iter().chain(&contents.sdk) {
                assert!(pin.contains("=="), "{runtime} {pin}");
            }
        }
    }
}
