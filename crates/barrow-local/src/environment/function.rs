//! The function that an environment runs: its name, its figures, its variables.

use barrow_model::{EphemeralStorage, MemorySize, Runtime, Timeout};
use jiff::Timestamp;

use super::circumstances::Circumstances;
use super::log::{Format, Level};

/// A function as `CreateFunction` knows it, as far as its process can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub version: String,
    pub arn: String,
    pub region: String,
    /// As it was given: a malformed one is the function's own fault, and said by its runtime.
    pub handler: String,
    pub runtime: Runtime,
    pub memory: MemorySize,
    pub timeout: Timeout,
    pub storage: EphemeralStorage,
    /// What the user has set.
    pub variables: Vec<(String, String)>,
    pub logging: Logging,
    /// Where its log streams are; see [`Function::usual_log_group`].
    pub log_group: String,
}

/// How a function logs (`CreateFunction`, field `LoggingConfig`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Logging {
    pub format: Format,
    /// Of the function's own records; only with [`Format::Json`].
    pub application_level: Option<Level>,
    /// Of what the service itself says; only with [`Format::Json`].
    pub system_level: Option<Level>,
}

/// Variables that Lambda sets and users may not. Two kinds: these, and the credentials.
pub const RESERVED: [&str; 14] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];

/// What a role gives.
pub const CREDENTIALS: [&str; 3] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
];

impl Function {
    /// The log group of a function that names none.
    pub fn usual_log_group(name: &str) -> String {
        format!("/aws/lambda/{name}")
    }

    /// The variables that its process starts with. Recorded in Lambda, python3.12, 2026-01.
    ///
    /// `PYTHONPATH` is missing on purpose: the runtime's own bootstrap sets it, and takes one
    /// that is there for the user's.
    pub(crate) fn environment(
        &self,
        circumstances: &Circumstances,
        trace: &str,
    ) -> Vec<(String, String)> {
        let credentials = &circumstances.credentials;
        let memory = self.memory.mebibytes().to_string();
        let execution = format!("AWS_Lambda_{}", self.runtime);
        let initialization = circumstances.initialization.name();
        let mut variables = vec![
            ("AWS_ACCESS_KEY_ID", credentials.access_key_id.as_str()),
            ("AWS_DEFAULT_REGION", &self.region),
            ("AWS_EXECUTION_ENV", &execution),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory),
            ("AWS_LAMBDA_FUNCTION_NAME", &self.name),
            ("AWS_LAMBDA_FUNCTION_VERSION", &self.version),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", initialization),
            ("AWS_LAMBDA_LOG_GROUP_NAME", &self.log_group),
            ("AWS_LAMBDA_LOG_STREAM_NAME", &circumstances.log_stream),
            ("AWS_REGION", &self.region),
            ("AWS_SECRET_ACCESS_KEY", &credentials.secret_access_key),
            ("AWS_SESSION_TOKEN", &credentials.session_token),
            ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"),
            ("AWS_XRAY_DAEMON_ADDRESS", "169.254.100.1:2000"),
            ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
            ("LAMBDA_TASK_ROOT", "/var/task"),
            ("LANG", "en_US.UTF-8"),
            (
                "LD_LIBRARY_PATH",
                "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
            ),
            (
                "PATH",
                "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
            ),
            ("PWD", "/var/task"),
            ("SHLVL", "0"),
            ("TZ", ":UTC"),
            ("_AWS_XRAY_DAEMON_ADDRESS", "169.254.100.1"),
            ("_AWS_XRAY_DAEMON_PORT", "2000"),
            ("_HANDLER", &self.handler),
            ("_X_AMZN_TRACE_ID", trace),
        ];
        if self.logging.format == Format::Json {
            variables.push(("AWS_LAMBDA_LOG_FORMAT", "JSON"));
            let level = self.logging.application_level.unwrap_or(Level::Info);
            variables.push(("AWS_LAMBDA_LOG_LEVEL", level.name()));
        }
        // Amazon Linux 2023 sets it, Amazon Linux 2 does not.
        if self.runtime.minor() >= 12 {
            variables.push(("LC_CTYPE", "C.UTF-8"));
        }
        let mut variables: Vec<(String, String)> = variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        for (name, value) in &self.variables {
            match variables.iter_mut().find(|(present, _)| present == name) {
                Some((_, present)) => present.clone_from(value),
                None => variables.push((name.clone(), value.clone())),
            }
        }
        variables
    }
}

/// As X-Ray names a trace that nobody follows.
pub fn new_trace() -> String {
    let now = Timestamp::now();
    format!(
        "Root=1-{:08x}-{:024x};Parent={:016x};Sampled=0;Lineage=1:{:08x}:0",
        now.as_second(),
        fastrand::u128(..) >> 32,
        fastrand::u64(..),
        fastrand::u32(..)
    )
}

/// A request's name: a random UUID of version 4.
pub fn new_request_id() -> String {
    let bytes = fastrand::u128(..).to_ne_bytes();
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_variable_replaces_ours() {
        let function = Function {
            name: "hello".to_owned(),
            version: "$LATEST".to_owned(),
            arn: String::new(),
            region: "us-east-1".to_owned(),
            handler: "a.b".to_owned(),
            runtime: "python3.11".parse().unwrap(),
            memory: MemorySize::DEFAULT,
            timeout: Timeout::DEFAULT,
            storage: EphemeralStorage::DEFAULT,
            variables: vec![
                ("TZ".to_owned(), "Europe/Berlin".to_owned()),
                ("STAGE".to_owned(), "test".to_owned()),
            ],
            logging: Logging::default(),
            log_group: Function::usual_log_group("hello"),
        };
        let circumstances = Circumstances {
            log_stream: "stream".to_owned(),
            ..Circumstances::new(&function)
        };
        let variables = function.environment(&circumstances, "Root=1");
        let value = |wanted: &str| {
            let mut found = variables.iter().filter(|(name, _)| name == wanted);
            let value = found.next().map(|(_, value)| value.as_str());
            assert!(found.next().is_none(), "{wanted} twice");
            value
        };
        assert_eq!(value("TZ"), Some("Europe/Berlin"));
        assert_eq!(value("STAGE"), Some("test"));
        assert_eq!(value("AWS_EXECUTION_ENV"), Some("AWS_Lambda_python3.11"));
        assert_eq!(value("HOME"), None);
        assert_eq!(value("LC_CTYPE"), None);
        assert_eq!(value("AWS_LAMBDA_LOG_STREAM_NAME"), Some("stream"));
        assert_eq!(
            value("AWS_LAMBDA_LOG_GROUP_NAME"),
            Some("/aws/lambda/hello")
        );
        assert_eq!(value("AWS_LAMBDA_INITIALIZATION_TYPE"), Some("on-demand"));
    }
}
