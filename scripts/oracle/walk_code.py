"""The walk-through, where code comes from: .zip files, S3, packages with dependencies, layers."""

import json
import re
import subprocess
import urllib.request
import zipfile

from oracle import service
from oracle.walk import HANDLER, MODULE, RUNTIME, Walk, digest, packed, step

HELLO = """
def lambda_handler(event, context):
    return {"hello": event.get("name", "world"), "version": context.function_version}
"""
AREA = """
import json

def lambda_handler(event, context):
    return json.dumps({"area": event["length"] * event["width"]})
"""
THUMBNAIL = """
import base64, io
import PIL
from PIL import Image

def lambda_handler(event, context):
    image = Image.new("RGB", (64, 32), (200, 30, 30))
    image.thumbnail((16, 16))
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return {"size": image.size, "png": base64.b64encode(kept.getvalue()).decode(), "pillow": PIL.__version__}
"""
CLOUD = """
import os
import boto3

s3 = boto3.client("s3")

def lambda_handler(event, context):
    s3.put_object(Bucket=event["bucket"], Key=event["key"], Body=b"written by a function")
    return {"boto3": boto3.__version__, "where": boto3.__file__}
"""
LAYERED = """
import word

def lambda_handler(event, context):
    return [word.SAID, word.__file__]
"""


@step("create a function from a .zip file without dependencies, and invoke it")
def create(walk: Walk) -> None:
    package = packed(AREA)
    name = walk.name("area")
    answer = walk.client.function(
        "CreateFunction", name, Runtime=RUNTIME, Handler=HANDLER, Role=service.ROLE, Code={"ZipFile": package}
    )
    walk.expect_members(
        "create-function", answer,
        FunctionName=name, FunctionArn=walk.arn(name), Runtime=RUNTIME, Handler=HANDLER, Role=service.ROLE,
        CodeSize=len(package), CodeSha256=digest(package), Description="", Timeout=3, MemorySize=128,
        Version="$LATEST", State="Pending", StateReason="The function is being created.", StateReasonCode="Creating",
        PackageType="Zip", Architectures=["x86_64"], TracingConfig={"Mode": "PassThrough"},
        EphemeralStorage={"Size": 512}, SnapStart={"ApplyOn": "None", "OptimizationStatus": "Off"},
        LoggingConfig={"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
        RevisionId=re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        LastModified=re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000"),
    )  # fmt: skip
    walk.client.wait("FunctionActiveV2", name)
    configuration = walk.client.function("GetFunctionConfiguration", name)
    walk.expect_members("get-function-configuration", configuration, State="Active", LastUpdateStatus="Successful")
    answer = walk.client.invoke(name, {"length": 6, "width": 7})
    walk.expect_members("invoke", answer, StatusCode=200, ExecutedVersion="$LATEST", Payload=b'"{\\"area\\": 42}"')
    walk.expect_refused(
        "the same name again", "ResourceConflictException", lambda: walk.make("area", AREA), re.compile("Function already exist: ")
    )
    if walk.client.name == "boto3":  # The command line looks at the file itself.
        walk.expect_refused(
            "what is no .zip file", "InvalidParameterValueException", lambda: walk.make("rubbish", b"no archive"),
            re.compile("Could not unzip uploaded file"),
        )  # fmt: skip


@step("update the code from a file; look at it; download it")
def update(walk: Walk) -> None:
    name = walk.make("update", HELLO)
    newer = packed(HELLO.replace("hello", "good evening"))
    before = walk.client.function("GetFunctionConfiguration", name)
    dry = walk.client.function("UpdateFunctionCode", name, ZipFile=newer, DryRun=True)
    walk.expect("a dry run says the digest", dry["CodeSha256"], digest(newer))
    walk.expect_members("and changes nothing", walk.client.function("GetFunctionConfiguration", name), CodeSha256=before["CodeSha256"])
    answer = walk.client.function("UpdateFunctionCode", name, ZipFile=newer)
    walk.expect_members(
        "update-function-code", answer, CodeSha256=digest(newer), CodeSize=len(newer), LastUpdateStatus="InProgress",
        LastUpdateStatusReason="The function is being created.", LastUpdateStatusReasonCode="Creating", State="Active",
    )  # fmt: skip
    walk.client.wait("FunctionUpdatedV2", name)
    walk.expect("the new code runs", json.loads(walk.client.invoke(name, {})["Payload"])["good evening"], "world")
    whole = walk.client.function("GetFunction", name)
    walk.expect_members("get-function", whole["Configuration"], FunctionName=name, LastUpdateStatus="Successful")
    walk.expect("where the code is", whole["Code"]["RepositoryType"], "S3")
    with urllib.request.urlopen(whole["Code"]["Location"]) as download:
        walk.expect("the download is what was uploaded", digest(download.read()), digest(newer))
    walk.expect_refused(
        "a revision that is past", "PreconditionFailedException",
        lambda: walk.client.function("UpdateFunctionCode", name, ZipFile=newer, RevisionId=before["RevisionId"]),
    )  # fmt: skip
    published = walk.change("UpdateFunctionCode", name, ZipFile=packed(HELLO), Publish=True)
    walk.expect("with a version of it", published["Version"], "1")


@step("code from S3, in a bucket with versions")
def from_s3(walk: Walk) -> None:
    bucket, key = walk.name("bucket"), "folder/app.zip"
    first, second = packed(HELLO.replace("hello", "first")), packed(HELLO.replace("hello", "second"))
    walk.client.call("s3", "CreateBucket", Bucket=bucket)
    walk.client.call("s3", "PutBucketVersioning", Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    older = walk.client.call("s3", "PutObject", Bucket=bucket, Key=key, Body=first)["VersionId"]
    name = walk.make("s3", b"", Code={"S3Bucket": bucket, "S3Key": key})
    walk.expect("the first runs", b"first" in walk.client.invoke(name, {})["Payload"], True)
    newer = walk.client.call("s3", "PutObject", Bucket=bucket, Key=key, Body=second)["VersionId"]
    walk.expect("a version of its own", newer != older, True)
    answer = walk.change("UpdateFunctionCode", name, S3Bucket=bucket, S3Key=key)
    walk.expect("without a version the newest", answer["CodeSha256"], digest(second))
    answer = walk.change("UpdateFunctionCode", name, S3Bucket=bucket, S3Key=key, S3ObjectVersion=older)
    walk.expect("with a version that one", answer["CodeSha256"], digest(first))
    walk.expect("it runs", b"first" in walk.client.invoke(name, {})["Payload"], True)
    for what, where, said in (
        ("no such key", {"S3Bucket": bucket, "S3Key": "none.zip"}, "NoSuchKey. S3 Error Message: The specified key does not exist."),
        ("no such bucket", {"S3Bucket": bucket + "-not", "S3Key": key}, "NoSuchBucket. S3 Error Message: The specified bucket does not exist"),
    ):
        walk.expect_refused(
            what, "InvalidParameterValueException", lambda where=where: walk.client.function("UpdateFunctionCode", name, **where),
            re.compile(f"Error occurred while GetObject. S3 Error Code: {said}"),
        )  # fmt: skip
    walk.expect("what S3 keeps", walk.client.call("s3", "GetObject", Bucket=bucket, Key=key)["Body"], second)
    versions = walk.client.call("s3", "ListObjectVersions", Bucket=bucket)["Versions"]
    walk.expect("its versions, newest first", [row["VersionId"] for row in versions], [newer, older])


@step("a package with dependencies: Pillow, built by `barrow build`")
def pillow(walk: Walk) -> None:
    name = walk.make("pillow", built(walk, "pillow", THUMBNAIL), Timeout=20, MemorySize=512)
    answer = walk.client.invoke(name, {})
    walk.expect("it runs without an error", answer.get("FunctionError"), None)
    document = json.loads(answer["Payload"])
    walk.expect("the thumbnail", document.get("size"), [16, 8])
    walk.expect("a picture", document.get("png", "")[:11], "iVBORw0KGgo")


@step("a package with dependencies: boto3, which finds the service by itself")
def boto3(walk: Walk) -> None:
    bucket = walk.name("written")
    walk.client.call("s3", "CreateBucket", Bucket=bucket)
    name = walk.make("boto3", built(walk, "boto3", CLOUD), Timeout=30, MemorySize=512)
    answer = walk.client.invoke(name, {"bucket": bucket, "key": "note.txt"})
    walk.expect("it runs without an error", answer.get("FunctionError"), None)
    document = json.loads(answer["Payload"])
    walk.expect("boto3 is the package's", document.get("where"), "/var/task/boto3/__init__.py")
    if not answer.get("FunctionError"):
        written = walk.client.call("s3", "GetObject", Bucket=bucket, Key="note.txt")["Body"]
        walk.expect("what the function wrote", written, b"written by a function")


def built(walk: Walk, requirement: str, source: str) -> bytes:
    """The package of a project that wants one requirement, by `barrow build`."""
    project = walk.scratch / f"project-{requirement}"
    package = project.with_suffix(".zip")
    if not package.exists():
        project.mkdir()
        (project / "requirements.txt").write_text(f"{requirement}\n")
        (project / f"{MODULE}.py").write_text(source)
        command = [walk.barrow, "build", "-q", project, "--runtime", RUNTIME, "--handler", HANDLER, "-o", package]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with zipfile.ZipFile(package) as archive:
        walk.say(f"{requirement}: {len(archive.namelist())} entries, {package.stat().st_size / 1e6:.1f} MB")
    return package.read_bytes()


@step("layers: publish, use, two in order, look, delete")
def layers(walk: Walk) -> None:
    arns = {}
    for word in ("one", "two"):
        content = packed(f'SAID = "{word}"\n', "python/word.py")
        answer = walk.client.call(
            "lambda", "PublishLayerVersion", LayerName=walk.name(word), Content={"ZipFile": content},
            CompatibleRuntimes=[RUNTIME, "python3.13"], CompatibleArchitectures=["x86_64"], LicenseInfo="MIT", Description=word,
        )  # fmt: skip
        layer = f"arn:aws:lambda:{service.REGION}:{service.ACCOUNT}:layer:{walk.name(word)}"
        walk.expect_members(
            "publish-layer-version", answer, LayerArn=layer, LayerVersionArn=f"{layer}:1", Version=1, Description=word,
            LicenseInfo="MIT", CompatibleRuntimes=[RUNTIME, "python3.13"], CompatibleArchitectures=["x86_64"],
        )  # fmt: skip
        walk.expect_members("its content", answer["Content"], CodeSize=len(content), CodeSha256=digest(content))
        arns[word] = answer["LayerVersionArn"]
        with urllib.request.urlopen(answer["Content"]["Location"]) as download:
            walk.expect("the download of a layer", digest(download.read()), digest(content))
    name = walk.make("layered", LAYERED, Layers=[arns["one"]])
    walk.expect("the layer is imported", json.loads(walk.client.invoke(name, {})["Payload"]), ["one", "/opt/python/word.py"])
    for order in (("one", "two"), ("two", "one")):
        answer = walk.change("UpdateFunctionConfiguration", name, Layers=[arns[word] for word in order])
        walk.expect("the layers, in order", [row["Arn"] for row in answer["Layers"]], [arns[word] for word in order])
        said = json.loads(walk.client.invoke(name, {})["Payload"])
        walk.expect(f"of {' and '.join(order)} the last wins", said, [order[1], "/opt/python/word.py"])
    listed = walk.client.call("lambda", "ListLayers", CompatibleRuntime=RUNTIME)["Layers"]
    walk.expect("list-layers", {walk.name("one"), walk.name("two")} <= {row["LayerName"] for row in listed}, True)
    versions = walk.client.call("lambda", "ListLayerVersions", LayerName=walk.name("one"))["LayerVersions"]
    walk.expect("list-layer-versions", [row["Version"] for row in versions], [1])
    by_arn = walk.client.call("lambda", "GetLayerVersionByArn", Arn=arns["one"])
    by_name = walk.client.call("lambda", "GetLayerVersion", LayerName=walk.name("one"), VersionNumber=1)
    walk.expect("one layer by name and by ARN", by_arn["Content"]["CodeSha256"], by_name["Content"]["CodeSha256"])
    walk.client.call("lambda", "DeleteLayerVersion", LayerName=walk.name("two"), VersionNumber=1)
    walk.expect_refused(
        "a layer that is gone", "ResourceNotFoundException",
        lambda: walk.client.call("lambda", "GetLayerVersion", LayerName=walk.name("two"), VersionNumber=1),
    )  # fmt: skip
    walk.expect("its function runs on", json.loads(walk.client.invoke(name, {})["Payload"])[0], "one")
    answer = walk.change("UpdateFunctionConfiguration", name, Layers=[])
    walk.expect("without layers", answer.get("Layers", []), [])
    walk.expect("the module is gone", walk.client.invoke(name, {}).get("FunctionError"), "Unhandled")
