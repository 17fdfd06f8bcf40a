//! Where the service differs from its model, as recorded.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Number;

use super::model::{Member, Shape};

/// The runtimes that functions can be created with, in the order of the service's own message.
/// Recorded 2026-01-12.
pub(crate) const CREATABLE_RUNTIMES: [&str; 25] = [
    "nodejs20.x",
    "python3.14",
    "provided.al2023",
    "python3.12",
    "python3.13",
    "nodejs24.x",
    "nodejs22.x",
    "java25",
    "python3.10",
    "python3.11",
    "java21",
    "ruby3.3",
    "ruby3.4",
    "ruby3.2",
    "python3.8",
    "python3.9",
    "java17",
    "nodejs16.x",
    "dotnet10",
    "dotnet8",
    "java11",
    "dotnet6",
    "nodejs18.x",
    "provided.al2",
    "java8.al2",
];

/// What a layer may be listed by, in the same way. Recorded 2026-01-12.
const LISTABLE_RUNTIMES: [&str; 55] = [
    "ruby3.5",
    "ruby2.6",
    "dotnetcore1.0",
    "python3.7",
    "nodejs8.10",
    "nasa",
    "ruby2.7",
    "python2.7-greengrass",
    "dotnetcore2.0",
    "python3.8",
    "java21",
    "dotnet6",
    "dotnetcore2.1",
    "python3.9",
    "java11",
    "nodejs6.10",
    "provided",
    "dotnetcore3.1",
    "dotnet8",
    "java25",
    "java17",
    "nodejs",
    "nodejs4.3",
    "java8.al2",
    "go1.x",
    "dotnet10",
    "nodejs20.x",
    "go1.9",
    "byol",
    "nodejs10.x",
    "provided.al2023",
    "nodejs22.x",
    "python3.10",
    "java8",
    "nodejs12.x",
    "python3.11",
    "nodejs24.x",
    "nodejs8.x",
    "python3.12",
    "nodejs14.x",
    "nodejs8.9",
    "nodejs26.x",
    "python3.13",
    "python3.14",
    "nodejs16.x",
    "python3.15",
    "provided.al2",
    "nodejs4.3-edge",
    "nodejs18.x",
    "ruby3.2",
    "python3.4",
    "ruby3.3",
    "ruby3.4",
    "ruby2.5",
    "python3.6",
];

/// Where more is taken than a refusal says: the model wants two letters of a variable's name, and
/// configurations in use have names of one.
pub(super) const ACCEPTED: [(&str, &str); 1] =
    [("EnvironmentVariableName", "[a-zA-Z]([a-zA-Z0-9_])*")];

/// Patterns that the service has otherwise than its model. Recorded 2025-11-25.
pub(super) const PATTERNS: [(&str, &str); 2] = [
    (
        "LayerVersionArn",
        r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)",
    ),
    (
        "TaggableResource",
        r"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)",
    ),
];

/// The values that a member may have, as a refusal tells them. `runtime` of a function is judged
/// later, in other words.
pub(super) fn values<'s>(operation: &str, name: &str, shape: &'s Shape, at: &str) -> Vec<&'s str> {
    match (name, operation, at) {
        ("Runtime", "CreateFunction" | "UpdateFunctionConfiguration", _) => Vec::new(),
        ("Runtime", _, "compatibleRuntimes") => CREATABLE_RUNTIMES.to_vec(),
        ("Runtime", _, "compatibleRuntime") => {
            let listable = LISTABLE_RUNTIMES.iter().copied();
            listable.chain(["python2.7"]).collect()
        }
        _ => shape.values.iter().map(String::as_str).collect(),
    }
}

/// Lists and maps whose items may be `null`, or of which the service at least does not say
/// otherwise. Recorded, but for the variables: those are from a message of 2024.
pub(super) fn takes_null(at: &str) -> bool {
    matches!(
        at,
        "compatibleRuntimes"
            | "environment.variables"
            | "vpcConfig.subnetIds"
            | "vpcConfig.securityGroupIds"
    )
}

/// Figures that the model allows for kinds of functions that are not ours (managed instances).
pub(super) fn range<'s>(name: &str, shape: &'s Shape) -> (Option<&'s Number>, Option<&'s Number>) {
    static MEBIBYTES: LazyLock<Number> = LazyLock::new(|| 10_240.into());
    static SECONDS: LazyLock<Number> = LazyLock::new(|| 900.into());
    let max = match name {
        "MemorySize" | "EphemeralStorageSize" => Some(&*MEBIBYTES),
        "Timeout" => Some(&*SECONDS),
        _ => shape.max.as_ref(),
    };
    (shape.min.as_ref(), max)
}

/// Members in the order in which the service tells of them.
pub(super) fn in_order(
    members: &BTreeMap<String, Member>,
) -> impl Iterator<Item = (&String, &Member)> {
    // Recorded: runtimes of a layer before its architectures.
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by_key(|(name, _)| *name != "CompatibleRuntimes");
    members.into_iter()
}

/// `FunctionName` is `functionName`; abbreviations at the start are lower-case as a whole.
pub(super) fn inner_name(name: &str) -> String {
    let capitals = name.chars().take_while(char::is_ascii_uppercase).count();
    let lowered = match capitals {
        0 => 0,
        count if count == name.len() => count,
        1 => 1,
        count => count - 1,
    };
    name[..lowered].to_ascii_lowercase() + &name[lowered..]
}
