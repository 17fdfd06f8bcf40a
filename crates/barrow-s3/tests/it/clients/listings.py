"""Listings of more keys than one page has."""

from support import client, equal, refused, run_all

s3 = client()
s3.create_bucket(Bucket="many")
KEYS = sorted([f"a/{number:04}" for number in range(1100)] + [f"b/{number % 7}/{number}" for number in range(40)] + ["c", "d ü+&", "e"], key=str.encode)


def fill():
    for key in KEYS:
        s3.put_object(Bucket="many", Key=key, Body=b"")


fill()


def pages(operation, **wanted):
    return list(s3.get_paginator(operation).paginate(Bucket="many", **wanted))


def keys(found):
    return [it["Key"] for page in found for it in page.get("Contents", [])]


def prefixes(found):
    return [it["Prefix"] for page in found for it in page.get("CommonPrefixes", [])]


def test_both_versions_give_all_keys():
    for operation in ("list_objects", "list_objects_v2"):
        found = pages(operation)
        equal(keys(found), KEYS)
        equal([len(page["Contents"]) for page in found], [1000, len(KEYS) - 1000])
        equal([page["IsTruncated"] for page in found], [True, False])


def test_small_pages():
    for operation in ("list_objects", "list_objects_v2"):
        found = pages(operation, Prefix="b/", PaginationConfig={"PageSize": 7})
        equal(keys(found), [key for key in KEYS if key.startswith("b/")])
        assert all(len(page["Contents"]) <= 7 for page in found)


def test_delimiters():
    for operation in ("list_objects", "list_objects_v2"):
        for size in (1000, 1, 2):
            found = pages(operation, Delimiter="/", PaginationConfig={"PageSize": size})
            equal((keys(found), prefixes(found)), (["c", "d ü+&", "e"], ["a/", "b/"]))
        found = pages(operation, Delimiter="/", Prefix="b/", PaginationConfig={"PageSize": 3})
        equal((keys(found), prefixes(found)), ([], [f"b/{number}/" for number in range(7)]))
        found = pages(operation, Delimiter="/0", Prefix="")
        equal(prefixes(found), ["a/0", "b/0"])


def test_counts():
    answer = s3.list_objects_v2(Bucket="many", Delimiter="/", MaxKeys=3)
    equal((answer["KeyCount"], answer["MaxKeys"], answer["IsTruncated"]), (3, 3, True))
    equal(s3.list_objects_v2(Bucket="many", MaxKeys=5000)["MaxKeys"], 1000)
    none = s3.list_objects_v2(Bucket="many", MaxKeys=0)
    equal((none["KeyCount"], none["IsTruncated"]), (0, False))
    empty = s3.list_objects_v2(Bucket="many", Prefix="nothing")
    assert "Contents" not in empty and "CommonPrefixes" not in empty, empty


def test_where_to_begin():
    after = s3.list_objects_v2(Bucket="many", StartAfter="b/6/6")
    equal(keys([after]), [key for key in KEYS if key > "b/6/6"])
    marker = s3.list_objects(Bucket="many", Marker="c")
    equal(keys([marker]), ["d ü+&", "e"])
    # A common prefix as the marker stands for all of its keys.
    marker = s3.list_objects(Bucket="many", Marker="a/", Delimiter="/")
    equal((keys([marker]), prefixes([marker])), (["c", "d ü+&", "e"], ["b/"]))
    with refused("InvalidArgument", 400):
        s3.list_objects_v2(Bucket="many", ContinuationToken="nonsense")


def test_owners_where_they_are_asked_for():
    assert "Owner" not in s3.list_objects_v2(Bucket="many", MaxKeys=1)["Contents"][0]
    assert "Owner" in s3.list_objects_v2(Bucket="many", MaxKeys=1, FetchOwner=True)["Contents"][0]
    assert "Owner" in s3.list_objects(Bucket="many", MaxKeys=1)["Contents"][0]


def test_characters_that_xml_does_not_have():
    s3.put_object(Bucket="many", Key="x\x01y", Body=b"")
    equal(keys([s3.list_objects_v2(Bucket="many", Prefix="x")]), ["x\x01y"])
    s3.delete_object(Bucket="many", Key="x\x01y")


run_all(globals())
