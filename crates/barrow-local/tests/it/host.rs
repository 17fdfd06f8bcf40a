//! What the tests need of the machine, and what they look at there.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use barrow_local::python::{self, Interpreter};
use barrow_local::sandbox;
use barrow_model::Runtime;
use camino::Utf8PathBuf;

const PATIENCE: Duration = Duration::from_secs(30);

/// Whether this host lets us make sandboxes. With `BARROW_REQUIRE_SANDBOX=1` it has to.
pub(crate) fn allows_sandboxes() -> bool {
    let trial = sandbox::trial(sandbox::Network::Host);
    let required = std::env::var_os("BARROW_REQUIRE_SANDBOX").is_some_and(|value| value == "1");
    assert!(
        trial.is_ok() || !required,
        "this host forbids sandboxes: {trial:?}"
    );
    if trial.is_err() {
        println!(
            "NOT TESTED: this host forbids sandboxes; BARROW_REQUIRE_SANDBOX=1 makes this a failure"
        );
    }
    trial.is_ok()
}

pub(crate) fn block_on(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(test);
}

/// The newest runtime that this machine has an interpreter for.
pub(crate) fn interpreter() -> (Runtime, Interpreter) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path)
        .filter(|folder| !folder.ends_with("shims"))
        .collect();
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let root = root.or_else(|| Some(std::env::home_dir()?.join(".pyenv")));
    let versions = root.and_then(|root| fs::read_dir(root.join("versions")).ok());
    let versions = versions.into_iter().flatten().flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    let folders: Vec<Utf8PathBuf> = folders
        .into_iter()
        .filter_map(|folder| Utf8PathBuf::from_path_buf(folder).ok())
        .collect();
    let scratch = tempfile::tempdir().unwrap();
    let memory = scratch.path().join("interpreters.json");
    let memory = Utf8PathBuf::from_path_buf(memory).unwrap();
    let runtimes = [
        "python3.13",
        "python3.12",
        "python3.14",
        "python3.11",
        "python3.10",
    ];
    runtimes
        .into_iter()
        .map(|name| name.parse::<Runtime>().unwrap())
        .find_map(|runtime| {
            let found = python::find(runtime, None, &folders, &memory).ok()?;
            Some((runtime, found))
        })
        .expect("this machine has a Python of some runtime")
}

/// Looks until it is so.
pub(crate) async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "never so: {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Every process below this one.
pub(crate) fn descendants() -> Vec<i32> {
    let mut waiting = vec![i32::try_from(std::process::id()).unwrap()];
    let mut found = Vec::new();
    while let Some(pid) = waiting.pop() {
        let children = children(pid);
        found.extend(&children);
        waiting.extend(children);
    }
    found
}

fn children(pid: i32) -> Vec<i32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"));
    let texts = tasks.into_iter().flatten().flatten();
    let texts = texts.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let pids = texts.flat_map(|text| {
        let pids = text.split_whitespace().map(|word| word.parse().unwrap());
        pids.collect::<Vec<i32>>()
    });
    pids.collect()
}

/// The function's own processes, without the sandboxes' first ones.
pub(crate) fn interpreters() -> Vec<i32> {
    let is_one = |pid: &i32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains("bootstrap.py")
    };
    descendants().into_iter().filter(is_one).collect()
}

/// `T` is one that stands still.
pub(crate) fn state_of(pid: i32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

pub(crate) fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}
