"""The workers of the soak: each owns a few functions and objects, or sends events, and keeps a journal."""

import base64
import json
import random
import re
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field

from oracle import service
from oracle.journal import FUNCTIONS, Caller, NoAnswer, State, Thing, creation, source

FUNCTIONS_EACH = 4
# An invoke that an environment's death may explain.
EXCUSED_SECONDS = 3.0
EVENTS = "soak-events"
BUCKET = "soak"


@dataclass
class Soak:
    """What the workers and the killer share."""

    server: service.Server
    until: float
    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    # Raised while the service is meant to be up.
    up: threading.Event = field(default_factory=threading.Event)
    generation: int = 0
    environment_killed: float = 0.0
    # What was killed when.
    kills: list[tuple[float, str]] = field(default_factory=list)
    restarts: list[float] = field(default_factory=list)
    pids: set[int] = field(default_factory=set)

    def fail(self, what: str) -> None:
        if len(self.wrong) < 50:
            print(f"WRONG {what[:1500]}", flush=True)
        self.wrong.append(what)

    @property
    def goes_on(self) -> bool:
        return time.monotonic() < self.until and len(self.wrong) < 50


class Worker(threading.Thread):
    """Owns a few functions and objects; nobody else writes them."""

    def __init__(self, soak: Soak, number: int, seed: int) -> None:
        super().__init__(name=f"worker-{number}", daemon=True)
        self.soak = soak
        self.dice = random.Random(seed * 100 + number)
        self.caller = Caller(soak.server.port)
        self.things = [Thing(f"soak-{number}-{index}") for index in range(FUNCTIONS_EACH)]
        self.objects: dict[str, list[bytes | None]] = {f"object-{number}-{index}": [None] for index in range(3)}
        self.generation = 0

    def run(self) -> None:
        while self.soak.goes_on:
            self.soak.up.wait()
            try:
                if self.generation != self.soak.generation:
                    self.generation = self.soak.generation
                    self.compare()
                self.step()
            except NoAnswer as error:
                self.soak.counts["requests without an answer"] += 1
                time.sleep(0.05)
                if "timed out" in str(error):
                    self.soak.fail(f"{self.name}: {error}")
            except Exception as error:  # A worker that dies would hide what comes after.
                self.soak.fail(f"{self.name}: {type(error).__name__}: {error}")

    def compare(self) -> None:
        """Holds everything of ours against the journal."""
        for thing in self.things:
            found = thing.settle(self.caller)
            if found:
                self.soak.fail(f"LOST {found}")
        for key in self.objects:
            self.compare_object(key)
        self.soak.counts["comparisons"] += 1

    def compare_object(self, key: str) -> None:
        status, body = self.caller.ask("GET", f"/{BUCKET}/{key}", service_name="s3")
        seen = body if status == 200 else None
        if seen in self.objects[key]:
            self.objects[key] = [seen]
        else:
            self.soak.fail(f"LOST {BUCKET}/{key}: {status}, {len(body)} bytes are none of the {len(self.objects[key])} that it may have")

    def step(self) -> None:
        thing = self.dice.choice(self.things)
        if len(thing.possible) > 1:
            found = thing.settle(self.caller)
            if found:
                self.soak.fail(f"LOST {found}")
                return
        if thing.possible[0] is None:
            self.create(thing)
            return
        chosen = self.dice.choices(
            (self.invoke, self.update_code, self.configure, self.publish, self.point, self.tag, self.delete, self.put_object, self.delete_object),
            (60, 8, 8, 6, 6, 4, 2, 4, 2),
        )[0]
        chosen(thing)
        self.soak.counts[chosen.__name__.replace("_", " ")] += 1

    def accept(self, what: str, answer: tuple[int, dict], *statuses: int) -> None:
        """Refusals that another's work explains are fine: throttled, or an update is under way."""
        status, document = answer
        if not (200 <= status < 300 or status in (409, 429, *statuses)):
            self.soak.fail(f"{what}: {status} {json.dumps(document)[:300]}")

    def create(self, thing: Thing) -> None:
        edition = uuid.uuid4().hex
        answer = thing.write(lambda _: State(edition), lambda: self.caller.json("POST", FUNCTIONS, creation(thing.name, edition)))
        self.accept(f"create {thing.name}", answer)
        self.settled(thing)

    def update_code(self, thing: Thing) -> None:
        edition = uuid.uuid4().hex

        def change(state: State) -> State:
            state.edition = edition
            return state

        code = {"ZipFile": base64.b64encode(source(edition)).decode()}
        self.accept(f"update {thing.name}", thing.write(change, lambda: self.caller.json("PUT", f"{thing.path}/code", code)))
        self.settled(thing)

    def configure(self, thing: Thing) -> None:
        description, memory = uuid.uuid4().hex, self.dice.choice((128, 192, 256))

        def change(state: State) -> State:
            state.description, state.memory = description, memory
            return state

        settings = {"Description": description, "MemorySize": memory}
        self.accept(f"configure {thing.name}", thing.write(change, lambda: self.caller.json("PUT", f"{thing.path}/configuration", settings)))
        self.settled(thing)

    def publish(self, thing: Thing) -> None:
        state = thing.possible[0]
        if state.versions.get(self.last(state)) == state.edition:
            return  # Lambda would give the same version again, or not, depending on the configuration.
        following = str(int(self.last(state)) + 1)

        def change(state: State) -> State:
            state.versions[following] = state.edition
            return state

        self.accept(f"publish {thing.name}", thing.write(change, lambda: self.caller.json("POST", f"{thing.path}/versions", {})))

    @staticmethod
    def last(state: State) -> str:
        return max(state.versions, key=int, default="0")

    def point(self, thing: Thing) -> None:
        """Creates the alias or moves it."""
        state = thing.possible[0]
        if not state.versions:
            return
        version = self.dice.choice(list(state.versions))

        def change(state: State) -> State:
            state.aliases["live"] = version
            return state

        method, path = ("PUT", "/aliases/live") if "live" in state.aliases else ("POST", "/aliases")
        document = {"FunctionVersion": version} | ({"Name": "live"} if method == "POST" else {})
        self.accept(f"alias of {thing.name}", thing.write(change, lambda: self.caller.json(method, thing.path + path, document)))

    def tag(self, thing: Thing) -> None:
        value = uuid.uuid4().hex

        def change(state: State) -> State:
            state.tags["edition"] = value
            return state

        arn = f"arn%3Aaws%3Alambda%3A{service.REGION}%3A{service.ACCOUNT}%3Afunction%3A{thing.name}"
        self.accept(f"tag {thing.name}", thing.write(change, lambda: self.caller.json("POST", f"/2017-03-31/tags/{arn}", {"Tags": {"edition": value}})))

    def delete(self, thing: Thing) -> None:
        self.accept(f"delete {thing.name}", thing.write(lambda _: None, lambda: self.caller.json("DELETE", thing.path)))

    def settled(self, thing: Thing) -> None:
        """Waits until what was begun is done, as SDKs do."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            _, configuration = self.caller.json("GET", f"{thing.path}/configuration")
            if configuration.get("State") != "Pending" and configuration.get("LastUpdateStatus") != "InProgress":
                return
            time.sleep(0.05)
        self.soak.fail(f"{thing.name} is not done after 20 s: {json.dumps(configuration)[:400]}")

    def invoke(self, thing: Thing) -> None:
        state = thing.possible[0]
        qualifier = self.dice.choice(["$LATEST", *state.versions, *state.aliases])
        began = time.monotonic()
        status, body = self.caller.ask("POST", f"{thing.path}/invocations?Qualifier={qualifier.replace('$', '%24')}", b"{}")
        if status == 429:
            self.soak.counts["throttled"] += 1
            return
        said = json.loads(body)
        if status == 200 and said in thing.editions(qualifier):
            return
        died = isinstance(said, dict) and str(said.get("errorType", "")).startswith(("Runtime.", "Sandbox."))
        if died and began - EXCUSED_SECONDS < self.soak.environment_killed:
            self.soak.counts["invokes whose environment was killed"] += 1
        else:
            self.soak.fail(f"invoke {thing.name}:{qualifier}: {status} {body[:300]!r}, expected one of {thing.editions(qualifier)}")

    def put_object(self, _: Thing) -> None:
        key = self.dice.choice(list(self.objects))
        content = self.dice.randbytes(self.dice.choice((10, 1000, 300_000)))
        self.change_object(key, content, "PUT", content)

    def delete_object(self, _: Thing) -> None:
        self.change_object(self.dice.choice(list(self.objects)), None, "DELETE", b"")

    def change_object(self, key: str, after: bytes | None, method: str, body: bytes) -> None:
        try:
            status, said = self.caller.ask(method, f"/{BUCKET}/{key}", body, service_name="s3")
        except NoAnswer:
            self.objects[key] = [*self.objects[key], after]
            raise
        if 200 <= status < 300:
            self.objects[key] = [after]
        else:
            self.soak.fail(f"{method} {key}: {status} {said[:300]!r}")

    def clear(self) -> None:
        """Deletes everything of ours."""
        self.caller = Caller(self.soak.server.port)
        for thing in self.things:
            self.caller.ask("DELETE", thing.path)
        for key in self.objects:
            self.caller.ask("DELETE", f"/{BUCKET}/{key}", service_name="s3")


class Events(threading.Thread):
    """Sends events and remembers which were accepted; the function leaves an object for each."""

    SOURCE = """
import urllib.request

def lambda_handler(event, context):
    put = urllib.request.Request(event["url"], b"done", {"Authorization": event["authorization"]}, method="PUT")
    urllib.request.urlopen(put, timeout=10).read()
"""

    def __init__(self, soak: Soak) -> None:
        super().__init__(name="events", daemon=True)
        self.soak = soak
        self.caller = Caller(soak.server.port)
        # When each was accepted.
        self.accepted: dict[str, float] = {}

    def run(self) -> None:
        while self.soak.goes_on:
            self.soak.up.wait()
            word = uuid.uuid4().hex
            url = f"{self.soak.server.endpoint}/{EVENTS}/{word}"
            event = {"url": url, "authorization": service.signature("s3")}
            headers = {"X-Amz-Invocation-Type": "Event"}
            try:
                status, _ = self.caller.ask("POST", f"{FUNCTIONS}/{EVENTS}/invocations", json.dumps(event).encode(), **headers)
                if status == 202:
                    self.accepted[word] = time.monotonic()
            except NoAnswer:
                pass
            time.sleep(0.1)

    def done(self) -> set[str]:
        """The words of the objects that are there."""
        seen: set[str] = set()
        last = ""
        while True:
            _, page = self.caller.ask("GET", f"/{EVENTS}?list-type=2&start-after={last}", service_name="s3")
            words = re.findall(r"<Key>(\w+)</Key>", page.decode())
            if not words:
                return seen
            seen |= set(words)
            last = words[-1]

    def missing(self) -> set[str]:
        return set(self.accepted) - self.done()

    def explained(self, missing: set[str]) -> str:
        """How long before the next kill those were accepted that are missing."""
        lines = []
        for word in sorted(missing, key=self.accepted.get)[:12]:
            later = [(moment - self.accepted[word], what) for moment, what in self.soak.kills if moment > self.accepted[word]]
            lines.append(f"{later[0][0]:.2f} s before {later[0][1]} was killed" if later else "after the last kill")
        return "; ".join(lines)

    def clear(self) -> None:
        self.caller = Caller(self.soak.server.port)
        self.caller.ask("DELETE", f"{FUNCTIONS}/{EVENTS}")
        for word in self.done():
            self.caller.ask("DELETE", f"/{EVENTS}/{word}", service_name="s3")
