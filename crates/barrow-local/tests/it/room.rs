//! What environments take, and that they give it back.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use barrow_local::Pool;
use barrow_local::pool::PoolSettings;

use super::function::{Subject, place};
use super::host::{descendants, eventually};

crate::tests! { "room":
    an_environment_that_nobody_needs_is_reaped
    spares_are_made_when_something_runs
    a_hundred_events_at_once_leave_nothing_behind
    a_pool_that_is_dropped_leaves_nothing_behind
    a_recipe_may_be_the_last_to_know_its_pool
}

async fn an_environment_that_nobody_needs_is_reaped() {
    let pool = Pool::new(PoolSettings {
        longest_idle: Duration::from_millis(20),
        spares: 0,
        ..PoolSettings::default()
    });
    let subject = Subject::new("f");
    subject.invoke(&pool, "{}").await;
    eventually("it is gone", || {
        let figures = pool.figures();
        (figures.idle, figures.busy, figures.reaped) == (0, 0, 1)
    })
    .await;
    assert!(descendants().is_empty());
    assert_eq!(subject.invoke(&pool, "{}").await["count"], 1);
    pool.shut_down(Duration::ZERO).await;
}

async fn spares_are_made_when_something_runs() {
    let pool = Pool::new(PoolSettings::default());
    Subject::new("f").invoke(&pool, "{}").await;
    eventually("there are spares", || pool.figures().spares == 2).await;
    Subject::new("g").invoke(&pool, "{}").await;
    eventually("there are spares again", || pool.figures().spares == 2).await;
    pool.shut_down(Duration::ZERO).await;
    assert_eq!((pool.figures().spares, descendants()), (0, vec![]));
}

async fn a_hundred_events_at_once_leave_nothing_behind() {
    let subjects: Vec<Subject> = (0..10).map(|n| Subject::new(&format!("f{n}"))).collect();
    // What is opened once and for all is open afterwards.
    flood(&subjects[..1], 2).await;
    assert!(descendants().is_empty());
    let before = Left::now();
    flood(&subjects, 10).await;
    assert_eq!(Left::now(), before);
}

async fn flood(subjects: &[Subject], each: usize) {
    let pool = Pool::new(PoolSettings {
        most_environments: 24,
        ..PoolSettings::default()
    });
    let invokes: Vec<_> = (0..each)
        .flat_map(|_| subjects.iter().map(|subject| subject.start(&pool, "{}")))
        .collect();
    for invoke in invokes {
        invoke.await.unwrap();
    }
    pool.shut_down(Duration::ZERO).await;
}

async fn a_pool_that_is_dropped_leaves_nothing_behind() {
    let pool = Pool::new(PoolSettings::default());
    Subject::new("f").invoke(&pool, "{}").await;
    drop(pool);
    eventually("everything has ended", || descendants().is_empty()).await;
}

/// A service has a pool, and what makes its environments has the service.
async fn a_recipe_may_be_the_last_to_know_its_pool() {
    let pool = Pool::new(PoolSettings {
        longest_idle: Duration::from_millis(20),
        ..PoolSettings::default()
    });
    let known = pool.clone();
    let subject = Subject::in_place("f", move || {
        let _ = known.figures();
        place()
    });
    subject.invoke(&pool, "{}").await;
    drop((pool, subject));
    eventually("everything has ended", || descendants().is_empty()).await;
}

#[derive(Debug, PartialEq)]
struct Left {
    processes: Vec<i32>,
    descriptors: usize,
    mounts: String,
    groups: BTreeSet<String>,
}

impl Left {
    fn now() -> Self {
        Self {
            processes: descendants(),
            descriptors: fs::read_dir("/proc/self/fd").unwrap().count(),
            mounts: fs::read_to_string("/proc/self/mountinfo").unwrap(),
            groups: groups(),
        }
    }
}

/// The cgroups of this process's making.
fn groups() -> BTreeSet<String> {
    let Some(parent) = barrow_local::sandbox::cgroup::Parent::find() else {
        return BTreeSet::new();
    };
    let own = format!("barrow-{}-", std::process::id());
    let folders = fs::read_dir(parent.directory())
        .into_iter()
        .flatten()
        .flatten();
    let names = folders.map(|folder| folder.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(&own)).collect()
}
