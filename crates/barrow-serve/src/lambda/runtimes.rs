//! Which runtimes functions can have. Functions of any of them can be made; which can run here is
//! seen when they do.

use barrow_model::Runtime;

use crate::api::{CREATABLE_RUNTIMES, Model, Refusal};

/// Known, and refused. Seen 2026-01.
const RETIRED: [&str; 21] = [
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
    "dotnet5.0",
    "go1.x",
    "ruby2.5",
    "ruby2.7",
    "provided",
];

pub(super) fn check(runtime: &str, model: &Model) -> Result<(), Refusal> {
    if RETIRED.contains(&runtime) {
        return Err(Refusal::invalid(format!(
            "The runtime parameter of {runtime} is no longer supported for creating or updating \
             AWS Lambda functions. We recommend you use a supported runtime while creating or \
             updating functions."
        )));
    }
    // The model is younger than the recorded list.
    let is_known = CREATABLE_RUNTIMES.contains(&runtime)
        || runtime.parse::<Runtime>().is_ok()
        || model.has_value("Runtime", runtime);
    if is_known {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value \
         set: [{}] or be a valid ARN",
        CREATABLE_RUNTIMES.join(", ")
    )))
}

/// Snapshots are taken of Java since 11, Python since 3.12 and .NET since 8.
pub(super) fn check_snap_start(runtime: &str) -> Result<(), Refusal> {
    let since = |family: &str, least: u32| {
        let version = runtime.strip_prefix(family);
        let number = version.map(|version| version.split('.').next().unwrap_or_default());
        number.is_some_and(|number| number.parse().is_ok_and(|number: u32| number >= least))
    };
    if since("java", 11) || since("python3.", 12) || since("dotnet", 8) {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "{runtime} is not supported for SnapStart enabled functions."
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_can_be_had_or_is_too_old_or_unknown() {
        let model = Model::lambda();
        for runtime in ["python3.12", "nodejs22.x", "provided.al2023", "python3.15"] {
            assert_eq!(check(runtime, &model), Ok(()), "{runtime}");
        }
        let told = |runtime: &str| check(runtime, &model).unwrap_err().message;
        assert!(told("python3.7").contains("is no longer supported"));
        assert!(told("PYTHON3.9").starts_with("Value PYTHON3.9 at 'runtime'"));
    }

    #[test]
    fn snapshots_are_not_for_every_runtime() {
        for runtime in ["java11", "java21", "python3.12", "python3.14", "dotnet8"] {
            assert_eq!(check_snap_start(runtime), Ok(()), "{runtime}");
        }
        for runtime in ["java8.al2", "python3.11", "nodejs22.x", "dotnet6"] {
            assert!(check_snap_start(runtime).is_err(), "{runtime}");
        }
    }
}
