//! What `CreateFunction` and `UpdateFunctionConfiguration` have in common.

use std::collections::BTreeMap;

use barrow_model::Runtime;
use barrow_model::limits::VARIABLES_LIMIT_BYTES;
use serde::Deserialize;
use serde_json::{Value, json};

use super::configuration::{Configuration, Logging};
use super::layers;
use super::names::Qualified;
use crate::api::{CREATABLE_RUNTIMES, Refusal};
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
    image_config: Option<Value>,
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

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vpc {
    #[serde(default)]
    subnet_ids: Vec<String>,
    #[serde(default)]
    security_group_ids: Vec<String>,
    #[serde(default)]
    ipv6_allowed_for_dual_stack: bool,
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
    pub(super) fn check_for_creation(&self) -> Result<(), Refusal> {
        if self.runtime.is_none() || self.handler.is_none() {
            return Err(Refusal::invalid(
                "Runtime and Handler are mandatory parameters for functions created with \
                 deployment packages.",
            ));
        }
        self.check()
    }

    /// What is known without looking at other records.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        if let Some(runtime) = &self.runtime {
            check_runtime(runtime)?;
        }
        if let Some(environment) = &self.environment {
            check_variables(&environment.variables)?;
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
        let image = self.image_config.clone();
        keep("ImageConfig", image, false);
        keep("VpcConfig", self.vpc_config.as_ref().map(Vpc::shown), false);
    }
}

impl Vpc {
    /// There is no network here; the VPC's own name is made up, and stays the same.
    fn shown(&self) -> Value {
        let id = if self.subnet_ids.is_empty() {
            String::new()
        } else {
            "vpc-00000000000000000".to_owned()
        };
        json!({
            "SubnetIds": self.subnet_ids,
            "SecurityGroupIds": self.security_group_ids,
            "VpcId": id,
            "Ipv6AllowedForDualStack": self.ipv6_allowed_for_dual_stack,
        })
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

/// Functions of any runtime can be made; which of them can run here is seen when they do.
fn check_runtime(runtime: &str) -> Result<(), Refusal> {
    if CREATABLE_RUNTIMES.contains(&runtime) || runtime.parse::<Runtime>().is_ok() {
        return Ok(());
    }
    if is_retired(runtime) {
        return Err(Refusal::invalid(format!(
            "The runtime parameter of {runtime} is no longer supported for creating or updating \
             AWS Lambda functions. We recommend you use a supported runtime while creating or \
             updating functions."
        )));
    }
    Err(Refusal::invalid(format!(
        "Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value \
         set: [{}] or be a valid ARN",
        CREATABLE_RUNTIMES.join(", ")
    )))
}

fn is_retired(runtime: &str) -> bool {
    const RETIRED: [&str; 20] = [
        "nodejs",
        "nodejs4.3",
        "nodejs4.3-edge",
        "nodejs6.10",
        "nodejs8.10",
        "nodejs10.x",
        "nodejs12.x",
        "nodejs14.x",
        "java8",
        "python2.7",
        "python3.6",
        "python3.7",
        "dotnetcore1.0",
        "dotnetcore2.0",
        "dotnetcore2.1",
        "dotnetcore3.1",
        "go1.x",
        "ruby2.5",
        "ruby2.7",
        "provided",
    ];
    RETIRED.contains(&runtime)
}

fn check_variables(variables: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let is_reserved = |name: &&String| RESERVED.contains(&name.as_str());
    let reserved: Vec<&str> = variables
        .keys()
        .filter(is_reserved)
        .map(String::as_str)
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
        return Err(Refusal::invalid(format!(
            "Lambda was unable to configure your environment variables because the environment \
             variables you have provided exceeded the 4KB limit. String measured: {measured}"
        )));
    }
    Ok(())
}

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
