//! The real AWS CLI and boto3. What they do and expect is in the Python files beside this one.

use std::path::{Path, PathBuf};
use std::process::Command;

use barrow_s3::Authorise;

use crate::server::Server;

/// Where the clients are, after the first test that wants them has installed them.
fn installed() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("aws-clients");
    let made = Command::new("python3")
        .arg(root.join("scripts/aws_clients.py"))
        .arg(&folder)
        .status()
        .unwrap();
    assert!(made.success());
    folder.join("bin")
}

/// Runs one Python file against a service.
fn check_with(server: &Server, file: &str, access_key: &str, secret_key: &str) {
    let bin = installed();
    let work = tempfile::tempdir().unwrap();
    let output = Command::new(bin.join("python"))
        .arg(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/it/clients")
                .join(file),
        )
        .current_dir(work.path())
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
        .env("HOME", work.path())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("AWS_ENDPOINT_URL", server.url())
        .env("AWS_ACCESS_KEY_ID", access_key)
        .env("AWS_SECRET_ACCESS_KEY", secret_key)
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{file}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn check(file: &str) {
    check_with(&Server::start(), file, "test", "test");
}

/// The same against a service that verifies signatures.
fn check_verified(file: &str) {
    let keys = vec![("AKIDEXAMPLE".to_owned(), "secret".to_owned())];
    let server = Server::start_for(Authorise::Keys(keys));
    check_with(&server, file, "AKIDEXAMPLE", "secret");
}

#[test]
fn the_aws_cli_makes_copies_lists_syncs_presigns_and_removes() {
    check("cli.py");
}

#[test]
fn the_aws_cli_signs_and_is_verified() {
    check_verified("cli.py");
}

#[test]
fn buckets_have_regions_owners_and_documents() {
    check("buckets.py");
}

#[test]
fn objects_have_headers_ranges_conditions_and_tags() {
    check("objects.py");
}

#[test]
fn checksums_are_checked_and_given_back() {
    check("checksums.py");
}

#[test]
fn listings_come_in_pages() {
    check("listings.py");
}

#[test]
fn versions_stay_until_they_are_deleted_by_name() {
    check("versions.py");
}

#[test]
fn uploads_in_parts_become_objects() {
    check("uploads.py");
}

#[test]
fn signatures_are_verified_where_there_are_keys() {
    check_verified("signatures.py");
}

#[test]
fn what_is_signed_is_stored_as_well() {
    check_verified("uploads.py");
    check_verified("versions.py");
}
