"""The smallest loop that feeds `awslambdaric`: next, response and error on loopback, and no more.

It is what `barrow run` is held against: the same client and the same interpreter, with nothing
around them. One write per answer and no Nagle, or an invoke takes 90 ms instead of 0.6.
"""

import os
import queue
import socket
import subprocess
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Answer:
    """What came back: a payload, an error from the handler, one from INIT, or the end of the process."""

    kind: str  # response, error, init, exit or timeout
    payload: bytes = b""


class BareLoop:
    """One `awslambdaric` process and the loop that it asks."""

    def __init__(
        self, python: Path, runtime: list[Path], task: Path, handler: str, output=subprocess.DEVNULL, **environment: str
    ) -> None:
        self.answers: queue.Queue[Answer] = queue.Queue()
        self.events: queue.Queue[bytes] = queue.Queue()
        # Set while the client waits for an event.
        self.ready = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": ":".join(map(str, [task, *runtime])),
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.listener.getsockname()[1]}",
            **environment,
        }
        command = [python, "-m", "awslambdaric", handler]
        self.process = subprocess.Popen(command, cwd=task, env=environment, stdout=output, stderr=output)
        threading.Thread(target=self._wait, daemon=True).start()

    def invoke(self, event: bytes, headers: dict[str, str], timeout: float = 30) -> Answer:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(event)}\r\n{lines}\r\n"
        self.events.put(head.encode() + event)
        try:
            return self.answers.get(timeout=timeout)
        except queue.Empty:
            return Answer("timeout")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.listener.close()

    def _wait(self) -> None:
        self.answers.put(Answer("exit", str(self.process.wait()).encode()))

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        reader = connection.makefile("rb")
        try:
            while request := reader.readline():
                self._answer(request.split()[1].decode(), reader, connection)
        except OSError:
            connection.close()

    def _answer(self, path: str, reader, connection: socket.socket) -> None:
        length, chunked = 0, False
        while (line := reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.lower().partition(b":")
            length = int(value) if name == b"content-length" else length
            chunked = chunked or (name == b"transfer-encoding" and b"chunked" in value)
        body = read_chunks(reader) if chunked else reader.read(length)
        if path.endswith("/next"):
            self.ready.set()
            event = self.events.get()
            self.ready.clear()
            connection.sendall(event)
            return
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        kind = "init" if path.endswith("/init/error") else "error" if path.endswith("/error") else "response"
        self.answers.put(Answer(kind, body))


def read_chunks(reader) -> bytes:
    body = b""
    while size := int(reader.readline(), 16):
        body += reader.read(size)
        reader.readline()
    reader.readline()
    return body


def headers(deadline_ms: int, request_id: str | None = None, **more: str) -> dict[str, str]:
    """Those that Lambda sends with every event."""
    return {
        "Lambda-Runtime-Aws-Request-Id": request_id or str(uuid.uuid4()),
        "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
        "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:function",
        **more,
    }
