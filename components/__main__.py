"""Serves the components to Pulumi programs in any language: the plugin that PulumiPlugin.yaml describes."""

from importlib.metadata import version

from pulumi.provider.experimental import component_provider_host

from isthmus import COMPONENTS
from isthmus.serving import describe_shared_fields

if __name__ == "__main__":
    describe_shared_fields()
    component_provider_host(name="isthmus", components=list(COMPONENTS), version=version("isthmus"))
