//! What lies in the store, and what happens to it.

use std::fs;

use barrow_image::{images, remove};

use crate::build::{Archive, ImageBuilder};
use crate::folder::{Folder, listing, names, reference};
use crate::registry::Registry;

fn small(content: &str) -> ImageBuilder {
    ImageBuilder::new([Archive::default()
        .file("d/a", content)
        .directory("d", 0o555)
        .gzip()])
}

#[test]
fn images_are_listed_with_all_their_names() {
    let (registry, folder) = (Registry::start(), Folder::new());
    assert!(images(&folder.store()).unwrap().is_empty());
    for (content, name) in [
        ("one", "b:1"),
        ("one", "a:1"),
        ("two", "c:1"),
        ("three", "c:1"),
    ] {
        let (repository, tag) = name.split_once(':').unwrap();
        small(content).push(&registry, repository, tag);
        folder.pull(&registry, name).unwrap();
    }
    let listed = images(&folder.store()).unwrap();
    let mut rows: Vec<_> = listed
        .iter()
        .map(|stored| {
            let names = stored.references.iter().map(ToString::to_string);
            let names = names.map(|name| name.replace(registry.address(), ""));
            let content = fs::read_to_string(stored.image.rootfs.join("d/a")).unwrap();
            (content, names.collect::<Vec<_>>().join(" "))
        })
        .collect();
    rows.sort();
    let row = |content: &str, names: &str| (content.to_owned(), names.to_owned());
    let expected = [
        row("one", "/a:1 /b:1"),
        row("three", "/c:1"),
        row("two", ""),
    ];
    assert_eq!(rows, expected);
    let first = &listed[0];
    assert_eq!(
        first.image.reference,
        reference(&registry, "b:1"),
        "as it was pulled first"
    );
    assert!(
        (2048..=4096).contains(&first.unpacked_bytes),
        "{}",
        first.unpacked_bytes
    );
}

#[test]
fn a_removed_image_is_gone_and_can_be_had_again() {
    let (registry, folder) = (Registry::start(), Folder::new());
    small("x").push(&registry, "app", "1");
    let image = folder.pull(&registry, "app:1").unwrap();
    assert!(remove(&folder.store(), &image.digest).unwrap());
    assert!(!remove(&folder.store(), &image.digest).unwrap());
    assert!(images(&folder.store()).unwrap().is_empty());
    assert_eq!(names(&folder.store().join("references")), [""; 0]);
    folder.check_clean();
    assert_eq!(folder.pull(&registry, "app:1").unwrap(), image);
    assert_eq!(listing(&image.rootfs), ["d 755 d", "f 644 d/a = x"]);
}

#[test]
fn nothing_is_removed_from_a_store_that_is_not_there() {
    let folder = Folder::new();
    let digest = barrow_model::Sha256::new([0; 32]);
    assert!(!remove(&folder.store(), &digest).unwrap());
    assert!(!folder.store().exists());
}

#[test]
fn an_image_that_was_damaged_is_made_again() {
    let (registry, folder) = (Registry::start(), Folder::new());
    small("x").push(&registry, "app", "1");
    let image = folder.pull(&registry, "app:1").unwrap();
    let record = image.rootfs.with_file_name("image.json");
    let whole = fs::read_to_string(&record).unwrap();
    for damaged in [
        "",
        "{}",
        &whole[..whole.len() / 2],
        // Of a version that unpacked otherwise.
        &whole.replacen("\"version\": 1", "\"version\": 2", 1),
    ] {
        fs::write(&record, damaged).unwrap();
        assert!(images(&folder.store()).unwrap().is_empty(), "{damaged}");
        assert_eq!(folder.pull(&registry, "app:1").unwrap(), image);
        assert_eq!(fs::read_to_string(&record).unwrap(), whole);
    }
    fs::remove_dir_all(&image.rootfs).unwrap();
    assert_eq!(folder.pull(&registry, "app:1").unwrap(), image);
    assert_eq!(listing(&image.rootfs), ["d 755 d", "f 644 d/a = x"]);
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let (registry, folder) = (Registry::start(), Folder::new());
    for path in ["images/notes", "references/x.json", "partial/notes"] {
        let path = folder.store().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
    small("x").push(&registry, "app", "1");
    folder.pull(&registry, "app:1").unwrap();
    assert_eq!(images(&folder.store()).unwrap().len(), 1);
    assert_eq!(names(&folder.store().join("partial")), ["notes"]);
}

#[test]
fn a_store_that_cannot_be_made_is_named() {
    let (registry, folder) = (Registry::start(), Folder::new());
    fs::write(folder.store(), "in the way").unwrap();
    let message = folder.pull(&registry, "app:1").unwrap_err().to_string();
    assert_eq!(
        message,
        format!("cannot keep images in `{}`", folder.store())
    );
    assert!(registry.requests().is_empty());
}
