"""Uploads in parts."""

import base64
import binascii
import hashlib
import os

from boto3.s3.transfer import TransferConfig
from support import client, equal, refused, run_all

s3 = client()
s3.create_bucket(Bucket="parts")
FIRST = os.urandom(5 << 20)
SECOND = os.urandom(6 << 20)
LAST = b"the end"
WHOLE = FIRST + SECOND + LAST


def begin(key, **more):
    return s3.create_multipart_upload(Bucket="parts", Key=key, **more)["UploadId"]


def put(key, upload, number, body, **more):
    answer = s3.upload_part(Bucket="parts", Key=key, UploadId=upload, PartNumber=number, Body=body, **more)
    known = {name: answer[name] for name in answer if name.startswith("Checksum")}
    return {"PartNumber": number, "ETag": answer["ETag"], **known}


def finish(key, upload, parts, **more):
    return s3.complete_multipart_upload(Bucket="parts", Key=key, UploadId=upload, MultipartUpload={"Parts": parts}, **more)


def bare(parts):
    return [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in parts]


def test_parts_become_an_object():
    upload = begin("whole", ContentType="a/b", Metadata={"m": "1"}, Tagging="t=1")
    # In any order, and one of them twice.
    put("whole", upload, 2, b"not this")
    parts = [put("whole", upload, number, body) for number, body in ((7, LAST), (1, FIRST), (2, SECOND))]
    parts.sort(key=lambda part: part["PartNumber"])
    answer = finish("whole", upload, bare(parts))
    md5 = hashlib.md5(b"".join(hashlib.md5(body).digest() for body in (FIRST, SECOND, LAST))).hexdigest()
    equal(answer["ETag"], f'"{md5}-3"')
    seen = s3.get_object(Bucket="parts", Key="whole")
    assert seen["Body"].read() == WHOLE
    equal((seen["ContentType"], seen["Metadata"], seen["TagCount"]), ("a/b", {"m": "1"}, 1))
    second = s3.get_object(Bucket="parts", Key="whole", PartNumber=2)
    equal((second["PartsCount"], second["ContentLength"]), (3, len(SECOND)))
    assert second["Body"].read() == SECOND
    with refused("NoSuchUpload", 404):
        put("whole", upload, 1, FIRST)
    with refused("NoSuchUpload", 404):
        finish("whole", upload, bare(parts))
    copy = s3.copy_object(Bucket="parts", Key="copy", CopySource={"Bucket": "parts", "Key": "whole"})
    equal(copy["CopyObjectResult"]["ETag"].strip('"'), hashlib.md5(WHOLE).hexdigest())


def test_what_is_wrong_with_the_list_is_said():
    upload = begin("wrong")
    one, two, three = (put("wrong", upload, number, b"small") for number in (1, 2, 3))
    with refused("EntityTooSmall", 400):
        finish("wrong", upload, bare([one, two]))
    with refused("InvalidPartOrder", 400):
        finish("wrong", upload, bare([two, one]))
    with refused("InvalidPart", 400):
        finish("wrong", upload, [{"PartNumber": 1, "ETag": '"0123"'}])
    with refused("InvalidPart", 400):
        finish("wrong", upload, [{"PartNumber": 9, "ETag": one["ETag"]}])
    with refused("MalformedXML", 400):
        finish("wrong", upload, [])
    with refused("InvalidArgument", 400):
        put("wrong", upload, 10_001, b"")
    with refused("NoSuchUpload", 404):
        put("wrong", "nothing", 1, b"")
    finish("wrong", upload, bare([three]))
    equal(s3.get_object(Bucket="parts", Key="wrong")["Body"].read(), b"small")


def test_uploads_and_parts_are_listed():
    uploads = [("list/a", begin("list/a")), ("list/a", begin("list/a")), ("list/b/c", begin("list/b/c"))]
    listed = s3.list_multipart_uploads(Bucket="parts")["Uploads"]
    equal([(it["Key"], it["UploadId"]) for it in listed], uploads)
    for size in (1, 2):
        pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket="parts", PaginationConfig={"PageSize": size})
        equal([(it["Key"], it["UploadId"]) for page in pages for it in page["Uploads"]], uploads)
    folders = s3.list_multipart_uploads(Bucket="parts", Prefix="list/", Delimiter="/")
    equal([it["Prefix"] for it in folders["CommonPrefixes"]], ["list/b/"])
    key, upload = uploads[0]
    for number in (1, 2, 5):
        put(key, upload, number, b"x" * number)
    pages = s3.get_paginator("list_parts").paginate(Bucket="parts", Key=key, UploadId=upload, PaginationConfig={"PageSize": 2})
    equal([(it["PartNumber"], it["Size"]) for page in pages for it in page["Parts"]], [(1, 1), (2, 2), (5, 5)])
    for key, upload in uploads:
        s3.abort_multipart_upload(Bucket="parts", Key=key, UploadId=upload)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="parts")
    with refused("NoSuchUpload", 404):
        s3.abort_multipart_upload(Bucket="parts", Key=key, UploadId=upload)


def test_parts_from_objects():
    s3.put_object(Bucket="parts", Key="source", Body=WHOLE)
    source = {"Bucket": "parts", "Key": "source"}
    upload = begin("copied")
    copy = dict(Bucket="parts", Key="copied", UploadId=upload, CopySource=source)
    ranges = (f"bytes=0-{len(FIRST) - 1}", f"bytes={len(FIRST)}-{len(WHOLE) - 1}")
    parts = []
    for number, wanted in enumerate(ranges, 1):
        answer = s3.upload_part_copy(PartNumber=number, CopySourceRange=wanted, **copy)
        parts.append({"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]})
    with refused("InvalidArgument", 400):
        s3.upload_part_copy(PartNumber=3, CopySourceRange=f"bytes=0-{len(WHOLE)}", **copy)
    finish("copied", upload, parts)
    assert s3.get_object(Bucket="parts", Key="copied")["Body"].read() == WHOLE


def base64_of(digest):
    return base64.b64encode(digest).decode()


def test_checksums_over_parts():
    upload = begin("sha", ChecksumAlgorithm="SHA256")
    parts = [put("sha", upload, number, body, ChecksumAlgorithm="SHA256") for number, body in ((1, FIRST), (2, LAST))]
    equal(parts[0]["ChecksumSHA256"], base64_of(hashlib.sha256(FIRST).digest()))
    with refused("InvalidRequest", 400):
        put("sha", upload, 3, b"", ChecksumAlgorithm="CRC32")
    listed = s3.list_parts(Bucket="parts", Key="sha", UploadId=upload)["Parts"]
    equal([it["ChecksumSHA256"] for it in listed], [part["ChecksumSHA256"] for part in parts])
    with refused("InvalidPart", 400):
        finish("sha", upload, [{**parts[0], "ChecksumSHA256": parts[1]["ChecksumSHA256"]}, parts[1]])
    answer = finish("sha", upload, parts)
    both = hashlib.sha256(FIRST).digest() + hashlib.sha256(LAST).digest()
    expected = base64_of(hashlib.sha256(both).digest()) + "-2"
    equal((answer["ChecksumSHA256"], answer["ChecksumType"]), (expected, "COMPOSITE"))
    seen = s3.get_object_attributes(Bucket="parts", Key="sha", ObjectAttributes=["ObjectParts", "Checksum"])
    equal(seen["ObjectParts"]["TotalPartsCount"], 2)
    equal([it["Size"] for it in seen["ObjectParts"]["Parts"]], [len(FIRST), len(LAST)])


def test_a_checksum_of_the_whole():
    whole = base64_of(binascii.crc32(FIRST + LAST).to_bytes(4, "big"))
    for given, code in (("AAAAAA==", "BadDigest"), (whole, None)):
        upload = begin("crc", ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
        parts = [put("crc", upload, number, body) for number, body in ((1, FIRST), (2, LAST))]
        if code:
            with refused(code, 400):
                finish("crc", upload, parts, ChecksumCRC32=given, ChecksumType="FULL_OBJECT")
            s3.abort_multipart_upload(Bucket="parts", Key="crc", UploadId=upload)
        else:
            answer = finish("crc", upload, parts, ChecksumCRC32=given, ChecksumType="FULL_OBJECT")
            equal((answer["ChecksumCRC32"], answer["ChecksumType"]), (whole, "FULL_OBJECT"))
    with refused("InvalidRequest", 400):
        begin("crc", ChecksumAlgorithm="SHA256", ChecksumType="FULL_OBJECT")


def test_conditions():
    for condition in ({"IfNoneMatch": "*"}, {"IfMatch": '"other"'}):
        s3.put_object(Bucket="parts", Key="there", Body=b"old")
        upload = begin("there")
        part = put("there", upload, 1, b"new")
        with refused("PreconditionFailed", 412):
            finish("there", upload, bare([part]), **condition)
        equal(s3.get_object(Bucket="parts", Key="there")["Body"].read(), b"old")
        finish("there", upload, bare([part]))
        equal(s3.get_object(Bucket="parts", Key="there")["Body"].read(), b"new")


def test_the_transfer_manager():
    with open("file.bin", "wb") as file:
        file.write(WHOLE)
    config = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20, max_concurrency=4)
    s3.upload_file("file.bin", "parts", "managed", Config=config)
    s3.download_file("parts", "managed", "back.bin", Config=config)
    with open("back.bin", "rb") as file:
        assert file.read() == WHOLE


run_all(globals())
