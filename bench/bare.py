"""A loop that talks to `awslambdaric` alone: what an invoke costs with nothing around the client.

One thread, one connection, one write per answer, and no Nagle: with headers and body in two
writes an invoke takes 90 ms instead of half of one.
"""

import os
import socket
import subprocess
import time
import uuid
from pathlib import Path


class Bare:
    """One client, and the loop that it asks for events."""

    def __init__(self, python: Path, runtime: list[Path], task: Path, handler: str, minor: str) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": ":".join(map(str, [task, *runtime])),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{minor}",
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{listener.getsockname()[1]}",
        }
        self.process = subprocess.Popen([python, "-m", "awslambdaric", handler], cwd=task, env=environment)
        self.connection, _ = listener.accept()
        listener.close()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Until it is answered, the client waits.
        self._read()

    def invoke(self, event: bytes) -> float:
        """Seconds from handing out the event to having its answer."""
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            f"Lambda-Runtime-Aws-Request-Id: {uuid.uuid4()}\r\n"
            f"Lambda-Runtime-Deadline-Ms: {int(time.time() * 1000) + 3000}\r\n"
            f"Content-Length: {len(event)}\r\n\r\n"
        )
        answer = head.encode() + event
        started = time.perf_counter()
        self.connection.sendall(answer)
        self._read()
        seconds = time.perf_counter() - started
        self.connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        self._read()
        return seconds

    def _read(self) -> None:
        """One whole request."""
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._some()
        head, _, body = received.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(lengths[0].split(b":")[1]) if lengths else 0
        while len(body) < length:
            body += self._some()

    def _some(self) -> bytes:
        received = self.connection.recv(65536)
        if not received:
            raise SystemExit(f"the client ended with {self.process.wait()}")
        return received

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.connection.close()
