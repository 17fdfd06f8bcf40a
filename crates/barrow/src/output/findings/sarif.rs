//! Findings as SARIF 2.1.0, as far as code scanning services read it.

use std::collections::BTreeMap;

use barrow_check::{Check, Finding, Level};
use serde::Serialize;

use super::CheckDocument;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What paths inside the package are relative to.
const BASE: &str = "PACKAGE";

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    /// The package that all paths are in.
    original_uri_base_ids: BTreeMap<&'static str, Base>,
    results: Vec<Outcome>,
}

#[derive(Debug, Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Text,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Debug, Serialize)]
struct Text {
    text: String,
}

#[derive(Debug, Serialize)]
struct Base {
    description: Text,
}

#[derive(Debug, Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Debug, Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
}

/// One run: only the checks that found something are described.
pub(super) fn log(document: &CheckDocument, findings: &[Finding]) -> Log {
    let mut checks: Vec<&Check> = findings.iter().map(|finding| finding.check).collect();
    checks.sort_by_key(|check| check.name);
    checks.dedup_by_key(|check| check.name);
    let results = findings.iter().map(|finding| Outcome {
        rule_id: finding.check.name,
        rule_index: checks
            .binary_search_by_key(&finding.check.name, |check| check.name)
            .expect("every finding's check is listed"),
        level: level(finding.level),
        message: Text {
            text: text(finding),
        },
        locations: locations(finding, document),
    });
    let description = format!("inside `{}`", document.package);
    Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            results: results.collect(),
            original_uri_base_ids: BTreeMap::from([(
                BASE,
                Base {
                    description: Text { text: description },
                },
            )]),
            tool: Tool {
                driver: Driver {
                    name: "barrow",
                    version: env!("CARGO_PKG_VERSION"),
                    rules: checks.into_iter().map(rule).collect(),
                },
            },
        }],
    }
}

fn rule(check: &Check) -> Rule {
    Rule {
        id: check.name,
        short_description: Text {
            text: check.summary(),
        },
        help: Help {
            text: check.documentation(),
            markdown: check.documentation(),
        },
        default_configuration: Configuration {
            level: level(check.level),
        },
    }
}

fn level(level: Level) -> &'static str {
    level.as_str()
}

fn text(finding: &Finding) -> String {
    let lines = std::iter::once(&finding.message).chain(&finding.details);
    let hints = finding.hints.iter().map(|hint| format!("hint: {hint}"));
    let lines = lines.cloned().chain(hints);
    lines.collect::<Vec<_>>().join("\n")
}

fn locations(finding: &Finding, document: &CheckDocument) -> Vec<Location> {
    if finding.places.is_empty() {
        let whole = Artifact {
            uri: uri(&document.package),
            uri_base_id: None,
        };
        return vec![location(whole, None)];
    }
    let places = finding.places.iter().map(|place| {
        let artifact = Artifact {
            uri: uri(&place.path),
            uri_base_id: Some(BASE),
        };
        location(artifact, place.line)
    });
    places.collect()
}

fn location(artifact_location: Artifact, line: Option<u32>) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location,
            region: line.map(|start_line| Region { start_line }),
        },
    }
}

/// A path as a relative reference: everything but unreserved characters and `/` is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}
