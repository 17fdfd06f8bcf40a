//! An environment takes one event after the other; there are as many as events at once.

use std::collections::HashSet;
use std::time::Duration;

use barrow_local::Pool;
use barrow_local::pool::{PoolSettings, Refused};

use super::function::{PLENTY, Subject, answer};
use super::gate::Gate;
use super::host::{eventually, interpreters, state_of};

crate::tests! { "reuse":
    an_environment_starts_once_and_takes_one_event_after_the_other
    as_many_environments_as_events_at_once
    the_environment_used_last_is_used_first
    a_changed_function_is_never_served_by_what_was_there
    a_busy_environment_that_is_retired_ends_after_its_event
    between_events_nothing_runs
    shutting_down_waits_for_what_is_under_way_and_no_longer_than_it_may
}

async fn an_environment_starts_once_and_takes_one_event_after_the_other() {
    let pool = Pool::new(PoolSettings::default());
    let subject = Subject::new("f");
    let first = subject.try_invoke(&pool, r#"{"print": "one"}"#, PLENTY);
    let first = first.await.unwrap();
    let second = subject.try_invoke(&pool, r#"{"print": "two"}"#, PLENTY);
    let second = second.await.unwrap();
    assert!(first.report.init.is_some() && second.report.init.is_none());
    let [first, other] = [&first, &second].map(answer);
    assert_eq!(first["environment"], other["environment"]);
    assert_eq!([&first["count"], &other["count"]], [1, 2]);
    assert_eq!(pool.figures().cold_starts, 1);
    assert_eq!(pool.figures().invokes, 2);

    let tail = String::from_utf8(second.log_tail).unwrap();
    let lines: Vec<&str> = tail.lines().collect();
    let request = &second.report.request;
    assert_eq!(
        lines[..3],
        [
            &format!("START RequestId: {request} Version: $LATEST"),
            "two",
            &format!("END RequestId: {request}"),
        ]
    );
    assert!(lines[3].starts_with("REPORT RequestId: "), "{tail}");
    pool.shut_down(Duration::ZERO).await;
}

async fn as_many_environments_as_events_at_once() {
    let pool = Pool::new(PoolSettings::default());
    let subject = Subject::new("f");
    let gate = Gate::new().await;
    let invokes: Vec<_> = (0..6)
        .map(|_| subject.start(&pool, &gate.event()))
        .collect();
    let mut held = Vec::new();
    for _ in 0..6 {
        held.push(gate.held().await);
    }
    assert_eq!(pool.figures().busy, 6);
    let names: HashSet<&str> = held.iter().map(|held| &*held.environment).collect();
    assert_eq!(names.len(), 6);
    drop(held);
    for invoke in invokes {
        assert_eq!(invoke.await.unwrap()["count"], 1);
    }
    assert_eq!((pool.figures().idle, pool.figures().cold_starts), (6, 6));
    pool.shut_down(Duration::ZERO).await;
}

async fn the_environment_used_last_is_used_first() {
    let pool = Pool::new(PoolSettings::default());
    let subject = Subject::new("f");
    let gate = Gate::new().await;
    let first = subject.start(&pool, &gate.event());
    let first_held = gate.held().await;
    let second = subject.start(&pool, &gate.event());
    let second_held = gate.held().await;
    drop(second_held);
    second.await.unwrap();
    drop(first_held);
    let first = first.await.unwrap();
    for _ in 0..3 {
        let answer = subject.invoke(&pool, "{}").await;
        assert_eq!(answer["environment"], first["environment"]);
    }
    pool.shut_down(Duration::ZERO).await;
}

async fn a_changed_function_is_never_served_by_what_was_there() {
    let pool = Pool::new(PoolSettings::default());
    let old = Subject::new("f");
    let new = old.revised("2");
    let other = Subject::new("g");
    let before = old.invoke(&pool, "{}").await;
    let neighbour = other.invoke(&pool, "{}").await;
    let after = new.invoke(&pool, "{}").await;
    assert_ne!(before["environment"], after["environment"]);

    pool.retire(&new.key.function, |key| *key == new.key);
    eventually("the old environment is gone", || interpreters().len() == 2).await;
    let still = new.invoke(&pool, "{}").await;
    assert_eq!(still["environment"], after["environment"]);
    let still = other.invoke(&pool, "{}").await;
    assert_eq!(still["environment"], neighbour["environment"]);
    pool.shut_down(Duration::ZERO).await;
}

async fn a_busy_environment_that_is_retired_ends_after_its_event() {
    let pool = Pool::new(PoolSettings::default());
    let old = Subject::new("f");
    let gate = Gate::new().await;
    let invoke = old.start(&pool, &gate.event());
    let held = gate.held().await;
    pool.retire(&old.key.function, |_| false);
    let other = old.invoke(&pool, "{}").await;
    assert_ne!(other["environment"], held.environment);
    drop(held);
    assert_eq!(invoke.await.unwrap()["count"], 1);
    eventually("only the other one is left", || {
        interpreters().len() == 1 && pool.figures().idle == 1
    })
    .await;
    pool.shut_down(Duration::ZERO).await;
}

async fn between_events_nothing_runs() {
    let pool = Pool::new(PoolSettings::default());
    let subject = Subject::new("f");
    subject.invoke(&pool, r#"{"beat": true}"#).await;
    let process = interpreters()[0];
    eventually("it stands still", || state_of(process) == Some('T')).await;
    let first = subject.invoke(&pool, "{}").await;
    assert_eq!(first["count"], 2);
    eventually("it stands still again", || state_of(process) == Some('T')).await;
    pool.shut_down(Duration::ZERO).await;
}

async fn shutting_down_waits_for_what_is_under_way_and_no_longer_than_it_may() {
    let pool = Pool::new(PoolSettings::default());
    let subject = Subject::new("f");
    let gate = Gate::new().await;
    let invoke = subject.start(&pool, &gate.event());
    let held = gate.held().await;
    let closing = tokio::spawn({
        let pool = pool.clone();
        async move { pool.shut_down(Duration::from_mins(1)).await }
    });
    let refused = || async {
        let refused = subject.try_invoke(&pool, "{}", PLENTY).await;
        matches!(refused, Err(Refused::ShuttingDown))
    };
    while !refused().await {
        tokio::task::yield_now().await;
    }
    drop(held);
    assert_eq!(invoke.await.unwrap()["count"], 1);
    closing.await.unwrap();
    assert!(interpreters().is_empty());

    let pool = Pool::new(PoolSettings::default());
    let invoke = tokio::spawn({
        let (subject, pool, event) = (subject.clone(), pool.clone(), gate.event());
        async move { subject.try_invoke(&pool, &event, PLENTY).await }
    });
    let _held = gate.held().await;
    pool.shut_down(Duration::ZERO).await;
    assert!(matches!(invoke.await.unwrap(), Err(Refused::ShuttingDown)));
    assert!(interpreters().is_empty());
}
