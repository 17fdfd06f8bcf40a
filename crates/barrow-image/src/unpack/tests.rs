//! Layers of any kind, however hostile, unpacked beside something that nobody may touch.

use std::fs::{self, File};
use std::io::{Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use camino::{Utf8Path, Utf8PathBuf};
use proptest::collection::vec;
use proptest::prelude::*;
use tar::Header;

use super::{Amount, Unpacker};

/// Little enough that unpacking runs into it.
const LIMIT: Amount = Amount {
    bytes: 16 << 10,
    entries: 24,
};

#[derive(Debug, Clone)]
struct Member {
    kind: u8,
    name: String,
    target: String,
    mode: u32,
    content: String,
}

/// Mostly names that are taken, so that layers get far. `OUTSIDE` stands for the path of what
/// nobody may touch.
fn name() -> impl Strategy<Value = String> {
    let plain = vec(prop::sample::select(vec!["a", "b", "kept"]), 1..4);
    let whiteout = prop::sample::select(vec![
        ".wh.a",
        ".wh.kept",
        ".wh..wh..opq",
        "a/.wh.b",
        "a/.wh.kept",
        "a/.wh..wh..opq",
    ]);
    let odd = prop::sample::select(vec![
        "",
        ".",
        "/",
        "..",
        "../outside/kept",
        "a/../../b",
        "OUTSIDE/kept",
        "/a",
        ".wh...",
        "a/.wh...",
        "a/.wh..",
    ]);
    prop_oneof![
        20 => plain.prop_map(|parts| parts.join("/")),
        4 => whiteout.prop_map(str::to_owned),
        1 => odd.prop_map(str::to_owned),
    ]
}

/// Where links lead; mostly out, but no farther than the test's own folder, should they get there.
fn target() -> impl Strategy<Value = String> {
    let out = prop::sample::select(vec![
        "OUTSIDE",
        "OUTSIDE/kept",
        "OUTSIDE/a",
        "..",
        "../../outside",
        "../outside",
        "a/../../../outside",
        ".",
    ]);
    prop_oneof![3 => out.prop_map(str::to_owned), 2 => name()]
}

fn member() -> impl Strategy<Value = Member> {
    let kind = prop::sample::select(b"000022222115553\0".to_vec());
    let mode = prop::sample::select(vec![0, 0o644, 0o755, 0o7777]);
    let content = prop::sample::select(vec!["", "content"]);
    (kind, name(), target(), mode, content).prop_map(|(kind, name, target, mode, content)| Member {
        kind,
        name,
        target,
        mode,
        content: content.to_owned(),
    })
}

fn archive(members: &[Member], outside: &str) -> File {
    let mut bytes = Vec::new();
    for member in members {
        let mut header = Header::new_gnu();
        let put = |field: &mut [u8], text: &str| {
            let text = text.replace("OUTSIDE", outside);
            let count = text.len().min(field.len());
            field[..count].copy_from_slice(&text.as_bytes()[..count]);
        };
        put(&mut header.as_old_mut().name, &member.name);
        put(&mut header.as_old_mut().linkname, &member.target);
        header.as_old_mut().linkflag = [member.kind];
        header.set_mode(member.mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(member.content.len() as u64);
        header.set_cksum();
        bytes.extend(header.as_bytes());
        bytes.extend(member.content.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    file(&bytes)
}

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

/// Names, modes and contents of everything below but for one directory, links as such.
fn snapshot(path: &Utf8Path, without: &Utf8Path, into: &mut Vec<String>) {
    let mut entries: Vec<_> = path.read_dir_utf8().unwrap().map(Result::unwrap).collect();
    entries.sort_by(|a, b| a.path().cmp(b.path()));
    for entry in entries {
        let metadata = entry.metadata().unwrap();
        let mode = metadata.permissions().mode();
        if entry.path() == without {
            continue;
        }
        into.push(format!("{} {mode:o}", entry.path()));
        if metadata.is_file() {
            let content = fs::read_to_string(entry.path()).ok();
            into.push(format!("{content:?} under {} names", metadata.nlink()));
        }
        if metadata.is_dir() {
            snapshot(entry.path(), without, into);
        }
    }
}

/// Unpacks the layers as far as they are taken, and looks at everything around.
fn check_confined(layers: &[Vec<Member>]) {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    let (outside, root) = (path.join("outside"), path.join("made/rootfs"));
    fs::create_dir_all(outside.join("a/b")).unwrap();
    fs::create_dir_all(&root).unwrap();
    for file in ["a/b/c", "kept", "b"] {
        fs::write(outside.join(file), "kept").unwrap();
    }
    let around = || {
        let mut seen = Vec::new();
        snapshot(&path, &root, &mut seen);
        seen
    };
    let before = around();
    let mut unpacker = Unpacker::new(&root, LIMIT).unwrap();
    for layer in layers {
        let layer = archive(layer, outside.as_str());
        if unpacker.add(layer, &|| false).is_err() {
            break;
        }
    }
    let after = around();
    // However far it came, it can be removed.
    fs::remove_dir_all(&root).unwrap();
    assert_eq!(after, before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_outside_is_touched(layers in vec(vec(member(), 0..12), 1..4)) {
        check_confined(&layers);
    }
}

/// Adds one layer of so many empty files.
fn check(files: u64, stop: bool, expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    let members: Vec<_> = (0..files)
        .map(|number| Member {
            kind: b'0',
            name: number.to_string(),
            target: String::new(),
            mode: 0o644,
            content: String::new(),
        })
        .collect();
    let mut unpacker = Unpacker::new(&root, LIMIT).unwrap();
    let added = unpacker.add(archive(&members, ""), &|| stop);
    assert_eq!(
        added.map_or_else(|error| error.to_string(), |()| "done".to_owned()),
        expected
    );
}

#[test]
fn an_image_may_hold_so_much_and_no_more() {
    check(24, false, "done");
    check(25, false, "the image holds more than 24 files");
    check(33, false, "the image holds more than 24 files");
}

#[test]
fn what_nobody_waits_for_is_not_unpacked() {
    check(1, true, "it was not unpacked because something else failed");
}

#[test]
fn bytes_that_were_not_announced_count_too() {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    // Zeros after the end of the archive.
    let zeros = tempfile::tempfile().unwrap();
    zeros.set_len(LIMIT.bytes + 1).unwrap();
    let added = Unpacker::new(&root, LIMIT).unwrap().add(zeros, &|| false);
    assert_eq!(
        added.unwrap_err().to_string(),
        "the image holds more than 16.0 KiB"
    );
}
