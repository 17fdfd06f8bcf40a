//! Warm invokes of a function that does nothing: how many a second, and how long they take.
//!
//! ```text
//! cargo bench -p barrow-local --bench invokes -- TASKS INVOKES [RUNTIME [SITE_PACKAGES]]
//! ```
//!
//! `RUNTIME` is a folder with Lambda's own client, as `barrow runtime list` names it; without, it
//! is the small one that the tests use. Half of the machine is then what is measured, and the other
//! half what it is measured with: interpreters.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failed measurement is none")]
#![expect(clippy::print_stdout, reason = "it has nothing else to say")]

#[expect(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/it/function.rs"]
mod function;
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/it/host.rs"]
mod host;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use barrow_local::Pool;
use barrow_local::pool::PoolSettings;
use barrow_local::sandbox;
use function::{PLENTY, Subject};

fn main() -> ExitCode {
    let mut arguments = std::env::args();
    if arguments
        .next()
        .is_some_and(|name| name == sandbox::CHILD_NAME)
    {
        return sandbox::child::main();
    }
    // Cargo adds a flag of its own.
    let arguments: Vec<String> = arguments.filter(|argument| argument != "--bench").collect();
    let number = |position: usize, usual| {
        arguments
            .get(position)
            .map_or(usual, |text| text.parse().unwrap())
    };
    let (tasks, each) = (number(0, 10), number(1, 2000));
    host::block_on(async move {
        let pool = Pool::new(PoolSettings::default());
        let subject = Subject::in_place("f", move || {
            function::place_with(arguments.get(2), arguments.get(3))
        });
        // Everything is there before the clock runs.
        measure(&subject, &pool, tasks, 50).await;
        let before = processor_time();
        let (took, mut times) = measure(&subject, &pool, tasks, each).await;
        let ours = processor_time().saturating_sub(before);
        times.sort_unstable();
        let at = |percent: usize| times[(times.len() - 1) * percent / 100];
        let count = u32::try_from(times.len()).unwrap();
        println!(
            "{:.0} invokes/s at concurrency {tasks}: median {:.2} ms, p99 {:.2} ms, most {:.2} ms; \
             {:.0} µs of our own processor time each; {} cold starts",
            f64::from(count) / took.as_secs_f64(),
            milliseconds(at(50)),
            milliseconds(at(99)),
            milliseconds(at(100)),
            ours.as_secs_f64() * 1e6 / f64::from(count),
            pool.figures().cold_starts,
        );
        pool.shut_down(Duration::ZERO).await;
    });
    ExitCode::SUCCESS
}

/// How long all took, and each.
async fn measure(
    subject: &Subject,
    pool: &Pool,
    tasks: usize,
    each: usize,
) -> (Duration, Vec<Duration>) {
    let started = Instant::now();
    let tasks: Vec<_> = (0..tasks)
        .map(|_| {
            let (subject, pool) = (subject.clone(), pool.clone());
            tokio::spawn(async move {
                let mut times = Vec::with_capacity(each);
                for _ in 0..each {
                    let started = Instant::now();
                    let invoked = subject.try_invoke(&pool, "{}", PLENTY).await.unwrap();
                    assert!(!invoked.failed, "{invoked:?}");
                    times.push(started.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    (started.elapsed(), times)
}

/// Of this process, not of the functions'.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        time.tv_nsec.unsigned_abs() as u32,
    )
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
