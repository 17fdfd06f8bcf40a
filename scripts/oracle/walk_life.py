"""The walk-through, from the first invoke to the last delete: invokes, versions, aliases, access, logs."""

import base64
import http.client
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from oracle import service
from oracle.clients import Refused
from oracle.walk import Walk, packed, step
from oracle.walk_code import HELLO

CURIOUS = """
import os, sys, time

def lambda_handler(event, context):
    print("a line of the function")
    print("on stderr", file=sys.stderr)
    if event.get("fail"):
        raise ValueError(event["fail"])
    time.sleep(event.get("seconds", 0))
    client = context.client_context
    return {
        "arn": context.invoked_function_arn,
        "version": context.function_version,
        "memory": context.memory_limit_in_mb,
        "remaining": context.get_remaining_time_in_millis(),
        "custom": client.custom if client else None,
        "stage": os.environ.get("STAGE"),
        "variables": sorted(os.environ),
    }
"""
OVER_HTTP = """
import base64, json

def lambda_handler(event, context):
    if event["rawPath"] == "/plain":
        return {"just": "an object"}
    if event["rawPath"] == "/bytes":
        return {"statusCode": 200, "headers": {"Content-Type": "image/png"},
                "body": base64.b64encode(bytes(range(256))).decode(), "isBase64Encoded": True}
    return {"statusCode": 201, "headers": {"X-Word": "kept"}, "cookies": ["a=1; Path=/", "b=2"], "body": json.dumps(event)}
"""
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@step("invoke: in turn, as an event, as a dry run; the tail of the log; a client's context; an error")
def invoke(walk: Walk) -> None:
    name = walk.make("curious", CURIOUS, Timeout=10)
    answer = walk.client.invoke(name, {}, LogType="Tail")
    walk.expect_members("with its log", answer, StatusCode=200, ExecutedVersion="$LATEST")
    log = base64.b64decode(answer.get("LogResult", "")).decode()
    for line in (r"START RequestId: \S+ Version: \$LATEST", "a line of the function", "on stderr", r"END RequestId: \S+"):
        walk.expect(f"the log has `{line}`", re.search(f"^{line}$", log, re.M) is not None, True)
    figures = r"^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB"
    walk.expect("the log ends with a report", re.search(figures, log, re.M) is not None, True)
    document = json.loads(answer["Payload"])
    walk.expect_members("the context", document, arn=walk.arn(name), version="$LATEST", memory="128")
    walk.expect("the time that is left", 9000 < document["remaining"] <= 10000, True)
    walk.expect("no variable of ours", [word for word in document["variables"] if "BARROW" in word], [])
    context = base64.b64encode(json.dumps({"custom": {"who": "a client"}}).encode()).decode()
    answer = walk.client.invoke(name, {}, ClientContext=context)
    walk.expect("the client's context", json.loads(answer["Payload"])["custom"], {"who": "a client"})
    walk.expect_members("as an event", walk.client.invoke(name, {}, InvocationType="Event"), StatusCode=202, Payload=b"")
    walk.expect_members("as a dry run", walk.client.invoke(name, {}, InvocationType="DryRun"), StatusCode=204, Payload=b"")
    answer = walk.client.invoke(name, {"fail": "on purpose"})
    walk.expect_members("an error of the function", answer, StatusCode=200, FunctionError="Unhandled")
    walk.expect_members("what it says", json.loads(answer["Payload"]), errorType="ValueError", errorMessage="on purpose", requestId=UUID)
    walk.expect_refused("no such function", "ResourceNotFoundException", lambda: walk.client.invoke(walk.name("nobody")),
                        re.compile(f"Function not found: {walk.arn(walk.name('nobody'))}"))  # fmt: skip
    for form in (walk.arn(name), f"{service.ACCOUNT}:function:{name}", f"function:{name}", f"{name}:$LATEST", walk.arn(name, "$LATEST")):
        walk.expect(f"by {form}", walk.client.invoke(form, {}).get("StatusCode"), 200)


@step("configuration: environment variables, memory, timeout, handler, description")
def configure(walk: Walk) -> None:
    name = walk.make("settings", packed(CURIOUS, **{"other.py": "def run(event, context):\n    return 'other'\n"}))
    answer = walk.client.function(
        "UpdateFunctionConfiguration", name, Environment={"Variables": {"STAGE": "first"}}, MemorySize=256, Timeout=7, Description="said"
    )
    walk.expect_members("update-function-configuration", answer, MemorySize=256, Timeout=7, Description="said", LastUpdateStatus="InProgress")
    walk.expect("its variables", answer["Environment"], {"Variables": {"STAGE": "first"}})
    walk.client.wait("FunctionUpdatedV2", name)
    document = json.loads(walk.client.invoke(name, {})["Payload"])
    walk.expect_members("inside", document, stage="first", memory="256")
    walk.change("UpdateFunctionConfiguration", name, Environment={"Variables": {"STAGE": "second"}})
    walk.expect("a new value is seen", json.loads(walk.client.invoke(name, {})["Payload"])["stage"], "second")
    walk.change("UpdateFunctionConfiguration", name, Timeout=1)
    answer = walk.client.invoke(name, {"seconds": 5})
    walk.expect_members("too slow", answer, FunctionError="Unhandled")
    walk.expect_members("what it says", json.loads(answer["Payload"]), errorType="Sandbox.Timedout",
                        errorMessage=re.compile(r"RequestId: \S+ Error: Task timed out after 1\.00 seconds"))  # fmt: skip
    walk.change("UpdateFunctionConfiguration", name, Handler="other.run")
    walk.expect("another handler", walk.client.invoke(name, {})["Payload"], b'"other"')
    for what, member, value in (("a long timeout", "Timeout", 6000), ("no role", "Role", "r1")):
        walk.expect_refused(
            what, "ValidationException", lambda member=member, value=value: walk.client.function("UpdateFunctionConfiguration", name, **{member: value}),
            re.compile("validation error.* detected: Value '.*' at '.*' failed to satisfy constraint"),
        )  # fmt: skip
    reserved = {"Variables": {"AWS_REGION": "eu-west-1"}}
    walk.expect_refused("a name that is Lambda's", "InvalidParameterValueException",
                        lambda: walk.client.function("UpdateFunctionConfiguration", name, Environment=reserved),
                        re.compile("reserved keys"))  # fmt: skip


@step("versions and aliases, with weights")
def versions(walk: Walk) -> None:
    name = walk.make("versions", HELLO.replace("hello", "one"))
    first = walk.client.function("PublishVersion", name, Description="the first")
    walk.expect_members("publish-version", first, Version="1", Description="the first", FunctionArn=walk.arn(name, "1"))
    again = walk.client.function("PublishVersion", name)
    walk.expect("nothing new is no new version", again["Version"], "1")
    walk.change("UpdateFunctionCode", name, ZipFile=packed(HELLO.replace("hello", "two")))
    walk.expect("the second", walk.client.function("PublishVersion", name)["Version"], "2")
    walk.change("UpdateFunctionCode", name, ZipFile=packed(HELLO.replace("hello", "newest")))
    for qualifier, word in (("1", "one"), ("2", "two"), ("$LATEST", "newest")):
        answer = walk.client.invoke(name, {}, Qualifier=qualifier)
        walk.expect(f"version {qualifier} runs its own code", json.loads(answer["Payload"]), {word: "world", "version": qualifier})
        walk.expect(f"version {qualifier} says so", answer["ExecutedVersion"], qualifier)
    listed = walk.client.function("ListVersionsByFunction", name)["Versions"]
    walk.expect("list-versions-by-function", [row["Version"] for row in listed], ["$LATEST", "1", "2"])
    alias = walk.client.function("CreateAlias", name, Name="live", FunctionVersion="1", Description="what users see")
    walk.expect_members("create-alias", alias, AliasArn=walk.arn(name, "live"), Name="live", FunctionVersion="1",
                        Description="what users see", RevisionId=UUID)  # fmt: skip
    for form in (f"{name}:live", walk.arn(name, "live")):
        walk.expect(f"by {form}", walk.client.invoke(form, {})["ExecutedVersion"], "1")
    walk.expect_refused("an alias again", "ResourceConflictException",
                        lambda: walk.client.function("CreateAlias", name, Name="live", FunctionVersion="2"))  # fmt: skip
    answer = walk.client.function("UpdateAlias", name, Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})
    walk.expect("update-alias", answer["RoutingConfig"], {"AdditionalVersionWeights": {"2": 0.5}})
    seen = {walk.client.invoke(name, {}, Qualifier="live")["ExecutedVersion"] for _ in range(30)}
    walk.expect("both versions answer to half a weight", seen, {"1", "2"})
    walk.client.function("UpdateAlias", name, Name="live", FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {}})
    walk.expect("the alias has moved", {walk.client.invoke(f"{name}:live", {})["ExecutedVersion"] for _ in range(5)}, {"2"})
    walk.expect("list-aliases", [row["Name"] for row in walk.client.function("ListAliases", name)["Aliases"]], ["live"])
    walk.expect_refused("a version that an alias has", "ResourceConflictException",
                        lambda: walk.client.function("DeleteFunction", name, Qualifier="2"))  # fmt: skip
    walk.client.function("DeleteFunction", name, Qualifier="1")
    walk.expect_refused("a version that is gone", "ResourceNotFoundException", lambda: walk.client.invoke(f"{name}:1", {}))
    walk.client.function("DeleteAlias", name, Name="live")
    walk.expect_refused("an alias that is gone", "ResourceNotFoundException", lambda: walk.client.invoke(f"{name}:live", {}))


@step("concurrency, tags, and who may call")
def access(walk: Walk) -> None:
    name = walk.make("access", CURIOUS, Tags={"team": "blue"}, Timeout=20)
    answer = walk.client.function("PutFunctionConcurrency", name, ReservedConcurrentExecutions=0)
    walk.expect("put-function-concurrency", answer, {"ReservedConcurrentExecutions": 0})
    walk.expect_refused("none may run", "TooManyRequestsException", lambda: walk.client.invoke(name, {}), re.compile("Rate Exceeded."))
    walk.client.function("PutFunctionConcurrency", name, ReservedConcurrentExecutions=1)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(walk.client.invoke, name, {"seconds": 12})
        time.sleep(3)
        refused = False
        while not refused and not slow.done():
            refused = throttled(walk, name)
        walk.expect("one at a time", refused, True)
        walk.expect("the one ends well", slow.result().get("FunctionError"), None)
    walk.client.function("DeleteFunctionConcurrency", name)
    walk.expect("no reserve", walk.client.function("GetFunctionConcurrency", name), {})
    arn = walk.arn(name)
    walk.client.call("lambda", "TagResource", Resource=arn, Tags={"stage": "dev"})
    walk.expect("list-tags", walk.client.call("lambda", "ListTags", Resource=arn)["Tags"], {"team": "blue", "stage": "dev"})
    walk.client.call("lambda", "UntagResource", Resource=arn, TagKeys=["team"])
    walk.expect("get-function has them", walk.client.function("GetFunction", name)["Tags"], {"stage": "dev"})
    added = walk.client.function("AddPermission", name, StatementId="s3", Action="lambda:InvokeFunction",
                                 Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::bucket", SourceAccount=service.ACCOUNT)  # fmt: skip
    statement = {
        "Sid": "s3", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "lambda:InvokeFunction", "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceAccount": service.ACCOUNT}, "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}},
    }  # fmt: skip
    walk.expect("add-permission", json.loads(added["Statement"]), statement)
    policy = walk.client.function("GetPolicy", name)
    walk.expect("get-policy", json.loads(policy["Policy"]), {"Version": "2012-10-17", "Id": "default", "Statement": [statement]})
    walk.client.function("RemovePermission", name, StatementId="s3")
    walk.expect_refused("no policy", "ResourceNotFoundException", lambda: walk.client.function("GetPolicy", name))
    settings = walk.client.call("lambda", "GetAccountSettings")
    walk.expect_members("the account's limits", settings["AccountLimit"], CodeSizeUnzipped=262144000, CodeSizeZipped=52428800, ConcurrentExecutions=int)


def throttled(walk: Walk, name: str) -> bool:
    try:
        walk.client.invoke(name, {})
    except Refused as refused:
        return refused.code == "TooManyRequestsException"
    return False


@step("a function URL, called over HTTP")
def function_url(walk: Walk) -> None:
    name = walk.make("url", OVER_HTTP)
    url = walk.client.function("CreateFunctionUrlConfig", name, AuthType="NONE")["FunctionUrl"]
    walk.expect("without permission", request(url, "GET", "/")[0], 403)
    for statement, action in (("url", "lambda:InvokeFunctionUrl"), ("invoke", "lambda:InvokeFunction")):
        more = {"FunctionUrlAuthType": "NONE"} if statement == "url" else {"InvokedViaFunctionUrl": True}
        walk.client.function("AddPermission", name, StatementId=statement, Action=action, Principal="*", **more)
    status, headers, body = request(url, "POST", "/a%20b/c?x=1&x=2&y=%C3%A9", b'{"k": 1}', {"Content-Type": "application/json", "Cookie": "s=1; t=2"})
    walk.expect("the function's status", status, 201)
    walk.expect("its header", headers.get("x-word"), "kept")
    walk.expect("its cookies", headers.get_all("set-cookie"), ["a=1; Path=/", "b=2"])
    event = json.loads(body) if status == 201 else {}
    walk.expect_members(
        "the event", event, version="2.0", routeKey="$default", rawPath="/a b/c", rawQueryString="x=1&x=2&y=%C3%A9",
        cookies=["s=1", "t=2"], queryStringParameters={"x": "1,2", "y": "é"}, body='{"k": 1}', isBase64Encoded=False,
    )  # fmt: skip
    walk.expect_members("about the request", event.get("requestContext", {}).get("http", {}), method="POST", path="/a b/c",
                        protocol="HTTP/1.1", sourceIp="127.0.0.1")  # fmt: skip
    _, _, body = request(url, "PUT", "/x", bytes(range(256)), {"Content-Type": "application/octet-stream"})
    walk.expect("bytes come in base64", json.loads(body).get("isBase64Encoded"), True)
    status, headers, body = request(url, "GET", "/bytes")
    walk.expect("bytes go out", (status, headers["content-type"], body), (200, "image/png", bytes(range(256))))
    status, headers, body = request(url, "GET", "/plain")
    walk.expect("a plain object", (status, headers["content-type"], json.loads(body)), (200, "application/json", {"just": "an object"}))
    walk.client.function("UpdateFunctionUrlConfig", name, AuthType="AWS_IAM")
    walk.expect("unsigned", request(url, "GET", "/plain")[0], 403)
    walk.client.function("DeleteFunctionUrlConfig", name)
    walk.expect_refused("no URL", "ResourceNotFoundException", lambda: walk.client.function("GetFunctionUrlConfig", name))


def request(url: str, method: str, target: str, body: bytes | None = None, headers: dict[str, str] | None = None):
    """Names below `.localhost` are the loopback, which not every libc knows."""
    split = urlsplit(url)
    host = "127.0.0.1" if split.hostname.endswith(".localhost") else split.hostname
    connection = http.client.HTTPConnection(host, split.port, timeout=30)
    connection.request(method, split.path.rstrip("/") + target, body, {"Host": split.netloc} | (headers or {}))
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()


@step("an event that fails goes to its destination")
def destination(walk: Walk) -> None:
    listener = walk.make("listener", "def lambda_handler(event, context):\n    print('HEARD', event['requestContext']['condition'])\n")
    name = walk.make("failing", CURIOUS)
    answer = walk.client.function("PutFunctionEventInvokeConfig", name, MaximumRetryAttempts=0, MaximumEventAgeInSeconds=60,
                                  DestinationConfig={"OnFailure": {"Destination": walk.arn(listener)}})  # fmt: skip
    walk.expect_members("put-function-event-invoke-config", answer, FunctionArn=walk.arn(name, "$LATEST"), MaximumRetryAttempts=0)
    walk.client.invoke(name, {"fail": "on purpose"}, InvocationType="Event")
    walk.eventually("the listener hears of it", lambda: "HEARD RetriesExhausted" in messages(walk, listener))


def messages(walk: Walk, name: str) -> str:
    try:
        found = walk.client.call("logs", "FilterLogEvents", logGroupName=f"/aws/lambda/{name}", startTime=int(time.time() - 600) * 1000)
    except Refused:
        return ""  # No group yet.
    return "".join(row["message"] for row in found["events"])


@step("logs: groups, streams, events, filters, the tail")
def logs(walk: Walk) -> None:
    name = walk.make("logged", CURIOUS)
    walk.client.invoke(name, {})
    walk.client.invoke(name, {"fail": "the needle"})
    group = f"/aws/lambda/{name}"
    walk.eventually("the tail has both invokes", lambda: messages(walk, name).count("REPORT RequestId") >= 2)
    groups = walk.client.call("logs", "DescribeLogGroups", logGroupNamePrefix=group)["logGroups"]
    walk.expect("describe-log-groups", [row["logGroupName"] for row in groups], [group])
    streams = walk.client.call("logs", "DescribeLogStreams", logGroupName=group, orderBy="LastEventTime", descending=True)["logStreams"]
    walk.expect("describe-log-streams", len(streams) >= 1, True)
    stream = streams[0]["logStreamName"]
    walk.expect("its name", stream, re.compile(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}"))
    events = walk.client.call("logs", "GetLogEvents", logGroupName=group, logStreamName=stream, startFromHead=True)["events"]
    walk.expect("get-log-events", any("a line of the function" in row["message"] for row in events), True)
    walk.expect("in order", [row["timestamp"] for row in events], sorted(row["timestamp"] for row in events))
    for pattern in ("needle", '"the needle"'):
        found = walk.client.call("logs", "FilterLogEvents", logGroupName=group, filterPattern=pattern)["events"]
        walk.expect(f"filter-log-events {pattern}", bool(found) and all("needle" in row["message"] for row in found), True)
    walk.client.call("logs", "DeleteLogGroup", logGroupName=group)
    left = walk.client.call("logs", "DescribeLogGroups", logGroupNamePrefix=group)["logGroups"]
    walk.expect("delete-log-group", left, [])


@step("list in pages, and delete")
def delete(walk: Walk) -> None:
    names = [walk.make(f"many-{number}", HELLO, wait=False) for number in range(3)]
    listed = walk.client.call("lambda", "ListFunctions")
    seen = [row["FunctionName"] for row in listed["Functions"]]
    marker = listed.get("NextMarker")
    while marker:
        listed = walk.client.call("lambda", "ListFunctions", Marker=marker)
        seen += [row["FunctionName"] for row in listed["Functions"]]
        marker = listed.get("NextMarker")
    walk.expect("list-functions", set(names) <= set(seen), True)
    walk.expect("each once", len(seen), len(set(seen)))
    for name in names:
        walk.client.function("DeleteFunction", name)
        walk.expect_refused("a function that is gone", "ResourceNotFoundException",
                            lambda name=name: walk.client.function("GetFunction", name))  # fmt: skip
    walk.expect_refused("twice", "ResourceNotFoundException", lambda: walk.client.function("DeleteFunction", names[0]),
                        re.compile(f"Function not found: {walk.arn(names[0])}"))  # fmt: skip
