//! Processes that die, and processes that meet. This test's own binary is the other process.

use std::env;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use barrow_image::{PullOptions, Reference, Silent, images, pull_blocking};
use barrow_model::Arch;
use camino::Utf8Path;

use crate::build::{Archive, ImageBuilder};
use crate::folder::{Folder, listing, names, reference};
use crate::registry::{Registry, Reply, Request, is_layer, when};

const REFERENCE: &str = "BARROW_IMAGE_TEST_REFERENCE";
const STORE: &str = "BARROW_IMAGE_TEST_STORE";

/// Does nothing but where another test has started it.
#[test]
fn pulls_what_another_test_says() {
    let (Ok(name), Ok(store)) = (env::var(REFERENCE), env::var(STORE)) else {
        return;
    };
    let (reference, options) = (Reference::parse(&name).unwrap(), PullOptions::default());
    pull_blocking(
        &reference,
        Arch::X86_64,
        Utf8Path::new(&store),
        &options,
        &Silent,
    )
    .unwrap();
}

fn start(registry: &Registry, name: &str, folder: &Folder) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "kill::pulls_what_another_test_says"])
        .env(REFERENCE, reference(registry, name).to_string())
        .env(STORE, folder.store())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn wait_for(what: &str, mut there: impl FnMut() -> bool) {
    let start = Instant::now();
    while !there() {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "waited for {what}"
        );
        thread::sleep(Duration::from_millis(2));
    }
}

/// Many small files, so that unpacking takes a while.
fn many() -> Archive {
    (0..1000).fold(Archive::default(), |archive, number| {
        archive.file(&format!("{}/{number}", number % 50), "content")
    })
}

#[test]
fn a_kill_during_a_download_leaves_a_usable_store() {
    let first = |request: &Request, reply: &Reply| is_layer(request, reply) && request.earlier == 0;
    let registry = Registry::meddled(when(first, |_, reply| reply.stall_after(500)));
    let folder = Folder::new();
    let layer = Archive::default().file("a", &"x".repeat(5000)).plain();
    let stalled = layer.digest();
    ImageBuilder::new([layer]).push(&registry, "app", "1");
    let child = start(&registry, "app:1", &folder);
    wait_for("the layer to be asked for", || {
        registry
            .requests()
            .iter()
            .any(|request| request.path.ends_with(&stalled))
    });
    kill(child);
    assert_eq!(
        names(&folder.store().join("partial")).len(),
        1,
        "it died in the middle"
    );
    assert!(images(&folder.store()).unwrap().is_empty());
    let image = folder.pull(&registry, "app:1").unwrap();
    assert_eq!(listing(&image.rootfs).len(), 1);
    folder.check_clean();
}

#[test]
fn a_kill_at_any_time_leaves_a_usable_store() {
    let (registry, folder) = (Registry::start(), Folder::new());
    ImageBuilder::new([many().gzip(), many().file(".wh.7", "").zstd()]).push(&registry, "app", "1");
    let image = folder.pull(&registry, "app:1").unwrap();
    let whole = listing(&image.rootfs);
    barrow_image::remove(&folder.store(), &image.digest).unwrap();
    let partial = folder.store().join("partial").join(image.digest.to_hex());
    for milliseconds in [0, 5, 20, 60, 120, 250] {
        let mut child = start(&registry, "app:1", &folder);
        wait_for("the pull to begin", || {
            partial.join("rootfs").exists() || child.try_wait().unwrap().is_some()
        });
        thread::sleep(Duration::from_millis(milliseconds));
        kill(child);
        // Either it was done, or there is nothing that looks like it.
        for stored in images(&folder.store()).unwrap() {
            assert_eq!(
                listing(&stored.image.rootfs),
                whole,
                "after {milliseconds} ms"
            );
            barrow_image::remove(&folder.store(), &stored.image.digest).unwrap();
        }
    }
    assert_eq!(
        listing(&folder.pull(&registry, "app:1").unwrap().rootfs),
        whole
    );
    folder.check_clean();
}

#[test]
fn what_a_killed_process_left_is_removed_by_a_pull_of_something_else() {
    let stall = when(is_layer, |_, reply| reply.stall_after(500));
    let (registry, folder) = (Registry::meddled(stall), Folder::new());
    ImageBuilder::new([many().gzip()]).push(&registry, "app", "1");
    for (name, variable) in [("one", "A=1"), ("two", "A=2")] {
        let config = serde_json::json!({"Env": [variable]});
        ImageBuilder::new([])
            .config(config)
            .push(&registry, name, "1");
    }
    let child = start(&registry, "app:1", &folder);
    let partial = folder.store().join("partial");
    wait_for("the layer to be asked for", || registry.blob_requests() > 1);
    folder.pull(&registry, "one:1").unwrap();
    assert_eq!(
        names(&partial).len(),
        1,
        "it is at work, so its place is not touched"
    );
    kill(child);
    folder.pull(&registry, "two:1").unwrap();
    folder.check_clean();
}

#[test]
fn two_processes_at_once_unpack_one_image() {
    let (registry, folder) = (Registry::start(), Folder::new());
    ImageBuilder::new([many().gzip()]).push(&registry, "app", "1");
    let children: Vec<_> = (0..3).map(|_| start(&registry, "app:1", &folder)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(registry.blob_requests(), 2, "each blob once");
    assert_eq!(images(&folder.store()).unwrap().len(), 1);
    folder.check_clean();
}
