"""A service that was started with keys."""

import time

from botocore import UNSIGNED
from support import client, equal, fetch, refused, run_all, ENDPOINT

s3 = client()
s3.create_bucket(Bucket="locked")
s3.put_object(Bucket="locked", Key="a b+ü", Body=b"text")


def test_the_right_key_opens():
    equal(s3.get_object(Bucket="locked", Key="a b+ü")["Body"].read(), b"text")


def test_no_key_and_wrong_keys_do_not():
    with refused("InvalidAccessKeyId", 403):
        client(aws_access_key_id="AKIDOTHER").list_buckets()
    with refused("SignatureDoesNotMatch", 403):
        client(aws_secret_access_key="wrong").list_buckets()
    with refused("AccessDenied", 403):
        client(signature_version=UNSIGNED).list_objects_v2(Bucket="locked")
    equal(fetch(f"{ENDPOINT}/locked/a").status, 403)


def test_presigned_urls_are_verified():
    for version in ("s3v4", "s3"):
        signing = client(signature_version=version)
        url = signing.generate_presigned_url("get_object", Params={"Bucket": "locked", "Key": "a b+ü"})
        equal(fetch(url).body, b"text")
        equal(fetch(url.replace("a%20b", "a%20c")).status, 403)
        expired = signing.generate_presigned_url("get_object", Params={"Bucket": "locked", "Key": "a b+ü"}, ExpiresIn=1)
        time.sleep(2.1)
        equal(fetch(expired).status, 403)


def test_trailing_checksums_are_verified():
    answer = s3.put_object(Bucket="locked", Key="sum", Body=b"123456789", ChecksumAlgorithm="CRC32")
    equal(answer["ChecksumCRC32"], "y/Q5Jg==")


run_all(globals())
