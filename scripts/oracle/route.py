"""A proxy that sends each request to the service that its signature names, and looks at the answers.

Test-suites of others want an IAM role, a queue or a network before they make a function. What the
service under test has goes to it; the rest goes to an emulator. Host, path, query, headers and body
pass unchanged, since signatures and function URLs depend on them.
"""

import http.client
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

SCOPE = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/([^/]+)/aws4_request")
PRESIGNED = re.compile(r"X-Amz-Credential=[^&]*?%2F\d{8}%2F[^&]*?%2F([^&%]+)%2Faws4_request")
LAMBDA_PATH = re.compile(r"/20\d\d-\d\d-\d\d/[a-z-]+")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "proxy-connection", "te", "upgrade"}
TIMEOUT_SECONDS = 1000

# What is told of each of Lambda's answers: method, target, status, headers, body.
Watcher = Callable[[str, str, int, Mapping[str, str], bytes], object]


class Router(ThreadingHTTPServer):
    """Listens on a free port of the loopback, in threads of this process."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        routes: Mapping[str, str],
        default: str,
        watcher: Watcher | None = None,
        forget: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes = {service: urlsplit(endpoint) for service, endpoint in routes.items()}
        self.default = urlsplit(default)
        self.watcher = watcher
        self.watching = threading.Lock()
        # Called when a client of moto asks it to forget everything.
        self.forget = forget
        # How often something else than the service under test answered, by service.
        self.elsewhere: Counter[str] = Counter()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> "Router":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def tell(self, request: "Handler", status: int, headers: Mapping[str, str], body: bytes) -> None:
        if self.watcher:
            with self.watching:
                self.watcher(request.command, request.path, status, headers, body)

    def handle_error(self, *_: object) -> None:
        """A client that hung up is no news."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Router
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def service(self) -> str | None:
        signed = SCOPE.search(self.headers.get("Authorization", "")) or PRESIGNED.search(self.path)
        if signed:
            return signed.group(1)
        return "lambda" if LAMBDA_PATH.match(self.path) else None

    def body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        received = b""
        while length := int(self.rfile.readline().split(b";")[0], 16):
            received += self.rfile.read(length)
            self.rfile.readline()
        self.rfile.readline()
        return received

    def pass_on(self) -> None:
        service = self.service()
        target = self.server.routes.get(service)
        if target is None:
            target = self.server.default
            self.server.elsewhere[service or "no service"] += 1
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.flush()
        body = self.body()
        if self.path == "/moto-api/reset" and self.server.forget:
            self.server.forget()
        connection = http.client.HTTPConnection(target.hostname, target.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in HOP_BY_HOP | {"content-length", "expect"}:
                    connection.putheader(name, value)
            if body or self.command in ("POST", "PUT", "PATCH"):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            self.give_back(connection.getresponse(), service)
        finally:
            connection.close()

    def give_back(self, answer: http.client.HTTPResponse, service: str | None) -> None:
        chunked = False
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() == "transfer-encoding":
                chunked = True
            elif name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        body = b"" if chunked else answer.read()
        if chunked:
            while piece := answer.read1(65536):
                body += piece
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
        if service == "lambda":
            self.server.tell(self, answer.status, dict(answer.getheaders()), body)
        self.wfile.write(b"0\r\n\r\n" if chunked else body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = pass_on
