//! How much a pool may take of its machine.

use std::num::NonZero;
use std::thread::available_parallelism;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolSettings {
    /// An environment that has had no event for so long is ended. When more than half of all seats
    /// are taken, a tenth of it is enough.
    pub longest_idle: Duration,
    /// Over all functions. Each costs a process, its memory and some file descriptors.
    pub most_environments: usize,
    /// Environments that are being started at once. More would only take longer, each and all; and
    /// what comes meanwhile may find one that has become idle.
    pub most_starting: usize,
    /// Invokes that wait for one of those to be free.
    pub most_waiting: usize,
    /// What the events of those have together.
    pub most_waiting_bytes: usize,
    pub longest_wait: Duration,
    /// Sandboxes that are ready before anyone knows for which function.
    pub spares: usize,
    /// How long a function that has answered runs on, in case that the next event comes at once.
    /// On Lambda it is about nothing.
    pub freeze_after: Duration,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            longest_idle: Duration::from_mins(10),
            most_environments: 64,
            most_starting: 4,
            most_waiting: 1000,
            most_waiting_bytes: 128 << 20,
            longest_wait: Duration::from_secs(10),
            spares: 2,
            freeze_after: Duration::from_millis(5),
        }
    }
}

/// What an environment of a small function takes, its sandbox and its share of ours included.
/// A warm `hello` has 25 MiB, one that has imported boto3 has 60.
const USUAL_BYTES: u64 = 64 << 20;

impl PoolSettings {
    /// With as many environments as fit into the memory that this machine has to spare.
    pub fn for_this_machine() -> Self {
        let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let settings = Self::default();
        let processors = available_parallelism().map_or(2, NonZero::get);
        Self {
            most_environments: fitting(&text).unwrap_or(settings.most_environments),
            most_starting: 2 * processors.max(2),
            ..settings
        }
    }
}

/// Some always, and never so many that descriptors or processes run out first.
fn fitting(meminfo: &str) -> Option<usize> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    usize::try_from((kibibytes << 10) / USUAL_BYTES)
        .ok()
        .map(|count| count.clamp(8, 256))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_bounds_the_environments() {
        assert_eq!(
            fitting("MemTotal: 1 kB\nMemAvailable:    4194304 kB\n"),
            Some(64)
        );
        assert_eq!(fitting("MemAvailable: 1024 kB\n"), Some(8));
        assert_eq!(fitting("MemAvailable: 999999999 kB\n"), Some(256));
        assert_eq!(fitting("MemFree: 1 kB\n"), None);
    }
}
