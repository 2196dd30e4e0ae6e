"""What a stack asks for: the typed shape of its configuration, in neutral words.

Field names are written in camelCase in a stack file. The text under a field is its entry in the
reference and the reason given in an error. Every required field has an example: it is shown in the
reference, and it stands in for a missing or wrong value so that one run can report the mistakes
behind it too.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic.alias_generators import to_camel

from isthmus.spec.values import (
    KUBERNETES_VERSION_PATTERN,
    ChildName,
    Owner,
    Range,
    Selection,
    SiteName,
    Switch,
    WholeNumber,
)
from isthmus_catalog import Cloud


class Environment(StrEnum):
    """Which stage of its life a platform is in."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class DataClassification(StrEnum):
    """How much harm it does when data gets out, from none to the most."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


class Section(BaseModel):
    """Unknown keys are mistakes, values do not change, names are camelCase."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=False,
        validate_by_alias=True,
        extra="forbid",
        frozen=True,
    )


class Platform(Section):
    """Who owns the platform and how its data is classified; every resource is tagged with it."""

    owner: Owner = Field(examples=["ml-platform@example.com"])
    """Team or person who answers for the platform: an e-mail address or a team name, lower case."""
    environment: Environment = Field(examples=["development"])
    """`production` protects keys, stores and clusters against deletion."""
    data_classification: DataClassification = Field(examples=["confidential"])
    """How sensitive the data is: a tag on every resource, and the default of every store."""
    cost_center: Owner | None = None
    """Tagged on every resource when given."""


class Narrower(Section):
    """By classification of data: jurisdictions of which a region with such data must carry one
    too."""

    public: tuple[str, ...] | None = Field(default=None, min_length=1, examples=[["EU"]])
    """Where public data may be."""
    internal: tuple[str, ...] | None = Field(default=None, min_length=1, examples=[["EU"]])
    """Where internal data may be."""
    confidential: tuple[str, ...] | None = Field(default=None, min_length=1, examples=[["DE"]])
    """Where confidential data may be."""
    restricted: tuple[str, ...] | None = Field(default=None, min_length=1, examples=[["DE"]])
    """Where restricted data may be."""

    def told(self) -> dict[DataClassification, tuple[str, ...]]:
        """The classes that something is said of."""
        said = {each: getattr(self, each.value) for each in DataClassification}
        return {each: allowed for each, allowed in said.items() if allowed}


class Residency(Section):
    """Where data may be stored and processed."""

    jurisdictions: tuple[str, ...] = Field(min_length=1, examples=[["EU"]])
    """Tags of the region catalogue: `EU`, `EEA`, `KR`, `US` ... A region must carry at least
    one."""
    by_classification: Narrower = Field(default_factory=Narrower)
    """Narrower jurisdictions for classes of data; what is not said of a class is said of all."""


class Policies(Section):
    """How the policy pack judges this stack."""

    on_unknown: Literal["fail", "warn"] = "fail"
    """What a mandatory rule does when preview cannot know the value it needs."""
    required_tags: tuple[str, ...] = ("owner", "environment", "data-classification")
    """Tags without which the policy pack lets no resource through."""
    remediate: Selection = ()
    """`true` lets the policy pack apply its safe fixes before it judges; a list names the rules
    whose fix it may apply."""


class DataCenter(Section):
    """A data centre of one's own whose addresses no cloud network may use."""

    range: Range = Field(examples=["10.0.0.0/16"])
    """The addresses the data centre uses."""


class AddressPlan(Section):
    """One address plan across all sites and data centres."""

    range: Range = Field(examples=["10.64.0.0/10"])
    """Private range (RFC 1918) that the sites' networks are cut from."""
    data_centers: dict[SiteName, DataCenter] = Field(default_factory=dict)
    """Data centres by name; their ranges may lie inside or outside of the address plan's."""


class Store(Section):
    """A lake store: object storage for datasets and checkpoints, encrypted with the site's data
    key."""

    data_classification: DataClassification | None = None
    """Defaults to the platform's."""
    noncurrent_days: Annotated[WholeNumber, Field(ge=1, le=3650)] = 30
    """Days for which overwritten and deleted objects can be brought back."""


class Pool(Section):
    """A pool of accelerator machines that scales between two sizes."""

    accelerator: str = Field(examples=["nvidia-h100-80gb"])
    """Catalogue name or alias, for example `nvidia-h100-80gb` or `h100`."""
    machine_type: str | None = None
    """Defaults to the offered machine with the most accelerators of that kind."""
    min_nodes: Annotated[WholeNumber, Field(ge=0, le=1000)] = 0
    """Machines that always run; 0 lets the pool fall asleep."""
    max_nodes: Annotated[WholeNumber, Field(ge=1, le=1000)] = 1
    """Machines the pool may grow to."""
    spot: Switch = False
    """Cheaper machines that the cloud may take back at any time."""


class Cluster(Section):
    """A private Kubernetes cluster with a small system pool and accelerator pools."""

    kubernetes_version: str = Field(default="1.34", pattern=KUBERNETES_VERSION_PATTERN)
    """Minor version, in quotes: without them YAML reads 1.30 as the number 1.3."""
    system_machine_type: str | None = None
    """Defaults to a general-purpose machine of the catalogue that the region offers."""
    system_nodes: Annotated[WholeNumber, Field(ge=1, le=100)] = 3
    """Machines for the cluster's own services."""
    pools: dict[ChildName, Pool] = Field(default_factory=dict)
    """Pools of accelerator machines by name."""


class Site(Section):
    """One region of one cloud account: its network, keys, stores and cluster."""

    cloud: Cloud = Field(examples=["aws"])
    """Whose region it is."""
    region: str = Field(examples=["eu-north-1"])
    """The cloud's own name of the region; it must lie in the residency's jurisdictions."""
    account: str | None = None
    """AWS account id, Google Cloud project or Azure subscription id. When given, the provider
    refuses any other one; when left out, the credentials decide."""
    range: Range | None = None
    """The site's network, /16 to /20. Defaults to a free /16 of the address plan (less where the
    plan is smaller than a /12)."""
    zones: Annotated[WholeNumber, Field(ge=1, le=3)] = 3
    """How many availability zones the site's network spans."""
    stores: dict[ChildName, Store] = Field(default_factory=dict)
    """Lake stores by name."""
    cluster: Cluster | None = None
    """Left out, the site has a network, keys and stores only."""
    secrets: dict[ChildName, SecretStr] = Field(default_factory=dict)
    """Put into the cloud's secret store, encrypted with the site's key. Must be set with
    `pulumi config set --secret`."""


class Spec(Section):
    """Everything a stack file says under the project's namespace."""

    platform: Platform
    """Who owns the platform and how its data is classified."""
    residency: Residency
    """Where data may be stored and processed."""
    policies: Policies = Policies()
    """How the policy pack judges this stack."""
    network: AddressPlan
    """The address plan that all sites share."""
    sites: dict[SiteName, Site] = Field(min_length=1)
    """The sites by name."""
