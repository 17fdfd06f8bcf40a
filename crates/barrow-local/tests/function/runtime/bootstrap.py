"""The smallest client of the runtime API, so that tests of environments need no package index."""

import http.client
import importlib
import json
import os
import sys
import types

ROOT = "/2018-06-01/runtime/"
sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])


def call(method, path, body=None):
    connection.request(method, ROOT + path, body)
    answer = connection.getresponse()
    return answer.headers, answer.read()


def error(caught):
    return json.dumps({"errorType": type(caught).__name__, "errorMessage": str(caught)}).encode()


module, name = os.environ["_HANDLER"].rsplit(".", 1)
try:
    handler = getattr(importlib.import_module(module), name)
except Exception as caught:
    call("POST", "init/error", error(caught))
    sys.exit(1)
while True:
    headers, body = call("GET", "invocation/next")
    context = types.SimpleNamespace(invoked_function_arn=headers["Lambda-Runtime-Invoked-Function-Arn"])
    own = "invocation/" + headers["Lambda-Runtime-Aws-Request-Id"]
    try:
        answer = json.dumps(handler(json.loads(body), context)).encode()
    except Exception as caught:
        call("POST", own + "/error", error(caught))
    else:
        call("POST", own + "/response", answer)
