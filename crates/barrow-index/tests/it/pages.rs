//! Pages: who may see them, how long they may be, and the way to them.

use barrow_index::client::Client;
use barrow_index::credentials::{CredentialSources, Credentials};
use barrow_index::reporter::Silent;

use crate::download::{Memory, download};
use crate::recorder::Recorder;
use crate::server::{Reply, Server};
use crate::wheels::{Folder, client, client_with, options, told};

/// A server that wants `me` and `secret`, and says who was sent.
fn guarded() -> Server {
    Server::start(|request| match request.header("authorization") {
        // `me:secret`.
        Some("Basic bWU6c2VjcmV0") => Reply::file(request, b"treasure"),
        _ => Reply::new(401, ""),
    })
}

/// Fetches a page and gives it, or what went wrong.
fn page(client: &Client, url: &str) -> Result<String, Vec<String>> {
    let page = client.get_text(url, "*/*", 1000, &Silent);
    page.map(|text| text.body).map_err(|error| told(&error))
}

#[test]
fn logins_come_from_the_url_the_index_or_netrc() {
    let server = guarded();
    assert_eq!(
        page(&client(), &server.url_as("me:secret", "/x")).unwrap(),
        "treasure"
    );

    let index_urls = vec![server.url_as("me:secret", "/simple/")];
    let with_index = client_with(CredentialSources {
        index_urls,
        ..Default::default()
    });
    assert_eq!(
        page(&with_index, &server.url("/files/x")).unwrap(),
        "treasure"
    );

    let folder = Folder::new();
    let netrc = folder.path.join("netrc");
    std::fs::write(&netrc, "machine 127.0.0.1\nlogin me\npassword secret\n").unwrap();
    let with_netrc = client_with(CredentialSources {
        netrc: Some(netrc),
        ..Default::default()
    });
    assert_eq!(page(&with_netrc, &server.url("/x")).unwrap(), "treasure");
}

#[test]
fn a_wrong_or_missing_login_is_said_and_not_shown() {
    let server = guarded();
    let url = server.url("/x");
    let told = page(&client(), &server.url_as("me:wrong-one", "/x")).unwrap_err();
    assert_eq!(
        told,
        [
            format!("`{url}` answered 401 Unauthorized to the login it was sent"),
            "hint: check the login for `127.0.0.1` in the index URL, in netrc or in the keyring"
                .to_owned(),
        ]
    );
    let told = page(&client(), &url).unwrap_err();
    assert_eq!(
        told[0],
        format!("`{url}` answered 401 Unauthorized; no login is known for it")
    );
    assert_eq!(server.count("/x"), 2);
}

#[cfg(unix)]
#[test]
fn the_keyring_is_asked_after_a_refusal() {
    let server = guarded();
    let folder = Folder::new();
    let program = folder.path.join("keyring");
    let script = format!(
        "#!/bin/sh\n[ \"$*\" = 'get http://{}/simple/ me' ] && echo secret\n",
        server.address()
    );
    // A child writes it: this process may be starting others that would inherit the open file.
    let mut writer = std::process::Command::new("sh");
    writer
        .args(["-c", r#"printf %s "$1" > "$0" && chmod +x "$0""#])
        .arg(&program)
        .arg(script);
    assert!(writer.status().unwrap().success());
    let sources = CredentialSources {
        index_urls: vec![server.url_as("me", "/simple/")],
        netrc: None,
        keyring: Some(program),
    };
    assert_eq!(
        page(&client_with(sources), &server.url("/simple/x")).unwrap(),
        "treasure"
    );
    assert_eq!(server.count("/simple/x"), 2);
}

#[test]
fn a_login_does_not_follow_a_redirect_to_another_host() {
    let stranger = Server::start(|request| Reply::file(request, b"page"));
    let target = stranger.url("/caught");
    let home = Server::start(move |request| match request.path.as_str() {
        "/away" => Reply::new(302, "").header("location", &target),
        "/stay" => Reply::new(307, "").header("location", "end"),
        _ => Reply::file(request, b"home"),
    });
    let index_urls = vec![home.url_as("me:secret", "/simple/")];
    let client = client_with(CredentialSources {
        index_urls,
        ..Default::default()
    });
    assert_eq!(
        page(&client, &home.url_as("me:secret", "/away")).unwrap(),
        "page"
    );
    assert_eq!(stranger.requests()[0].header("authorization"), None);
    // On the same host it does follow, whoever lent it.
    assert_eq!(
        page(&self::client(), &home.url_as("me:secret", "/stay")).unwrap(),
        "home"
    );
    let end = home
        .requests()
        .into_iter()
        .find(|request| request.path == "/end")
        .unwrap();
    assert_eq!(end.header("authorization"), Some("Basic bWU6c2VjcmV0"));
}

#[test]
fn pages_are_bounded_and_text() {
    let server = Server::start(|request| match request.path.as_str() {
        "/long" => Reply::new(200, "x".repeat(1001)),
        "/odd" => Reply::new(200, vec![0xff]),
        _ => Reply::new(200, "fits").header("content-type", "text/plain"),
    });
    let told = page(&client(), &server.url("/long")).unwrap_err();
    assert_eq!(
        told,
        [format!("`{}` is longer than 1000 B", server.url("/long"))]
    );
    let told = page(&client(), &server.url("/odd")).unwrap_err();
    assert_eq!(
        told,
        [format!("`{}` is not text in UTF-8", server.url("/odd"))]
    );
    let text = client()
        .get_text(&server.url("/ok"), "text/plain", 1000, &Silent)
        .unwrap();
    assert_eq!(text.content_type.as_deref(), Some("text/plain"));
    assert_eq!(server.requests()[2].header("accept"), Some("text/plain"));
}

#[test]
fn local_files_are_read_without_a_server() {
    let folder = Folder::new();
    let path = folder.path.join("a b.txt");
    std::fs::write(&path, "here").unwrap();
    let url = format!("file://{}", path.as_str().replace(' ', "%20"));
    assert_eq!(page(&client(), &url).unwrap(), "here");
    let (mut sink, recorder) = (Memory::default(), Recorder::default());
    assert_eq!(
        download(&client(), &url, &mut sink, &recorder)
            .unwrap()
            .bytes,
        4
    );
    assert_eq!(recorder.lines(), ["started f 4"]);
    let told = page(&client(), &format!("file://{}/none", folder.path)).unwrap_err();
    assert_eq!(told[0], format!("cannot read `{}/none`", folder.path));
}

#[test]
fn one_connection_serves_many_requests() {
    let server = Server::start(|request| Reply::file(request, b"x"));
    let client = client();
    for _ in 0..3 {
        page(&client, &server.url("/x")).unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn requests_go_through_the_proxy_that_is_set() {
    // A proxy is asked to connect; one that refuses is enough to see that it was asked.
    let proxy = Server::start(|_| Reply::new(403, ""));
    let environment = [
        ("http_proxy".to_owned(), proxy.url("")),
        ("no_proxy".to_owned(), "127.0.0.1".to_owned()),
    ];
    let environment = environment.into_iter().collect();
    let proxies = barrow_index::client::Proxies::from_environment(&environment);
    let options = barrow_index::client::ClientOptions {
        proxies,
        ..options()
    };
    let client = Client::new(options, Credentials::new(CredentialSources::default()));
    page(&client, "http://index.example/x").unwrap_err();
    assert!(
        proxy
            .requests()
            .iter()
            .any(|request| request.path.contains("index.example"))
    );
    let direct = Server::start(|request| Reply::file(request, b"direct"));
    assert_eq!(page(&client, &direct.url("/x")).unwrap(), "direct");
}

#[test]
fn certificates_that_cannot_be_read_are_named() {
    let folder = Folder::new();
    let bundle = folder.path.join("ca.pem");
    std::fs::write(&bundle, "no certificate").unwrap();
    let options = barrow_index::client::ClientOptions {
        ca_bundle: Some(bundle.clone()),
        ..options()
    };
    let client = Client::new(options, Credentials::new(CredentialSources::default()));
    let told = page(&client, "https://127.0.0.1:1/x").unwrap_err();
    assert_eq!(
        told,
        [
            format!("cannot read certificates from `{bundle}`"),
            "cause: it holds no certificate in PEM form".to_owned(),
        ]
    );
}
