//! Policies that AWS has for everybody, as far as functions are given them.

use serde_json::{Value, json};

use super::{escaped, id};
use sha2::{Digest as _, Sha256};

/// Of those that are known only the newest version is.
pub(super) const VERSION: &str = "v1";

const PREFIX: &str = "arn:aws:iam::aws:policy";

/// A policy by its path and name, and what it allows.
#[derive(Debug, Clone, Copy)]
pub(super) struct AwsManaged {
    path: &'static str,
    actions: &'static [&'static str],
}

/// Managed policies of AWS, 2026-11: what their documents allow, in one statement.
pub(super) const ALL: &[AwsManaged] = &[
    AwsManaged {
        path: "/service-role/AWSLambdaBasicExecutionRole",
        actions: &[
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ],
    },
    AwsManaged {
        path: "/service-role/AWSLambdaVPCAccessExecutionRole",
        actions: &[
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
        ],
    },
    AwsManaged {
        path: "/service-role/AWSLambdaSQSQueueExecutionRole",
        actions: &[
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ],
    },
    AwsManaged {
        path: "/service-role/AWSLambdaDynamoDBExecutionRole",
        actions: &[
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ],
    },
    AwsManaged {
        path: "/service-role/AWSLambdaKinesisExecutionRole",
        actions: &[
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
            "kinesis:ListStreams",
            "kinesis:SubscribeToShard",
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ],
    },
    AwsManaged {
        path: "/service-role/AWSLambdaRole",
        actions: &["lambda:InvokeFunction"],
    },
    AwsManaged {
        path: "/AWSXRayDaemonWriteAccess",
        actions: &[
            "xray:PutTraceSegments",
            "xray:PutTelemetryRecords",
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:GetSamplingStatisticSummaries",
        ],
    },
    AwsManaged {
        path: "/AWSLambda_FullAccess",
        actions: &[
            "lambda:*",
            "logs:*",
            "iam:PassRole",
            "iam:GetRole",
            "iam:ListRoles",
        ],
    },
    AwsManaged {
        path: "/AWSLambda_ReadOnlyAccess",
        actions: &[
            "lambda:Get*",
            "lambda:List*",
            "logs:FilterLogEvents",
            "logs:GetLogEvents",
        ],
    },
    AwsManaged {
        path: "/AWSLambdaExecute",
        actions: &["logs:*", "s3:GetObject", "s3:PutObject"],
    },
    AwsManaged {
        path: "/AmazonS3FullAccess",
        actions: &["s3:*", "s3-object-lambda:*"],
    },
    AwsManaged {
        path: "/AmazonS3ReadOnlyAccess",
        actions: &["s3:Get*", "s3:List*", "s3:Describe*"],
    },
    AwsManaged {
        path: "/AmazonDynamoDBFullAccess",
        actions: &["dynamodb:*"],
    },
    AwsManaged {
        path: "/AmazonSQSFullAccess",
        actions: &["sqs:*"],
    },
    AwsManaged {
        path: "/CloudWatchLogsFullAccess",
        actions: &["logs:*"],
    },
    AwsManaged {
        path: "/AdministratorAccess",
        actions: &["*"],
    },
];

/// Whether AWS has it for everybody, known here or not.
pub(super) fn is_aws(arn: &str) -> bool {
    arn.strip_prefix(PREFIX)
        .is_some_and(|path| path.starts_with('/'))
}

pub(super) fn find(arn: &str) -> Option<&'static AwsManaged> {
    let path = arn.strip_prefix(PREFIX)?;
    ALL.iter().find(|policy| policy.path == path)
}

impl AwsManaged {
    pub(super) fn arn(&self) -> String {
        format!("{PREFIX}{}", self.path)
    }

    pub(super) fn name(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    pub(super) fn shown(&self, attachments: usize) -> Value {
        json!({
            "PolicyName": self.name(),
            "PolicyId": id("ANPA", &Sha256::digest(self.path)),
            "Arn": self.arn(),
            "Path": &self.path[..self.path.len() - self.name().len()],
            "DefaultVersionId": VERSION,
            "AttachmentCount": attachments,
            "PermissionsBoundaryUsageCount": 0,
            "IsAttachable": true,
            "CreateDate": CREATED,
            "UpdateDate": CREATED,
        })
    }

    pub(super) fn version(&self) -> Value {
        let document = json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": self.actions, "Resource": "*"}],
        });
        json!({
            "Document": escaped(&document.to_string()),
            "VersionId": VERSION,
            "IsDefaultVersion": true,
            "CreateDate": CREATED,
        })
    }
}

/// Lambda's own policies are of this day.
const CREATED: &str = "2015-04-09T15:03:43Z";
