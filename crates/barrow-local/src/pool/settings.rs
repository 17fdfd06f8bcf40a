//! How much a pool may take of its machine.

use std::num::NonZero;
use std::thread::available_parallelism;
use std::time::Duration;

use rustix::process::{Resource, getrlimit};

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

/// What an environment has open in this process: its process, its socket, its log, the runtime API
/// and a connection to that; and whoever waits for its answer has a connection too.
const DESCRIPTORS: u64 = 8;
/// For everything else that this process has open.
const OTHER_DESCRIPTORS: u64 = 256;

impl PoolSettings {
    /// With as many environments as this machine's memory and this process's limits allow.
    pub fn for_this_machine() -> Self {
        let meminfo = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let by_memory = available_bytes(&meminfo).map(|bytes| bytes / USUAL_BYTES);
        let open = getrlimit(Resource::Nofile).current;
        let by_descriptors = open.map(|open| open.saturating_sub(OTHER_DESCRIPTORS) / DESCRIPTORS);
        let most = by_memory.into_iter().chain(by_descriptors).min();
        let settings = Self::default();
        let processors = available_parallelism().map_or(2, NonZero::get);
        Self {
            // Some always, and never so many that the machine has no processes left.
            most_environments: most
                .and_then(|most| usize::try_from(most).ok())
                .map_or(settings.most_environments, |most| most.clamp(8, 256)),
            most_starting: 2 * processors.max(2),
            ..settings
        }
    }
}

fn available_bytes(meminfo: &str) -> Option<u64> {
    let mut lines = meminfo.lines();
    let line = lines.find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_says_how_much_memory_there_is() {
        let meminfo = "MemTotal: 1 kB\nMemAvailable:    4194304 kB\n";
        assert_eq!(available_bytes(meminfo), Some(4 << 30));
        assert_eq!(available_bytes("MemFree: 1 kB\n"), None);
        let most = PoolSettings::for_this_machine().most_environments;
        assert!((8..=256).contains(&most), "{most}");
    }
}
