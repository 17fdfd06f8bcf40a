//! STS and IAM, as tools that deploy functions use them.

use crate::case::{Answer, Case};

const TRUST: &str = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D";

fn iam(case: &Case, form: &str) -> Answer {
    case.form(&format!("Version=2010-05-08&Action={form}"))
}

#[test]
fn a_role_lives_as_long_as_nothing_hangs_on_it() {
    let case = Case::new();
    let create = format!("CreateRole&RoleName=r&Path=/x/&AssumeRolePolicyDocument={TRUST}");
    let made = iam(&case, &create);
    assert_eq!(made.element("Arn"), "arn:aws:iam::123456789012:role/x/r");
    assert_eq!(made.element("AssumeRolePolicyDocument"), TRUST);
    let again = iam(&case, &create);
    assert_eq!(
        (again.status, again.element("Code")),
        (409, "EntityAlreadyExists")
    );
    assert_eq!(again.element("Message"), "Role with name r already exists.");

    let basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    assert_eq!(
        iam(
            &case,
            &format!("AttachRolePolicy&RoleName=r&PolicyArn={basic}")
        )
        .status,
        200
    );
    let inline = format!("PutRolePolicy&RoleName=r&PolicyName=p&PolicyDocument={TRUST}");
    assert_eq!(iam(&case, &inline).status, 200);
    let got = iam(&case, "GetRolePolicy&RoleName=r&PolicyName=p");
    assert_eq!(got.element("PolicyDocument"), TRUST);
    let attached = iam(&case, "ListAttachedRolePolicies&RoleName=r");
    assert_eq!(
        attached.element("PolicyName"),
        "AWSLambdaBasicExecutionRole"
    );

    let conflict = iam(&case, "DeleteRole&RoleName=r");
    assert_eq!(
        (conflict.status, conflict.element("Code")),
        (409, "DeleteConflict")
    );
    for form in [
        format!("DetachRolePolicy&RoleName=r&PolicyArn={basic}"),
        "DeleteRolePolicy&RoleName=r&PolicyName=p".into(),
        "DeleteRole&RoleName=r".into(),
    ] {
        let answer = iam(&case, &form);
        assert_eq!(answer.status, 200, "{form}: {}", answer.body);
    }
    let gone = iam(&case, "GetRole&RoleName=r");
    assert_eq!((gone.status, gone.element("Code")), (404, "NoSuchEntity"));
}

#[test]
fn policies_have_versions_and_one_that_counts() {
    let case = Case::new();
    let made = iam(
        &case,
        &format!("CreatePolicy&PolicyName=p&PolicyDocument={TRUST}"),
    );
    let arn = made.element("Arn").to_owned();
    assert_eq!(arn, "arn:aws:iam::123456789012:policy/p");
    let other = format!(
        "CreatePolicyVersion&PolicyArn={arn}&SetAsDefault=true&PolicyDocument=%7B%22Statement%22%3A1%7D"
    );
    assert_eq!(iam(&case, &other).element("VersionId"), "v2");
    assert_eq!(
        iam(&case, &format!("GetPolicy&PolicyArn={arn}")).element("DefaultVersionId"),
        "v2"
    );
    let first = iam(
        &case,
        &format!("GetPolicyVersion&PolicyArn={arn}&VersionId=v1"),
    );
    assert_eq!(first.element("Document"), TRUST);
    let two = iam(&case, &format!("DeletePolicy&PolicyArn={arn}"));
    assert_eq!(two.element("Code"), "DeleteConflict");
    let default = iam(
        &case,
        &format!("DeletePolicyVersion&PolicyArn={arn}&VersionId=v2"),
    );
    assert_eq!(default.element("Code"), "DeleteConflict");
    assert_eq!(
        iam(
            &case,
            &format!("DeletePolicyVersion&PolicyArn={arn}&VersionId=v1")
        )
        .status,
        200
    );
    assert_eq!(
        iam(&case, &format!("DeletePolicy&PolicyArn={arn}")).status,
        200
    );
    let wrong = iam(&case, "CreatePolicy&PolicyName=q&PolicyDocument=%7B");
    assert_eq!(wrong.element("Code"), "MalformedPolicyDocument");
}

#[test]
fn lists_come_in_pages() {
    let case = Case::new();
    for name in ["a", "b", "c"] {
        iam(
            &case,
            &format!("CreateRole&RoleName={name}&AssumeRolePolicyDocument={TRUST}"),
        );
    }
    let first = iam(&case, "ListRoles&MaxItems=2");
    assert_eq!(first.element("IsTruncated"), "true");
    assert_eq!(first.body.matches("<RoleName>").count(), 2);
    let second = iam(
        &case,
        &format!("ListRoles&MaxItems=2&Marker={}", first.element("Marker")),
    );
    assert_eq!(second.element("IsTruncated"), "false");
    assert_eq!(second.element("RoleName"), "c");
}

#[test]
fn what_the_model_does_not_allow_is_a_validation_error() {
    let case = Case::new();
    let answer = iam(&case, "CreateRole&RoleName=a%20b");
    assert_eq!(
        (answer.status, answer.element("Code")),
        (400, "ValidationError")
    );
    let message = answer.element("Message");
    assert!(
        message.starts_with("2 validation errors detected: "),
        "{message}"
    );
    let answer = iam(&case, "RemoveUniverse");
    assert_eq!(
        answer.element("Message"),
        "The action RemoveUniverse is not valid for this web service."
    );
}

#[test]
fn an_access_key_of_twelve_digits_is_an_account() {
    let case = Case::new();
    for (key, account) in [("000000000002", "000000000002"), ("test", "123456789012")] {
        let signature =
            format!("AWS4-HMAC-SHA256 Credential={key}/20261121/us-east-1/sts/aws4_request");
        let headers = [("authorization", signature.as_str())];
        let form = "Action=GetCallerIdentity&Version=2011-06-15";
        let answer = case.ask("POST /", &headers, form);
        assert_eq!(answer.element("Account"), account);
        assert_eq!(
            answer.element("Arn"),
            format!("arn:aws:iam::{account}:root")
        );
    }
}
