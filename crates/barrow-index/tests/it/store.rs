//! The store: quick to look into, hard to fool.

use std::fs;
use std::io::Write as _;
use std::time::{Duration, SystemTime};

use barrow_core::testing::WheelBuilder;
use barrow_index::reporter::Silent;
use barrow_index::store::key_lock::LockKind;
use barrow_index::store::{AdmitError, Keep, Store, StoreError, StoredWheel};
use barrow_model::{Sha256, WheelName};

use crate::recorder::Recorder;
use crate::wheels::{Folder, digest, pure, told};

const DAY: Duration = Duration::from_hours(24);

fn admit_bytes(store: &Store, name: &WheelName, bytes: &[u8]) -> Result<StoredWheel, AdmitError> {
    let mut partial = store.partial().unwrap();
    partial.write_all(bytes).unwrap();
    let sha256 = partial.sha256();
    let lock = store.lock(LockKind::Wheel, &sha256, &Silent);
    store.admit(partial, name, &sha256, &lock, &Silent)
}

fn admit(store: &Store, wheel: &WheelBuilder) -> StoredWheel {
    admit_bytes(store, &wheel.name(), &wheel.build()).unwrap()
}

/// Puts a wheel in, does something to the cache, and says what the next look finds and tells.
fn check_look(change: impl FnOnce(&StoredWheel), found: bool, notes: &[&str]) {
    let folder = Folder::new();
    let store = folder.store();
    let stored = admit(&store, &pure("a", "x = 1\n"));
    change(&stored);
    let recorder = Recorder::default();
    let seen = store.get(&stored.sha256, &recorder);
    assert_eq!(seen.is_some(), found);
    assert!(seen.is_none_or(|seen| seen == stored));
    assert_eq!(recorder.lines(), notes);
    // Whatever was wrong is repaired or gone, so nothing is told twice.
    let again = Recorder::default();
    assert_eq!(store.get(&stored.sha256, &again).is_some(), found);
    assert_eq!(again.lines(), [""; 0]);
}

const GONE: &str = "note the cached copy of `a-1.0-py3-none-any.whl` was damaged and is gone now";

#[test]
fn what_was_put_in_comes_out() {
    let folder = Folder::new();
    let wheel = pure("a", "x = 1\n");
    let stored = admit(&folder.store(), &wheel);
    assert_eq!(stored.wheel, wheel.verified());
    assert_eq!(stored.sha256, digest(&wheel.build()));
    assert_eq!(fs::read(&stored.path).unwrap(), wheel.build());
    // Another process finds it too, and no temporary file is left.
    let other = folder.store();
    assert_eq!(other.get(&stored.sha256, &Silent), Some(stored));
    assert_eq!(
        fs::read_dir(folder.path.join("cache/partial"))
            .unwrap()
            .count(),
        0
    );
    assert!(folder.path.join("cache/CACHEDIR.TAG").is_file());
    assert_eq!(other.get(&digest(b"something else"), &Silent), None);
}

#[test]
fn a_copied_or_touched_file_is_hashed_again_and_kept() {
    check_look(
        |stored| {
            let bytes = fs::read(&stored.path).unwrap();
            fs::remove_file(&stored.path).unwrap();
            fs::write(&stored.path, bytes).unwrap();
        },
        true,
        &[],
    );
}

#[test]
fn a_damaged_file_is_dropped_with_a_note() {
    check_look(
        |stored| {
            let mut bytes = fs::read(&stored.path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(&stored.path, bytes).unwrap();
        },
        false,
        &[GONE],
    );
    check_look(
        |stored| fs::write(&stored.path, "").unwrap(),
        false,
        &[GONE],
    );
    check_look(
        |stored| fs::remove_file(&stored.path).unwrap(),
        false,
        &["note the cached copy of `a wheel` was damaged and is gone now"],
    );
}

#[test]
fn a_missing_or_garbled_index_is_made_again() {
    let index = |stored: &StoredWheel| stored.path.with_file_name("index");
    check_look(|stored| fs::remove_file(index(stored)).unwrap(), true, &[]);
    check_look(|stored| fs::write(index(stored), "").unwrap(), true, &[]);
    check_look(
        |stored| {
            let mut bytes = fs::read(index(stored)).unwrap();
            let end = bytes.len() - 1;
            bytes[end] ^= 1;
            fs::write(index(stored), bytes).unwrap();
        },
        true,
        &[],
    );
}

#[test]
fn what_is_no_sound_wheel_does_not_get_in() {
    let folder = Folder::new();
    let store = folder.store();
    let wheel = pure("a", "x = 1\n");
    let mut bytes = wheel.build();
    bytes.truncate(100);
    let error = admit_bytes(&store, &wheel.name(), &bytes).unwrap_err();
    assert_eq!(told(&error)[0], "wheel `a-1.0-py3-none-any.whl` is damaged");
    assert_eq!(store.get(&digest(&bytes), &Silent), None);
    assert_eq!(store.size(&[]).unwrap().wheels, 0);
}

/// A wheel with one entry that is compressed with bzip2, which Lambda does not unpack.
fn bzipped() -> (WheelName, Vec<u8>) {
    let wheel = pure("a", "x = 1\n");
    let mut output = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut input = zip::ZipArchive::new(std::io::Cursor::new(wheel.build())).unwrap();
    for at in 0..input.len() {
        let mut entry = input.by_index(at).unwrap();
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Bzip2);
        output
            .start_file(entry.name().unwrap().into_owned(), options)
            .unwrap();
        std::io::copy(&mut entry, &mut output).unwrap();
    }
    (wheel.name(), output.finish().unwrap().into_inner())
}

#[test]
fn odd_compression_is_replaced_and_the_digest_kept() {
    let folder = Folder::new();
    let store = folder.store();
    let (name, bytes) = bzipped();
    let recorder = Recorder::default();
    let mut partial = store.partial().unwrap();
    partial.write_all(&bytes).unwrap();
    let lock = store.lock(LockKind::Wheel, &digest(&bytes), &recorder);
    let stored = store
        .admit(partial, &name, &digest(&bytes), &lock, &recorder)
        .unwrap();
    drop(lock);
    assert_eq!(
        recorder.lines(),
        [format!(
            "note `{name}` is recompressed, so that Lambda can unpack it"
        )]
    );
    assert_eq!(stored.sha256, digest(&bytes));
    assert_ne!(digest(&fs::read(&stored.path).unwrap()), digest(&bytes));
    // A closer look knows that the file has another digest than its name.
    fs::File::options()
        .append(true)
        .open(&stored.path)
        .unwrap()
        .set_modified(SystemTime::now() - DAY)
        .unwrap();
    assert_eq!(store.get(&stored.sha256, &Silent), Some(stored));
}

#[test]
fn built_wheels_are_found_by_their_input() {
    let folder = Folder::new();
    let store = folder.store();
    let stored = admit(&store, &pure("a", "x = 1\n"));
    let input = Sha256::new([1; 32]);
    assert_eq!(store.get_built(&input, &Silent), None);
    store.put_built(&input, &stored.sha256).unwrap();
    assert_eq!(store.get_built(&input, &Silent).as_ref(), Some(&stored));
    store.remove(&stored.sha256, &Silent).unwrap();
    assert_eq!(store.get_built(&input, &Silent), None);
}

/// Sets when a wheel was used last.
fn used(stored: &StoredWheel, ago: Duration) {
    let index = fs::File::options()
        .append(true)
        .open(stored.path.with_file_name("index"));
    index
        .unwrap()
        .set_modified(SystemTime::now() - ago)
        .unwrap();
}

#[test]
fn pruning_keeps_what_was_used() {
    let folder = Folder::new();
    let store = folder.store();
    let [old, new, again] = ["old", "new", "again"].map(|name| admit(&store, &pure(name, "")));
    let inputs = [1, 2].map(|byte| Sha256::new([byte; 32]));
    store.put_built(&inputs[0], &old.sha256).unwrap();
    store.put_built(&inputs[1], &new.sha256).unwrap();
    used(&old, DAY * 40);
    used(&again, DAY * 40);
    store.get(&again.sha256, &Silent).unwrap();
    let before = store.size(&[]).unwrap();
    assert_eq!(before.wheels, 3);

    let pruned = store.prune(Keep::UsedWithin(DAY * 30)).unwrap();
    // A wheel, its index, and the note that it was built.
    assert_eq!(pruned.files, 3);
    let after = store.size(&[]).unwrap();
    assert_eq!(
        (after.wheels, after.bytes + pruned.bytes),
        (2, before.bytes)
    );
    assert_eq!(store.get(&old.sha256, &Silent), None);
    assert_eq!(store.get(&again.sha256, &Silent), Some(again));
    assert_eq!(store.get_built(&inputs[1], &Silent), Some(new));
    assert_eq!(store.prune(Keep::UsedWithin(DAY * 30)).unwrap().files, 0);
}

#[test]
fn pruning_everything_leaves_a_cache_that_works() {
    let folder = Folder::new();
    let store = folder.store();
    let stored = admit(&store, &pure("a", ""));
    fs::create_dir_all(store.dir().join("tools/uv")).unwrap();
    fs::write(store.dir().join("tools/uv/x"), "x").unwrap();
    assert_eq!(store.prune(Keep::Nothing).unwrap().files, 3);
    assert_eq!(store.size(&[]).unwrap().wheels, 0);
    assert!(!store.dir().join("tools").exists());
    assert_eq!(store.get(&stored.sha256, &Silent), None);
    admit(&store, &pure("a", ""));
}

#[test]
fn nobody_prunes_under_a_running_build() {
    let folder = Folder::new();
    let (store, other) = (folder.store(), folder.store());
    let error = store.prune(Keep::Nothing).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error:?}");
    drop(other);
    store.prune(Keep::Nothing).unwrap();
}

#[test]
fn what_dead_processes_leave_behind_is_swept() {
    let folder = Folder::new();
    let store = folder.store();
    let partial = folder.path.join("cache/partial");
    fs::create_dir_all(partial.join("build-old")).unwrap();
    for (name, age) in [("old", DAY * 2), ("new", DAY / 2)] {
        let file = fs::File::create(partial.join(name)).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }
    admit(&store, &pure("a", ""));
    assert!(partial.join("new").exists());
    assert!(!partial.join("old").exists());
}

#[test]
fn verification_reads_everything_and_drops_the_damaged() {
    let folder = Folder::new();
    let store = folder.store();
    let [good, bad] = ["good", "bad"].map(|name| admit(&store, &pure(name, "x = 1\n")));
    used(&good, DAY * 40);
    // Length and time stay, so only a full reading can tell.
    let modified = fs::metadata(&bad.path).unwrap().modified().unwrap();
    let mut bytes = fs::read(&bad.path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&bad.path, bytes).unwrap();
    fs::File::options()
        .append(true)
        .open(&bad.path)
        .unwrap()
        .set_modified(modified)
        .unwrap();
    assert_eq!(store.get(&bad.sha256, &Silent).as_ref(), Some(&bad));

    let verified = store.verify(&Silent).unwrap();
    assert_eq!(
        (verified.wheels, verified.damaged),
        (2, vec!["bad-1.0-py3-none-any.whl".to_owned()])
    );
    assert_eq!(store.get(&bad.sha256, &Silent), None);
    // To be verified is not to be used.
    assert_eq!(store.prune(Keep::UsedWithin(DAY * 30)).unwrap().files, 2);
}

#[test]
fn a_cache_that_cannot_be_made_is_named() {
    let folder = Folder::new();
    let file = folder.path.join("file");
    fs::write(&file, "").unwrap();
    let error = Store::open(&file.join("cache")).unwrap_err();
    assert_eq!(
        told(&error)[0],
        format!("cannot use `{file}/cache` as the cache")
    );
}

#[test]
fn only_one_at_a_time_holds_a_wheels_lock() {
    let folder = Folder::new();
    let store = folder.store();
    let key = Sha256::new([9; 32]);
    let inside = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let _lock = store.lock(LockKind::Wheel, &key, &Silent);
                let others = inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
                inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                assert_eq!(others, 0);
            });
        }
    });
}
