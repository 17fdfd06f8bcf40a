"""A client that is not the bottleneck: prepared requests over a few connections, from one thread.

An answer costs it some twenty microseconds, so that two cores are left to the service and its
functions.
"""

import re
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from oracle import service

STUCK_AFTER_SECONDS = 60
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


def request(method: str, target: str, body: bytes = b"") -> bytes:
    """One request to Lambda as it goes over the wire."""
    lines = {"Host": "127.0.0.1", "Content-Length": str(len(body)), "Authorization": service.signature()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + body


@dataclass
class Drive:
    """How a stretch of requests went."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    first_error: bytes = b""

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        """In seconds."""
        return sorted(self.latencies)[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


class Connection:
    """One request at a time; opened again where the other side closes after each answer."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None
        self.received = b""
        self.began = 0.0

    def ask(self, wire: bytes, selector: selectors.BaseSelector) -> None:
        self.began = time.perf_counter()
        self.received = b""
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(self.socket, selectors.EVENT_READ, self)
        self.socket.sendall(wire)

    def is_answered(self, selector: selectors.BaseSelector) -> bool:
        piece = self.socket.recv(262_144)
        self.received += piece
        head, end, body = self.received.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        whole = bool(end) and length is not None and len(body) >= int(length[1])
        closing = whole and (head.startswith(b"HTTP/1.0") or b"onnection: close" in head)
        if not piece or closing:
            selector.unregister(self.socket)
            self.socket.close()
            self.socket = None
            return True
        return whole


def drive(port: int, requests: Iterable[bytes], connections: int) -> Drive:
    """Sends all, each connection its next when the last is answered."""
    rest: Iterator[bytes] = iter(requests)
    done = Drive()
    with selectors.DefaultSelector() as selector:
        began = time.perf_counter()
        busy = 0
        for connection, wire in zip([Connection(port) for _ in range(connections)], rest, strict=False):
            connection.ask(wire, selector)
            busy += 1
        while busy:
            ready = selector.select(STUCK_AFTER_SECONDS)
            if not ready:
                raise SystemExit(f"{busy} requests without an answer for {STUCK_AFTER_SECONDS} s")
            for key, _ in ready:
                connection = key.data
                if not connection.is_answered(selector):
                    continue
                note(done, connection)
                wire = next(rest, None)
                if wire is None:
                    busy -= 1
                else:
                    connection.ask(wire, selector)
        done.seconds = time.perf_counter() - began
        for key in list(selector.get_map().values()):
            key.fileobj.close()
    return done


def note(done: Drive, connection: Connection) -> None:
    done.latencies.append(time.perf_counter() - connection.began)
    status = int(connection.received[9:12] or 0)
    done.statuses[status] += 1
    if not 200 <= status < 300 and not done.first_error:
        done.first_error = connection.received[:600]
