//! What this machine allows, found out by trying.

use barrow_local::python::Interpreter;
#[cfg(target_os = "linux")]
use barrow_local::sandbox::{self, Network, cgroup};
#[cfg(target_os = "linux")]
use barrow_model::Explain as _;

use super::{Context, runtimes};
use crate::output::json::Diagnosis;

/// Everything there is to say, and whether functions can be kept from this machine.
pub fn examine(context: &Context) -> (Vec<Diagnosis>, bool) {
    let mut findings = of_this_system();
    let sandboxed = findings
        .iter()
        .any(|finding| finding.what == "sandbox" && finding.good);
    findings.push(interpreters(context));
    (findings, sandboxed)
}

#[cfg(not(target_os = "linux"))]
fn of_this_system() -> Vec<Diagnosis> {
    vec![Diagnosis {
        what: "sandbox",
        good: false,
        found: "made of Linux namespaces, which this system does not have".to_owned(),
        advice: vec!["`barrow run --isolation none` runs functions as plain processes".to_owned()],
    }]
}

#[cfg(target_os = "linux")]
fn of_this_system() -> Vec<Diagnosis> {
    vec![
        Diagnosis {
            what: "kernel",
            good: true,
            found: format!("Linux {}", sandbox::host::kernel()),
            advice: Vec::new(),
        },
        trial("sandbox", Network::Host),
        trial("no network", Network::None),
        users(),
        memory(),
    ]
}

#[cfg(target_os = "linux")]
fn trial(what: &'static str, network: Network) -> Diagnosis {
    match sandbox::trial(network) {
        Ok(()) => Diagnosis {
            what,
            good: true,
            found: "works".to_owned(),
            advice: Vec::new(),
        },
        Err(error) => {
            let cause = std::error::Error::source(&error)
                .map_or_else(String::new, |cause| format!(": {cause}"));
            Diagnosis {
                what,
                good: false,
                found: format!("{error}{cause}"),
                advice: [error.details(), error.hints()].concat(),
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn users() -> Diagnosis {
    if sandbox::lends_a_second_user() {
        return Diagnosis {
            what: "users",
            good: true,
            found: "packages belong to root, functions run as `sbx_user1051`".to_owned(),
            advice: Vec::new(),
        };
    }
    Diagnosis {
        what: "users",
        good: false,
        found: "one: packages seem to belong to the function's own user".to_owned(),
        advice: vec![
            "lost: who owns `/var/task` is not as on Lambda; what can be read and written is"
                .to_owned(),
            "`newuidmap` (Debian: `uidmap`) and a line for you in `/etc/subuid` and `/etc/subgid` \
             lend a second one"
                .to_owned(),
        ],
    }
}

#[cfg(target_os = "linux")]
fn memory() -> Diagnosis {
    match cgroup::Parent::find() {
        Some(parent) => Diagnosis {
            what: "memory",
            good: true,
            found: match parent.version {
                cgroup::Version::V1 => "watched, and bounded by the kernel (cgroup v1)",
                cgroup::Version::V2 => "watched, and bounded by the kernel (cgroup v2)",
            }
            .to_owned(),
            advice: Vec::new(),
        },
        None => Diagnosis {
            what: "memory",
            good: false,
            found: "watched fifty times a second, not bounded by the kernel".to_owned(),
            advice: vec![
                "lost: a function may exceed its memory for a moment before it is ended".to_owned(),
                "the kernel bounds it where a cgroup is delegated to you, as in a systemd session: \
                 `systemd-run --user --scope -p Delegate=yes barrow run`"
                    .to_owned(),
            ],
        },
    }
}

fn interpreters(context: &Context) -> Diagnosis {
    let found = runtimes::interpreters(context);
    let versions: Vec<String> = found.iter().map(Interpreter::version_text).collect();
    Diagnosis {
        what: "Python",
        good: !found.is_empty(),
        found: if found.is_empty() {
            "none that a runtime could use".to_owned()
        } else {
            versions.join(", ")
        },
        advice: if found.is_empty() {
            vec!["`barrow runtime install python3.13` gets one".to_owned()]
        } else {
            Vec::new()
        },
    }
}
