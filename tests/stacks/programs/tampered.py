"""The AWS example with one thing changed on its way to the engine, as a careless edit would."""

import os
import runpy

import pulumi


def tamper(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    how = os.environ["TAMPER"]
    props = dict(args.props)
    if how == "no-encryption" and args.type_.endswith(":BucketServerSideEncryptionConfiguration"):
        props["rules"] = [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]
    elif how == "open-group" and args.type_.endswith(":SecurityGroupIngressRule"):
        props.pop("referencedSecurityGroupId", None)
        props["cidrIpv4"] = "0.0.0.0/0"
    elif how == "abroad" and args.type_ == "aws:s3/bucket:Bucket":
        props["region"] = "us-east-1"
    else:
        return None
    return pulumi.ResourceTransformResult(props, args.opts)


pulumi.runtime.register_resource_transform(tamper)
runpy.run_path(os.environ["STACKS"], run_name="__main__")
