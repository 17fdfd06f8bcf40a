//! Fetching: from picks to wheels, whatever the server does.

use std::fs;
use std::num::NonZero;

use barrow_core::testing::WheelBuilder;
use barrow_index::fetch::{FetchError, FetchMeans, FetchOptions, fetch};
use barrow_index::lock::Location;
use barrow_index::resolve::Environment;
use barrow_index::resolve::index_config::IndexConfig;
use barrow_index::resolve::program::UvSource;
use barrow_index::select::Pick;
use barrow_index::source_build::Builder;
use barrow_index::store::{Store, StoredWheel};
use barrow_model::Target;
use camino::Utf8Path;

use crate::recorder::Recorder;
use crate::server::{Reply, Request, Server};
use crate::wheels::{Folder, client, digest, noise, pick, pure, told};

/// A builder that has no uv: these tests build nothing.
fn builder(cache: &Utf8Path) -> Builder {
    let uv = UvSource {
        program: Some("/nonexistent/uv".into()),
        cache: cache.to_owned(),
        offline: true,
    };
    let target = Target {
        runtime: "python3.12".parse().unwrap(),
        arch: "arm64".parse().unwrap(),
    };
    Builder::new(uv, Environment::default(), IndexConfig::default(), target)
}

fn run(
    picks: &[Pick],
    store: &Store,
    offline: bool,
    recorder: &Recorder,
) -> Result<Vec<StoredWheel>, FetchError> {
    let (client, builder) = (client(), builder(store.dir()));
    let means = FetchMeans {
        store,
        client: &client,
        builder: &builder,
    };
    let options = FetchOptions {
        jobs: NonZero::new(4).unwrap(),
        offline,
    };
    fetch(picks, means, options, recorder)
}

/// Serves each wheel under its name.
fn serve(
    wheels: &[WheelBuilder],
    twist: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static,
) -> Server {
    let files: Vec<(String, Vec<u8>)> = wheels
        .iter()
        .map(|wheel| (format!("/{}", wheel.name()), wheel.build()))
        .collect();
    Server::start(move |request| {
        let file = files.iter().find(|(path, _)| *path == request.path);
        let reply = match file {
            Some((_, bytes)) => Reply::file(request, bytes),
            None => Reply::new(404, ""),
        };
        twist(request, reply)
    })
}

/// A pick of a wheel that the server has.
fn pick_of(wheel: &WheelBuilder, server: &Server) -> Pick {
    let name = wheel.name();
    let url = server.url(&format!("/{name}"));
    pick(
        name.as_str(),
        Location::Url(url),
        Some(digest(&wheel.build())),
    )
}

fn names(wheels: &[StoredWheel]) -> Vec<&str> {
    wheels
        .iter()
        .map(|stored| stored.wheel.name.name().as_str())
        .collect()
}

fn some_wheels() -> Vec<WheelBuilder> {
    ["d", "b", "a", "c", "e", "f"]
        .map(|name| pure(name, &format!("name = {name:?}\n")))
        .into()
}

#[test]
fn wheels_come_in_the_order_of_the_picks_and_only_once() {
    let folder = Folder::new();
    let store = folder.store();
    let wheels = some_wheels();
    let server = serve(&wheels, |_, reply| reply);
    let picks: Vec<Pick> = wheels.iter().map(|wheel| pick_of(wheel, &server)).collect();
    let recorder = Recorder::default();
    let fetched = run(&picks, &store, false, &recorder).unwrap();
    assert_eq!(names(&fetched), ["d", "b", "a", "c", "e", "f"]);
    assert_eq!(server.requests().len(), 6);
    let finished = recorder
        .lines()
        .iter()
        .filter(|line| line.starts_with("finished"))
        .count();
    assert_eq!(finished, 6);

    // The second time nobody is asked, with or without a network.
    for offline in [false, true] {
        let recorder = Recorder::default();
        assert_eq!(run(&picks, &store, offline, &recorder).unwrap(), fetched);
        assert_eq!(recorder.lines(), [""; 0]);
    }
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn one_wheel_picked_twice_is_fetched_once() {
    let folder = Folder::new();
    let wheels = some_wheels();
    let server = serve(&wheels, |_, reply| reply);
    let picks = [pick_of(&wheels[0], &server), pick_of(&wheels[0], &server)];
    let fetched = run(&picks, &folder.store(), false, &Recorder::default()).unwrap();
    assert_eq!(fetched[0], fetched[1]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_cut_wheel_is_put_together() {
    let folder = Folder::new();
    let wheel = barrow_core::testing::wheel("a-1.0-py3-none-any.whl").file("a.bin", noise(90_000));
    let server = serve(
        std::slice::from_ref(&wheel),
        |request, reply| match request.earlier {
            0 => reply.cut_after(40_000),
            _ => reply,
        },
    );
    let picks = [pick_of(&wheel, &server)];
    let fetched = run(&picks, &folder.store(), false, &Recorder::default()).unwrap();
    assert_eq!(fs::read(&fetched[0].path).unwrap(), wheel.build());
    assert_eq!(server.requests()[1].header("range"), Some("bytes=40000-"));
}

#[test]
fn halves_of_two_files_are_noticed_and_fetched_whole() {
    let folder = Folder::new();
    let wheel = barrow_core::testing::wheel("a-1.0-py3-none-any.whl").file("a.bin", noise(90_000));
    let bytes = wheel.build();
    let served = bytes.clone();
    // The server claims that the file is the same, and sends other bytes in the second half.
    let server = Server::start(move |request| match request.earlier {
        0 => Reply::file(request, &served).cut_after(40_000),
        1 => Reply::file(request, &vec![0; served.len()]),
        _ => Reply::file(request, &served),
    });
    let url = server.url("/a");
    let picks = [pick(
        "a-1.0-py3-none-any.whl",
        Location::Url(url),
        Some(digest(&bytes)),
    )];
    run(&picks, &folder.store(), false, &Recorder::default()).unwrap();
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_wrong_file_is_refused_with_both_digests_and_not_kept() {
    let folder = Folder::new();
    let store = folder.store();
    let (wanted, served) = (pure("a", "x = 1\n"), pure("a", "x = 2\n"));
    let server = serve(std::slice::from_ref(&served), |_, reply| reply);
    let picks = [pick_of(&wanted, &server)];
    let error = run(&picks, &store, false, &Recorder::default()).unwrap_err();
    let expected = [
        "`a-1.0-py3-none-any.whl` is not the file that the lock names".to_owned(),
        format!("it came from {}", server.url("/a-1.0-py3-none-any.whl")),
        format!("its SHA-256 is {}", digest(&served.build())),
        format!("expected        {}", digest(&wanted.build())),
        "hint: nothing of it was kept; if the file was replaced on purpose, \
         `--upgrade` locks it anew"
            .to_owned(),
    ];
    assert_eq!(told(&error), expected);
    assert_eq!(store.size(&[]).unwrap().wheels, 0);
    assert_eq!(
        fs::read_dir(store.dir().join("partial")).unwrap().count(),
        0
    );
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn all_failures_are_told_together_and_the_rest_is_kept() {
    let folder = Folder::new();
    let store = folder.store();
    let wheels = some_wheels();
    let server = serve(&wheels, |request, reply| match request.path.as_str() {
        "/b-1.0-py3-none-any.whl" => Reply::new(404, ""),
        "/c-1.0-py3-none-any.whl" => Reply::new(200, "something else"),
        "/e-1.0-py3-none-any.whl" => Reply::new(401, ""),
        _ => reply,
    });
    let picks: Vec<Pick> = wheels.iter().map(|wheel| pick_of(wheel, &server)).collect();
    let error = run(&picks, &store, false, &Recorder::default()).unwrap_err();
    let told: Vec<String> = told(&error)
        .iter()
        .map(|line| line.replace(server.address(), "HOST"))
        .collect();
    let expected = [
        "cannot fetch 3 files".to_owned(),
        "`http://HOST/b-1.0-py3-none-any.whl` answered 404 Not Found".to_owned(),
        "`c-1.0-py3-none-any.whl` is not the file that the lock names".to_owned(),
        "  it came from http://HOST/c-1.0-py3-none-any.whl".to_owned(),
        format!("  its SHA-256 is {}", digest(b"something else")),
        format!("  expected        {}", digest(&wheels[3].build())),
        "`http://HOST/e-1.0-py3-none-any.whl` answered 401 Unauthorized; \
         no login is known for it"
            .to_owned(),
        "hint: the file may be gone from the index; `--upgrade` resolves again".to_owned(),
        "hint: nothing of it was kept; if the file was replaced on purpose, \
         `--upgrade` locks it anew"
            .to_owned(),
    ];
    assert_eq!(told, expected);
    assert_eq!(store.size(&[]).unwrap().wheels, 3);
}

#[test]
fn a_host_that_is_gone_does_not_cost_its_patience_for_every_file() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let folder = Folder::new();
    let picks: Vec<Pick> = (0..100)
        .map(|number| {
            let file = format!("p{number}-1.0-py3-none-any.whl");
            let url = format!("http://{address}/{file}");
            pick(&file, Location::Url(url), Some(digest(file.as_bytes())))
        })
        .collect();
    let error = run(&picks, &folder.store(), false, &Recorder::default()).unwrap_err();
    let lines = told(&error);
    assert!(lines.len() < 10, "{lines:?}");
    assert!(
        lines.iter().any(|line| line.contains("(3 tries)")),
        "{lines:?}"
    );
}

#[test]
fn offline_names_everything_that_is_missing() {
    let folder = Folder::new();
    let store = folder.store();
    let wheels = some_wheels();
    let server = serve(&wheels, |_, reply| reply);
    let picks: Vec<Pick> = wheels.iter().map(|wheel| pick_of(wheel, &server)).collect();
    run(&picks[..4], &store, false, &Recorder::default()).unwrap();
    let error = run(&picks, &store, true, &Recorder::default()).unwrap_err();
    assert_eq!(
        told(&error),
        [
            "2 files are not in the cache, and nothing may be downloaded",
            "e-1.0-py3-none-any.whl",
            "f-1.0-py3-none-any.whl",
            "hint: run the command once without `--offline`",
        ]
    );
}

#[test]
fn local_wheels_are_copied_and_held_against_their_digest() {
    let folder = Folder::new();
    let store = folder.store();
    let wheel = pure("a", "x = 1\n");
    let path = folder.path.join("a-1.0-py3-none-any.whl");
    fs::write(&path, wheel.build()).unwrap();
    let local = |sha256| {
        [pick(
            "a-1.0-py3-none-any.whl",
            Location::Path(path.clone()),
            sha256,
        )]
    };
    for sha256 in [None, Some(digest(&wheel.build()))] {
        let fetched = run(&local(sha256), &store, true, &Recorder::default()).unwrap();
        assert_eq!(fetched[0].sha256, digest(&wheel.build()));
        assert!(fetched[0].path.starts_with(store.dir()));
    }
    let wrong = local(Some(digest(b"other")));
    let error = run(&wrong, &store, true, &Recorder::default()).unwrap_err();
    assert_eq!(told(&error)[1], format!("it came from {path}"));
    // Changed in place: the copy in the store does not hide that.
    let changed = pure("a", "x = 2\n");
    fs::write(&path, changed.build()).unwrap();
    let fetched = run(&local(None), &store, true, &Recorder::default()).unwrap();
    assert_eq!(fetched[0].sha256, digest(&changed.build()));
}

#[test]
fn a_url_without_a_digest_is_asked_again_but_serves_offline() {
    let folder = Folder::new();
    let store = folder.store();
    let wheel = pure("a", "x = 1\n");
    let server = serve(std::slice::from_ref(&wheel), |_, reply| reply);
    let url = Location::Url(server.url("/a-1.0-py3-none-any.whl"));
    let picks = [pick("a-1.0-py3-none-any.whl", url, None)];
    assert!(run(&picks, &store, true, &Recorder::default()).is_err());
    for count in 1..3 {
        run(&picks, &store, false, &Recorder::default()).unwrap();
        assert_eq!(server.requests().len(), count);
    }
    run(&picks, &store, true, &Recorder::default()).unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_damaged_copy_is_fetched_again() {
    let folder = Folder::new();
    let store = folder.store();
    let wheel = pure("a", "x = 1\n");
    let server = serve(std::slice::from_ref(&wheel), |_, reply| reply);
    let picks = [pick_of(&wheel, &server)];
    let first = run(&picks, &store, false, &Recorder::default()).unwrap();
    fs::write(&first[0].path, "garbage").unwrap();
    let recorder = Recorder::default();
    let second = run(&picks, &store, false, &recorder).unwrap();
    assert_eq!(fs::read(&second[0].path).unwrap(), wheel.build());
    assert_eq!(
        recorder.lines()[0],
        "note the cached copy of `a-1.0-py3-none-any.whl` was damaged and is gone now"
    );
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn two_fetches_at_once_share_the_work() {
    let folder = Folder::new();
    let wheels = some_wheels();
    let server = serve(&wheels, |_, reply| {
        reply.dripped(5, std::time::Duration::from_millis(10))
    });
    let picks: Vec<Pick> = wheels.iter().map(|wheel| pick_of(wheel, &server)).collect();
    // Each with a store of its own on the same directory, as two processes have.
    let work = || run(&picks, &folder.store(), false, &Recorder::default()).unwrap();
    let results: Vec<Vec<StoredWheel>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn what_a_killed_process_left_does_not_matter() {
    let folder = Folder::new();
    let store = folder.store();
    let wheel = pure("a", "x = 1\n");
    let server = serve(std::slice::from_ref(&wheel), |_, reply| reply);
    let picks = [pick_of(&wheel, &server)];
    let first = run(&picks, &store, false, &Recorder::default()).unwrap();
    // Killed while downloading, and after the wheel was renamed but before its index was.
    fs::write(store.dir().join("partial/.tmpAbCdEf"), "half a whe").unwrap();
    fs::remove_file(first[0].path.with_file_name("index")).unwrap();
    assert_eq!(
        run(&picks, &store, false, &Recorder::default()).unwrap(),
        first
    );
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_damaged_wheel_with_the_right_digest_is_refused() {
    let folder = Folder::new();
    let store = folder.store();
    let bytes = b"not a zip".to_vec();
    let served = bytes.clone();
    let server = Server::start(move |request| Reply::file(request, &served));
    let url = Location::Url(server.url("/a"));
    let picks = [pick("a-1.0-py3-none-any.whl", url, Some(digest(&bytes)))];
    let error = run(&picks, &store, false, &Recorder::default()).unwrap_err();
    assert_eq!(told(&error)[0], "wheel `a-1.0-py3-none-any.whl` is damaged");
    assert_eq!(store.size(&[]).unwrap().wheels, 0);
}

/// No disk is full here; a file where a directory should be is as good.
#[test]
fn a_cache_that_cannot_be_written_is_told_once() {
    let folder = Folder::new();
    let store = folder.store();
    fs::write(store.dir().join("partial"), "in the way").unwrap();
    let wheels = some_wheels();
    let server = serve(&wheels, |_, reply| reply);
    let picks: Vec<Pick> = wheels.iter().map(|wheel| pick_of(wheel, &server)).collect();
    let lines = told(&run(&picks, &store, false, &Recorder::default()).unwrap_err());
    let line = format!(
        "cannot write `{}` in the cache",
        store.dir().join("partial")
    );
    assert!(lines.iter().any(|it| it.starts_with(&line)), "{lines:?}");
    assert_eq!(server.requests().len(), 0);
}
