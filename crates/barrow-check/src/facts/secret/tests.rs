//! Each shape, and what only looks like it. The keys are made up here, in pieces, so that no
//! scanner takes this file for a leak.

use super::*;

const RANDOM: &str = "q7Rk2Zp9Wm4Xc6Vb8Nj3Ht5Gf1DsLaYeUo0IvQwTzPrMx7Kb9Cn4";

fn check(path: &str, content: &str, expected: &[(Kind, u32)]) {
    let path = EntryPath::parse(path).unwrap();
    let seen = read(&path, content.as_bytes());
    let seen: Vec<_> = seen.iter().map(|it| (it.kind, it.line)).collect();
    assert_eq!(seen, expected, "{content}");
}

#[test]
fn an_aws_key_is_an_id_with_its_secret_near_it() {
    let id = format!("AKIA{}", "Q3EGRXZP5TKWV7BN");
    let secret = &RANDOM[..40];
    check(
        "config.py",
        &format!("import boto3\nKEY = \"{id}\"\nSECRET = \"{secret}\"\n"),
        &[(Kind::AwsKey, 2)],
    );
    check("config.py", &format!("KEY = \"{id}\"\n"), &[]);
    check(
        "config.py",
        &format!("AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY {id}x {secret}"),
        &[],
    );
}

#[test]
fn a_private_key_has_a_body() {
    let begin = |kind: &str| format!("-----BEGIN {kind}PRIVATE KEY-----");
    let body = &RANDOM[..50];
    check(
        "a.pem",
        &format!("{}\n{body}\n{body}\n", begin("RSA ")),
        &[(Kind::PrivateKey, 1)],
    );
    check(
        "a.py",
        &format!("\nX = \"{}\\n{body}\\n\"", begin("")),
        &[(Kind::PrivateKey, 2)],
    );
    check("a.pem", &format!("{}\n{body}\n", begin("ENCRYPTED ")), &[]);
    check(
        "a.pem",
        &format!("{}\nProc-Type: 4,ENCRYPTED\n{body}", begin("RSA ")),
        &[],
    );
    check(
        "a.py",
        &format!("if text.startswith('{}'):\n", begin("")),
        &[],
    );
    check("a.py", &format!("{}\n{}\n", begin(""), "x".repeat(64)), &[]);
}

#[test]
fn tokens_have_their_length() {
    let token = format!("ghp_{}", &RANDOM[..36]);
    check("a.py", &token, &[(Kind::GitHubToken, 1)]);
    check("a.py", &format!("{token}x"), &[]);
    check("a.py", &format!("ghp_{}", "x".repeat(36)), &[]);
    let token = format!(
        "github_pat_{}_{}{}",
        &RANDOM[..22],
        &RANDOM[..50],
        &RANDOM[..9]
    );
    check("a.py", &token, &[(Kind::GitHubToken, 1)]);
    let token = format!("xoxb-{0}-{0}-{1}", 918_273_645_918_u64, &RANDOM[..24]);
    check("a.py", &token, &[(Kind::SlackToken, 1)]);
    check("a.py", "xoxb-your-token", &[]);
    check(
        "a.py",
        &format!("sk_live_{}", &RANDOM[..24]),
        &[(Kind::StripeKey, 1)],
    );
    check("a.py", &format!("sk_test_{}", &RANDOM[..24]), &[]);
}

#[test]
fn an_environment_file_says_what_is_secret() {
    let content = "# DB_PASSWORD=old-and-gone\nDEBUG=1\nexport DB_PASSWORD='hunter2hunter2'\n\
                   API_TOKEN=$OTHER\nDB_SECRET=changeme\nTOKEN=\n";
    check(".env", content, &[(Kind::Assignment, 3)]);
    check("conf/.env.production", content, &[(Kind::Assignment, 3)]);
    check(".env.example", content, &[]);
    check("app.py", content, &[]);
}

#[test]
fn binaries_are_not_searched() {
    check("a.bin", &format!("\0ghp_{}", &RANDOM[..36]), &[]);
}
