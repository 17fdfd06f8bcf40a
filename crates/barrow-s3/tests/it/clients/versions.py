"""Versions and delete markers."""

from support import client, equal, refused, run_all

s3 = client()


def bucket(name, status="Enabled"):
    s3.create_bucket(Bucket=name)
    if status:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})


def body(name, key, **more):
    return s3.get_object(Bucket=name, Key=key, **more)["Body"].read()


def put(name, key, text):
    return s3.put_object(Bucket=name, Key=key, Body=text).get("VersionId")


def empty(name):
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name, PaginationConfig={"PageSize": 3}):
        every = page.get("Versions", []) + page.get("DeleteMarkers", [])
        if every:
            objects = [{"Key": it["Key"], "VersionId": it["VersionId"]} for it in every]
            assert "Errors" not in s3.delete_objects(Bucket=name, Delete={"Objects": objects})
    s3.delete_bucket(Bucket=name)


def test_every_version_stays():
    bucket("keep")
    first, second = put("keep", "a", b"1"), put("keep", "a", b"2")
    assert first != second and len(first) == 32
    equal((body("keep", "a"), body("keep", "a", VersionId=first)), (b"2", b"1"))
    seen = s3.head_object(Bucket="keep", Key="a")
    equal(seen["VersionId"], second)
    with refused("NoSuchVersion", 404):
        body("keep", "a", VersionId="x" * 32)
    marker = s3.delete_object(Bucket="keep", Key="a")
    equal(marker["DeleteMarker"], True)
    with refused("NoSuchKey", 404):
        body("keep", "a")
    with refused("MethodNotAllowed", 405):
        body("keep", "a", VersionId=marker["VersionId"])
    with refused("405", 405):
        s3.head_object(Bucket="keep", Key="a", VersionId=marker["VersionId"])
    equal(s3.list_objects_v2(Bucket="keep")["KeyCount"], 0)
    with refused("BucketNotEmpty", 409):
        s3.delete_bucket(Bucket="keep")
    # Without the marker the version before it is the latest again.
    gone = s3.delete_object(Bucket="keep", Key="a", VersionId=marker["VersionId"])
    equal((gone["DeleteMarker"], gone["VersionId"]), (True, marker["VersionId"]))
    equal(body("keep", "a"), b"2")
    equal(s3.delete_object(Bucket="keep", Key="a", VersionId=second)["VersionId"], second)
    equal(body("keep", "a"), b"1")
    empty("keep")


def test_objects_from_before_are_null():
    bucket("late", None)
    assert put("late", "a", b"0") is None
    s3.put_bucket_versioning(Bucket="late", VersioningConfiguration={"Status": "Enabled"})
    equal(s3.head_object(Bucket="late", Key="a")["VersionId"], "null")
    first = put("late", "a", b"1")
    equal(body("late", "a", VersionId="null"), b"0")
    s3.put_bucket_versioning(Bucket="late", VersioningConfiguration={"Status": "Suspended"})
    equal(s3.get_bucket_versioning(Bucket="late")["Status"], "Suspended")
    equal(put("late", "a", b"2"), "null")
    equal((body("late", "a"), body("late", "a", VersionId=first)), (b"2", b"1"))
    marker = s3.delete_object(Bucket="late", Key="a")
    equal((marker["DeleteMarker"], marker["VersionId"]), (True, "null"))
    listed = s3.list_object_versions(Bucket="late")
    equal([it["VersionId"] for it in listed["Versions"]], [first])
    equal([(it["VersionId"], it["IsLatest"]) for it in listed["DeleteMarkers"]], [("null", True)])
    empty("late")


def test_listings_of_versions_come_in_pages():
    bucket("pages")
    expected = []
    for key in ("a", "b/1", "b/2", "c"):
        names = [put("pages", key, str(number).encode()) for number in range(4)]
        expected += [(key, name) for name in reversed(names)]
    for size in (1, 3, 1000):
        found = []
        for page in s3.get_paginator("list_object_versions").paginate(Bucket="pages", PaginationConfig={"PageSize": size}):
            found += [(it["Key"], it["VersionId"]) for it in page.get("Versions", [])]
        equal(found, expected)
    for size in (1, 2, 1000):
        keys, prefixes = [], []
        for page in s3.get_paginator("list_object_versions").paginate(Bucket="pages", Delimiter="/", PaginationConfig={"PageSize": size}):
            keys += [it["Key"] for it in page.get("Versions", [])]
            prefixes += [it["Prefix"] for it in page.get("CommonPrefixes", [])]
        equal((keys, prefixes), (["a"] * 4 + ["c"] * 4, ["b/"]))
    latest = [it["Key"] for it in s3.list_object_versions(Bucket="pages")["Versions"] if it["IsLatest"]]
    equal(latest, ["a", "b/1", "b/2", "c"])
    empty("pages")


def test_a_copy_brings_a_version_back():
    bucket("copies")
    first = put("copies", "a", b"1")
    put("copies", "a", b"2")
    answer = s3.copy_object(Bucket="copies", Key="a", CopySource={"Bucket": "copies", "Key": "a", "VersionId": first})
    equal(answer["CopySourceVersionId"], first)
    equal(body("copies", "a"), b"1")
    equal(body("copies", "a", VersionId=answer["VersionId"]), b"1")
    empty("copies")


def test_deleting_many_leaves_markers():
    bucket("markers")
    first = put("markers", "a", b"1")
    answer = s3.delete_objects(Bucket="markers", Delete={"Objects": [{"Key": "a"}, {"Key": "never"}, {"Key": "a", "VersionId": first}]})
    deleted = answer["Deleted"]
    equal([it.get("DeleteMarker") for it in deleted], [True, True, None])
    equal(deleted[2]["VersionId"], first)
    errors = s3.delete_objects(Bucket="markers", Delete={"Objects": [{"Key": "a", "VersionId": "bad"}]})["Errors"]
    equal([it["Code"] for it in errors], ["InvalidArgument"])
    empty("markers")


def test_tags_belong_to_a_version():
    bucket("tags")
    first = put("tags", "a", b"1")
    put("tags", "a", b"2")
    tags = [{"Key": "old", "Value": "yes"}]
    s3.put_object_tagging(Bucket="tags", Key="a", VersionId=first, Tagging={"TagSet": tags})
    equal(s3.get_object_tagging(Bucket="tags", Key="a")["TagSet"], [])
    equal(s3.get_object_tagging(Bucket="tags", Key="a", VersionId=first)["TagSet"], tags)
    empty("tags")


run_all(globals())
