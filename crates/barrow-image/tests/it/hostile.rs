//! Layers that were made to do harm. Nothing is ever written outside, and nothing is left.

use crate::build::{Archive, ImageBuilder, Layer};
use crate::folder::{Folder, listing, told};
use crate::registry::Registry;

/// Layers that are refused; `expected` is the message and its causes, after the layer's name.
fn check_refused(layers: &dyn Fn(&str) -> Vec<Layer>, expected: &[&str]) {
    let (registry, folder) = (Registry::start(), Folder::new());
    let layers = layers(folder.path.join("outside").as_str());
    let digests: Vec<_> = layers.iter().map(Layer::digest).collect();
    ImageBuilder::new(layers).push(&registry, "app", "1");
    let error = folder.pull(&registry, "app:1").unwrap_err();
    let told = told(&error);
    let head = format!("cannot unpack layer `{}`", digests.last().unwrap());
    assert_eq!(told[0], head);
    assert_eq!(
        told[1..],
        expected
            .iter()
            .map(|line| format!("cause: {line}"))
            .collect::<Vec<_>>()
    );
    assert!(barrow_image::images(&folder.store()).unwrap().is_empty());
    folder.check_clean();
}

/// Layers that are taken, and confined.
fn check_confined(layers: &dyn Fn(&str) -> Vec<Layer>, expected: &dyn Fn(&str) -> Vec<String>) {
    let (registry, folder) = (Registry::start(), Folder::new());
    let outside = folder.path.join("outside");
    ImageBuilder::new(layers(outside.as_str())).push(&registry, "app", "1");
    let image = folder.pull(&registry, "app:1").unwrap();
    let listing = listing(&image.rootfs);
    for line in expected(outside.as_str()) {
        assert!(listing.contains(&line), "{line}: {listing:?}");
    }
    folder.check_clean();
    let digest = image.digest;
    assert!(barrow_image::remove(&folder.store(), &digest).unwrap());
    folder.check_clean();
}

/// `/tmp/x/outside` as a path in the image.
fn inside(path: &str) -> &str {
    path.trim_start_matches('/')
}

#[test]
fn a_name_that_leads_upwards_is_refused() {
    let names = [
        "../escaped",
        "../../../../outside/escaped",
        "a/../../escaped",
        "..",
    ];
    for name in names {
        let expected =
            format!("`{name}` leads upwards with `..`; expected a path inside of the image");
        check_refused(
            &|_| vec![Archive::default().file(name, "x").gzip()],
            &[&expected],
        );
        let directory = |_: &str| vec![Archive::default().directory(name, 0o777).gzip()];
        check_refused(&directory, &[&expected]);
    }
}

#[test]
fn a_long_name_that_leads_upwards_is_refused_too() {
    let expected = "`../escaped` leads upwards with `..`; expected a path inside of the image";
    let gnu = Archive::default()
        .extension(b'L', b"../escaped\0")
        .file("a", "x");
    check_refused(&|_| vec![gnu.clone().gzip()], &[expected]);
    let pax = Archive::default()
        .record("path", "../escaped")
        .file("a", "x");
    check_refused(&|_| vec![pax.clone().gzip()], &[expected]);
}

#[test]
fn an_absolute_name_begins_at_the_root() {
    check_confined(
        &|outside| {
            let archive = Archive::default().file(&format!("{outside}/kept"), "overwritten");
            vec![archive.file("/etc/passwd", "x").gzip()]
        },
        &|outside| {
            vec![
                "f 644 etc/passwd = x".to_owned(),
                format!("f 644 {}/kept = overwritten", inside(outside)),
            ]
        },
    );
}

#[test]
fn a_file_through_a_link_that_leads_out_stays_inside() {
    let through = |outside: &str| {
        let archive = Archive::default().link("absolute", outside);
        let archive = archive.link("upwards", "../../../../outside");
        archive
            .file("absolute/kept", "overwritten")
            .file("absolute/new", "x")
            .file("upwards/kept", "overwritten")
            .directory("absolute/directory", 0o777)
            .hard_link("absolute/linked", "absolute/new")
    };
    let expected = |outside: &str| {
        vec![
            format!("f 644 {}/kept = overwritten", inside(outside)),
            format!("d 777 {}/directory", inside(outside)),
            "f 644 outside/kept = overwritten".to_owned(),
        ]
    };
    check_confined(&|outside| vec![through(outside).gzip()], &expected);
    // Nor when the link is of a lower layer.
    check_confined(
        &|outside| {
            let link = Archive::default().link("absolute", outside);
            vec![link.gzip(), through(outside).gzip()]
        },
        &expected,
    );
}

#[test]
fn a_link_is_replaced_and_never_written_through() {
    check_confined(
        &|outside| {
            let kept = format!("{outside}/kept");
            let archive = Archive::default().link("a", &kept).file("a", "overwritten");
            let archive = archive
                .link("b", &kept)
                .hard_link("c", "b")
                .file("c", "overwritten");
            vec![archive.link("d", outside).directory("d", 0o777).gzip()]
        },
        &|outside| {
            vec![
                "f 644 a = overwritten".to_owned(),
                format!("l b -> {outside}/kept"),
                "f 644 c = overwritten".to_owned(),
                "d 777 d".to_owned(),
            ]
        },
    );
}

#[test]
fn whiteouts_through_a_link_that_leads_out_hide_nothing_there() {
    check_confined(
        &|outside| {
            let below = Archive::default().link("a", outside).file("b", "x");
            let above = Archive::default()
                .file("a/.wh.kept", "")
                .file("a/.wh..wh..opq", "");
            vec![below.gzip(), above.gzip()]
        },
        &|outside| vec!["f 644 b = x".to_owned(), format!("l a -> {outside}")],
    );
}

#[test]
fn a_whiteout_of_the_directory_above_is_refused() {
    for name in [".wh...", ".wh..", ".wh.", "a/.wh..."] {
        let last = name.rsplit('/').next().unwrap();
        let expected =
            format!("`{last}` hides what is no name; expected a path inside of the image");
        let below = Archive::default().file("a/b", "x").gzip();
        let above = Archive::default().file(name, "").gzip();
        check_refused(&|_| vec![below.clone(), above.clone()], &[&expected]);
    }
}

#[test]
fn a_hard_link_to_something_outside_is_refused() {
    check_refused(
        &|_| {
            vec![
                Archive::default()
                    .hard_link("a", "../../../../outside/kept")
                    .gzip(),
            ]
        },
        &[
            "`../../../../outside/kept` leads upwards with `..`; expected a path inside of the image",
        ],
    );
    check_refused(
        &|_| vec![Archive::default().hard_link("a", "/etc/hostname").gzip()],
        &["`a` is a hard link to `/etc/hostname`, which is no file of the image"],
    );
    check_refused(
        &|_| {
            let archive = Archive::default()
                .link("l", "/etc")
                .hard_link("a", "l/hostname");
            vec![archive.gzip()]
        },
        &["`a` is a hard link to `l/hostname`, which is no file of the image"],
    );
}

#[test]
fn a_hard_link_to_a_directory_or_to_nothing_is_refused() {
    let check = |target: &str| {
        let expected = format!("`a` is a hard link to `{target}`, which is no file of the image");
        let archive = Archive::default()
            .directory("d", 0o755)
            .file("f", "x")
            .hard_link("a", target);
        check_refused(&|_| vec![archive.clone().gzip()], &[&expected]);
    };
    for target in ["d", "", "/", "f/x", "missing/x", "a"] {
        check(target);
    }
}

#[test]
fn a_link_to_what_is_no_name_is_refused() {
    let expected = "`a` is a link to what is no name";
    let archive = Archive::default().link("a", "");
    check_refused(&|_| vec![archive.clone().gzip()], &[expected]);
    let archive = Archive::default().extension(b'K', b"b\0c\0").link("a", "b");
    check_refused(&|_| vec![archive.clone().gzip()], &[expected]);
}

#[test]
fn a_name_longer_than_the_system_takes_is_refused() {
    let name = "n".repeat(256);
    let archive = Archive::default()
        .extension(b'L', name.as_bytes())
        .file("a", "x");
    let expected = format!("cannot write `{name}` of the image");
    let cause = "File name too long (os error 36)";
    check_refused(&|_| vec![archive.clone().gzip()], &[&expected, cause]);
}

#[test]
fn links_in_circles_end() {
    let archive = Archive::default()
        .link("a", "b")
        .link("b", "a")
        .file("a/x", "x");
    check_refused(
        &|_| vec![archive.clone().gzip()],
        &["`a/x` lies behind links that lead in circles"],
    );
    // One that leads to itself and a bit further, so that the way grows.
    let archive = Archive::default().link("a", "a/a/a/a").file("a/x", "x");
    check_refused(
        &|_| vec![archive.clone().gzip()],
        &["`a/x` lies behind links that lead in circles"],
    );
}

#[test]
fn a_file_below_a_file_is_refused() {
    let archive = Archive::default().file("a", "x").file("a/b", "x");
    check_refused(
        &|_| vec![archive.clone().gzip()],
        &["`a/b` lies below something that is a file"],
    );
}

#[test]
fn a_tree_too_deep_to_be_removed_is_refused() {
    let deep = "d/".repeat(190);
    let name = format!("{deep}x\0");
    let link = format!("{deep}\0");
    // Deeper than any name, by way of a link.
    let archive = Archive::default()
        .extension(b'L', name.as_bytes())
        .file("a", "x")
        .extension(b'K', link.as_bytes())
        .link("l", "a")
        .file("l/a/b/c/d/e/f/g/h/i/j/k/x", "x");
    check_refused(
        &|_| vec![archive.clone().gzip()],
        &["`l/a/b/c/d/e/f/g/h/i/j/k/x` lies too many directories deep"],
    );
}

#[test]
fn a_huge_file_is_refused_before_it_is_written() {
    for size in [11 << 30, 1 << 60] {
        let archive = Archive::default().file_that_claims("a", size);
        check_refused(
            &|_| vec![archive.clone().gzip()],
            &["the image holds more than 10.0 GiB"],
        );
    }
}

#[test]
fn a_huge_name_is_not_read() {
    let archive = Archive::default()
        .extension(b'L', &vec![b'a'; (1 << 20) + 1])
        .file("a", "x");
    check_refused(
        &|_| vec![archive.clone().gzip()],
        &[
            "cannot read its bytes; expected an archive, plain or compressed with gzip or zstd",
            "an extended header has 1048577 bytes",
        ],
    );
}

#[test]
fn entries_that_say_two_things_are_refused() {
    let archive = Archive::default().record("size", "9").file("a", "x");
    check_refused(&|_| vec![archive.clone().gzip()], &["`a` has two sizes"]);
    let archive = Archive::default().entry(b'S', "a", 0o644, "", b"");
    check_refused(
        &|_| vec![archive.clone().gzip()],
        &["`a` has holes, which layers do not have"],
    );
    let archive = Archive::default().entry(b'Q', "a\u{1b}[2J", 0o644, "", b"");
    check_refused(
        &|_| vec![archive.clone().gzip()],
        &["`a\\u{1b}[2J` is of the kind `Q`"],
    );
    let archive = Archive::default().file("/", "x");
    check_confined(&|_| vec![archive.clone().gzip()], &|_| vec![]);
    let archive = Archive::default().link(".", "x");
    check_refused(
        &|_| vec![archive.clone().gzip()],
        &["`.` would be all of the image"],
    );
}

#[test]
fn what_is_no_archive_is_refused() {
    let layer = |bytes: &[u8]| Layer {
        bytes: bytes.to_vec(),
        ..Archive::default().plain()
    };
    let expected =
        "cannot read its bytes; expected an archive, plain or compressed with gzip or zstd";
    let check = |bytes: &[u8], cause: &str| {
        check_refused(&|_| vec![layer(bytes)], &[expected, cause]);
    };
    check(&[b'x'; 600], "a header is garbled");
    check(&[b'x'; 100], "failed to read entire block");
    let whole = Archive::default().file("a", &"x".repeat(2000)).plain();
    check(&whole.bytes[..1500], "unexpected end of file");
    // A gzip file that ends early, though it has the digest that it should have.
    let gzip = Archive::default().file("a", "x").gzip();
    check(
        &gzip.bytes[..gzip.bytes.len() - 4],
        "unexpected end of file",
    );
    check(&gzip.bytes[..20], "incomplete deflate stream");
}
