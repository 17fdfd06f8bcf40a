//! Functions as answers show them.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use serde_json::{Map, Value, json};

use super::configuration::{Code, Configuration, State, Update};
use super::names::{LATEST, function_arn, partition};
use super::times;
use crate::store::Scope;

/// The names by which each part of a list or an answer is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub scope: &'a Scope,
    pub name: &'a str,
    /// `$LATEST` or a number.
    pub version: &'a str,
    /// What the ARN has at its end: a version, or the alias that was asked for.
    pub qualifier: Option<&'a str>,
}

impl Shown<'_> {
    fn arn(&self) -> String {
        let arn = function_arn(self.scope, self.name);
        match self.qualifier {
            Some(qualifier) => format!("{arn}:{qualifier}"),
            None => arn,
        }
    }

    /// As lists have it: without what becomes of changes.
    pub(crate) fn entry(&self, told: &Configuration) -> Map<String, Value> {
        let mut shown = Map::new();
        let mut add = |name: &str, value: Value| {
            shown.insert(name.to_owned(), value);
        };
        add("FunctionName", self.name.into());
        add("FunctionArn", self.arn().into());
        if let Some(runtime) = &told.runtime {
            add("Runtime", runtime.as_str().into());
        }
        add("Role", told.role.as_str().into());
        if let Some(handler) = &told.handler {
            add("Handler", handler.as_str().into());
        }
        add("CodeSize", told.code.bytes.into());
        add("CodeSha256", told.code.sha256_base64().into());
        add("Description", told.description.as_str().into());
        add("Timeout", told.timeout_seconds.into());
        add("MemorySize", told.memory_mebibytes.into());
        add("LastModified", times::lambda(told.modified).into());
        add("Version", self.version.into());
        add("RevisionId", told.revision.as_str().into());
        add("PackageType", "Zip".into());
        add("Architectures", json!([told.architecture]));
        add("EphemeralStorage", json!({"Size": told.storage_mebibytes}));
        add("TracingConfig", json!({"Mode": told.tracing}));
        add("SnapStart", self.snap_start(told));
        add("LoggingConfig", logging(told));
        if let Some(variables) = &told.environment {
            add("Environment", json!({"Variables": variables}));
        }
        if !told.layers.is_empty() {
            let layers = told.layers.iter();
            let layers = layers.map(|used| json!({"Arn": used.arn, "CodeSize": used.code.bytes}));
            add("Layers", layers.collect());
        }
        for (name, value) in &told.kept {
            add(name, value.clone());
        }
        shown
    }

    /// As a function or version is shown by itself.
    pub(crate) fn whole(&self, told: &Configuration) -> Map<String, Value> {
        let mut shown = self.entry(told);
        let mut add = |name: &str, value: &str| {
            shown.insert(name.to_owned(), value.into());
        };
        match &told.state {
            State::Pending => {
                add("State", "Pending");
                add("StateReason", "The function is being created.");
                add("StateReasonCode", "Creating");
            }
            State::Active => add("State", "Active"),
            State::Failed { reason } => {
                add("State", "Failed");
                add("StateReason", reason);
                add("StateReasonCode", "InternalError");
            }
        }
        match &told.update {
            Update::None => {}
            Update::InProgress => {
                add("LastUpdateStatus", "InProgress");
                add("LastUpdateStatusReason", "The function is being created.");
                add("LastUpdateStatusReasonCode", "Creating");
            }
            Update::Successful => add("LastUpdateStatus", "Successful"),
            Update::Failed { reason } => {
                add("LastUpdateStatus", "Failed");
                add("LastUpdateStatusReason", reason);
                add("LastUpdateStatusReasonCode", "InternalError");
            }
        }
        if let Some(runtime) = &told.runtime {
            let arn = runtime_version_arn(runtime, &self.scope.region);
            shown.insert(
                "RuntimeVersionConfig".to_owned(),
                json!({"RuntimeVersionArn": arn}),
            );
        }
        shown
    }

    fn snap_start(&self, told: &Configuration) -> Value {
        let optimized = told.snap_start == "PublishedVersions" && self.version != LATEST;
        json!({
            "ApplyOn": told.snap_start,
            "OptimizationStatus": if optimized { "On" } else { "Off" },
        })
    }
}

/// A name for the version of a runtime: equal as long as the runtime is.
pub(crate) fn runtime_version_arn(runtime: &str, region: &str) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(runtime.as_bytes());
    let name = HEXLOWER_PERMISSIVE.encode(&digest);
    format!("arn:{}:lambda:{region}::runtime:{name}", partition(region))
}

fn logging(told: &Configuration) -> Value {
    let logging = &told.logging;
    let mut shown = json!({"LogFormat": logging.format, "LogGroup": logging.group});
    for (name, level) in [
        ("ApplicationLogLevel", &logging.application_level),
        ("SystemLogLevel", &logging.system_level),
    ] {
        if let Some(level) = level {
            shown[name] = level.as_str().into();
        }
    }
    shown
}

impl Code {
    /// As Lambda shows digests.
    pub(crate) fn sha256_base64(&self) -> String {
        let bytes = HEXLOWER_PERMISSIVE.decode(self.sha256.as_bytes());
        BASE64.encode(&bytes.unwrap_or_default())
    }
}
