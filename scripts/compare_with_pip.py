#!/usr/bin/env python3
"""Builds the projects of fixtures/corpus with Barrow and holds each against pip's tree.

A package passes when, unzipped, it is the tree that `pip install --target` makes from the same
pins: file for file and byte for byte, except `__pycache__`, `INSTALLER`, `REQUESTED`,
`direct_url.json`, `RECORD` and the first line of scripts; when its RECORDs are true to what is in
it; when six zip readers accept it; and when a second build in another folder gives the same bytes.

    scripts/compare_with_pip.py --smallest 10
    scripts/compare_with_pip.py --projects pandas,pillow --arch arm64 --kind layer
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from oracle import corpus, package as packages, pip_tree, readers

HANDLER = 'def lambda_handler(event, context):\n    return "hello"\n'
KINDS = ("function", "layer")
SHOWN_DIFFERENCES = 8


@dataclass
class Verdict:
    """What came out for one project and one kind of package."""

    project: str
    kind: str
    target: str
    wrong: list[str] = field(default_factory=list)
    entries: int = 0
    unzipped_bytes: int = 0
    seconds: float = 0.0
    remark: str = ""


@dataclass
class Built:
    """One run of the binary."""

    code: int
    seconds: float
    document: dict
    stderr: str


def main() -> int:
    options = parse_arguments()
    cache = Path(options.cache).resolve()
    cache.mkdir(parents=True, exist_ok=True)
    barrow = corpus.find_barrow(options.barrow)

    absent = readers.missing()
    for reader in absent:
        print(f"no `{reader.program}` here (Debian: {reader.debian}); its opinion is not asked", file=sys.stderr)
    if absent and options.require_readers:
        return 1

    projects = choose(options)
    print(f"{barrow} against {pip_tree.pip_version(cache)}, {options.arch}, {len(projects)} projects", flush=True)
    with ThreadPoolExecutor(options.jobs) as pool:
        jobs = [pool.submit(examine, project, options, barrow, cache) for project in projects]
        verdicts = []
        for job in jobs:
            for verdict in job.result():
                print(row(verdict), flush=True)
                verdicts.append(verdict)
    return report(verdicts)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--projects", metavar="A,B", help="these projects")
    which.add_argument("--smallest", metavar="N", type=int, help="the N that install the fewest bytes")
    which.add_argument("--all", action="store_true", help="all but those marked `only_by_name`")
    parser.add_argument("--arch", choices=corpus.ARCHES, default="x86_64")
    parser.add_argument("--kind", choices=[*KINDS, "both"], default="function")
    parser.add_argument("--jobs", type=int, default=2, help="projects at a time [2]")
    parser.add_argument("--barrow", metavar="FILE", help="the binary [the newest under target/]")
    parser.add_argument(
        "--cache",
        metavar="DIR",
        default=corpus.target_folder() / "oracle",
        help="where pip, its trees and Barrow's cache are kept between runs [target/oracle]",
    )
    parser.add_argument("--require-readers", action="store_true", help="fail where a zip reader is missing")
    return parser.parse_args()


def choose(options: argparse.Namespace) -> list[corpus.Project]:
    projects = corpus.load()
    if options.projects:
        by_name = {project.name: project for project in projects}
        unknown = [name for name in options.projects.split(",") if name not in by_name]
        if unknown:
            raise SystemExit(f"no such project: {', '.join(unknown)}; there are {', '.join(by_name)}")
        return [by_name[name] for name in options.projects.split(",")]
    projects = [p for p in projects if not p.only_by_name and options.arch in p.architectures]
    return projects[: options.smallest] if options.smallest else projects


def examine(
    project: corpus.Project, options: argparse.Namespace, barrow: Path, cache: Path
) -> list[Verdict]:
    """All kinds of package of one project."""
    kinds = KINDS if options.kind == "both" else (options.kind,)
    verdicts = []
    for kind in kinds:
        verdict = Verdict(project.name, kind, f"{project.runtime} {options.arch}")
        with tempfile.TemporaryDirectory(prefix="barrow-compare-") as scratch:
            try:
                examine_kind(project, options.arch, verdict, barrow, cache, Path(scratch))
            except pip_tree.PipFailed as failed:
                verdict.wrong.append(f"pip could not make the tree: {failed}")
            except zipfile.BadZipFile as damage:
                verdict.wrong.append(f"Python cannot read the package: {damage}")
        verdicts.append(verdict)
    return verdicts


def examine_kind(
    project: corpus.Project, arch: str, verdict: Verdict, barrow: Path, cache: Path, scratch: Path
) -> None:
    output = scratch / "out.zip"
    command = [barrow, "--cache-dir", cache / "barrow", "build", "--json"]
    command += ["-r", project.requirements, "--runtime", project.runtime, "--arch", arch]
    command += ["--layer"] if verdict.kind == "layer" else []

    if project.is_refused(arch):
        built = build(command, scratch / "refused", output)
        verdict.seconds = built.seconds
        verdict.wrong += refusal_faults(project, built, output)
        verdict.remark = "refused, as it should be"
        if project.outcome == "refused" or verdict.wrong:
            return
        verdict.remark = "refused, and with --force equal"
        command.append("--force")

    built = build(command, scratch / "project", output)
    verdict.seconds = built.seconds
    if built.code != 0:
        verdict.wrong.append(f"exit code {built.code}: {' / '.join(built.stderr.strip().splitlines()[-5:])}")
        return
    verdict.wrong += document_faults(built.document, output)

    layer = verdict.kind == "layer"
    tree = pip_tree.make(project, arch, cache)
    package = packages.Package(output, "python/" if layer else "", () if layer else ("lambda_function.py",))
    try:
        verdict.entries = len(package.entries)
        verdict.unzipped_bytes = sum(entry.file_size for entry in package.entries)
        verdict.wrong += packages.wrong_entries(package)
        verdict.wrong += packages.differences_from_tree(package, tree, project.runtime)
        verdict.wrong += packages.wrong_records(package)
    finally:
        package.close()
    verdict.wrong += readers.objections(output, verdict.entries)

    again = scratch / "elsewhere" / "again.zip"
    again.parent.mkdir()
    build(command, scratch / "elsewhere" / "project", again, umask=0o077, TZ="Pacific/Chatham")
    if not again.exists() or digest(again) != digest(output):
        verdict.wrong.append("a second build, in another folder, time zone and umask, gives other bytes")


def build(command: list, project: Path, output: Path, umask: int = 0o022, **environment: str) -> Built:
    """Runs the binary on a project that is a handler and nothing else."""
    project.mkdir(parents=True)
    (project / "lambda_function.py").write_text(HANDLER)
    started = time.perf_counter()
    done = subprocess.run(
        [*map(str, command), str(project), "-o", str(output)],
        capture_output=True,
        text=True,
        umask=umask,
        env=os.environ | environment,
    )
    seconds = time.perf_counter() - started
    try:
        document = json.loads(done.stdout)
    except ValueError:
        document = {}
    return Built(done.returncode, seconds, document, done.stderr)


def refusal_faults(project: corpus.Project, built: Built, output: Path) -> list[str]:
    """A refusal ends with 1, says why, and leaves nothing behind."""
    wrong = []
    if built.code != 1:
        wrong.append(f"exit code {built.code}, expected 1 because the project is to be refused")
    # The limit as Lambda states it, however the message groups its digits.
    said = built.stderr.replace(" ", "").replace(",", "").replace("_", "").replace("\u202f", "")
    expected = project.refused_because or ("262144000", "250MiB")
    if not any(word in said for word in expected):
        wrong.append(f"the message names none of {', '.join(expected)}: {built.stderr.strip()[:300]}")
    if output.exists():
        wrong.append("refused, but the package was written")
    return wrong


def document_faults(document: dict, output: Path) -> list[str]:
    """The JSON that the build prints, held against the file that it wrote."""
    rows = document.get("packages", [])
    if len(rows) != 1:
        return [f"--json names {len(rows)} packages, expected 1"]
    said, seen = rows[0], output.read_bytes()
    facts = {"zipped_bytes": len(seen), "sha256": hashlib.sha256(seen).hexdigest()}
    return [
        f"--json says {key} is {said.get(key)}, the file has {fact}"
        for key, fact in facts.items()
        if said.get(key) != fact
    ]


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def row(verdict: Verdict) -> str:
    outcome = f"{len(verdict.wrong)} WRONG" if verdict.wrong else verdict.remark or "equal"
    return (
        f"{verdict.project:20} {verdict.kind:8} {verdict.target:18} {verdict.entries:6} files "
        f"{verdict.unzipped_bytes / 1e6:7.1f} MB {verdict.seconds:7.2f} s  {outcome}"
    )


def report(verdicts: list[Verdict]) -> int:
    failed = [verdict for verdict in verdicts if verdict.wrong]
    for verdict in failed:
        print(f"\n{verdict.project} ({verdict.kind}, {verdict.target}): {len(verdict.wrong)} wrong")
        for line in verdict.wrong[:SHOWN_DIFFERENCES]:
            print(f"  {line}")
        if len(verdict.wrong) > SHOWN_DIFFERENCES:
            print(f"  and {len(verdict.wrong) - SHOWN_DIFFERENCES} more")
    total = len(verdicts)
    print(f"\n{total - len(failed)} of {total} packages are what they should be")
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
