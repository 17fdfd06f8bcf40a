//! What a pull gives, and what it asks the registry for.

use std::thread;

use barrow_image::{PullOptions, Silent, pull_blocking};
use barrow_model::Arch;
use serde_json::json;

use crate::build::{Archive, ImageBuilder, push_index};
use crate::folder::{Folder, Recorder, listing, reference, told};
use crate::registry::{Registry, when};

fn small(content: &str) -> ImageBuilder {
    ImageBuilder::new([Archive::default().file("a", content).gzip()])
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn an_image_says_how_to_start_it() {
    let (registry, folder) = (Registry::start(), Folder::new());
    let config = json!({
        "Env": ["PATH=/var/lang/bin:/usr/bin", "LANG=en_US.UTF-8"],
        "WorkingDir": "/var/task",
        "Entrypoint": ["/lambda-entrypoint.sh"],
        "Cmd": ["app.handler"],
    });
    let digest = small("x")
        .config(config)
        .push(&registry, "lambda/python", "3.13");
    let image = folder.pull(&registry, "lambda/python:3.13").unwrap();
    let expected = [
        pair("PATH", "/var/lang/bin:/usr/bin"),
        pair("LANG", "en_US.UTF-8"),
    ];
    assert_eq!(image.environment, expected);
    assert_eq!(image.working_directory.as_deref(), Some("/var/task".into()));
    assert_eq!(image.entrypoint, ["/lambda-entrypoint.sh"]);
    assert_eq!(image.command, ["app.handler"]);
    assert_eq!(format!("sha256:{}", image.digest), digest);
    assert_eq!(image.reference, reference(&registry, "lambda/python:3.13"));
    assert_eq!(listing(&image.rootfs), ["f 644 a = x"]);
    assert!(
        image
            .rootfs
            .ends_with(format!("images/{}/rootfs", image.digest))
    );
    folder.check_clean();
}

#[test]
fn an_index_has_an_image_for_each_architecture() {
    let (registry, folder) = (Registry::start(), Folder::new());
    let amd64 = small("amd64").push(&registry, "app", "amd64");
    let arm64 = small("arm64")
        .architecture("arm64")
        .push(&registry, "app", "arm64");
    let images = [
        ("unknown/unknown", amd64.as_str()),
        ("windows/amd64", &arm64),
        ("linux/arm64", &arm64),
        ("linux/amd64", &amd64),
    ];
    push_index(&registry, "app", "1", &images);
    for (arch, content) in [(Arch::X86_64, "amd64"), (Arch::Arm64, "arm64")] {
        let image = pull_blocking(
            &reference(&registry, "app:1"),
            arch,
            &folder.store(),
            &PullOptions::default(),
            &Silent,
        );
        let image = image.unwrap();
        assert_eq!(image.arch, arch);
        assert_eq!(listing(&image.rootfs), [format!("f 644 a = {content}")]);
    }
}

#[test]
fn a_platform_that_is_missing_is_told_with_those_that_are_there() {
    let (registry, folder) = (Registry::start(), Folder::new());
    let digest = small("x").push(&registry, "app", "x");
    let images = [
        ("linux/arm64", digest.as_str()),
        ("unknown/unknown", &digest),
        ("linux/riscv64", &digest),
        ("linux/arm64", &digest),
    ];
    push_index(&registry, "app", "1", &images);
    let error = folder.pull(&registry, "app:1").unwrap_err();
    let expected = [
        format!("`{}/app:1` is not for `linux/amd64`", registry.address()),
        "it is for linux/arm64, linux/riscv64".to_owned(),
    ];
    assert_eq!(told(&error), expected);
}

#[test]
fn an_image_without_an_index_is_for_one_architecture_all_the_same() {
    let (registry, folder) = (Registry::start(), Folder::new());
    small("x").architecture("arm64").push(&registry, "app", "1");
    let expected = [
        format!("`{}/app:1` is not for `linux/amd64`", registry.address()),
        "it is for linux/arm64".to_owned(),
    ];
    let error = folder.pull(&registry, "app:1").unwrap_err();
    assert_eq!(told(&error), expected);
    // Nor when it is in the store, for those who asked for the right one.
    let pull = |arch| {
        let reference = reference(&registry, "app:1");
        let options = PullOptions::default();
        pull_blocking(&reference, arch, &folder.store(), &options, &Silent)
    };
    pull(Arch::Arm64).unwrap();
    assert_eq!(told(&pull(Arch::X86_64).unwrap_err()), expected);
}

#[test]
fn a_second_pull_asks_for_no_blob() {
    let (registry, folder) = (Registry::start(), Folder::new());
    small("x").push(&registry, "app", "1");
    let first = folder.pull(&registry, "app:1").unwrap();
    assert_eq!(registry.blob_requests(), 2);
    registry.forget_requests();
    assert_eq!(folder.pull(&registry, "app:1").unwrap(), first);
    assert_eq!(registry.blob_requests(), 0);
    // Nor does one by another name.
    small("x").push(&registry, "other", "2");
    let other = folder.pull(&registry, "other:2").unwrap();
    assert_eq!(other.rootfs, first.rootfs);
    assert_eq!(other.reference, reference(&registry, "other:2"));
    assert_eq!(registry.blob_requests(), 0);
}

#[test]
fn a_tag_that_moves_is_pulled_anew() {
    let (registry, folder) = (Registry::start(), Folder::new());
    small("old").push(&registry, "app", "1");
    let old = folder.pull(&registry, "app:1").unwrap();
    small("new").push(&registry, "app", "1");
    let new = folder.pull(&registry, "app:1").unwrap();
    assert_eq!(listing(&old.rootfs), ["f 644 a = old"]);
    assert_eq!(listing(&new.rootfs), ["f 644 a = new"]);
}

#[test]
fn a_digest_is_asked_about_once() {
    let (registry, folder) = (Registry::start(), Folder::new());
    let digest = small("x").push(&registry, "app", "1");
    let index = push_index(&registry, "app", "2", &[("linux/amd64", &digest)]);
    for digest in [digest, index] {
        let name = format!("app@{digest}");
        let image = folder.pull(&registry, &name).unwrap();
        registry.forget_requests();
        assert_eq!(folder.pull(&registry, &name).unwrap(), image);
        assert!(registry.requests().is_empty());
    }
}

#[test]
fn offline_takes_what_was_pulled_last() {
    let (registry, folder) = (Registry::start(), Folder::new());
    let offline = PullOptions {
        offline: true,
        ..PullOptions::default()
    };
    let pull = |name| folder.pull_with(&registry, name, &offline, &Silent);
    let expected = format!(
        "`{}/app:1` was never pulled for x86_64, and offline it cannot be",
        registry.address()
    );
    assert_eq!(told(&pull("app:1").unwrap_err()), [expected]);
    small("old").push(&registry, "app", "1");
    folder.pull(&registry, "app:1").unwrap();
    small("new").push(&registry, "app", "1");
    let new = folder.pull(&registry, "app:1").unwrap();
    small("newest").push(&registry, "app", "1");
    registry.forget_requests();
    assert_eq!(pull("app:1").unwrap(), new);
    assert!(pull("app:2").is_err());
    assert!(registry.requests().is_empty());
}

#[test]
fn what_happens_is_told() {
    let (registry, folder) = (Registry::start(), Folder::new());
    let layer = Archive::default().file("a", &"x".repeat(5000)).plain();
    let (digest, bytes) = (layer.digest(), layer.bytes.len());
    ImageBuilder::new([layer]).push(&registry, "app", "1");
    let recorder = Recorder::default();
    let options = PullOptions::default();
    folder
        .pull_with(&registry, "app:1", &options, &recorder)
        .unwrap();
    let lines = recorder.lines();
    assert_eq!(
        lines[2..],
        [
            format!("started {digest} {bytes}"),
            format!("finished {digest}"),
            "working unpacking layer 1 of 1".to_owned(),
        ]
    );
    assert!(recorder.advanced() > bytes as u64, "the configuration too");
}

#[test]
fn two_pulls_at_once_unpack_one_image() {
    let (registry, folder) = (Registry::start(), Folder::new());
    let layers = (0..6).map(|number| {
        let files = (0..50).fold(Archive::default(), |archive, file| {
            archive.file(&format!("{number}/{file}"), "x")
        });
        files.gzip()
    });
    ImageBuilder::new(layers).push(&registry, "app", "1");
    let images = thread::scope(|scope| {
        let pull = || folder.pull(&registry, "app:1").unwrap();
        let pulls: Vec<_> = (0..4).map(|_| scope.spawn(pull)).collect();
        let join = |pull: thread::ScopedJoinHandle<'_, _>| pull.join().unwrap();
        pulls.into_iter().map(join).collect::<Vec<_>>()
    });
    assert!(images.iter().all(|image| *image == images[0]));
    assert_eq!(listing(&images[0].rootfs).len(), 6 * 51);
    assert_eq!(registry.blob_requests(), 7, "each blob once");
    folder.check_clean();
}

fn is_send<T: Send>(it: T) -> T {
    it
}

#[test]
fn a_pull_can_be_given_up() {
    let stall = when(
        |request, _| request.is_blob(),
        |_, reply| reply.stall_after(1),
    );
    let registry = Registry::meddled(stall);
    let folder = Folder::new();
    small("x").push(&registry, "app", "1");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (reference, store) = (reference(&registry, "app:1"), folder.store());
    let options = PullOptions::default();
    // Whoever has more than one thread can have it on any.
    let pull = is_send(barrow_image::pull(
        &reference,
        Arch::X86_64,
        &store,
        &options,
        &Silent,
    ));
    runtime.block_on(async {
        let given = std::time::Duration::from_millis(500);
        assert!(tokio::time::timeout(given, pull).await.is_err());
    });
    drop(runtime);
    folder.check_clean();
}
