//! What `CreateFunction` and `UpdateFunctionConfiguration` have in common.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::configuration::{Configuration, Logging};
use super::names::Qualified;
use super::vpc::Vpc;
use super::{Call, layers, runtimes, variables};
use crate::api::Refusal;
use crate::store::Records;

/// Each is changed where it is given.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Settings {
    runtime: Option<String>,
    role: Option<String>,
    handler: Option<String>,
    description: Option<String>,
    timeout: Option<u32>,
    memory_size: Option<u32>,
    ephemeral_storage: Option<Storage>,
    environment: Option<Environment>,
    layers: Option<Vec<String>>,
    logging_config: Option<LoggingConfig>,
    tracing_config: Option<Value>,
    snap_start: Option<Value>,
    vpc_config: Option<Vpc>,
    dead_letter_config: Option<Value>,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    file_system_configs: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Storage {
    size: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LoggingConfig {
    log_format: Option<String>,
    application_log_level: Option<String>,
    system_log_level: Option<String>,
    log_group: Option<String>,
}

pub(super) fn default_logging(function: &str) -> Logging {
    Logging {
        format: "Text".to_owned(),
        application_level: None,
        system_level: None,
        group: format!("/aws/lambda/{function}"),
    }
}

impl Settings {
    /// What a new function needs, and a changed one has.
    pub(super) fn check_for_creation(&self, call: &Call<'_>) -> Result<(), Refusal> {
        if self.runtime.is_none() || self.handler.is_none() {
            return Err(Refusal::invalid(
                "Runtime and Handler are mandatory parameters for functions created with \
                 deployment packages.",
            ));
        }
        self.check(call)
    }

    /// What is known without looking at other records.
    pub(super) fn check(&self, call: &Call<'_>) -> Result<(), Refusal> {
        if let Some(environment) = &self.environment {
            variables::check(&environment.variables, &call.body)?;
        }
        if let Some(runtime) = &self.runtime {
            runtimes::check(runtime, &call.service.model)?;
        }
        if let Some(vpc) = &self.vpc_config {
            vpc.check()?;
        }
        Ok(())
    }

    pub(super) fn apply(
        &self,
        to: &mut Configuration,
        named: &Qualified,
        records: &Records<'_>,
    ) -> Result<(), Refusal> {
        let copy = |from: &Option<String>, to: &mut String| {
            if let Some(from) = from {
                to.clone_from(from);
            }
        };
        copy(&self.role, &mut to.role);
        copy(&self.description, &mut to.description);
        if self.runtime.is_some() {
            to.runtime.clone_from(&self.runtime);
        }
        if self.handler.is_some() {
            to.handler.clone_from(&self.handler);
        }
        to.timeout_seconds = self.timeout.unwrap_or(to.timeout_seconds);
        to.memory_mebibytes = self.memory_size.unwrap_or(to.memory_mebibytes);
        if let Some(storage) = &self.ephemeral_storage {
            to.storage_mebibytes = storage.size;
        }
        if let Some(environment) = &self.environment {
            to.environment = Some(environment.variables.clone());
        }
        if let Some(layers) = &self.layers {
            to.layers = layers::used(records, &named.scope, layers)?;
        }
        if let Some(logging) = &self.logging_config {
            logging.apply(&mut to.logging);
        }
        if let Some(mode) = member(self.tracing_config.as_ref(), "Mode") {
            to.tracing = mode;
        }
        if let Some(apply_on) = member(self.snap_start.as_ref(), "ApplyOn") {
            to.snap_start = apply_on;
        }
        if to.snap_start == "PublishedVersions" {
            runtimes::check_snap_start(to.runtime.as_deref().unwrap_or_default())?;
        }
        self.keep(to);
        Ok(())
    }

    /// What goes back as it came.
    fn keep(&self, to: &mut Configuration) {
        let mut keep = |name: &str, value: Option<Value>, is_nothing: bool| {
            if is_nothing {
                to.kept.remove(name);
            } else if let Some(value) = value {
                to.kept.insert(name.to_owned(), value);
            }
        };
        let dead_letter = self.dead_letter_config.clone();
        let is_nothing =
            member(dead_letter.as_ref(), "TargetArn").is_some_and(|arn| arn.is_empty());
        keep("DeadLetterConfig", dead_letter, is_nothing);
        let key = self.kms_key_arn.as_deref();
        keep("KMSKeyArn", key.map(Value::from), key == Some(""));
        let systems = self.file_system_configs.clone();
        let is_nothing = systems
            .as_ref()
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty);
        keep("FileSystemConfigs", systems, is_nothing);
        keep("VpcConfig", self.vpc_config.as_ref().map(Vpc::shown), false);
    }
}

impl LoggingConfig {
    fn apply(&self, to: &mut Logging) {
        if let Some(format) = &self.log_format {
            to.format.clone_from(format);
        }
        if let Some(group) = &self.log_group {
            to.group.clone_from(group);
        }
        if to.format == "JSON" {
            let level = |given: &Option<String>, present: &Option<String>| {
                let given = given.clone().or_else(|| present.clone());
                Some(given.unwrap_or_else(|| "INFO".to_owned()))
            };
            to.application_level = level(&self.application_log_level, &to.application_level);
            to.system_level = level(&self.system_log_level, &to.system_level);
        } else {
            to.application_level = None;
            to.system_level = None;
        }
    }
}

fn member(of: Option<&Value>, name: &str) -> Option<String> {
    of?.get(name)?.as_str().map(str::to_owned)
}
