#!/usr/bin/env python3
"""Checks the packages of real projects, and copies of one of them that something is wrong with.

Every project that gives a package is built with a handler that imports all of it, and checked: a good
package has no error, and its warnings are printed, to be looked at. Then each mutation of
`scripts/oracle/mutation_table.py` is made to a good package, and the check that it is made for has to
find it.

    scripts/check_corpus.py                           all projects, then all mutations
    scripts/check_corpus.py --smallest 10             the smallest ones
    scripts/check_corpus.py --projects pandas --show  what was found, in full
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import run_corpus
from oracle import corpus, mutation_table, mutations

HANDLER = "def lambda_handler(event, context):\n    return event\n"
MODULE = "lambda_function"
# Modules that python3.13 cannot import either, with nothing but the package: each says why.
NOT_TO_IMPORT = {
    "slack": "the former name of slack_sdk, which wants aiohttp",
    "adbc_driver_duckdb": "a driver for adbc_driver_manager, which is not installed",
}


@dataclass(frozen=True)
class Checked:
    """What `barrow check --json` said of one package."""

    project: str
    document: dict

    def of(self, level: str) -> list[dict]:
        return [finding for finding in self.document["findings"] if finding["level"] == level]


def main() -> int:
    options = parse_arguments()
    barrow = corpus.find_barrow(options.barrow)
    projects = [project for project in corpus.load() if options.projects is None or project.name in options.projects]
    projects = [project for project in projects if project.outcome == "same" and not project.only_by_name]
    projects = projects[: options.smallest]
    with tempfile.TemporaryDirectory(prefix="barrow-check-") as scratch:
        found = [check_project(barrow, Path(scratch), project, options.arch) for project in projects]
        wrong = report(found, options.show)
        missed = mutate(barrow, Path(scratch)) if options.mutations else []
    return 1 if wrong or missed else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--barrow", metavar="FILE", help="the binary [the newest under target/]")
    parser.add_argument("--projects", type=lambda names: names.split(","), metavar="A,B", help="only these")
    parser.add_argument("--smallest", type=int, metavar="N", help="only the N smallest")
    parser.add_argument("--arch", choices=corpus.ARCHES, default="x86_64")
    parser.add_argument("--show", action="store_true", help="print findings as people see them")
    parser.add_argument("--no-mutations", dest="mutations", action="store_false")
    return parser.parse_args()


def check_project(barrow: Path, scratch: Path, project: corpus.Project, arch: str) -> Checked:
    """Builds the project with a handler that imports all of it, and checks the package."""
    folder = scratch / project.name
    folder.mkdir()
    handler = folder / f"{MODULE}.py"
    handler.write_text(HANDLER)
    package = scratch / f"{project.name}.zip"
    target = ["--runtime", project.runtime, "--arch", arch]
    build = [barrow, "build", "-r", project.requirements, "--force", "-q", "-o", package, *target, folder]
    run_corpus.call(build)
    _, names = run_corpus.top_level(package)
    imports = [f"import {name}\n" for name in names if name != MODULE and name not in NOT_TO_IMPORT]
    handler.write_text("".join(imports) + HANDLER)
    run_corpus.call(build)
    return Checked(project.name, check(barrow, package, *target))


def check(barrow: Path, package: Path, *arguments: str) -> dict:
    command = [barrow, "check", package, "--json", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1) or not done.stdout:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)


def report(found: list[Checked], show: bool) -> list[str]:
    """Prints a row for each project, then every warning; gives the projects that have an error."""
    print("| project | runtime | errors | warnings | notes |\n|---|---|---|---|---|")
    for checked in found:
        document = checked.document
        print(f"| {checked.project} | {document['runtime']} | {document['errors']} | {document['warnings']} | {document['notes']} |")
    for checked in found:
        for finding in checked.document["findings"]:
            if show or finding["level"] != "note":
                print(f"\n{checked.project}: {finding['level']}[{finding['check']}]: {finding['message']}")
                places = [place["path"] for place in finding["places"]]
                for line in [*places[:4], *finding["details"]]:
                    print(f"    {line}")
    kinds = Counter(f"{finding['level']}[{finding['check']}]" for one in found for finding in one.document["findings"])
    print("\n" + "\n".join(f"{count:4} {kind}" for kind, count in kinds.most_common()))
    return [checked.project for checked in found if checked.of("error")]


def mutate(barrow: Path, scratch: Path) -> list[str]:
    """Makes each mutation to a good package; gives the checks that did not notice theirs."""
    missed = []
    base = mutations.base(barrow, scratch)
    print("\n| mutation | check | found |\n|---|---|---|")
    for mutation in mutation_table.ALL:
        package = scratch / "mutated.zip"
        arguments = mutation.make(base, package)
        document = check(barrow, package, *arguments)
        names = {finding["check"] for finding in document["findings"]}
        found = mutation.check in names
        if not found:
            missed.append(mutation.check)
        print(f"| {mutation.name} | {mutation.check} | {'yes' if found else '**missed**: ' + ', '.join(sorted(names))} |")
    return missed


if __name__ == "__main__":
    sys.exit(main())
