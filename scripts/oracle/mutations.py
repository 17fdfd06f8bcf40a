"""Things that go wrong with packages, each made to a copy of a good one.

A mutation names the check that is to find it. It gets the entries of a good package as Python's `zipfile` has
them, changes them, and may write the archive's bytes itself.
"""

import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from oracle import corpus

# A package of pure and compiled distributions, and the Python that it is for.
PROJECT = "stripe-pydantic"
RUNTIME = "python3.13"
COMPILED = "pydantic_core"
HANDLER = "import stripe\nimport pydantic\n\n\ndef lambda_handler(event, context):\n    return event\n"
MODULE = "lambda_function.py"


@dataclass
class Entry:
    """One file of a package, and what its header says."""

    name: str
    content: bytes
    mode: int = 0o100644
    made_by_unix: bool = True
    method: int = zipfile.ZIP_DEFLATED


@dataclass(frozen=True)
class Base:
    """A good package."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Mutation:
    """What is done, who has to notice, and how the check is called."""

    check: str
    name: str
    change: Callable[[list[Entry]], list[Entry] | None] | None = None
    damage: Callable[[bytes], bytes] | None = None
    arguments: tuple[str, ...] = ()
    runtime: str = RUNTIME
    # Without the function's handler in it.
    is_layer: bool = False
    # So many layers, each with all that the good package has.
    layers: int = 0

    def make(self, base: Base, package: Path) -> list[str]:
        """Writes the mutated package; gives the arguments of the check."""
        entries = [Entry(**vars(entry)) for entry in base.entries]
        if self.change:
            entries = self.change(entries) or entries
        content = archive(entries)
        package.write_bytes(self.damage(content) if self.damage else content)
        layer = package.with_name("layer.zip")
        if self.layers:
            inside = [Entry(**vars(entry) | {"name": f"python/{entry.name}"}) for entry in base.entries]
            layer.write_bytes(archive(inside))
        kind = ["--as", "layer"] if self.is_layer else []
        return ["--runtime", self.runtime, *kind, *["--layer", str(layer)] * self.layers, *self.arguments]


def base(barrow: Path, scratch: Path) -> Base:
    project = next(project for project in corpus.load() if project.name == PROJECT)
    folder, package = scratch / "base", scratch / "base.zip"
    folder.mkdir()
    (folder / MODULE).write_text(HANDLER)
    command = [barrow, "build", "-r", project.requirements, "--runtime", RUNTIME, "-q", "-o", package, folder]
    subprocess.run(command, check=True, capture_output=True)
    with zipfile.ZipFile(package) as content:
        entries = [Entry(info.filename, content.read(info), info.external_attr >> 16) for info in content.infolist()]
    return Base(tuple(entries))


def archive(entries: list[Entry]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for entry in entries:
            info = zipfile.ZipInfo(entry.name)
            # `ZipInfo` cleans names; these are meant as they are.
            info.filename = entry.name
            info.external_attr = entry.mode << 16
            info.create_system = 3 if entry.made_by_unix else 0
            info.compress_type = entry.method
            package.writestr(info, entry.content)
    return file.getvalue()


def put(name: str, content: str | bytes = "", **header: int) -> Callable[[list[Entry]], list[Entry]]:
    """One more file, in place of one of the same name."""
    raw = content.encode() if isinstance(content, str) else content

    def change(entries: list[Entry]) -> list[Entry]:
        return [*(entry for entry in entries if entry.name != name), Entry(name, raw, **header)]

    return change


def handler(source: str) -> Callable[[list[Entry]], list[Entry]]:
    return put(MODULE, source + "\n\ndef lambda_handler(event, context): ...\n")


def drop(part: str) -> Callable[[list[Entry]], list[Entry]]:
    def change(entries: list[Entry]) -> list[Entry]:
        return [entry for entry in entries if part not in entry.name]

    return change


def each(change_one: Callable[[Entry], None], part: str = "") -> Callable[[list[Entry]], None]:
    def change(entries: list[Entry]) -> None:
        for entry in entries:
            if part in entry.name:
                change_one(entry)

    return change


def chain(*changes: Callable[[list[Entry]], list[Entry] | None]) -> Callable[[list[Entry]], list[Entry]]:
    def change(entries: list[Entry]) -> list[Entry]:
        for one in changes:
            entries = one(entries) or entries
        return entries

    return change


def set_mode(mode: int) -> Callable[[Entry], None]:
    def change(entry: Entry) -> None:
        entry.mode = mode

    return change


def rename(before: str, after: str) -> Callable[[list[Entry]], None]:
    def change(entry: Entry) -> None:
        entry.name = entry.name.replace(before, after, 1)

    return each(change, before)


def replace(before: bytes, after: bytes, part: str = "") -> Callable[[list[Entry]], None]:
    def change(entry: Entry) -> None:
        entry.content = entry.content.replace(before, after)

    return each(change, part)


def wheel_for(platform: str, python: str = RUNTIME.removeprefix("python")) -> Callable[[list[Entry]], list[Entry]]:
    """The compiled distribution as its wheel for another platform brings it."""

    def change(entries: list[Entry]) -> list[Entry]:
        info = next(entry.name for entry in entries if entry.name.startswith(f"{COMPILED}-"))
        version = info.removeprefix(f"{COMPILED}-").split(".dist-info")[0]
        with tempfile.TemporaryDirectory() as folder:
            pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", folder]
            # pip knows a platform's older tags by themselves only for this machine's.
            platforms = [platform, platform.replace("_2_17_", "2014_"), platform.replace("_1_1_", "_1_2_")]
            tags = [part for name in platforms for part in ("--platform", name)]
            subprocess.run([*pip, *tags, "--python-version", python, f"{COMPILED}=={version}"], check=True)
            with zipfile.ZipFile(next(Path(folder).iterdir())) as wheel:
                theirs = [Entry(member.filename, wheel.read(member)) for member in wheel.infolist()]
        ours = [entry for entry in entries if not entry.name.startswith((f"{COMPILED}/", f"{COMPILED}-"))]
        return [*ours, *theirs]

    return change


def first_central(content: bytes) -> int:
    return content.index(b"PK\x01\x02")


def patch(offset_in_central: int, value: bytes) -> Callable[[bytes], bytes]:
    """Other bytes in the directory's first record."""

    def damage(content: bytes) -> bytes:
        at = first_central(content) + offset_in_central
        return content[:at] + value + content[at + len(value) :]

    return damage
