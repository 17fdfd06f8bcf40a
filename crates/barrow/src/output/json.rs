//! The JSON documents on stdout. Fields are only ever added.

use std::time::Duration;

use barrow_check::Finding;
use barrow_core::trace::Summary;
use barrow_local::environment::Invoked;
use serde::{Deserialize, Serialize};

use super::findings::FindingDocument;

pub mod diff;
pub mod inspect;
pub mod path;
pub mod size;

/// What `barrow build --json` prints.
#[derive(Debug, Serialize)]
pub struct BuildDocument<'a> {
    pub packages: &'a [Package],
    pub seconds: f64,
}

/// One package. Also kept as the record that tells an unchanged project, hence `Deserialize`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Package {
    pub name: String,
    /// `function` or `layer`.
    pub kind: String,
    pub path: String,
    pub runtime: String,
    pub architecture: String,
    pub zipped_bytes: u64,
    pub unzipped_bytes: u64,
    pub entries: usize,
    /// Hexadecimal.
    pub sha256: String,
    /// As Lambda's `CodeSha256`: base64.
    pub code_sha256: String,
    /// The package was there already, made from the same inputs.
    pub unchanged: bool,
    /// How long making it took, or finding that there was nothing to make.
    pub seconds: f64,
    /// By name.
    pub distributions: Vec<Distribution>,
    pub warnings: Vec<String>,
    pub notes: Vec<String>,
    /// What the checks found.
    pub findings: Vec<FindingDocument>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    pub name: String,
    pub version: String,
    /// The wheel's file name.
    pub file: String,
    pub zipped_bytes: u64,
    pub unzipped_bytes: u64,
}

impl Package {
    /// Whether the checks found errors, and it was written all the same.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.level == "error")
    }

    /// What the checks found, as they said it.
    pub fn findings(&self) -> Vec<Finding> {
        let findings = self.findings.iter();
        findings.filter_map(FindingDocument::finding).collect()
    }

    pub fn is_layer(&self) -> bool {
        self.kind == "layer"
    }
}

/// What `barrow lock --json` prints.
#[derive(Debug, Serialize)]
pub struct LockDocument {
    pub path: String,
    pub packages: usize,
}

/// What `barrow cache dir --json` prints.
#[derive(Debug, Serialize)]
pub struct CacheDirDocument {
    pub directory: String,
}

/// What `barrow cache size --json` prints.
#[derive(Debug, Serialize)]
pub struct CacheSizeDocument {
    pub directory: String,
    /// Everything together.
    pub bytes: u64,
    pub wheels: usize,
    pub wheel_bytes: u64,
    /// Packages and runtimes that were unpacked to be run.
    pub trees: usize,
    pub tree_bytes: u64,
}

/// What `barrow cache prune --json` prints.
#[derive(Debug, Serialize)]
pub struct CachePruneDocument {
    pub removed_files: usize,
    pub removed_bytes: u64,
}

/// What `barrow cache verify --json` prints.
#[derive(Debug, Serialize)]
pub struct CacheVerifyDocument {
    pub wheels: usize,
    /// Files that were not what they should be; they are gone now.
    pub damaged: Vec<String>,
}

/// What `barrow runtime --json` prints of one runtime.
#[derive(Debug, Serialize)]
pub struct RuntimeDocument {
    pub runtime: String,
    /// The interpreter that functions of this runtime get.
    pub python: Option<PythonDocument>,
    /// Where a function finds its package.
    pub task_root: String,
    /// What is shown as `/var/runtime`, once it is made.
    pub runtime_directory: Option<String>,
    /// What has boto3: `/var/runtime` too up to python3.10, then the interpreter's `site-packages`.
    pub sdk_directory: Option<String>,
    pub awslambdaric: String,
    pub boto3: String,
}

/// What `barrow runtime install --image --json` prints.
#[derive(Debug, Serialize)]
pub struct ImageDocument {
    pub runtime: String,
    pub image: String,
    /// Where it is unpacked.
    pub root: String,
}

#[derive(Debug, Serialize)]
pub struct PythonDocument {
    pub version: String,
    pub path: String,
}

/// What `barrow doctor --json` prints.
#[derive(Debug, Serialize)]
pub struct DoctorDocument {
    pub findings: Vec<Diagnosis>,
}

/// One thing that this machine allows or does not.
#[derive(Debug, Serialize)]
pub struct Diagnosis {
    pub what: &'static str,
    /// Nothing is lost.
    pub good: bool,
    pub found: String,
    /// What is lost, and what to do; empty if all is well.
    pub advice: Vec<String>,
}

/// What `barrow run --json` prints.
#[derive(Debug, Serialize)]
pub struct RunDocument {
    /// `full` or `none`.
    pub isolation: &'static str,
    pub invocations: Vec<InvocationDocument>,
}

/// One invoke.
#[derive(Debug, Serialize)]
pub struct InvocationDocument {
    pub request_id: String,
    /// The function's answer as it gave it, or the error in Lambda's JSON.
    pub payload: String,
    /// `Unhandled`, where the payload is an error.
    pub function_error: Option<&'static str>,
    pub executed_version: String,
    pub log: Vec<String>,
    pub duration_ms: f64,
    pub billed_duration_ms: u128,
    pub init_duration_ms: Option<f64>,
    pub memory_size_mb: u32,
    pub max_memory_used_mb: u64,
    /// The environment was new.
    pub cold: bool,
}

impl InvocationDocument {
    pub fn new(invoked: &Invoked, log: Vec<String>) -> Self {
        let report = &invoked.report;
        Self {
            request_id: report.request.clone(),
            payload: String::from_utf8_lossy(&invoked.payload).into_owned(),
            function_error: invoked.failed.then_some("Unhandled"),
            executed_version: invoked.version.clone(),
            log,
            duration_ms: report.duration.as_secs_f64() * 1000.0,
            billed_duration_ms: report.billed_milliseconds(),
            init_duration_ms: report.init.map(|init| init.as_secs_f64() * 1000.0),
            memory_size_mb: report.memory_size.mebibytes(),
            max_memory_used_mb: report.most_mebibytes(),
            cold: report.init.is_some(),
        }
    }
}

/// What `barrow run --trace imports --json` prints. Times are milliseconds.
#[derive(Debug, Serialize)]
pub struct TraceDocument {
    pub total_ms: f64,
    pub imports: usize,
    /// The costliest first. A package's time has that of what it imports in it.
    pub packages: Vec<TracedPackage>,
}

/// A top-level module and everything below it.
#[derive(Debug, Serialize)]
pub struct TracedPackage {
    pub name: String,
    /// `task`, `dependency`, `layer`, `runtime` or `python`.
    pub origin: &'static str,
    pub total_ms: f64,
    pub imports: usize,
    /// Who imported it, the nearest first.
    pub importers: Vec<String>,
}

impl TraceDocument {
    pub fn new(summary: &Summary<'_>) -> Self {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        let packages = summary.packages.iter().map(|package| TracedPackage {
            name: package.name.to_owned(),
            origin: package.origin.as_str(),
            total_ms: milliseconds(package.total),
            imports: package.imports,
            importers: package
                .importers
                .iter()
                .map(|name| (*name).to_owned())
                .collect(),
        });
        Self {
            total_ms: milliseconds(summary.total),
            imports: summary.imports,
            packages: packages.collect(),
        }
    }
}
