//! Registries that have not what they promise, or are not there.

use std::env;
use std::net::TcpListener;
use std::process::Command;

use barrow_image::{PullOptions, Reference, Silent, pull_blocking};
use barrow_model::{Arch, Explain as _, Fault};
use serde_json::json;

use crate::build::{Archive, ImageBuilder, Layer, MANIFEST, digest, put_manifest};
use crate::folder::{Folder, Recorder, listing, told};
use crate::registry::{Registry, Reply, Request, is_layer, is_manifest, when};

fn large() -> Layer {
    // Does not compress, so that there is something to cut.
    let content: String = (0..200_000_u32)
        .map(|number| format!("{}", number ^ 0x5a5a))
        .collect();
    Archive::default().file("a", &content).plain()
}

/// Runs the test in a process of its own where this one's environment names a proxy, which would
/// come between. Whether it did.
fn elsewhere_without_proxies(test: &str) -> bool {
    let names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
    let names = names.map(|name| [name.to_owned(), name.to_lowercase()]);
    let names = names.as_flattened();
    if names.iter().all(|name| env::var_os(name).is_none()) {
        return false;
    }
    let mut command = Command::new(env::current_exe().unwrap());
    for name in names {
        command.env_remove(name);
    }
    assert!(command.args(["--exact", test]).status().unwrap().success());
    true
}

/// What a pull says when the registry meddles with the answers.
fn check(meddle: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static, expected: &[&str]) {
    let (registry, folder) = (Registry::meddled(meddle), Folder::new());
    let layer = large();
    let (digest, bytes) = (layer.digest(), layer.bytes.len());
    ImageBuilder::new([layer]).push(&registry, "app", "1");
    let error = folder.pull(&registry, "app:1").unwrap_err();
    let expected = expected.iter().map(|line| {
        line.replace("{registry}", registry.address())
            .replace("{digest}", &digest)
            .replace("{bytes}", &bytes.to_string())
    });
    assert_eq!(told(&error), expected.collect::<Vec<_>>());
    folder.check_clean();
}

#[test]
fn a_tag_that_is_not_there_is_named() {
    let (registry, folder) = (Registry::start(), Folder::new());
    let error = folder.pull(&registry, "app:1").unwrap_err();
    let address = registry.address();
    assert_eq!(
        told(&error),
        [format!("`{address}` has no `{address}/app:1`")]
    );
    assert_eq!(error.fault(), Fault::Input);
    assert_eq!(registry.blob_requests(), 0);
}

#[test]
fn so_it_is_by_registries_that_answer_otherwise() {
    let expected = ["`{registry}` has no `{registry}/app:1`"];
    let page = |_: &Request, _| Reply::new(404, "<html>not here</html>");
    check(when(is_manifest, page), &expected);
    let name = |_: &Request, _| Reply::error(404, "NAME_UNKNOWN", "repository name not known");
    check(when(is_manifest, name), &expected);
}

#[test]
fn a_layer_that_is_not_there_is_named() {
    let gone = |_: &Request, _| Reply::error(404, "BLOB_UNKNOWN", "blob unknown to registry");
    check(when(is_layer, gone), &["`{registry}` has no `{digest}`"]);
}

#[test]
fn a_registry_that_is_not_there_is_named() {
    let folder = Folder::new();
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let reference = Reference::parse(&format!("{address}/app:1")).unwrap();
    let recorder = Recorder::default();
    let options = PullOptions::default();
    let pulled = pull_blocking(
        &reference,
        Arch::X86_64,
        &folder.store(),
        &options,
        &recorder,
    );
    let error = pulled.unwrap_err();
    let expected = [
        format!("cannot reach the registry `{address}`"),
        "cause: Connection refused (os error 111)".to_owned(),
    ];
    assert_eq!(told(&error), expected);
    assert_eq!(error.fault(), Fault::Machine);
    assert!(error.hints().iter().any(|hint| hint.contains("--offline")));
    let retrying = format!("retrying {address}: Connection refused (os error 111)");
    assert_eq!(
        recorder.lines(),
        [retrying.clone(), retrying.clone(), retrying]
    );
}

#[test]
fn a_name_that_no_resolver_knows_is_unreachable() {
    let folder = Folder::new();
    let reference = Reference::parse("registry.invalid/app:1").unwrap();
    let options = PullOptions::default();
    let pulled = pull_blocking(&reference, Arch::X86_64, &folder.store(), &options, &Silent);
    let told = told(&pulled.unwrap_err());
    assert_eq!(told[0], "cannot reach the registry `registry.invalid`");
    assert!(
        !told[1].contains("http"),
        "the address is not for the user: {}",
        told[1]
    );
}

#[test]
fn a_registry_without_tls_is_not_taken_for_one_with_it() {
    if elsewhere_without_proxies("faults::a_registry_without_tls_is_not_taken_for_one_with_it") {
        return;
    }
    // Not loopback by its name, so TLS is expected of it.
    let (registry, folder) = (Registry::start(), Folder::new());
    let port = registry.address().rsplit_once(':').unwrap().1;
    let reference = Reference::parse(&format!("0.0.0.0:{port}/app:1")).unwrap();
    let pull = |plain_http| {
        let options = PullOptions {
            plain_http,
            ..PullOptions::default()
        };
        pull_blocking(&reference, Arch::X86_64, &folder.store(), &options, &Silent).unwrap_err()
    };
    let error = told(&pull(false));
    let expected = format!("the registry `0.0.0.0:{port}` does not speak TLS");
    assert_eq!(error, [expected]);
    let error = told(&pull(true));
    assert_eq!(
        error,
        [format!("`0.0.0.0:{port}` has no `0.0.0.0:{port}/app:1`")]
    );
}

#[test]
fn changed_bytes_are_refused() {
    let changed = || {
        let mut bytes = large().bytes;
        bytes[700] ^= 1;
        bytes
    };
    let seen = digest(&changed());
    let expected = format!("`{{digest}}` has the digest `{seen}`; expected `{{digest}}`");
    check(
        when(is_layer, move |_, _| Reply::new(200, changed())),
        &[&expected],
    );
}

#[test]
fn a_changed_configuration_is_refused() {
    let change = |_: &Request, reply: Reply| {
        let text = String::from_utf8_lossy(reply.body()).replace("linux", "Linux");
        Reply::new(200, text)
    };
    let registry = Registry::meddled(when(|request, _| request.is_blob(), change));
    let folder = Folder::new();
    ImageBuilder::new([]).push(&registry, "app", "1");
    let message = folder.pull(&registry, "app:1").unwrap_err().to_string();
    assert!(message.contains("has the digest `sha256:"), "{message}");
    folder.check_clean();
}

#[test]
fn a_manifest_that_is_not_the_one_of_its_digest_is_refused() {
    let (registry, folder) = (Registry::start(), Folder::new());
    ImageBuilder::new([]).push(&registry, "app", "1");
    let wanted = digest(b"something else");
    let other = b"{\"schemaVersion\":2,\"layers\":[]}";
    registry.put_manifest(&format!("app/{wanted}"), MANIFEST, other);
    let error = folder
        .pull(&registry, &format!("app@{wanted}"))
        .unwrap_err();
    let address = registry.address();
    let seen = digest(other);
    let expected = format!("`{address}/app@{wanted}` has the digest `{seen}`; expected `{wanted}`");
    assert_eq!(told(&error), [expected]);
}

#[test]
fn a_layer_of_another_size_is_refused() {
    let (registry, folder) = (Registry::start(), Folder::new());
    let layer = large();
    let (digest, bytes) = (layer.digest(), layer.bytes.len() as u64);
    for claimed in [bytes - 1, bytes + 1, 1] {
        ImageBuilder::new([layer.clone()])
            .layer_sizes(claimed)
            .push(&registry, "app", "1");
        let error = folder.pull(&registry, "app:1").unwrap_err();
        let expected = format!("`{digest}` is {bytes} bytes long; expected {claimed}");
        assert_eq!(told(&error), [expected]);
        folder.check_clean();
    }
}

#[test]
fn layers_that_claim_more_than_lambda_takes_are_not_fetched() {
    let (registry, folder) = (Registry::start(), Folder::new());
    ImageBuilder::new([large(), large()])
        .layer_sizes(6 << 30)
        .push(&registry, "app", "1");
    let error = folder.pull(&registry, "app:1").unwrap_err();
    let expected = format!(
        "`{}/app:1` is 12.0 GiB; expected at most 10.0 GiB",
        registry.address()
    );
    assert_eq!(told(&error), [expected]);
    assert_eq!(registry.blob_requests(), 0);
}

#[test]
fn a_cut_connection_is_gone_on_with() {
    let cut = |_: &Request, reply: Reply| {
        let half = reply.body().len() / 2;
        reply.cut_after(half)
    };
    let twice = |request: &Request, reply: &Reply| is_layer(request, reply) && request.earlier < 2;
    let (registry, folder) = (Registry::meddled(when(twice, cut)), Folder::new());
    let layer = large();
    let (digest, bytes) = (layer.digest(), layer.bytes.len());
    ImageBuilder::new([layer]).push(&registry, "app", "1");
    let recorder = Recorder::default();
    let options = PullOptions::default();
    let image = folder
        .pull_with(&registry, "app:1", &options, &recorder)
        .unwrap();
    assert_eq!(listing(&image.rootfs).len(), 1);
    let requests = registry.requests();
    let ranges: Vec<_> = requests
        .iter()
        .filter(|request| request.path.ends_with(&digest))
        .map(|request| request.header("range").map(str::to_owned))
        .collect();
    assert_eq!(ranges.len(), 3);
    assert_eq!(ranges[0], None);
    assert!(ranges[1] < ranges[2] && ranges[1].is_some(), "{ranges:?}");
    let retries = recorder
        .lines()
        .iter()
        .filter(|line| line.starts_with("retrying"))
        .count();
    assert_eq!(retries, 2);
    let config_bytes = 50..200;
    let advanced = usize::try_from(recorder.advanced()).unwrap();
    assert!(
        config_bytes.contains(&(advanced - bytes)),
        "nothing is counted twice"
    );
}

#[test]
fn a_registry_that_knows_no_parts_starts_again() {
    let whole = |request: &Request, reply: Reply| match request.earlier {
        0 => reply.cut_after(5000),
        _ => Reply::new(200, large().bytes),
    };
    let (registry, folder) = (Registry::meddled(when(is_layer, whole)), Folder::new());
    ImageBuilder::new([large()]).push(&registry, "app", "1");
    assert!(folder.pull(&registry, "app:1").is_ok());
}

#[test]
fn halves_of_two_files_are_fetched_anew() {
    let wrong = |request: &Request, reply: Reply| match request.earlier {
        0 => reply.cut_after(5000),
        1 => Reply::new(206, vec![0; reply.body().len()]),
        _ => reply,
    };
    let (registry, folder) = (Registry::meddled(when(is_layer, wrong)), Folder::new());
    ImageBuilder::new([large()]).push(&registry, "app", "1");
    assert!(folder.pull(&registry, "app:1").is_ok());
}

#[test]
fn a_registry_that_keeps_cutting_is_given_up() {
    check(
        when(is_layer, |_, reply| reply.cut_after(0)),
        &[
            "cannot reach the registry `{registry}`",
            "cause: end of file before message length reached",
        ],
    );
}

#[test]
fn a_passing_fault_is_waited_for() {
    let busy = |request: &Request, reply: Reply| match request.earlier {
        0 if !request.path.ends_with("/v2/") => Reply::new(503, "busy"),
        _ => reply,
    };
    let (registry, folder) = (Registry::meddled(busy), Folder::new());
    ImageBuilder::new([large()]).push(&registry, "app", "1");
    assert!(folder.pull(&registry, "app:1").is_ok());
}

#[test]
fn a_fault_that_stays_is_told_in_the_registrys_words() {
    let rate = |_: &Request, _| Reply::error(429, "TOOMANYREQUESTS", "Rate exceeded");
    check(
        when(is_manifest, rate),
        &["the registry `{registry}` answered 429: Rate exceeded"],
    );
    let page = |_: &Request, _| Reply::new(500, "<html>\nno sentence</html>");
    check(
        when(is_manifest, page),
        &["the registry `{registry}` answered 500"],
    );
}

#[test]
fn what_is_no_image_is_named() {
    let (registry, folder) = (Registry::start(), Folder::new());
    let name = format!("{}/app:1", registry.address());
    let check = |manifest: serde_json::Value, expected: &str| {
        put_manifest(&registry, "app", "1", MANIFEST, &manifest);
        let error = folder.pull(&registry, "app:1").unwrap_err();
        assert_eq!(told(&error), [format!("`{name}` {expected}")]);
    };
    check(
        json!({"schemaVersion": 1, "fsLayers": []}),
        "has no layers, so it is no image",
    );
    let config = json!({"mediaType": "", "digest": digest(b""), "size": 0});
    let layer = |media_type: &str, digest: &str, size: i64| {
        let layer = json!({"mediaType": media_type, "digest": digest, "size": size});
        json!({"schemaVersion": 2, "config": config, "layers": [layer]})
    };
    let tar = "application/vnd.oci.image.layer.v1.tar";
    check(
        layer("application/wasm", &digest(b""), 0),
        &format!(
            "has a layer of the type `application/wasm`; expected `{tar}`, `+gzip` or `+zstd`"
        ),
    );
    check(
        layer(tar, "sha512:00", 0),
        "names `sha512:00` of 0 bytes; expected a SHA-256 digest",
    );
    check(
        layer(tar, "sha256:../../x", 0),
        "names `sha256:../../x` of 0 bytes; expected a SHA-256 digest",
    );
    let seen = digest(b"");
    check(
        layer(tar, &seen, -1),
        &format!("names `{seen}` of -1 bytes; expected a SHA-256 digest"),
    );
    registry.put_manifest("app/1", MANIFEST, b"not json");
    let error = folder.pull(&registry, "app:1").unwrap_err();
    assert_eq!(told(&error)[0], format!("cannot understand `{name}`"));
}

#[test]
fn addresses_in_a_manifest_are_not_called() {
    let (registry, folder) = (Registry::start(), Folder::new());
    let elsewhere = Registry::start();
    let layer = Archive::default().gzip();
    elsewhere.put_blob(&layer.digest(), &layer.bytes);
    let config = "{}";
    registry.put_blob(&digest(config.as_bytes()), config.as_bytes());
    let manifest = json!({
        "schemaVersion": 2,
        "config": {"mediaType": "", "digest": digest(config.as_bytes()), "size": 2},
        "layers": [{
            "mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
            "digest": layer.digest(),
            "size": layer.bytes.len(),
            "urls": [format!("http://{}/v2/app/blobs/{}", elsewhere.address(), layer.digest())],
        }],
    });
    put_manifest(&registry, "app", "1", MANIFEST, &manifest);
    let error = folder.pull(&registry, "app:1").unwrap_err();
    let expected = format!("`{}` has no `{}`", registry.address(), layer.digest());
    assert_eq!(told(&error), [expected]);
    assert!(elsewhere.requests().is_empty());
}
