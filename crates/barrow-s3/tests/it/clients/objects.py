"""Objects: headers, ranges, conditions, tags, copies."""

import datetime
import hashlib

from support import client, equal, fetch, refused, run_all, ENDPOINT

s3 = client()
s3.create_bucket(Bucket="objects")
BODY = bytes(range(256)) * 40


def put(key, body=BODY, **more):
    return s3.put_object(Bucket="objects", Key=key, Body=body, **more)


def get(key, **more):
    return s3.get_object(Bucket="objects", Key=key, **more)


def head(key, **more):
    return s3.head_object(Bucket="objects", Key=key, **more)


def test_headers_and_metadata_come_back():
    expires = datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
    given = dict(
        ContentType="text/plain; charset=utf-8", ContentEncoding="gzip", ContentLanguage="de",
        ContentDisposition='attachment; filename="a.txt"', CacheControl="max-age=60",
        WebsiteRedirectLocation="/other", StorageClass="STANDARD_IA",
    )
    answer = put("headers", Expires=expires, Metadata={"one": "1", "two": "zwei und mehr"}, **given)
    equal(answer["ETag"], f'"{hashlib.md5(BODY).hexdigest()}"')
    equal(answer["ServerSideEncryption"], "AES256")
    for seen in (get("headers"), head("headers")):
        equal({name: seen[name] for name in given}, given)
        equal(seen["Metadata"], {"one": "1", "two": "zwei und mehr"})
        equal(seen["Expires"], expires)
        equal(seen["ContentLength"], len(BODY))
        equal(seen["AcceptRanges"], "bytes")
        assert "VersionId" not in seen
    equal(get("headers")["Body"].read(), BODY)
    put("plain")
    equal(head("plain")["ContentType"], "binary/octet-stream")
    assert "StorageClass" not in head("plain")
    other = get("plain", ResponseContentType="a/b", ResponseContentDisposition="inline")
    equal((other["ContentType"], other["ContentDisposition"]), ("a/b", "inline"))
    with refused("MetadataTooLarge", 400):
        put("headers", Metadata={"x": "y" * 2048})


def test_keys_are_any_text():
    for key in ("a b", "ü/ö", "a+b", "a%20b", "a&b=c?d#e", "x//y", "/lead", "trail/", "dot/./dot", "~!*'()", "日本"):
        put(key, key.encode())
        equal(get(key)["Body"].read(), key.encode())
        listed = s3.list_objects_v2(Bucket="objects", Prefix=key)["Contents"]
        equal([it["Key"] for it in listed], [key])
        s3.delete_object(Bucket="objects", Key=key)
    put("k" * 1024)
    with refused("KeyTooLongError", 400):
        put("k" * 1025)
    s3.delete_object(Bucket="objects", Key="k" * 1024)


def test_large_and_empty_bodies():
    large = BODY * 500
    put("large", large)
    assert get("large")["Body"].read() == large
    put("empty", b"")
    equal(get("empty")["Body"].read(), b"")
    equal(head("empty")["ContentLength"], 0)


def test_ranges():
    put("range")
    for wanted, start, end in (("bytes=0-9", 0, 10), ("bytes=10-", 10, None), ("bytes=-5", -5, None), ("bytes=100-99999", 100, None)):
        seen = get("range", Range=wanted)
        part = BODY[start:end]
        equal(seen["Body"].read(), part)
        equal(seen["ResponseMetadata"]["HTTPStatusCode"], 206)
        equal(seen["ContentLength"], len(part))
        first = start if start >= 0 else len(BODY) + start
        equal(seen["ContentRange"], f"bytes {first}-{first + len(part) - 1}/{len(BODY)}")
    with refused("InvalidRange", 416):
        get("range", Range=f"bytes={len(BODY)}-")
    equal(head("range", Range="bytes=0-3")["ContentLength"], 4)
    # What is no range is not looked at.
    equal(len(get("range", Range="lines=1-2")["Body"].read()), len(BODY))


def test_conditions_for_reading():
    etag = put("read")["ETag"]
    modified = head("read")["LastModified"]
    hour = datetime.timedelta(hours=1)
    get("read", IfMatch=etag)
    get("read", IfNoneMatch='"other"')
    get("read", IfModifiedSince=modified - hour)
    get("read", IfUnmodifiedSince=modified)
    get("read", IfMatch=etag, IfUnmodifiedSince=modified - hour)
    for read in (get, head):
        precondition = "PreconditionFailed" if read is get else "412"
        with refused(precondition, 412):
            read("read", IfMatch='"other"')
        with refused(precondition, 412):
            read("read", IfUnmodifiedSince=modified - hour)
        with refused("304", 304):
            read("read", IfNoneMatch=etag)
        with refused("304", 304):
            read("read", IfModifiedSince=modified)
    answer = fetch(f"{ENDPOINT}/objects/read", If_None_Match=etag)
    equal((answer.status, answer.body, answer.headers["ETag"]), (304, b"", etag))


def test_conditions_for_writing():
    s3.delete_object(Bucket="objects", Key="write")
    with refused("NoSuchKey", 404):
        put("write", IfMatch='"any"')
    etag = put("write", IfNoneMatch="*")["ETag"]
    with refused("PreconditionFailed", 412):
        put("write", IfNoneMatch="*")
    with refused("PreconditionFailed", 412):
        put("write", b"new", IfMatch='"other"')
    equal(get("write")["Body"].read(), BODY)
    etag = put("write", b"new", IfMatch=etag)["ETag"]
    equal(get("write")["Body"].read(), b"new")
    with refused("PreconditionFailed", 412):
        s3.delete_object(Bucket="objects", Key="write", IfMatch='"other"')
    s3.delete_object(Bucket="objects", Key="write", IfMatch=etag)


def test_what_is_not_there():
    with refused("NoSuchKey", 404):
        get("nothing")
    with refused("404", 404):
        head("nothing")
    s3.delete_object(Bucket="objects", Key="nothing")
    with refused("NoSuchBucket", 404):
        s3.put_object(Bucket="no-such", Key="a", Body=BODY)
    with refused("InvalidArgument", 400):
        get("plain", VersionId="short")
    with refused("NotImplemented", 501):
        s3.select_object_content(
            Bucket="objects", Key="plain", Expression="SELECT 1", ExpressionType="SQL",
            InputSerialization={"CSV": {}}, OutputSerialization={"CSV": {}},
        )


def test_tags():
    put("tagged", Tagging="one=1&two=a%20b")
    equal(get("tagged")["TagCount"], 2)
    tags = s3.get_object_tagging(Bucket="objects", Key="tagged")["TagSet"]
    equal(tags, [{"Key": "one", "Value": "1"}, {"Key": "two", "Value": "a b"}])
    new = [{"Key": "three", "Value": "3"}]
    s3.put_object_tagging(Bucket="objects", Key="tagged", Tagging={"TagSet": new})
    equal(s3.get_object_tagging(Bucket="objects", Key="tagged")["TagSet"], new)
    s3.delete_object_tagging(Bucket="objects", Key="tagged")
    equal(s3.get_object_tagging(Bucket="objects", Key="tagged")["TagSet"], [])
    with refused("InvalidTag", 400):
        s3.put_object_tagging(Bucket="objects", Key="tagged", Tagging={"TagSet": new + new})
    with refused("BadRequest", 400):
        many = [{"Key": str(number), "Value": ""} for number in range(11)]
        s3.put_object_tagging(Bucket="objects", Key="tagged", Tagging={"TagSet": many})


def test_copies():
    put("source", ContentType="a/b", Metadata={"m": "1"}, Tagging="t=1")
    source = {"Bucket": "objects", "Key": "source"}
    copied = s3.copy_object(Bucket="objects", Key="copy ü", CopySource=source)
    equal(copied["CopyObjectResult"]["ETag"], head("source")["ETag"])
    seen = get("copy ü")
    equal((seen["ContentType"], seen["Metadata"], seen["TagCount"]), ("a/b", {"m": "1"}, 1))
    equal(seen["Body"].read(), BODY)
    s3.copy_object(Bucket="objects", Key="copy ü", CopySource=source, MetadataDirective="REPLACE",
                   Metadata={"n": "2"}, TaggingDirective="REPLACE", Tagging="")
    seen = head("copy ü")
    equal((seen["ContentType"], seen["Metadata"]), ("binary/octet-stream", {"n": "2"}))
    # A copy is not the source.
    put("source", b"changed")
    equal(get("copy ü")["Body"].read(), BODY)
    s3.delete_object(Bucket="objects", Key="source")
    equal(get("copy ü")["Body"].read(), BODY)
    itself = {"Bucket": "objects", "Key": "copy ü"}
    with refused("InvalidRequest", 400):
        s3.copy_object(Bucket="objects", Key="copy ü", CopySource=itself)
    s3.copy_object(Bucket="objects", Key="copy ü", CopySource=itself, MetadataDirective="REPLACE", Metadata={"o": "3"})
    equal(head("copy ü")["Metadata"], {"o": "3"})
    equal(get("copy ü")["Body"].read(), BODY)
    with refused("PreconditionFailed", 412):
        s3.copy_object(Bucket="objects", Key="x", CopySource=itself, CopySourceIfNoneMatch=head("copy ü")["ETag"])
    with refused("NoSuchKey", 404):
        s3.copy_object(Bucket="objects", Key="x", CopySource={"Bucket": "objects", "Key": "source"})


def test_many_are_deleted_at_once():
    for name in "abc":
        put(f"many/{name}")
    answer = s3.delete_objects(Bucket="objects", Delete={"Objects": [{"Key": f"many/{name}"} for name in "abcd"]})
    equal([it["Key"] for it in answer["Deleted"]], ["many/a", "many/b", "many/c", "many/d"])
    equal(s3.list_objects_v2(Bucket="objects", Prefix="many/")["KeyCount"], 0)
    put("many/a")
    answer = s3.delete_objects(Bucket="objects", Delete={"Quiet": True, "Objects": [{"Key": "many/a"}]})
    assert "Deleted" not in answer and "Errors" not in answer, answer


def test_attributes():
    put("known")
    wanted = ["ETag", "Checksum", "ObjectSize", "StorageClass"]
    seen = s3.get_object_attributes(Bucket="objects", Key="known", ObjectAttributes=wanted)
    equal((seen["ObjectSize"], seen["StorageClass"]), (len(BODY), "STANDARD"))
    equal(seen["Checksum"]["ChecksumType"], "FULL_OBJECT")
    equal(seen["ETag"], hashlib.md5(BODY).hexdigest())


def test_the_acl_is_the_owners():
    put("owned")
    acl = s3.get_object_acl(Bucket="objects", Key="owned")
    equal(acl["Grants"][0]["Permission"], "FULL_CONTROL")
    with refused("AccessControlListNotSupported", 400):
        put("owned", ACL="public-read")


def test_presigned_urls():
    for version in ("s3v4", "s3"):
        signing = client(signature_version=version)
        url = signing.generate_presigned_url("put_object", Params={"Bucket": "objects", "Key": "signed ü"})
        equal(fetch(url, "PUT", b"signed").status, 200)
        url = signing.generate_presigned_url("get_object", Params={"Bucket": "objects", "Key": "signed ü", "ResponseContentType": "x/y"})
        answer = fetch(url)
        equal((answer.body, answer.headers["Content-Type"]), (b"signed", "x/y"))
        old = signing.generate_presigned_url("get_object", Params={"Bucket": "objects", "Key": "signed ü"}, ExpiresIn=-10)
        answer = fetch(old)
        equal(answer.status, 403)
        assert b"<Message>Request has expired</Message>" in answer.body, answer.body


run_all(globals())
