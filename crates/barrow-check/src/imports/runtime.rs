//! What Lambda's runtimes bring besides the standard library.
//!
//! Versions are a moving target that AWS does not publish, so of these modules only the existence
//! is known: what they define is not.

use barrow_model::Runtime;

/// Imported by the runtime before the handler, so no file can take their place.
const CLIENT: &[&str] = &[
    "__main__",
    "awslambdaric",
    "bootstrap",
    "runtime_client",
    "simplejson",
];

/// Of the AWS SDK.
const SDK: &[&str] = &[
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "s3transfer",
    "six",
    "urllib3",
];

/// Whether the runtime has a top-level module of this name.
pub fn includes(top: &str, runtime: Runtime) -> bool {
    SDK.contains(&top) || is_client(top, runtime)
}

/// Whether it belongs to the AWS SDK that is in the runtime.
pub fn is_sdk(top: &str) -> bool {
    SDK.contains(&top)
}

/// Whether it is the runtime's own client, or what that stands on.
pub fn is_client(top: &str, runtime: Runtime) -> bool {
    // awslambdaric needs it from 3.0 on, which is the client of runtimes with SnapStart.
    CLIENT.contains(&top) || (top == "snapshot_restore_py" && runtime.minor() >= 12)
}

/// All top-level modules that the runtime includes.
pub fn included(runtime: Runtime) -> impl Iterator<Item = &'static str> {
    let snapshot = (runtime.minor() >= 12).then_some("snapshot_restore_py");
    SDK.iter().chain(CLIENT).copied().chain(snapshot)
}

/// Where the AWS SDK is: beside the client up to python3.10 (tracebacks of botocore#3082 show the
/// other place for 3.11).
pub fn sdk_folder(runtime: Runtime) -> String {
    if runtime.minor() <= 10 {
        "/var/runtime".to_owned()
    } else {
        format!("/var/lang/lib/{runtime}/site-packages")
    }
}
