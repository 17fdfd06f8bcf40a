"""Buckets: regions, owners, and what is stored on them."""

import json

from support import client, equal, fetch, names_of_loopback, refused, run_all, ENDPOINT

s3 = client()


def test_a_bucket_is_where_it_was_made():
    equal(s3.create_bucket(Bucket="here")["Location"], "/here")
    equal(s3.get_bucket_location(Bucket="here")["LocationConstraint"], None)
    equal(s3.head_bucket(Bucket="here")["BucketRegion"], "us-east-1")
    there = client(region_name="eu-west-1")
    with refused("IllegalLocationConstraintException", 400):
        there.create_bucket(Bucket="there")
    there.create_bucket(Bucket="there", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    equal(there.get_bucket_location(Bucket="there")["LocationConstraint"], "eu-west-1")
    equal(s3.head_bucket(Bucket="there")["BucketRegion"], "eu-west-1")
    with refused("InvalidLocationConstraint", 400):
        s3.create_bucket(Bucket="nowhere", CreateBucketConfiguration={"LocationConstraint": "us-east-1"})
    # In the oldest region a second time is as good as the first.
    s3.create_bucket(Bucket="here")
    with refused("BucketAlreadyOwnedByYou", 409):
        there.create_bucket(Bucket="there", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.delete_bucket(Bucket="here")
    s3.delete_bucket(Bucket="there")
    with refused("404"):
        s3.head_bucket(Bucket="here")
    with refused("NoSuchBucket", 404):
        s3.delete_bucket(Bucket="here")


def test_names_are_checked():
    for name in ("Not_A_Name", "ab", "x" * 64, "192.168.0.1"):
        answer = fetch(f"{ENDPOINT}/{name}", "PUT")
        equal(answer.status, 400)
        assert b"<Message>The specified bucket is not valid.</Message>" in answer.body, answer.body


def test_buckets_are_listed_in_pages():
    for name in ("list-a", "list-b", "list-c", "other"):
        s3.create_bucket(Bucket=name)
    equal([it["Name"] for it in s3.list_buckets()["Buckets"]], ["list-a", "list-b", "list-c", "other"])
    pages = s3.get_paginator("list_buckets").paginate(Prefix="list-", PaginationConfig={"PageSize": 2})
    equal([[it["Name"] for it in page["Buckets"]] for page in pages], [["list-a", "list-b"], ["list-c"]])
    for name in ("list-a", "list-b", "list-c", "other"):
        s3.delete_bucket(Bucket=name)


def test_accounts_are_apart():
    one, two = (client(aws_access_key_id=account * 12) for account in "12")
    one.create_bucket(Bucket="mine")
    equal([it["Name"] for it in two.list_buckets()["Buckets"]], [])
    assert one.list_buckets()["Owner"] != two.list_buckets()["Owner"]
    with refused("BucketAlreadyExists", 409):
        two.create_bucket(Bucket="mine")
    with refused("AccessDenied", 403):
        two.list_objects_v2(Bucket="mine")
    with refused("403"):
        two.head_bucket(Bucket="mine")
    with refused("AccessDenied", 403):
        one.list_objects_v2(Bucket="mine", ExpectedBucketOwner="2" * 12)
    one.list_objects_v2(Bucket="mine", ExpectedBucketOwner="1" * 12)
    one.delete_bucket(Bucket="mine")


def test_new_buckets_are_as_amazons():
    s3.create_bucket(Bucket="new")
    rules = s3.get_bucket_encryption(Bucket="new")["ServerSideEncryptionConfiguration"]["Rules"]
    equal(rules[0]["ApplyServerSideEncryptionByDefault"], {"SSEAlgorithm": "AES256"})
    blocked = s3.get_public_access_block(Bucket="new")["PublicAccessBlockConfiguration"]
    equal(set(blocked.values()), {True})
    ownership = s3.get_bucket_ownership_controls(Bucket="new")["OwnershipControls"]
    equal(ownership, {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
    acl = s3.get_bucket_acl(Bucket="new")
    equal(acl["Grants"][0]["Grantee"]["ID"], acl["Owner"]["ID"])
    equal(acl["Grants"][0]["Permission"], "FULL_CONTROL")
    assert "Status" not in s3.get_bucket_versioning(Bucket="new")
    equal(s3.get_bucket_request_payment(Bucket="new")["Payer"], "BucketOwner")
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket="new")
    assert "Status" not in s3.get_bucket_accelerate_configuration(Bucket="new")
    for read, code in (
        (s3.get_bucket_policy, "NoSuchBucketPolicy"),
        (s3.get_bucket_tagging, "NoSuchTagSet"),
        (s3.get_bucket_lifecycle_configuration, "NoSuchLifecycleConfiguration"),
        (s3.get_bucket_cors, "NoSuchCORSConfiguration"),
        (s3.get_bucket_website, "NoSuchWebsiteConfiguration"),
        (s3.get_bucket_replication, "ReplicationConfigurationNotFoundError"),
        (s3.get_object_lock_configuration, "ObjectLockConfigurationNotFoundError"),
    ):
        with refused(code, 404):
            read(Bucket="new")
    with refused("NotImplemented", 501):
        s3.put_bucket_cors(Bucket="new", CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]})
    with refused("AccessControlListNotSupported", 400):
        s3.put_bucket_acl(Bucket="new", ACL="public-read")
    s3.put_bucket_acl(Bucket="new", ACL="private")
    s3.delete_bucket(Bucket="new")


def test_documents_come_back_as_they_went():
    s3.create_bucket(Bucket="settings")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::settings/*"}]}
    s3.put_bucket_policy(Bucket="settings", Policy=json.dumps(policy))
    equal(json.loads(s3.get_bucket_policy(Bucket="settings")["Policy"]), policy)
    with refused("MalformedPolicy", 400):
        s3.put_bucket_policy(Bucket="settings", Policy="no JSON")
    s3.delete_bucket_policy(Bucket="settings")
    with refused("NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket="settings")

    tags = [{"Key": "team", "Value": "blue & green"}, {"Key": "a", "Value": ""}]
    s3.put_bucket_tagging(Bucket="settings", Tagging={"TagSet": tags})
    equal(s3.get_bucket_tagging(Bucket="settings")["TagSet"], tags)
    s3.delete_bucket_tagging(Bucket="settings")

    rules = [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "log/"}, "Expiration": {"Days": 30}}]
    s3.put_bucket_lifecycle_configuration(Bucket="settings", LifecycleConfiguration={"Rules": rules})
    equal(s3.get_bucket_lifecycle_configuration(Bucket="settings")["Rules"], rules)
    s3.delete_bucket_lifecycle(Bucket="settings")

    encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/k"}, "BucketKeyEnabled": True}]}
    s3.put_bucket_encryption(Bucket="settings", ServerSideEncryptionConfiguration=encryption)
    equal(s3.get_bucket_encryption(Bucket="settings")["ServerSideEncryptionConfiguration"], encryption)
    s3.delete_bucket_encryption(Bucket="settings")

    some = {"BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": True, "RestrictPublicBuckets": False}
    s3.put_public_access_block(Bucket="settings", PublicAccessBlockConfiguration=some)
    equal(s3.get_public_access_block(Bucket="settings")["PublicAccessBlockConfiguration"], some)
    s3.delete_public_access_block(Bucket="settings")
    with refused("NoSuchPublicAccessBlockConfiguration", 404):
        s3.get_public_access_block(Bucket="settings")

    controls = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    s3.put_bucket_ownership_controls(Bucket="settings", OwnershipControls=controls)
    equal(s3.get_bucket_ownership_controls(Bucket="settings")["OwnershipControls"], controls)
    s3.delete_bucket_ownership_controls(Bucket="settings")
    with refused("OwnershipControlsNotFoundError", 404):
        s3.get_bucket_ownership_controls(Bucket="settings")

    arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
    wanted = {"LambdaFunctionConfigurations": [{"Id": "x", "LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}}}]}
    s3.put_bucket_notification_configuration(Bucket="settings", NotificationConfiguration=wanted)
    seen = s3.get_bucket_notification_configuration(Bucket="settings")
    rule = seen["LambdaFunctionConfigurations"][0]
    equal((rule["Id"], rule["LambdaFunctionArn"], rule["Events"]), ("x", arn, ["s3:ObjectCreated:*"]))
    s3.delete_bucket(Bucket="settings")


def test_the_bucket_may_stand_in_the_host():
    s3.create_bucket(Bucket="virtual")
    s3.put_object(Bucket="virtual", Key="a/b", Body=b"x")
    port = ENDPOINT.rsplit(":", 1)[1]
    for host in (f"virtual.localhost:{port}", f"virtual.s3.localhost:{port}", f"virtual.s3.us-east-1.localhost:{port}"):
        equal(fetch(f"{ENDPOINT}/a/b", Host=host).body, b"x")
    by_host = client(style="virtual", endpoint_url=f"http://localhost:{port}")
    with names_of_loopback():
        equal(by_host.get_object(Bucket="virtual", Key="a/b")["Body"].read(), b"x")
    s3.delete_object(Bucket="virtual", Key="a/b")
    s3.delete_bucket(Bucket="virtual")


def test_errors_say_what_they_are_about():
    answer = fetch(f"{ENDPOINT}/no-such-bucket/a&b")
    equal(answer.status, 404)
    request_id = answer.headers["x-amz-request-id"]
    for part in ("<Code>NoSuchBucket</Code>", "<Message>The specified bucket does not exist</Message>",
                 "<Resource>/no-such-bucket/a&amp;b</Resource>", f"<RequestId>{request_id}</RequestId>"):
        assert part in answer.body.decode(), answer.body


run_all(globals())
