//! `VpcConfig`: kept and shown. There are no networks here, and none that could be asked.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Refusal;

/// Of hexadecimal digits in what EC2 calls anything since 2018.
const ID_DIGITS: usize = 17;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Vpc {
    #[serde(default)]
    subnet_ids: Vec<String>,
    #[serde(default)]
    security_group_ids: Vec<String>,
    #[serde(default)]
    ipv6_allowed_for_dual_stack: bool,
}

impl Vpc {
    /// An identifier that EC2 could have given is taken to be somebody's; any other is nobody's,
    /// and told of in EC2's words. Groups are looked at first (recorded 2025-11-25).
    pub(super) fn check(&self) -> Result<(), Refusal> {
        if self.subnet_ids.is_empty() != self.security_group_ids.is_empty() {
            return Err(Refusal::invalid(
                "SubnetIds and SecurityIds must coexist or be both empty list.",
            ));
        }
        if let Some(id) = self.security_group_ids.iter().find(|id| !is_given(id)) {
            return Err(Refusal::invalid(format!(
                "Error occurred while DescribeSecurityGroups. EC2 Error Code: \
                 InvalidGroup.NotFound. EC2 Error Message: The security group '{id}' does not exist"
            )));
        }
        if let Some(id) = self.subnet_ids.iter().find(|id| !is_given(id)) {
            return Err(Refusal::invalid(format!(
                "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. \
                 EC2 Error Message: The subnet ID '{id}' does not exist"
            )));
        }
        Ok(())
    }

    /// Which VPC the subnets are in is not known here: it has a name that says so, always the same.
    pub(super) fn shown(&self) -> Value {
        let id = if self.subnet_ids.is_empty() {
            String::new()
        } else {
            format!("vpc-{}", "0".repeat(ID_DIGITS))
        };
        json!({
            "SubnetIds": self.subnet_ids,
            "SecurityGroupIds": self.security_group_ids,
            "VpcId": id,
            "Ipv6AllowedForDualStack": self.ipv6_allowed_for_dual_stack,
        })
    }
}

fn is_given(id: &str) -> bool {
    let digits = id.split_once('-').map_or("", |(_, digits)| digits);
    digits.len() == ID_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(subnets: &[&str], groups: &[&str]) -> Option<String> {
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        let vpc = Vpc {
            subnet_ids: owned(subnets),
            security_group_ids: owned(groups),
            ipv6_allowed_for_dual_stack: false,
        };
        vpc.check().err().map(|refusal| refusal.message)
    }

    #[test]
    fn what_ec2_cannot_have_named_does_not_exist() {
        let (subnet, group) = ("subnet-0123456789abcdef0", "sg-0123456789abcdef0");
        assert_eq!(refused(&[subnet], &[group]), None);
        assert_eq!(refused(&[], &[]), None);
        let told = refused(&["subnet-12345678"], &[group]).unwrap();
        assert!(told.ends_with("The subnet ID 'subnet-12345678' does not exist"));
        let told = refused(&["subnet-12345678"], &["sg-12345678"]).unwrap();
        assert!(told.ends_with("The security group 'sg-12345678' does not exist"));
        assert!(refused(&[subnet], &[]).is_some());
    }
}
