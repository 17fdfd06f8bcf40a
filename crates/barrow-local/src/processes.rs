//! Trees of processes: what they are told, how they end, what the kernel says of them.

use std::fs;
use std::time::{Duration, Instant};

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

/// Where a tree hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Roots {
    /// Only what is below this process.
    Below(i32),
    /// This process and what is below it.
    From(i32),
}

/// The memory of a tree over time.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    most_bytes: u64,
    /// What the processes together seemed to use when shared pages were last told apart, and what
    /// it was.
    shared: Option<(u64, u64)>,
    /// The tree's processes, and when we looked for them.
    known: Option<(Instant, Vec<i32>)>,
}

/// For so long, after an event that was dealt with at once, the processes are those that were there
/// before it: looking for them takes five times as long as asking one of them.
const KNOWN_FOR: Duration = Duration::from_millis(100);

impl Memory {
    /// Looks, and gives what the tree uses now.
    pub(crate) fn look(&mut self, roots: Roots) -> u64 {
        let processes = tree(roots);
        let now = self.ask(&processes);
        self.known = Some((Instant::now(), processes));
        now
    }

    /// The same, without looking for processes again where that was done a moment ago.
    pub(crate) fn glance(&mut self, roots: Roots) -> u64 {
        match self.known.take() {
            Some((when, processes)) if when.elapsed() < KNOWN_FOR => {
                let now = self.ask(&processes);
                self.known = Some((when, processes));
                now
            }
            _ => self.look(roots),
        }
    }

    fn ask(&mut self, processes: &[i32]) -> u64 {
        let now = match *processes {
            // What it used between two looks counts too.
            [process] => {
                let status = status(process);
                let most = kibibytes(&status, "VmHWM:") << 10;
                self.most_bytes = self.most_bytes.max(most);
                kibibytes(&status, "VmRSS:") << 10
            }
            _ => self.of_many(processes),
        };
        self.most_bytes = self.most_bytes.max(now);
        now
    }

    /// The most that any look has seen.
    pub(crate) fn most_bytes(&self) -> u64 {
        self.most_bytes
    }

    /// Processes share pages. Telling them apart is slow for large ones, so it is only done again
    /// when something has changed.
    fn of_many(&mut self, processes: &[i32]) -> u64 {
        let resident = |process: &i32| kibibytes(&status(*process), "VmRSS:") << 10;
        let sum: u64 = processes.iter().map(resident).sum();
        if let Some((seeming, actual)) = self.shared
            && seeming.abs_diff(sum) < sum / 16
        {
            return actual.saturating_add(sum).saturating_sub(seeming);
        }
        let proportional = |process: &i32| {
            let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup"));
            rollup.map(|rollup| kibibytes(&rollup, "Pss:") << 10)
        };
        // Who may not look counts shared pages twice.
        let actual: std::io::Result<u64> = processes.iter().map(proportional).sum();
        let actual = actual.unwrap_or(sum);
        self.shared = Some((sum, actual));
        actual
    }
}

/// A process may end while we look; then it is not in it.
fn tree(roots: Roots) -> Vec<i32> {
    let mut waiting = match roots {
        Roots::Below(pid) => children(pid),
        Roots::From(pid) => vec![pid],
    };
    let mut found = Vec::new();
    while let Some(pid) = waiting.pop() {
        waiting.extend(children(pid));
        found.push(pid);
    }
    found
}

/// Whether a process has ended, or is about to because somebody has sent it a `SIGKILL`.
///
/// Such a signal is delivered when the process runs next; until then, it looks as if it lived.
pub(crate) fn is_ending(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
    !stat.is_ok_and(|stat| goes_on(&stat).unwrap_or(true))
}

/// What `proc_pid_stat(5)` says of its state, its flags and its pending signals.
fn goes_on(stat: &str) -> Option<bool> {
    const EXITING: u64 = 0x4;
    const SIGNALED: u64 = 0x400;
    const KILL_PENDING: u64 = 1 << 8;
    // The name of the program may have spaces and parentheses of its own.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?;
    // Fields 9 and 31, counted from 1; the state is 3.
    let flags: u64 = fields.nth(5)?.parse().ok()?;
    let pending: u64 = fields.nth(21)?.parse().ok()?;
    let ended = matches!(state, "Z" | "X" | "x");
    Some(!ended && flags & (EXITING | SIGNALED) == 0 && pending & KILL_PENDING == 0)
}

fn status(pid: i32) -> String {
    fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default()
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
        let mut memory = Memory::default();
        let now = memory.look(Roots::From(own));
        assert!(now > 1 << 20, "{now}");
        assert!(memory.most_bytes() >= now, "{memory:?}");
    }

    #[test]
    fn one_that_is_killed_is_known_by_its_flags_and_signals() {
        let stat = |state: &str, flags: u64, pending: u64| {
            format!(
                "7 (a ) b) {state} 1 1 1 0 -1 {flags} 1 0 0 0 0 0 0 0 20 0 1 0 1 1 1 1 1 1 1 1 1 {pending} 0 1 1"
            )
        };
        assert_eq!(goes_on(&stat("T", 4_194_304, 0)), Some(true));
        assert_eq!(goes_on(&stat("R", 4_194_304, 256)), Some(false));
        assert_eq!(goes_on(&stat("R", 4_194_304 | 0x400, 0)), Some(false));
        assert_eq!(goes_on(&stat("Z", 4_194_304, 0)), Some(false));
        assert_eq!(goes_on(""), None);
        assert!(is_ending(i32::MAX));
        assert!(!is_ending(i32::try_from(std::process::id()).unwrap()));
    }

    #[test]
    fn a_process_that_is_gone_uses_nothing() {
        let mut memory = Memory::default();
        assert_eq!(memory.look(Roots::From(i32::MAX)), 0);
    }
}
