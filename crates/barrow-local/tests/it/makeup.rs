//! What an environment is made from: credentials, a log stream, the name that its caller used.

use std::time::Duration;

use barrow_local::Pool;
use barrow_local::pool::{PlaceError, PoolSettings, Recipe, Refused};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::function::{PLENTY, Subject, answer, function, place};
use super::host::{eventually, interpreters, kill};

crate::tests! { "makeup":
    an_environment_has_its_own_log_stream_and_the_roles_credentials
    an_alias_is_the_invokes_and_not_the_environments
    a_place_is_made_once_and_its_errors_are_told
    provisioned_environments_are_there_before_their_events
}

async fn an_environment_has_its_own_log_stream_and_the_roles_credentials() {
    let pool = Pool::new(PoolSettings::default());
    let subject = Subject::new("f");
    let names = [
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_ACCESS_KEY_ID",
    ];
    let event = serde_json::json!({"variables": names, "print": "hello"});
    let answer = subject.invoke(&pool, &event.to_string()).await;
    let variables = &answer["variables"];
    assert_eq!(variables["AWS_ACCESS_KEY_ID"], "ASIATEST");
    assert_eq!(variables["AWS_LAMBDA_INITIALIZATION_TYPE"], "on-demand");
    let log = std::mem::take(&mut *subject.log.lock().unwrap());
    assert!(
        log.iter()
            .all(|(stream, _)| variables[names[0]] == **stream)
    );
    let lines: Vec<&str> = log.iter().map(|(_, line)| &**line).collect();
    assert_eq!((lines[0], lines[2]), ("of the start", "hello"), "{lines:?}");

    kill(interpreters()[0]);
    let answer = subject.invoke(&pool, &event.to_string()).await;
    assert_ne!(answer["variables"][names[0]], variables[names[0]]);
    pool.shut_down(Duration::ZERO).await;
}

async fn an_alias_is_the_invokes_and_not_the_environments() {
    let pool = Pool::new(PoolSettings::default());
    let subject = Subject::new("f");
    for (count, alias) in [(1, ""), (2, ":live"), (3, ":$LATEST")] {
        let mut invocation = subject.invocation("{}");
        invocation.function_arn.push_str(alias);
        let arn = invocation.function_arn.clone();
        let invoked = pool.invoke(&subject.key, &subject.recipe, invocation, PLENTY);
        let answer = answer(&invoked.await.unwrap());
        assert_eq!(
            (&answer["arn"], &answer["count"]),
            (&arn.into(), &count.into())
        );
    }
    pool.shut_down(Duration::ZERO).await;
}

async fn a_place_is_made_once_and_its_errors_are_told() {
    let pool = Pool::new(PoolSettings::default());
    let mut subject = Subject::new("f");
    let made = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&made);
    let recipe = Recipe::new(function("f", "app.handler"), move || {
        if count.fetch_add(1, Ordering::Relaxed) == 0 {
            return Err(PlaceError::Function {
                kind: "InvalidZipFileException".to_owned(),
                message: "Lambda could not unzip the deployment package.".to_owned(),
            });
        }
        Ok(place())
    });
    subject.recipe = Arc::new(recipe);
    let refused = subject.try_invoke(&pool, "{}", PLENTY).await;
    assert!(matches!(
        refused,
        Err(Refused::Place(PlaceError::Function { kind, .. })) if kind == "InvalidZipFileException"
    ));
    assert_eq!((pool.figures().idle, pool.figures().busy), (0, 0));
    let invokes = [(); 4].map(|()| subject.start(&pool, "{}"));
    for invoke in invokes {
        invoke.await.unwrap();
    }
    assert_eq!(made.load(Ordering::Relaxed), 2);
    pool.shut_down(Duration::ZERO).await;
}

async fn provisioned_environments_are_there_before_their_events() {
    let pool = Pool::new(PoolSettings {
        longest_idle: Duration::from_millis(10),
        ..PoolSettings::default()
    });
    let subject = Subject::new("f");
    pool.provision(&subject.key, &subject.recipe, 2)
        .await
        .unwrap();
    assert_eq!(interpreters().len(), 2);
    let event = r#"{"variables": ["AWS_LAMBDA_INITIALIZATION_TYPE"]}"#;
    let answer = subject.invoke(&pool, event).await;
    assert_eq!(
        answer["variables"]["AWS_LAMBDA_INITIALIZATION_TYPE"],
        "provisioned-concurrency"
    );
    assert_eq!(pool.figures().cold_starts, 0);

    let lost = interpreters()[0];
    kill(lost);
    eventually("there are two again", || {
        pool.figures().idle == 2 && !interpreters().contains(&lost)
    })
    .await;
    pool.provision(&subject.key, &subject.recipe, 0)
        .await
        .unwrap();
    eventually("nobody needs them any more", || interpreters().is_empty()).await;
    pool.shut_down(Duration::ZERO).await;
}
