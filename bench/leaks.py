"""Counts what a run could leave behind: processes, mounts, open files, cgroups, temporary files."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

# Others work on this machine, too: what is ours is known by a word in its command or environment.
SETTLE_SECONDS = 5.0


@dataclass(frozen=True)
class Count:
    """One look at the machine."""

    processes: frozenset[int]
    mounts: frozenset[str]
    mount_namespaces: int
    open_files: int
    cgroups: frozenset[str]
    temporary: frozenset[str]


def count(word: str, temporary: Path) -> Count:
    return Count(
        processes=frozenset(processes_with(word)),
        mounts=frozenset(Path("/proc/self/mountinfo").read_text().splitlines()),
        mount_namespaces=len(set(namespaces())),
        open_files=int(Path("/proc/sys/fs/file-nr").read_text().split()[0]),
        cgroups=frozenset(cgroups()),
        temporary=frozenset(os.listdir(temporary)),
    )


def settled(word: str, temporary: Path) -> Count:
    """The count after all of ours has had a moment to end."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while list(processes_with(word)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return count(word, temporary)


def processes_with(word: str):
    wanted = word.encode()
    for pid in os.listdir("/proc"):
        if not pid.isdigit() or int(pid) == os.getpid():
            continue
        for name in ("cmdline", "environ"):
            try:
                if wanted in Path("/proc", pid, name).read_bytes():
                    yield int(pid)
                    break
            except OSError:
                continue


def namespaces():
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            try:
                yield os.readlink(f"/proc/{pid}/ns/mnt")
            except OSError:
                continue


def cgroups():
    for folder, names, _ in os.walk("/sys/fs/cgroup"):
        yield from (os.path.join(folder, name) for name in names if "barrow" in name)


def left_behind(before: Count, after: Count) -> list[str]:
    """What is there now and was not before; open files and namespaces of others are not ours."""
    return [
        *(f"process {pid}: {command(pid)}" for pid in sorted(after.processes - before.processes)),
        *(f"mount {line}" for line in sorted(after.mounts - before.mounts)),
        *(f"cgroup {path}" for path in sorted(after.cgroups - before.cgroups)),
    ]


def command(pid: int) -> str:
    try:
        return Path("/proc", str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:200]
    except OSError:
        return "ended meanwhile"
