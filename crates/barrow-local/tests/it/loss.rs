//! What is lost: processes that somebody ends, functions that end themselves.

use std::time::Duration;

use barrow_local::Pool;
use barrow_local::environment::End;
use barrow_local::environment::Failure;
use barrow_local::pool::PoolSettings;

use super::function::{PLENTY, Subject};
use super::gate::Gate;
use super::host::{descendants, eventually, interpreters, kill, state_of};

crate::tests! { "loss":
    an_idle_process_that_is_killed_costs_no_invoke
    a_frozen_process_that_is_killed_is_noticed
    a_busy_process_that_is_killed_fails_its_event_and_no_other
    a_function_that_ends_itself_is_started_again
    a_spare_that_is_killed_is_not_used
}

/// Killed and invoked without a moment between, by turns the function and its sandbox.
async fn an_idle_process_that_is_killed_costs_no_invoke() {
    let pool = Pool::new(PoolSettings {
        spares: 0,
        ..PoolSettings::default()
    });
    let subject = Subject::new("f");
    for round in 0..40 {
        assert_eq!(subject.invoke(&pool, "{}").await["count"], 1, "{round}");
        let process = if round % 2 == 0 {
            interpreters()[0]
        } else {
            descendants()[0]
        };
        if round % 4 > 1 {
            eventually("it stands still", || {
                state_of(interpreters()[0]) == Some('T')
            })
            .await;
        }
        kill(process);
    }
    pool.shut_down(Duration::ZERO).await;
}

async fn a_frozen_process_that_is_killed_is_noticed() {
    let pool = Pool::new(PoolSettings::default());
    let subject = Subject::new("f");
    subject.invoke(&pool, "{}").await;
    kill(interpreters()[0]);
    eventually("its seat is free", || {
        let figures = pool.figures();
        (figures.idle, figures.found_dead) == (0, 1)
    })
    .await;
    assert!(interpreters().is_empty());
    pool.shut_down(Duration::ZERO).await;
}

async fn a_busy_process_that_is_killed_fails_its_event_and_no_other() {
    let pool = Pool::new(PoolSettings::default());
    let subject = Subject::new("f");
    let gate = Gate::new().await;
    let invoke = tokio::spawn({
        let (subject, pool, event) = (subject.clone(), pool.clone(), gate.event());
        async move { subject.try_invoke(&pool, &event, PLENTY).await }
    });
    let _held = gate.held().await;
    kill(interpreters()[0]);
    let invoked = invoke.await.unwrap().unwrap();
    assert_eq!(invoked.failure, Some(Failure::Exited(End::Signal(9))));
    assert_eq!(subject.invoke(&pool, "{}").await["count"], 1);
    pool.shut_down(Duration::ZERO).await;
}

async fn a_function_that_ends_itself_is_started_again() {
    let pool = Pool::new(PoolSettings::default());
    let subject = Subject::new("f");
    subject.invoke(&pool, "{}").await;
    let invoked = subject.try_invoke(&pool, r#"{"exit": 3}"#, PLENTY).await;
    assert_eq!(
        invoked.unwrap().failure,
        Some(Failure::Exited(End::Code(3)))
    );
    assert_eq!(subject.invoke(&pool, "{}").await["count"], 1);
    assert_eq!(subject.invoke(&pool, "{}").await["count"], 2);

    let broken = Subject::with_handler("g", "absent.handler");
    for _ in 0..2 {
        let invoked = broken.try_invoke(&pool, "{}", PLENTY).await.unwrap();
        let payload = String::from_utf8(invoked.payload.to_vec()).unwrap();
        assert!(payload.contains("No module named 'absent'"), "{payload}");
    }
    pool.shut_down(Duration::ZERO).await;
}

async fn a_spare_that_is_killed_is_not_used() {
    let pool = Pool::new(PoolSettings::default());
    let [first, second] = ["a", "b"].map(Subject::new);
    first.invoke(&pool, "{}").await;
    eventually("there are spares", || pool.figures().spares == 2).await;
    let used = interpreters();
    for process in descendants() {
        let is_parent = used.iter().any(|used| parent(*used) == Some(process));
        if !is_parent && !used.contains(&process) {
            kill(process);
        }
    }
    assert_eq!(second.invoke(&pool, "{}").await["count"], 1);
    pool.shut_down(Duration::ZERO).await;
}

fn parent(pid: i32) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields = stat.rsplit_once(") ")?.1;
    fields.split(' ').nth(1)?.parse().ok()
}
