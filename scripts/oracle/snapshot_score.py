"""A pytest plugin for LocalStack's suite: counts each recorded answer by itself.

    PYTHONPATH=scripts SCORE_OUT=score.json pytest -p oracle.snapshot_score …

A test there fails as a whole when one of its answers differs. Here each answer counts, what
LocalStack excuses itself from is compared all the same, and tests that it skips are run. A name
that ends with `.localhost` is the loopback, as browsers and curl have it; not every libc agrees.
"""

import json
import os
import socket

import pytest
from localstack_snapshot.snapshots.prototype import SnapshotAssertionError, SnapshotSession

SEEN: dict[str, dict] = {}


def pytest_configure() -> None:
    compare = SnapshotSession._assert_all

    def compare_all(session: SnapshotSession, verify: bool = True, excused: list[str] | None = None) -> list:
        row = SEEN.setdefault(session.scope_key, {})
        try:
            results = compare(session, True, [])
        except SnapshotAssertionError as error:
            note(row, error.result)
            raise
        note(row, results)
        return results

    SnapshotSession._assert_all = compare_all
    resolve = socket.getaddrinfo

    def resolve_loopback(host: object, *arguments: object, **named: object) -> list:
        if isinstance(host, str) and host.endswith(".localhost"):
            host = "127.0.0.1"
        return resolve(host, *arguments, **named)

    socket.getaddrinfo = resolve_loopback


def note(row: dict, results: list) -> None:
    row["keys"] = {result.key: bool(result) for result in results}
    row["differences"] = {result.key: differences(result) for result in results if not result}


def differences(result: object) -> list[str]:
    """A line for each place where the recording and what was seen part."""
    lines = []
    for kind, places in result.result.items():
        for place in places:
            recorded, seen = around_the_first(repr(place.t1), repr(place.t2))
            lines.append(f"{kind}: {place.path()}: recorded {recorded}, seen {seen}")
    return lines


def around_the_first(recorded: str, seen: str) -> tuple[str, str]:
    """Long values are shown from shortly before the place where they part."""
    same = len(os.path.commonprefix([recorded, seen]))
    start = max(0, same - 60) if max(len(recorded), len(seen)) > 400 else 0
    lead = "…" if start else ""
    return lead + recorded[start : start + 400], lead + seen[start : start + 400]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for node in (item, *item.listchain()):
            node.own_markers[:] = [marker for marker in node.own_markers if marker.name not in ("skip", "skipif")]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = (yield).get_result()
    row = SEEN.setdefault(item.nodeid, {})
    if report.when == "call":
        row["outcome"] = report.outcome
    elif report.outcome != "passed":
        row.setdefault("outcome", "skipped" if report.skipped else "error")
    if report.failed:
        row["why"] = (call.excinfo.exconly() if call.excinfo else str(report.longrepr))[:1500]
        row["where"] = str(getattr(report.longrepr, "reprcrash", "") or "").split("\n")[0][:300]


def pytest_sessionfinish() -> None:
    if path := os.environ.get("SCORE_OUT"):
        with open(path, "w") as file:
            json.dump(SEEN, file, indent=1)
