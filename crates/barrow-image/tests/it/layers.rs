//! How layers become a root file system.

use std::os::unix::fs::MetadataExt as _;

use crate::build::{Archive, ImageBuilder, Layer, MODIFIED};
use crate::folder::{Folder, inode, listing};
use crate::registry::Registry;

/// Pulls an image of these layers and says what its root holds then.
fn check(layers: impl IntoIterator<Item = Layer>, expected: &[&str]) -> Folder {
    let (registry, folder) = (Registry::start(), Folder::new());
    ImageBuilder::new(layers).push(&registry, "app", "1");
    let image = folder.pull(&registry, "app:1").unwrap();
    assert_eq!(listing(&image.rootfs), expected);
    folder.check_clean();
    folder
}

fn rootfs(folder: &Folder) -> camino::Utf8PathBuf {
    let images = folder.store().join("images");
    let digest = crate::folder::names(&images).remove(0);
    images.join(digest).join("rootfs")
}

#[test]
fn layers_of_each_compression_lie_on_top_of_each_other() {
    let layers = [
        Archive::default()
            .directory("a/", 0o755)
            .file("a/one", "1")
            .file("a/two", "1")
            .gzip(),
        Archive::default().file("a/two", "2").file("b", "2").zstd(),
        Archive::default().file("b", "3").plain(),
    ];
    check(
        layers,
        &[
            "d 755 a",
            "f 644 a/one = 1",
            "f 644 a/two = 2",
            "f 644 b = 3",
        ],
    );
}

#[test]
fn whiteouts_hide_what_lies_below() {
    let below = Archive::default()
        .file("file", "x")
        .file("tree/a/b", "x")
        .link("link", "tree")
        .file("stays", "x");
    let above = Archive::default()
        .file(".wh.file", "")
        .file(".wh.tree", "")
        .file(".wh.link", "")
        .file(".wh.never-was", "")
        .file("nowhere/.wh.x", "")
        .file("stays/.wh.x", "");
    check([below.gzip(), above.gzip()], &["f 644 stays = x"]);
}

#[test]
fn a_whiteout_concerns_the_layers_below_and_not_its_own() {
    let below = || Archive::default().file("a", "below").file("d/a", "below");
    let before = Archive::default()
        .file(".wh.a", "")
        .file("a", "above")
        .file("d/.wh..wh..opq", "")
        .file("d/b", "above");
    let after = Archive::default()
        .file("a", "above")
        .file(".wh.a", "")
        .file("d/b", "above")
        .file("d/.wh..wh..opq", "");
    for above in [before, after] {
        let expected = ["f 644 a = above", "d 755 d", "f 644 d/b = above"];
        check([below().gzip(), above.gzip()], &expected);
    }
}

#[test]
fn an_opaque_directory_is_the_upper_ones_alone() {
    let below = Archive::default()
        .directory("d", 0o700)
        .file("d/a", "below")
        .file("d/deep/a", "below")
        .file("e", "below");
    let above = Archive::default()
        .directory("d", 0o755)
        .file("d/.wh..wh..opq", "")
        .file("d/deep/b", "above");
    check(
        [below.gzip(), above.gzip()],
        &[
            "d 755 d",
            "d 755 d/deep",
            "f 644 d/deep/b = above",
            "f 644 e = below",
        ],
    );
}

#[test]
fn whiteouts_in_the_lowest_layer_hide_nothing() {
    let only = Archive::default()
        .file("a", "x")
        .file(".wh.a", "")
        .file(".wh..wh..opq", "")
        .file(".wh..wh.plnk/1", "");
    check([only.gzip()], &["f 644 a = x"]);
}

#[test]
fn whatever_is_above_takes_the_place_of_what_is_below() {
    let below = Archive::default()
        .file("file-to-directory", "x")
        .file("directory-to-file/a", "x")
        .link("link-to-directory", "/elsewhere")
        .link("link-to-file", "/elsewhere")
        .directory("kept", 0o700)
        .file("kept/a", "x")
        .file("elsewhere/a", "x");
    let above = Archive::default()
        .directory("file-to-directory", 0o755)
        .file("directory-to-file", "y")
        .directory("link-to-directory", 0o755)
        .file("link-to-file", "y")
        .directory("kept", 0o755);
    check(
        [below.gzip(), above.gzip()],
        &[
            "f 644 directory-to-file = y",
            "d 755 elsewhere",
            "f 644 elsewhere/a = x",
            "d 755 file-to-directory",
            "d 755 kept",
            "f 644 kept/a = x",
            "d 755 link-to-directory",
            "f 644 link-to-file = y",
        ],
    );
}

#[test]
fn hard_links_are_one_file() {
    let below = Archive::default().file("a", "x").hard_link("b", "a");
    let above = Archive::default()
        .hard_link("d/c", "./b")
        .hard_link("absolute", "/a")
        .hard_link("a", "a")
        .link("link", "a")
        .hard_link("same-link", "link");
    let folder = check(
        [below.gzip(), above.gzip()],
        &[
            "f 644 a = x",
            "f 644 absolute = x",
            "f 644 b = x",
            "d 755 d",
            "f 644 d/c = x",
            "l link -> a",
            "l same-link -> a",
        ],
    );
    let root = rootfs(&folder);
    for name in ["b", "d/c", "absolute"] {
        assert_eq!(inode(&root.join(name)), inode(&root.join("a")), "{name}");
    }
}

#[test]
fn a_file_below_a_link_goes_where_the_link_leads_in_the_image() {
    let below = Archive::default()
        .directory("image-run", 0o755)
        .directory("var", 0o755)
        .link("var/run", "/image-run")
        .link("up", "var/../../../../image-run")
        .link("dangling", "not/yet");
    let above = Archive::default()
        .file("var/run/a", "x")
        .file("up/b", "x")
        .file("dangling/c", "x");
    check(
        [below.gzip(), above.gzip()],
        &[
            "l dangling -> not/yet",
            "d 755 image-run",
            "f 644 image-run/a = x",
            "f 644 image-run/b = x",
            "d 755 not",
            "d 755 not/yet",
            "f 644 not/yet/c = x",
            "l up -> var/../../../../image-run",
            "d 755 var",
            "l var/run -> /image-run",
        ],
    );
}

#[test]
fn modes_are_kept_as_far_as_they_are_harmless() {
    let only = Archive::default()
        .file_of_mode("program", 0o755, "x")
        .file_of_mode("private", 0o400, "x")
        .file_of_mode("setuid", 0o6755, "x")
        .directory("shut", 0o000)
        .file("shut/a", "x")
        .directory("setgid", 0o2755)
        .directory("sticky", 0o1777);
    let folder = check(
        [only.gzip()],
        &[
            "f 400 private = x",
            "f 755 program = x",
            "d 755 setgid",
            "f 755 setuid = x",
            "d 700 shut",
            "f 644 shut/a = x",
            "d 1777 sticky",
        ],
    );
    let images = folder.store().join("images");
    let modes = listing(&images);
    assert!(
        modes[0].starts_with("d 700 "),
        "for the owner alone: {}",
        modes[0]
    );
}

#[test]
fn only_the_superuser_gives_files_away() {
    let only = Archive::default()
        .file("a", "x")
        .directory("d", 0o755)
        .link("l", "a");
    let folder = check([only.gzip()], &["f 644 a = x", "d 755 d", "l l -> a"]);
    let own = folder.path.metadata().unwrap().uid();
    for name in ["a", "d", "l"] {
        let owner = rootfs(&folder).join(name).symlink_metadata().unwrap().uid();
        assert_eq!(owner, if own == 0 { 1234 } else { own }, "{name}");
    }
}

#[test]
fn files_keep_their_times() {
    let only = Archive::default()
        .file("a", "x")
        .record("mtime", "1600000000")
        .file("b", "x")
        .record("mtime", "1600000000.999")
        .file("c", "x");
    let folder = check(
        [only.gzip()],
        &["f 644 a = x", "f 644 b = x", "f 644 c = x"],
    );
    let modified = |name| rootfs(&folder).join(name).metadata().unwrap().mtime();
    assert_eq!(modified("a"), MODIFIED.cast_signed());
    assert_eq!([modified("b"), modified("c")], [1_600_000_000; 2]);
}

#[test]
fn devices_and_pipes_are_left_out() {
    let only = Archive::default()
        .entry(b'3', "dev/null", 0o666, "", b"")
        .entry(b'4', "dev/sda", 0o666, "", b"")
        .entry(b'6', "pipe", 0o666, "", b"")
        .file("a", "x");
    check([only.gzip()], &["f 644 a = x"]);
}

#[test]
fn long_names_come_in_two_ways() {
    let (directory, name) = ("d".repeat(100), "n".repeat(200));
    let path = format!("{directory}/{name}");
    let gnu = Archive::default()
        .extension(b'L', format!("{path}\0").as_bytes())
        .file("cut", "x");
    let pax = Archive::default().record("path", &path).file("cut", "x");
    for archive in [gnu, pax] {
        let expected = [format!("d 755 {directory}"), format!("f 644 {path} = x")];
        check([archive.gzip()], &expected.each_ref().map(String::as_str));
    }
    let target = "t".repeat(300);
    let gnu = Archive::default()
        .extension(b'K', format!("{target}\0").as_bytes())
        .link("a", "cut");
    check([gnu.gzip()], &[&format!("l a -> {target}")]);
}

#[test]
fn records_that_do_not_concern_us_are_passed_over() {
    let only = Archive::default()
        .extension(b'g', b"19 comment=anything\n")
        // Binary attributes may have line ends inside.
        .record("SCHILY.xattr.security.capability", "\u{1}\n\n\0")
        .file("a", "x");
    check([only.gzip()], &["f 644 a = x"]);
}

#[test]
fn a_layer_may_be_empty() {
    check([Archive::default().gzip(), Archive::default().plain()], &[]);
    check([], &[]);
}

#[test]
fn the_root_itself_may_be_named() {
    let only = Archive::default().directory("./", 0o700).file("./a", "x");
    let folder = check([only.gzip()], &["f 644 a = x"]);
    assert_eq!(rootfs(&folder).metadata().unwrap().mode() & 0o7777, 0o700);
}
