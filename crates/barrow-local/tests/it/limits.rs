//! How many events at once: the function's share, the account's, the machine's.

use std::time::Duration;

use barrow_local::Pool;
use barrow_local::pool::{Limits, PoolSettings, Reason, Refused};

use super::function::{PLENTY, Subject};
use super::gate::Gate;
use super::host::{eventually, interpreters};

crate::tests! { "limits":
    more_than_a_function_or_an_account_may_have_is_refused
    whoever_has_an_answer_may_invoke_again_at_once
    a_caller_who_hangs_up_ends_nothing_and_leaks_nothing
    a_caller_who_hangs_up_in_line_takes_up_no_room
    a_flood_waits_for_its_turn
    a_flood_starts_no_more_than_it_needs
    what_waits_for_too_long_is_refused
    what_does_not_fit_into_the_queue_is_refused
    who_waits_longest_gets_a_seat_whoseever_it_was
}

const ONE: Limits = Limits {
    reserved: Some(1),
    unreserved: 1,
};

fn few(most_environments: usize) -> PoolSettings {
    PoolSettings {
        most_environments,
        ..PoolSettings::default()
    }
}

async fn refusal(subject: &Subject, pool: &Pool, limits: Limits) -> Reason {
    match subject.try_invoke(pool, "{}", limits).await {
        Err(Refused::TooMany(reason)) => reason,
        other => panic!("expected a refusal: {other:?}"),
    }
}

async fn more_than_a_function_or_an_account_may_have_is_refused() {
    let pool = Pool::new(PoolSettings::default());
    let subject = Subject::new("f");
    let gate = Gate::new().await;
    let shared = Limits {
        reserved: None,
        ..ONE
    };
    for (limits, reason) in [(ONE, Reason::Reserved), (shared, Reason::Account)] {
        let invoke = tokio::spawn({
            let (subject, pool, event) = (subject.clone(), pool.clone(), gate.event());
            async move { subject.try_invoke(&pool, &event, limits).await }
        });
        let held = gate.held().await;
        assert_eq!(refusal(&subject, &pool, limits).await, reason);
        drop(held);
        invoke.await.unwrap().unwrap();
    }
    let figures = pool.figures();
    let throttled = [
        figures.throttled_by_reservation,
        figures.throttled_by_account,
        figures.throttled_by_machine,
    ];
    assert_eq!((throttled, figures.invokes), ([1, 1, 0], 2));
    pool.shut_down(Duration::ZERO).await;
}

async fn whoever_has_an_answer_may_invoke_again_at_once() {
    let pool = Pool::new(PoolSettings::default());
    let subject = Subject::new("f");
    for _ in 0..200 {
        subject.try_invoke(&pool, "{}", ONE).await.unwrap();
    }
    assert_eq!(pool.figures().cold_starts, 1);
    pool.shut_down(Duration::ZERO).await;
}

async fn a_caller_who_hangs_up_ends_nothing_and_leaks_nothing() {
    let pool = Pool::new(PoolSettings::default());
    let subject = Subject::new("f");
    let gate = Gate::new().await;
    for round in 1..=3 {
        let invoke = tokio::spawn({
            let (subject, pool, event) = (subject.clone(), pool.clone(), gate.event());
            async move { subject.try_invoke(&pool, &event, ONE).await }
        });
        let held = gate.held().await;
        invoke.abort();
        assert!(invoke.await.unwrap_err().is_cancelled());
        assert_eq!(refusal(&subject, &pool, ONE).await, Reason::Reserved);
        drop(held);
        eventually("the function has gone on to its end", || {
            pool.figures().idle == 1
        })
        .await;
        let invoked = subject.try_invoke(&pool, "{}", ONE).await.unwrap();
        let answer = super::function::answer(&invoked);
        assert_eq!(answer["count"], 2 * round);
    }
    pool.shut_down(Duration::ZERO).await;
}

async fn a_caller_who_hangs_up_in_line_takes_up_no_room() {
    let pool = Pool::new(few(1));
    let [busy, waiting] = ["a", "b"].map(Subject::new);
    let gate = Gate::new().await;
    let invoke = busy.start(&pool, &gate.event());
    let held = gate.held().await;
    let in_line = tokio::spawn({
        let (subject, pool) = (waiting.clone(), pool.clone());
        async move { subject.try_invoke(&pool, "{}", ONE).await }
    });
    eventually("it waits", || pool.figures().waiting == 1).await;
    assert_eq!(refusal(&waiting, &pool, ONE).await, Reason::Reserved);
    in_line.abort();
    assert!(in_line.await.unwrap_err().is_cancelled());
    assert_eq!(pool.figures().waiting, 0);
    drop(held);
    invoke.await.unwrap();
    waiting.try_invoke(&pool, "{}", ONE).await.unwrap();
    pool.shut_down(Duration::ZERO).await;
}

async fn a_flood_starts_no_more_than_it_needs() {
    let pool = Pool::new(PoolSettings {
        most_environments: 500,
        most_starting: 2,
        ..PoolSettings::default()
    });
    let subject = Subject::new("f");
    let invokes: Vec<_> = (0..500).map(|_| subject.start(&pool, "{}")).collect();
    for invoke in invokes {
        invoke.await.unwrap();
        assert!(pool.figures().starting <= 2);
    }
    let figures = pool.figures();
    assert!(figures.cold_starts < 50, "{figures:?}");
    pool.shut_down(Duration::ZERO).await;
}

async fn a_flood_waits_for_its_turn() {
    let pool = Pool::new(few(4));
    let subjects = ["a", "b", "c"].map(Subject::new);
    let invokes: Vec<_> = (0..500)
        .map(|number| subjects[number % 3].start(&pool, "{}"))
        .collect();
    for invoke in invokes {
        invoke.await.unwrap();
        assert!(interpreters().len() <= 4);
    }
    let figures = pool.figures();
    assert_eq!((figures.invokes, figures.waiting), (500, 0));
    // Not one for each event: a seat stays with its function as long as others can wait.
    assert!(figures.cold_starts < 100, "{figures:?}");
    pool.shut_down(Duration::ZERO).await;
}

async fn what_waits_for_too_long_is_refused() {
    let pool = Pool::new(PoolSettings {
        longest_wait: Duration::from_millis(20),
        ..few(1)
    });
    let subject = Subject::new("f");
    let gate = Gate::new().await;
    let invoke = subject.start(&pool, &gate.event());
    let held = gate.held().await;
    assert_eq!(refusal(&subject, &pool, PLENTY).await, Reason::Machine);
    assert_eq!(pool.figures().waiting, 0);
    drop(held);
    invoke.await.unwrap();
    assert_eq!(subject.invoke(&pool, "{}").await["count"], 2);
    pool.shut_down(Duration::ZERO).await;
}

async fn what_does_not_fit_into_the_queue_is_refused() {
    let pool = Pool::new(PoolSettings {
        most_waiting: 2,
        ..few(1)
    });
    let subject = Subject::new("f");
    let gate = Gate::new().await;
    let invoke = subject.start(&pool, &gate.event());
    let held = gate.held().await;
    let waiting = [(); 2].map(|()| subject.start(&pool, "{}"));
    eventually("two wait", || pool.figures().waiting == 2).await;
    assert_eq!(refusal(&subject, &pool, PLENTY).await, Reason::Machine);
    drop(held);
    invoke.await.unwrap();
    for waiting in waiting {
        waiting.await.unwrap();
    }
    pool.shut_down(Duration::ZERO).await;
}

async fn who_waits_longest_gets_a_seat_whoseever_it_was() {
    let pool = Pool::new(few(1));
    let [first, second] = ["a", "b"].map(Subject::new);
    let one = first.invoke(&pool, "{}").await;
    let two = second.invoke(&pool, "{}").await;
    assert_eq!([&one["count"], &two["count"]], [1, 1]);
    assert_eq!(pool.figures().displaced, 1);
    assert_eq!(interpreters().len(), 1);

    let gate = Gate::new().await;
    let busy = second.start(&pool, &gate.event());
    let held = gate.held().await;
    let waiting = first.start(&pool, "{}");
    eventually("one waits", || pool.figures().waiting == 1).await;
    drop(held);
    busy.await.unwrap();
    assert_eq!(waiting.await.unwrap()["count"], 1);
    pool.shut_down(Duration::ZERO).await;
}
