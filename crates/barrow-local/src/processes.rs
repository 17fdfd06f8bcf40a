//! Trees of processes: what they are told, how they end, what the kernel says of them.

use std::fs;

use serde::{Deserialize, Serialize};

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    Code(i32),
    Signal(i32),
}

/// What a tree of processes is told, all of them at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Stand still.
    Freeze,
    Thaw,
    /// End.
    Kill,
}

/// The resident memory of everything below a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Used {
    pub(crate) now_bytes: u64,
    /// The sum of each process's own most, of those that still run.
    pub(crate) most_bytes: u64,
}

/// Where a tree hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Roots {
    /// Only what is below this process.
    Below(i32),
    /// This process and what is below it.
    From(i32),
}

pub(crate) fn used(roots: Roots) -> Used {
    let mut waiting = match roots {
        Roots::Below(pid) => children(pid),
        Roots::From(pid) => vec![pid],
    };
    let mut used = Used::default();
    // A process may end while we look; then it is not counted.
    while let Some(pid) = waiting.pop() {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        used.now_bytes += kibibytes(&status, "VmRSS:") << 10;
        used.most_bytes += kibibytes(&status, "VmHWM:") << 10;
        waiting.extend(children(pid));
    }
    used
}

/// Processes that a process has made and not yet waited for.
pub(crate) fn children(pid: i32) -> Vec<i32> {
    // Threads have children too.
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    tasks
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|text| {
            let pids = text.split_whitespace().filter_map(|word| word.parse().ok());
            pids.collect::<Vec<i32>>()
        })
        .collect()
}

fn kibibytes(status: &str, field: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_memory_is_counted() {
        let own = i32::try_from(std::process::id()).unwrap();
        let used = used(Roots::From(own));
        assert!(used.now_bytes > 1 << 20, "{used:?}");
        assert!(used.most_bytes >= used.now_bytes, "{used:?}");
    }

    #[test]
    fn a_process_that_is_gone_uses_nothing() {
        assert_eq!(used(Roots::From(i32::MAX)), Used::default());
    }
}
