#!/usr/bin/env python3
"""Times `barrow run` against the interpreter and the client alone, and counts what it leaves behind.

    bench/invoke.py            all of it, about five minutes
    bench/invoke.py --quick    a tenth of the rounds

Contestants take turns, so that a slow minute of the machine hits them all. The last column of
each table says whether a promise is kept; a broken one makes the exit code 1.
"""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "scripts"))

import leaks
from bare import Bare
from measure import run, spread
from oracle import corpus, interpreters

HANDLER = "def handler(event, context):\n    return event\n"
EVENT = b'{"message": "hello"}'
BLOCK = 50


@dataclass(frozen=True)
class Bench:
    """What all measurements need."""

    barrow: Path
    python: Path
    minor: str
    runtime: list[Path]
    # The handler's module has a name that nothing else on this machine has.
    word: str
    project: Path
    temporary: Path

    def command(self, *arguments: str, of: Path | None = None) -> list[str]:
        return [
            str(self.barrow), "run", "--runtime", f"python{self.minor}", "--python", str(self.python),
            "--handler", f"{self.word}.handler", *arguments, str(of or self.project),
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        return os.environ | {"TMPDIR": str(self.temporary)}

    def invoke(self, *arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess:
        done = subprocess.run(self.command(*arguments), input=stdin, capture_output=True, env=self.environment())
        if done.returncode != 0:
            raise SystemExit(f"`barrow run` ended with {done.returncode}:\n{done.stderr.decode()[-2000:]}")
        return done


@dataclass(frozen=True)
class Promise:
    """A row of the report."""

    what: str
    measured: str
    allowed: str
    kept: bool


def main() -> int:
    options = parse_arguments()
    scale = 10 if options.quick else 1
    with tempfile.TemporaryDirectory(prefix="barrow-invoke-") as scratch:
        bench = prepare(Path(scratch), options)
        promises = cold(bench, max(20, 60 // scale))
        promises += warm(bench, 2000 // scale if options.quick else 2000)
        promises += left(bench, scale)
    print("\n| promise | measured | allowed | |\n|---|---|---|---|")
    for promise in promises:
        print(f"| {promise.what} | {promise.measured} | {promise.allowed} | {'kept' if promise.kept else '**broken**'} |")
    return 0 if all(promise.kept for promise in promises) else 1


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--runtime", default="python3.12", metavar="NAME", help="[python3.12]")
    parser.add_argument("--barrow", metavar="FILE", help="the binary [the newest under target/]")
    return parser.parse_args()


def prepare(scratch: Path, options: argparse.Namespace) -> Bench:
    minor = options.runtime.removeprefix("python")
    python = interpreters.found().get(minor)
    if python is None:
        raise SystemExit(f"no python{minor} here")
    barrow = corpus.find_barrow(options.barrow)
    runtime = interpreters.install_runtime(barrow, minor, python)
    word = f"bench_{uuid.uuid4().hex}"
    project, temporary = scratch / "project", scratch / "tmp"
    project.mkdir()
    temporary.mkdir()
    (project / f"{word}.py").write_text(HANDLER)
    bench = Bench(barrow, python, minor, runtime.directories, word, project, temporary)
    bench.invoke("--event", "{}")
    print(f"{barrow}, python{minor} at {python}, awslambdaric {runtime.awslambdaric}", flush=True)
    return bench


def cold(bench: Bench, rounds: int) -> list[Promise]:
    """From before a process starts to its first answer, and to its end."""
    package = bench.temporary.parent / "package.zip"
    subprocess.run(
        [bench.barrow, "build", "-q", "--runtime", f"python{bench.minor}", "--handler", f"{bench.word}.handler"]
        + ["-o", package, bench.project],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    rows: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        rows["python -c pass"].append(run([bench.python, "-c", "pass"]).seconds)
        rows["barrow --version"].append(run([bench.barrow, "--version"]).seconds)
        rows["awslambdaric alone, to its answer"].append(alone(bench))
        for what, command in (
            ("barrow run PACKAGE.zip", bench.command("--event", "{}", of=package)),
            ("barrow run DIR", bench.command("--event", "{}")),
        ):
            answer, end = timed(bench, command)
            rows[f"{what}, to its answer"].append(answer)
            rows[f"{what}, to its end"].append(end)
        document = json.loads(bench.invoke("--json", "--event", "{}").stdout)
        rows["`init_duration_ms` of it"].append(document["invocations"][0]["init_duration_ms"] / 1000)
    floor = statistics.median(rows["python -c pass"])
    print(f"\n| cold, {rounds} times each | median | least–most | ÷ interpreter | − interpreter |\n|---|---|---|---|---|")
    for what, seconds in rows.items():
        middle = statistics.median(seconds)
        print(f"| {what} | {spread(seconds)} | {middle / floor:.2f} | {(middle - floor) * 1000:+.1f} ms |", flush=True)
    promises = []
    for what in ("barrow run PACKAGE.zip, to its answer", "barrow run DIR, to its answer"):
        added = (statistics.median(rows[what]) - floor) * 1000
        promises.append(Promise(f"hello over the interpreter's start: {what}", f"{added:.1f} ms", "≤ 30 ms", added <= 30))
    return promises


def alone(bench: Bench) -> float:
    started = time.perf_counter()
    bare = Bare(bench.python, bench.runtime, bench.project, f"{bench.word}.handler", bench.minor)
    bare.invoke(EVENT)
    seconds = time.perf_counter() - started
    bare.stop()
    return seconds


def timed(bench: Bench, command: list[str]) -> tuple[float, float]:
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=bench.environment(), bufsize=0
    )
    answer = process.stdout.read(1)
    answered = time.perf_counter() - started
    process.stdout.read()
    if process.wait() != 0 or not answer:
        raise SystemExit(f"`{' '.join(command)}` ended with {process.returncode}")
    return answered, time.perf_counter() - started


class Stream:
    """A run that reads its events from a pipe, one after the answer to the one before."""

    def __init__(self, bench: Bench) -> None:
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            bench.command("--event", "-"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, env=bench.environment(), bufsize=0,
        )  # fmt: skip

    def invoke(self, event: bytes) -> float:
        started = time.perf_counter()
        self.process.stdin.write(event + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            received = self.process.stdout.read(65536)
            if not received:
                self.log.seek(0)
                raise SystemExit(f"`barrow run` ended early:\n{self.log.read().decode()[-2000:]}")
            answer += received
        return time.perf_counter() - started

    def end(self) -> list[float]:
        """The durations that the log has, in seconds, without that of the first invoke."""
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise SystemExit(f"`barrow run` ended with {self.process.returncode}")
        self.log.seek(0)
        reports = [line for line in self.log.read().decode().splitlines() if line.startswith("REPORT ")]
        return [float(line.split("\tDuration: ")[1].split(" ")[0]) / 1000 for line in reports[1:]]


def warm(bench: Bench, events: int) -> list[Promise]:
    """Invokes of one environment each, in turns of a few."""
    bare = Bare(bench.python, bench.runtime, bench.project, f"{bench.word}.handler", bench.minor)
    stream = Stream(bench)
    alone, outside = [], []
    bare.invoke(EVENT)
    stream.invoke(EVENT)
    for _ in range(events // BLOCK):
        # The first of each turn finds everything asleep; both sides pay for that.
        alone += [bare.invoke(EVENT) for _ in range(BLOCK)]
        outside += [stream.invoke(EVENT) for _ in range(BLOCK)]
    bare.stop()
    durations = stream.end()
    rows = {
        "awslambdaric alone": alone,
        "barrow run, `Duration` of REPORT": durations,
        "barrow run, from a line in to a line out": outside,
    }
    print(f"\n| warm, {len(alone)} events each | median | p99 | ÷ alone, median | ÷ alone, p99 |\n|---|---|---|---|---|")
    for what, seconds in rows.items():
        median, high = statistics.median(seconds) * 1000, p99(seconds) * 1000
        ratios = f"{median / 1000 / statistics.median(alone):.2f} | {high / 1000 / p99(alone):.2f}"
        print(f"| {what} | {median:.3f} ms | {high:.3f} ms | {ratios} |", flush=True)
    median = (statistics.median(outside) - statistics.median(alone)) * 1000
    high = (p99(outside) - p99(alone)) * 1000
    return [
        Promise("warm invoke over the client alone, median", f"{median:.3f} ms", "≤ 1 ms", median <= 1),
        Promise("warm invoke over the client alone, p99", f"{high:.3f} ms", "≤ 3 ms", high <= 3),
    ]


def p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


def left(bench: Bench, scale: int) -> list[Promise]:
    """What is there after many invokes that was not there before."""
    print(
        "\n| then | processes | mounts | mount namespaces | open files | cgroups | temporary files |\n"
        "|---|---|---|---|---|---|---|"
    )
    before = leaks.settled(bench.word, bench.temporary)
    show("before", before)
    promises = []
    for what, work in (
        (f"{1000 // scale} sequential invokes, one environment", lambda: sequential(bench, 1000 // scale)),
        (f"{200 // scale} sequential runs", lambda: [bench.invoke("--event", "{}") for _ in range(200 // scale)]),
        (f"{10 // min(scale, 5)} × 100 concurrent runs", lambda: concurrent(bench, 10 // min(scale, 5))),
        ("`kill -9` at 20 moments", lambda: killed(bench, 20)),
        ("one more run", lambda: bench.invoke("--event", "{}")),
    ):
        work()
        after = leaks.settled(bench.word, bench.temporary)
        show(what, after)
        found = leaks.left_behind(before, after)
        for line in found[:10]:
            print(f"left behind: {line}", file=sys.stderr)
        if what.startswith("`kill"):
            # Who is killed cannot take off its cgroup; the next run can.
            found = [line for line in found if not line.startswith("cgroup")]
            what += ", but for cgroups,"
        promises.append(Promise(f"{what} leave behind", f"{len(found)}", "nothing", not found))
    return promises


def show(what: str, seen: leaks.Count) -> None:
    print(
        f"| {what} | {len(seen.processes)} | {len(seen.mounts)} | {seen.mount_namespaces} | {seen.open_files} "
        f"| {len(seen.cgroups)} | {len(seen.temporary)} |",
        flush=True,
    )


def sequential(bench: Bench, events: int) -> None:
    answers = bench.invoke("-q", "--event", "-", stdin=(EVENT + b"\n") * events).stdout.splitlines()
    if answers != [EVENT] * events:
        raise SystemExit(f"{len(answers)} answers to {events} events")


def concurrent(bench: Bench, rounds: int) -> None:
    with ThreadPoolExecutor(100) as pool:
        for _ in range(rounds):
            for done in [pool.submit(bench.invoke, "--event", "{}", "--timeout", "60") for _ in range(100)]:
                done.result()


def killed(bench: Bench, times: int) -> None:
    """Ends runs at moments spread over their start, their invokes and their end."""
    moments = random.Random(20)
    for _ in range(times):
        events = tempfile.TemporaryFile()
        events.write((EVENT + b"\n") * 400)
        events.seek(0)
        process = subprocess.Popen(
            bench.command("-q", "--event", "-"),
            stdin=events, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=bench.environment(),
        )  # fmt: skip
        time.sleep(moments.uniform(0.0, 0.35))
        process.send_signal(signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
