"""Checksums, as clients send them by themselves and as people ask for them."""

import base64
import binascii
import hashlib
import io

from support import client, equal, fetch, refused, run_all, ENDPOINT

s3 = client()
s3.create_bucket(Bucket="sums")
BODY = b"some bytes " * 10_000


def base64_of(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


CRC32 = base64_of(binascii.crc32(BODY).to_bytes(4, "big"))
SHA1 = base64_of(hashlib.sha1(BODY).digest())
SHA256 = base64_of(hashlib.sha256(BODY).digest())


def head(key):
    return s3.head_object(Bucket="sums", Key=key, ChecksumMode="ENABLED")


def test_clients_send_one_by_themselves():
    answer = s3.put_object(Bucket="sums", Key="default", Body=BODY)
    equal((answer["ChecksumCRC32"], answer["ChecksumType"]), (CRC32, "FULL_OBJECT"))
    equal(head("default")["ChecksumCRC32"], CRC32)
    # The client checks what it gets.
    equal(s3.get_object(Bucket="sums", Key="default")["Body"].read(), BODY)
    listed = s3.list_objects_v2(Bucket="sums", Prefix="default")["Contents"][0]
    equal(listed["ChecksumAlgorithm"], ["CRC32"])


def test_each_that_a_client_can_make():
    for algorithm, expected in (("CRC32", CRC32), ("SHA1", SHA1), ("SHA256", SHA256)):
        answer = s3.put_object(Bucket="sums", Key="one", Body=BODY, ChecksumAlgorithm=algorithm)
        equal(answer[f"Checksum{algorithm}"], expected)
        equal(head("one")[f"Checksum{algorithm}"], expected)
        name = f"Checksum{algorithm}"
        s3.put_object(Bucket="sums", Key="one", Body=BODY, **{name: expected})
        with refused("BadDigest", 400):
            s3.put_object(Bucket="sums", Key="one", Body=BODY + b"!", **{name: expected})
    equal(s3.get_object(Bucket="sums", Key="one")["Body"].read(), BODY)


def test_those_that_come_as_plain_headers():
    # Over "123456789".
    for name, value in (("crc32c", "4waSgw=="), ("crc64nvme", "rosUhgp5mIg=")):
        header = {f"x_amz_checksum_{name}": value}
        equal(fetch(f"{ENDPOINT}/sums/plain", "PUT", b"123456789", **header).status, 200)
        equal(head("plain")[f"Checksum{name.upper()}"], value)
        equal(fetch(f"{ENDPOINT}/sums/plain", "PUT", b"12345678", **header).status, 400)
    equal(fetch(f"{ENDPOINT}/sums/none", "PUT", b"123456789").status, 200)
    # What S3 makes where nobody asks.
    equal(head("none")["ChecksumCRC64NVME"], "rosUhgp5mIg=")


def test_a_stream_brings_its_own_behind_it():
    # Of an unsigned stream the length is known and the checksum is not.
    answer = s3.put_object(Bucket="sums", Key="stream", Body=io.BytesIO(BODY), ChecksumAlgorithm="SHA256")
    equal(answer["ChecksumSHA256"], SHA256)
    chunks = f"{len(BODY):x}\r\n".encode() + BODY + b"\r\n0\r\nx-amz-checksum-crc32:%s\r\n\r\n"
    headers = dict(
        x_amz_content_sha256="STREAMING-UNSIGNED-PAYLOAD-TRAILER", x_amz_trailer="x-amz-checksum-crc32",
        x_amz_decoded_content_length=str(len(BODY)), Content_Encoding="aws-chunked",
    )
    url = f"{ENDPOINT}/sums/chunks"
    equal(fetch(url, "PUT", chunks % CRC32.encode(), **headers).status, 200)
    equal(s3.get_object(Bucket="sums", Key="chunks")["Body"].read(), BODY)
    assert "ContentEncoding" not in head("chunks")
    answer = fetch(url, "PUT", chunks % b"AAAAAA==", **headers)
    equal(answer.status, 400)
    assert b"The CRC32 you specified did not match the calculated checksum." in answer.body, answer.body
    headers["x_amz_decoded_content_length"] = "5"
    equal(fetch(url, "PUT", chunks % CRC32.encode(), **headers).status, 400)


def test_md5():
    good = base64_of(hashlib.md5(BODY).digest())
    s3.put_object(Bucket="sums", Key="md5", Body=BODY, ContentMD5=good)
    with refused("BadDigest", 400):
        s3.put_object(Bucket="sums", Key="md5", Body=BODY + b"!", ContentMD5=good)
    with refused("InvalidDigest", 400):
        s3.put_object(Bucket="sums", Key="md5", Body=BODY, ContentMD5="nothing")


def test_a_copy_has_the_one_that_is_asked_for():
    s3.put_object(Bucket="sums", Key="from", Body=BODY)
    source = {"Bucket": "sums", "Key": "from"}
    answer = s3.copy_object(Bucket="sums", Key="to", CopySource=source)["CopyObjectResult"]
    equal(answer["ChecksumCRC32"], CRC32)
    answer = s3.copy_object(Bucket="sums", Key="to", CopySource=source, ChecksumAlgorithm="SHA256")["CopyObjectResult"]
    equal(answer["ChecksumSHA256"], SHA256)
    equal(s3.get_object(Bucket="sums", Key="to")["Body"].read(), BODY)


run_all(globals())
