"""Reads a package that Barrow made and says how it differs from what it should be."""

import base64
import csv
import hashlib
import io
import posixpath
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

# Of the entry a package has to start with: a regular file, and nothing but these permissions.
MODES = (stat.S_IFREG | 0o644, stat.S_IFREG | 0o755)

# Files in a `.dist-info` that tell how an installer worked and not what was installed.
INSTALLERS_OWN = {"INSTALLER", "REQUESTED", "direct_url.json", "RECORD"}

# What RECORD lists without a digest, because it cannot have one.
UNHASHED = ("RECORD", "RECORD.jws", "RECORD.p7s")


class Package:
    """The entries of a zip, by the path at which an import finds them."""

    def __init__(self, path: Path, prefix: str = "", own_files: tuple[str, ...] = ()):
        self.zip = zipfile.ZipFile(path)
        self.entries = self.zip.infolist()
        self.prefix = prefix
        self.own_files = set(own_files)

    def close(self) -> None:
        self.zip.close()

    def by_path(self) -> dict[str, zipfile.ZipInfo]:
        """Entries of the dependencies, without the layer's prefix and the project's own files."""
        return {
            entry.filename.removeprefix(self.prefix): entry
            for entry in self.entries
            if entry.filename not in self.own_files
        }


def wrong_entries(package: Package) -> Iterator[str]:
    """What Lambda or an unzipper would stumble over, entry by entry."""
    seen: set[str] = set()
    for entry in package.entries:
        name = entry.filename
        mode = entry.external_attr >> 16
        if mode not in MODES:
            yield f"{name}: mode {mode:#o}, expected 0100644 or 0100755"
        if entry.create_system != 3:
            yield f"{name}: made by system {entry.create_system}, expected 3 (Unix)"
        if not name.isascii() and not entry.flag_bits & 0x800:
            yield f"{name}: a name beyond ASCII without the UTF-8 flag"
        if name in seen:
            yield f"{name}: there twice"
        seen.add(name)
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or "\\" in name or name.endswith("/"):
            yield f"{name}: not a plain relative path of a file"
        if not name.startswith(package.prefix):
            yield f"{name}: outside of `{package.prefix}`"
    for name in package.own_files - seen:
        yield f"{name}: the project's own file is missing"


def differences_from_tree(package: Package, tree: Path, runtime: str) -> Iterator[str]:
    """Where the package is not the tree that pip made."""
    ours = {path: entry for path, entry in package.by_path().items() if _is_compared(path)}
    theirs = {
        path: file
        for file in tree.rglob("*")
        if not file.is_dir() and _is_compared(path := file.relative_to(tree).as_posix())
    }
    for path in sorted(theirs.keys() - ours.keys()):
        yield f"{path}: only in pip's tree"
    for path in sorted(ours.keys() - theirs.keys()):
        yield f"{path}: only in the package"
    for path in sorted(ours.keys() & theirs.keys()):
        yield from _differences_of_file(package, ours[path], theirs[path], path, runtime)


def wrong_records(package: Package) -> Iterator[str]:
    """Where RECORD does not tell the truth about what is in the package."""
    entries = package.by_path()
    listed: set[str] = set()
    for path in sorted(entries):
        folder, name = posixpath.split(path)
        # A distribution that another one carries inside is that one's data.
        if name == "METADATA" and folder.endswith(".dist-info") and "/" not in folder:
            record = f"{folder}/RECORD"
            if record not in entries:
                yield f"{record}: missing"
                continue
            yield from _wrong_rows(package, entries, record, listed)
    for path in sorted(entries.keys() - listed):
        yield f"{path}: in no RECORD"


def _wrong_rows(
    package: Package, entries: dict[str, zipfile.ZipInfo], record: str, listed: set[str]
) -> Iterator[str]:
    site = posixpath.dirname(posixpath.dirname(record))
    text = package.zip.read(entries[record]).decode()
    for row in csv.reader(io.StringIO(text)):
        if len(row) != 3:
            yield f"{record}: the row {row} has {len(row)} fields, expected 3"
            continue
        path, digest, size = row
        there = posixpath.normpath(posixpath.join(site, path))
        if there not in entries:
            yield f"{record}: lists {path}, which is not in the package"
            continue
        listed.add(there)
        if path == record or posixpath.basename(path) in UNHASHED and not digest:
            continue
        content = package.zip.read(entries[there])
        expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        if digest != f"sha256={expected}":
            yield f"{record}: {path} has sha256={expected}, the row says {digest or 'nothing'}"
        if size != str(len(content)):
            yield f"{record}: {path} has {len(content)} bytes, the row says {size or 'nothing'}"


def _is_compared(path: str) -> bool:
    parts = PurePosixPath(path).parts
    if "__pycache__" in parts:
        return False
    is_metadata = len(parts) >= 2 and parts[-2].endswith(".dist-info")
    return not (is_metadata and parts[-1] in INSTALLERS_OWN)


def _differences_of_file(
    package: Package, entry: zipfile.ZipInfo, file: Path, path: str, runtime: str
) -> Iterator[str]:
    ours, theirs = package.zip.read(entry), file.read_bytes()
    if path.startswith("bin/"):
        interpreter = f"#!/var/lang/bin/{runtime}".encode()
        ours_line, ours = _split_interpreter(ours)
        theirs_line, theirs = _split_interpreter(theirs)
        if b"python" in theirs_line and ours_line != interpreter:
            yield f"{path}: starts with {ours_line!r}, expected {interpreter!r}"
    if ours != theirs:
        at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), None)
        at = min(len(ours), len(theirs)) if at is None else at
        yield (
            f"{path}: {len(ours)} bytes, pip has {len(theirs)}; from byte {at} on "
            f"{ours[at : at + 40]!r}, pip has {theirs[at : at + 40]!r}"
        )
    ours_runs, theirs_runs = bool(entry.external_attr >> 16 & 0o111), bool(file.stat().st_mode & 0o111)
    if ours_runs != theirs_runs:
        yield f"{path}: {'' if ours_runs else 'not '}executable, pip's is the other way round"


def _split_interpreter(content: bytes) -> tuple[bytes, bytes]:
    """The `#!` line and the rest; all three lines of the form for paths that are too long."""
    long_form = re.match(rb"#!/bin/sh\n'''exec' [^\n]*\n' '''\n", content)
    if long_form:
        return long_form[0], content[long_form.end() :]
    if content.startswith(b"#!"):
        line, _, rest = content.partition(b"\n")
        return line, rest
    return b"", content
