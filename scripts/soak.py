#!/usr/bin/env python3
"""Keeps `barrow serve` busy for half an hour and kills it, and its environments, at random moments.

Workers create, change, publish, tag, invoke and delete functions and S3 objects of their own, and keep a journal
of what was acknowledged. After each `kill -9` the service is started on the same data directory, and
everybody holds it against the journal. At the end: no acknowledged write is lost, no accepted event
was dropped, no stale code ran; and what there is of processes, mounts, cgroups, open files and disk is what there was.

    scripts/soak.py                  half an hour
    scripts/soak.py --minutes 2
"""

import argparse
import base64
import os
import random
import re
import signal
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

import leaks
from oracle import corpus, service
from oracle.journal import FUNCTIONS, Caller, creation
from oracle.soaking import BUCKET, EVENTS, Events, Soak, Worker
from oracle.walk import packed

WORKERS = 4
# What the database and its log may keep when everything is deleted.
DISK_LEFT_BYTES = 30_000_000
# An event that failed is tried again after one minute and after two more.
EVENTS_WITHIN_SECONDS = 240


def main() -> int:
    options = parse_arguments()
    barrow = corpus.find_barrow(options.barrow)
    word = f"soak{uuid.uuid4().hex[:12]}"
    with tempfile.TemporaryDirectory(prefix=f"barrow-{word}-") as scratch:
        temporary = Path(scratch, "tmp")
        temporary.mkdir()
        before = leaks.settled(word, temporary)
        server = service.barrow_serve(barrow, Path(scratch, "data"))
        server.environment = {"TMPDIR": str(temporary)}
        soak = Soak(server, time.monotonic() + options.minutes * 60)
        server.start()
        soak.pids.add(server.pid)
        try:
            report = load(soak, options)
        finally:
            ended = server.stop()
        after = leaks.settled(word, temporary)
        for line in leaks.left_behind(before, after):
            cgroup = re.search(r"^cgroup .*/barrow-(\d+)-\d+$", line)
            if not cgroup or int(cgroup[1]) in soak.pids:  # Others run functions here, too.
                soak.fail(f"left behind: {line}")
        for name in sorted(after.temporary - before.temporary):
            soak.fail(f"left behind in the temporary folder: {name}")
    if ended != 0:
        soak.fail(f"the service ended with {ended} when it was asked to:\n{server.said()}")
    print("\n".join(report))
    print(", ".join(f"{count} × {what}" for what, count in soak.counts.most_common()))
    print(f"{len(soak.wrong)} things are wrong" if soak.wrong else "nothing acknowledged was lost, and nothing is left behind")
    return 1 if soak.wrong else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30, help="[30]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--barrow", metavar="FILE", help="the binary [the newest under target/]")
    return parser.parse_args()


def load(soak: Soak, options: argparse.Namespace) -> list[str]:
    """The busy time, and the looking afterwards. Gives lines for the report."""
    caller = Caller(soak.server.port)
    for bucket in (BUCKET, EVENTS):
        caller.ask("PUT", f"/{bucket}", service_name="s3")
    code = base64.b64encode(packed(Events.SOURCE)).decode()
    caller.json("POST", FUNCTIONS, creation(EVENTS, "") | {"Code": {"ZipFile": code}})
    events = Events(soak)
    workers = [Worker(soak, number, options.seed) for number in range(WORKERS)]
    soak.up.set()
    first = figures(soak)
    for thread in (*workers, events):
        thread.start()
    kill_at_random(soak, random.Random(options.seed))
    for thread in (*workers, events):
        thread.join(120)
        if thread.is_alive():
            soak.fail(f"{thread.name} hangs")
    for worker in workers:
        worker.compare()
    deadline = time.monotonic() + EVENTS_WITHIN_SECONDS
    while (missing := events.missing()) and time.monotonic() < deadline:
        time.sleep(1)
    if missing:
        soak.fail(f"LOST {len(missing)} of {len(events.accepted)} events that were accepted: {events.explained(missing)}")
    busy = figures(soak)
    for owner in (*workers, events):
        owner.clear()
    revive(soak)
    time.sleep(15)
    last = figures(soak)
    if last["disk"] > DISK_LEFT_BYTES:
        soak.fail(f"{last['disk'] / 1e6:.0f} MB of disk are left when everything is deleted, expected at most {DISK_LEFT_BYTES / 1e6:.0f}")
    if last["open files"] > first["open files"] + 20:
        soak.fail(f"{last['open files']} files are open, {first['open files']} were")
    writes = sum(thing.acknowledged for worker in workers for thing in worker.things)
    lines = [f"{writes} acknowledged writes to functions, {len(events.accepted)} accepted events, {soak.generation} kills of the service"]
    lines += [f"{what}: {first[what]} at first, {busy[what]} after the load, {last[what]} when all is deleted" for what in first]
    if soak.restarts:
        lines.append(f"started again in {max(soak.restarts) * 1000:.0f} ms at most")
    return lines


def figures(soak: Soak) -> dict[str, int]:
    pid = soak.server.pid
    data = Path(soak.server.command[soak.server.command.index("--data") + 1])
    return {
        "open files": len(os.listdir(f"/proc/{pid}/fd")),
        "threads": len(os.listdir(f"/proc/{pid}/task")),
        "processes below it": len(descendants(pid)),
        "mounts": len(Path("/proc/self/mountinfo").read_text().splitlines()),
        "disk": sum(path.stat().st_size for path in data.rglob("*") if path.is_file() and not path.is_symlink()),
    }


def descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                parent = int(Path("/proc", name, "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(name))
    found, rest = [], [pid]
    while rest:
        below = children.get(rest.pop(), [])
        found += below
        rest += below
    return found


def kill_at_random(soak: Soak, dice: random.Random) -> None:
    """Until the time is over: now the service, now one of its environments."""
    while soak.goes_on:
        time.sleep(min(dice.uniform(1, 12), max(0.0, soak.until - time.monotonic())))
        if not soak.server.is_alive():
            soak.fail(f"the service ended by itself:\n{soak.server.said()}")
            revive(soak)
        elif dice.random() < 0.4:
            revive(soak)
        elif below := descendants(soak.server.pid):
            soak.environment_killed = time.monotonic()
            soak.kills.append((soak.environment_killed, "an environment"))
            try:
                os.kill(dice.choice(below), signal.SIGKILL)
                soak.counts["environments killed"] += 1
            except ProcessLookupError:
                pass


def revive(soak: Soak) -> None:
    """Kills the service and starts it on the same directory."""
    soak.up.clear()
    soak.kills.append((time.monotonic(), "the service"))
    soak.server.restart()
    soak.pids.add(soak.server.pid)
    soak.restarts.append(soak.server.seconds_to_answer)
    soak.generation += 1
    soak.up.set()


if __name__ == "__main__":
    sys.exit(main())
