//! Registries that want to know who asks.

use barrow_image::{Credentials, Image, PullError, PullOptions, Silent};

use crate::build::{Archive, ImageBuilder};
use crate::folder::{Folder, told};
use crate::registry::{Registry, Reply, Request, is_layer, is_manifest, when};

/// `me:secret` in base64.
const LOGIN: &str = "Basic bWU6c2VjcmV0";

/// Docker Hub's way: a token for everybody, from another address, for one repository.
fn hub(request: &Request, reply: Reply) -> Reply {
    token_flow(request, reply, None)
}

/// The same, but tokens are for those with a login.
fn private(request: &Request, reply: Reply) -> Reply {
    token_flow(request, reply, Some(LOGIN))
}

/// The login itself with each request.
fn basic(request: &Request, reply: Reply) -> Reply {
    match request.header("authorization") {
        Some(LOGIN) => reply,
        _ => Reply::error(401, "UNAUTHORIZED", "authentication required")
            .header("www-authenticate", "Basic realm=\"registry\""),
    }
}

fn token_flow(request: &Request, reply: Reply, login: Option<&str>) -> Reply {
    if request.path.starts_with("/token?") {
        let asked = request.path.contains("scope=repository%3Aapp%3Apull")
            && request.path.contains("service=hub");
        return if asked && request.header("authorization") == login {
            Reply::new(200, r#"{"token": "abc", "expires_in": 300}"#)
        } else {
            Reply::error(401, "UNAUTHORIZED", "incorrect username or password")
        };
    }
    if request.header("authorization") == Some("Bearer abc") {
        return reply;
    }
    let host = request.header("host").unwrap();
    let challenge = format!("Bearer realm=\"http://{host}/token\",service=\"hub\"");
    Reply::error(401, "UNAUTHORIZED", "authentication required")
        .header("www-authenticate", &challenge)
}

fn pull(
    meddle: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static,
    password: Option<&str>,
) -> (Registry, Result<Image, PullError>) {
    let (registry, folder) = (Registry::meddled(meddle), Folder::new());
    ImageBuilder::new([Archive::default().file("a", "x").gzip()]).push(&registry, "app", "1");
    let options = PullOptions {
        credentials: password.map(|password| Credentials {
            username: "me".to_owned(),
            password: password.to_owned(),
        }),
        ..PullOptions::default()
    };
    let pulled = folder.pull_with(&registry, "app:1", &options, &Silent);
    (registry, pulled)
}

fn check(
    meddle: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static,
    password: Option<&str>,
    expected: &[&str],
) {
    let (registry, pulled) = pull(meddle, password);
    let told = pulled.err().map(|error| told(&error)).unwrap_or_default();
    let expected = expected
        .iter()
        .map(|line| line.replace("{registry}", registry.address()));
    assert_eq!(told, expected.collect::<Vec<_>>());
}

#[test]
fn a_token_is_got_for_whoever_has_no_login() {
    let (registry, pulled) = pull(hub, None);
    pulled.unwrap();
    let requests = registry.requests();
    let tokens = requests
        .iter()
        .filter(|request| request.path.starts_with("/token?"));
    assert_eq!(tokens.count(), 1, "one for the whole pull");
}

#[test]
fn a_login_is_turned_into_a_token() {
    check(private, Some("secret"), &[]);
}

#[test]
fn a_login_is_sent_along_where_the_registry_has_no_tokens() {
    check(basic, Some("secret"), &[]);
}

#[test]
fn a_registry_that_wants_a_login_is_named() {
    check(basic, None, &["the registry `{registry}` wants a login"]);
    check(
        private,
        None,
        &[
            "the registry `{registry}` wants a login",
            r#"it said: {"errors":[{"code":"UNAUTHORIZED","message":"incorrect username or password"}]}"#,
        ],
    );
}

#[test]
fn a_wrong_login_is_told_from_none() {
    check(
        basic,
        Some("wrong"),
        &["the registry `{registry}` refuses the login it was sent"],
    );
    let (_, pulled) = pull(private, Some("wrong"));
    assert!(told(&pulled.unwrap_err())[0].ends_with("refuses the login it was sent"));
}

#[test]
fn an_image_that_others_may_not_see_is_not_there_or_needs_a_login() {
    let denied =
        |_: &Request, _| Reply::error(403, "DENIED", "requested access to the resource is denied");
    check(
        when(is_manifest, denied),
        None,
        &[
            "the registry `{registry}` wants a login",
            "it said: requested access to the resource is denied",
        ],
    );
}

#[test]
fn a_token_does_not_follow_a_redirect_to_another_host() {
    let elsewhere = Registry::start();
    let layer = Archive::default().file("a", "x").gzip();
    elsewhere.put_blob(&layer.digest(), &layer.bytes);
    let port = elsewhere.address().rsplit_once(':').unwrap().1.to_owned();
    let away = move |request: &Request, _| {
        let location = format!("http://localhost:{port}{}", request.path);
        Reply::new(307, "").header("location", &location)
    };
    let away = when(is_layer, away);
    let registry = Registry::meddled(move |request, reply| hub(request, away(request, reply)));
    let folder = Folder::new();
    ImageBuilder::new([layer]).push(&registry, "app", "1");
    folder.pull(&registry, "app:1").unwrap();
    let requests = elsewhere.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].header("authorization"), None);
}

#[test]
fn passwords_are_not_shown() {
    let credentials = Credentials {
        username: "me".to_owned(),
        password: "secret".to_owned(),
    };
    let shown = format!("{credentials:?}");
    assert!(shown.contains("me") && !shown.contains("secret"), "{shown}");
}
