"""The AWS CLI, as its manual shows it."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from awscli.clidriver import create_clidriver
from support import equal, fetch, run_all


def aws(*arguments: str, fails: bool = False) -> str:
    """One command, in this process: a new one would spend a second on imports each time."""
    with tempfile.TemporaryFile() as printed:
        sys.stdout.flush()
        kept = os.dup(1), os.dup(2)
        os.dup2(printed.fileno(), 1)
        os.dup2(printed.fileno(), 2)
        try:
            code = create_clidriver().main(list(arguments))
            sys.stdout.flush()
        finally:
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)
            for copy in kept:
                os.close(copy)
        printed.seek(0)
        text = printed.read().decode()
    assert (code != 0) == fails, f"aws {' '.join(arguments)}: {code}\n{text}"
    return text


def test_the_program_itself():
    done = subprocess.run(["aws", "s3", "ls"], capture_output=True, text=True)
    equal((done.returncode, done.stderr), (0, ""))


def test_a_bucket_from_beginning_to_end():
    Path("small.txt").write_text("hello\n")
    Path("large.bin").write_bytes(os.urandom(20 << 20))
    equal(aws("s3", "mb", "s3://code").strip(), "make_bucket: code")
    aws("s3", "cp", "small.txt", "s3://code/small.txt")
    # More than 8 MiB goes in parts.
    aws("s3", "cp", "large.bin", "s3://code/a/large.bin")
    listed = aws("s3", "ls", "s3://code")
    assert "PRE a/" in listed and "small.txt" in listed, listed
    recursive = aws("s3", "ls", "--recursive", "s3://code")
    assert f"{20 << 20} a/large.bin" in recursive, recursive
    aws("s3", "cp", "s3://code/a/large.bin", "back.bin")
    assert Path("back.bin").read_bytes() == Path("large.bin").read_bytes()
    head = json.loads(aws("s3api", "head-object", "--bucket", "code", "--key", "a/large.bin"))
    assert head["ETag"].endswith('-3"'), head
    aws("s3", "cp", "s3://code/a/large.bin", "s3://code/b/copy.bin")
    aws("s3", "mv", "s3://code/small.txt", "s3://code/moved.txt")
    equal(aws("s3", "cp", "s3://code/moved.txt", "-"), "hello\n")
    assert "BucketNotEmpty" in aws("s3", "rb", "s3://code", fails=True)
    aws("s3", "rm", "--recursive", "s3://code")
    aws("s3", "rb", "s3://code")
    assert "NoSuchBucket" in aws("s3", "ls", "s3://code", fails=True)


def test_a_folder_is_synchronised():
    aws("s3", "mb", "s3://folder")
    for name in ("one.txt", "sub/two.txt", "sub/deep/three ü+&.txt"):
        path = Path("site") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        # S3's times are whole seconds: what was written in the same one is newer to the CLI.
        minute_ago = path.stat().st_mtime - 60
        os.utime(path, (minute_ago, minute_ago))
    equal(aws("s3", "sync", "--quiet", "site", "s3://folder/site"), "")
    equal(aws("s3", "sync", "site", "s3://folder/site"), "")
    Path("site/one.txt").write_text("changed, and longer")
    assert "one.txt" in aws("s3", "sync", "site", "s3://folder/site")
    Path("site/sub/two.txt").unlink()
    assert "delete: s3://folder/site/sub/two.txt" in aws("s3", "sync", "--delete", "site", "s3://folder/site")
    aws("s3", "sync", "--quiet", "s3://folder/site", "other")
    found = sorted(str(path.relative_to("other")) for path in Path("other").rglob("*") if path.is_file())
    equal(found, ["one.txt", "sub/deep/three ü+&.txt"])
    aws("s3", "rb", "--force", "s3://folder")


def test_a_presigned_url_is_for_anybody():
    aws("s3", "mb", "s3://shared")
    Path("shared.txt").write_text("for all")
    aws("s3", "cp", "shared.txt", "s3://shared/with spaces & more.txt")
    url = aws("s3", "presign", "s3://shared/with spaces & more.txt").strip()
    equal(fetch(url).body, b"for all")
    aws("s3", "rb", "--force", "s3://shared")


def test_versions():
    aws("s3api", "create-bucket", "--bucket", "history")
    aws("s3api", "put-bucket-versioning", "--bucket", "history", "--versioning-configuration", "Status=Enabled")
    status = json.loads(aws("s3api", "get-bucket-versioning", "--bucket", "history"))
    equal(status, {"Status": "Enabled"})
    put = ("s3api", "put-object", "--bucket", "history", "--key", "app.zip", "--body", "app.zip")
    Path("app.zip").write_text("first")
    first = json.loads(aws(*put))["VersionId"]
    Path("app.zip").write_text("second")
    second = json.loads(aws(*put))["VersionId"]
    aws("s3", "rm", "s3://history/app.zip")
    assert "404" in aws("s3api", "head-object", "--bucket", "history", "--key", "app.zip", fails=True)
    aws("s3api", "get-object", "--bucket", "history", "--key", "app.zip", "--version-id", first, "old.zip")
    equal(Path("old.zip").read_text(), "first")
    listed = json.loads(aws("s3api", "list-object-versions", "--bucket", "history"))
    equal([version["VersionId"] for version in listed["Versions"]], [second, first])
    equal(len(listed["DeleteMarkers"]), 1)
    every = [{"Key": it["Key"], "VersionId": it["VersionId"]} for it in listed["Versions"] + listed["DeleteMarkers"]]
    aws("s3api", "delete-objects", "--bucket", "history", "--delete", json.dumps({"Objects": every}))
    aws("s3api", "delete-bucket", "--bucket", "history")


run_all(globals())
