"""What Google Cloud refuses, and the nearest thing that it takes: a table for the tests."""

from dataclasses import dataclass, field
from typing import Any

NETWORK = "gcp:compute/network:Network"
SUBNET = "gcp:compute/subnetwork:Subnetwork"
FIREWALL = "gcp:compute/firewall:Firewall"
ROUTE = "gcp:compute/route:Route"
INSTANCE = "gcp:compute/instance:Instance"
TEMPLATE = "gcp:compute/instanceTemplate:InstanceTemplate"
CLUSTER = "gcp:container/cluster:Cluster"
POOL = "gcp:container/nodePool:NodePool"
BUCKET = "gcp:storage/bucket:Bucket"
ACCOUNT = "gcp:serviceaccount/account:Account"
MEMBER = "gcp:projects/iAMMember:IAMMember"
RING = "gcp:kms/keyRing:KeyRing"
KEY = "gcp:kms/cryptoKey:CryptoKey"
GRANT = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
SECRET = "gcp:secretmanager/secret:Secret"
ZONE = "gcp:dns/managedZone:ManagedZone"
RECORD = "gcp:dns/recordSet:RecordSet"
SQL = "gcp:sql/databaseInstance:DatabaseInstance"
CONNECTION = "gcp:servicenetworking/connection:Connection"
DATASET = "gcp:bigquery/dataset:Dataset"
TOPIC = "gcp:pubsub/topic:Topic"
SUBSCRIPTION = "gcp:pubsub/subscription:Subscription"
RUN = "gcp:cloudrun/service:Service"

NET_ID = "projects/shop/global/networks/net"
SUBNET_ID = "projects/shop/regions/europe-west4/subnetworks/sub"
KEY_ID = "projects/shop/locations/europe-west4/keyRings/ring/cryptoKeys/key"
STORAGE_AGENT = "serviceAccount:service-{number}@gs-project-accounts.iam.gserviceaccount.com"

Made = tuple[str, dict[str, Any]]
CUSTOM: Made = (NETWORK, {"name": "net", "autoCreateSubnetworks": False})
AUTO: Made = (NETWORK, {"name": "net"})
SUB: Made = (
    SUBNET,
    {
        "name": "sub",
        "network": NET_ID,
        "ipCidrRange": "10.0.0.0/24",
        "secondaryIpRanges": [{"rangeName": "pods", "ipCidrRange": "10.4.0.0/14"}],
    },
)
RING_MADE: Made = (RING, {"name": "ring", "location": "europe-west4"})
KEY_MADE: Made = (
    KEY,
    {"name": "key", "keyRing": "projects/shop/locations/europe-west4/keyRings/ring"},
)


def disk() -> dict[str, Any]:
    return {"initializeParams": {"image": "debian-cloud/debian-12"}}


def machine(**changes: Any) -> dict[str, Any]:
    base = {
        "name": "vm",
        "machineType": "e2-medium",
        "bootDisk": disk(),
        "networkInterfaces": [{"network": "default"}],
    }
    return {**base, **changes}


def cluster(**changes: Any) -> dict[str, Any]:
    base = {"name": "c", "location": "europe-west4", "initialNodeCount": 1}
    return {**base, **changes}


@dataclass(frozen=True, slots=True)
class Case:
    """`bad` is refused with words that match `says`; `good` is taken after the same `before`."""

    what: str
    token: str
    bad: dict[str, Any]
    good: dict[str, Any]
    says: str
    before: tuple[Made, ...] = field(default=())


CASES = (
    Case(
        "a network's name",
        NETWORK,
        {"name": "My_Net"},
        {"name": "my-net"},
        r"Error 400: .*'resource.name': 'My_Net'",
    ),
    Case(
        "a subnet of nothing",
        SUBNET,
        {"name": "s", "network": "nope", "ipCidrRange": "10.0.0.0/24"},
        {"name": "s", "network": "net", "ipCidrRange": "10.0.0.0/24"},
        "'nope' was not found, notFound",
        (CUSTOM,),
    ),
    Case(
        "a range that is none",
        SUBNET,
        {"name": "s", "network": "net", "ipCidrRange": "10.0.0.1/24"},
        {"name": "s", "network": "net", "ipCidrRange": "10.0.0.0/24"},
        "valid CIDR",
        (CUSTOM,),
    ),
    Case(
        "ranges that meet",
        SUBNET,
        {"name": "s", "network": NET_ID, "ipCidrRange": "10.0.0.128/25"},
        {"name": "s", "network": NET_ID, "ipCidrRange": "10.0.1.0/24"},
        "10.0.0.128/25 conflicts with existing subnetwork 'sub' in region 'europe-west4'",
        (CUSTOM, SUB),
    ),
    Case(
        "a range that meets pods",
        SUBNET,
        {"name": "s", "network": NET_ID, "ipCidrRange": "10.5.0.0/16"},
        {"name": "s", "network": NET_ID, "ipCidrRange": "10.8.0.0/16"},
        "conflicts with existing subnetwork",
        (CUSTOM, SUB),
    ),
    Case(
        "own ranges that meet",
        SUBNET,
        {
            "name": "s",
            "network": "net",
            "ipCidrRange": "10.0.0.0/24",
            "secondaryIpRanges": [{"rangeName": "x", "ipCidrRange": "10.0.0.0/16"}],
        },
        {
            "name": "s",
            "network": "net",
            "ipCidrRange": "10.0.0.0/24",
            "secondaryIpRanges": [{"rangeName": "x", "ipCidrRange": "10.1.0.0/16"}],
        },
        "conflicts with",
        (CUSTOM,),
    ),
    Case(
        "a range of automatic subnets",
        SUBNET,
        {"name": "s", "network": "net", "ipCidrRange": "10.150.0.0/16"},
        {"name": "s", "network": "net", "ipCidrRange": "10.120.0.0/16"},
        "cannot overlap with 10.128.0.0/9",
        (AUTO,),
    ),
    Case(
        "a region that is none",
        SUBNET,
        {"name": "s", "network": "net", "ipCidrRange": "10.0.0.0/24", "region": "europe-west99"},
        {"name": "s", "network": "net", "ipCidrRange": "10.0.0.0/24", "region": "us-east1"},
        "Unknown region",
        (CUSTOM,),
    ),
    Case(
        "a firewall without sources",
        FIREWALL,
        {"network": "net", "allows": [{"protocol": "tcp"}]},
        {"network": "net", "allows": [{"protocol": "tcp"}], "sourceRanges": ["0.0.0.0/0"]},
        "one of source_tags, source_ranges",
        (CUSTOM,),
    ),
    Case(
        "a firewall range",
        FIREWALL,
        {"network": "net", "allows": [{"protocol": "tcp"}], "sourceRanges": ["10.0.0.0/33"]},
        {"network": "net", "allows": [{"protocol": "tcp"}], "sourceRanges": ["10.0.0.0/32"]},
        "Error 400: .*'10.0.0.0/33'",
        (CUSTOM,),
    ),
    Case(
        "a firewall that allows and denies",
        FIREWALL,
        {
            "network": "net",
            "direction": "EGRESS",
            "allows": [{"protocol": "tcp"}],
            "denies": [{"protocol": "all"}],
        },
        {"network": "net", "direction": "EGRESS", "denies": [{"protocol": "all"}]},
        "exactly one of `allow,deny`",
        (CUSTOM,),
    ),
    Case(
        "a route to nowhere",
        ROUTE,
        {"network": "net", "destRange": "0.0.0.0/0"},
        {"network": "net", "destRange": "0.0.0.0/0", "nextHopGateway": "default-internet-gateway"},
        "must be specified",
        (CUSTOM,),
    ),
    Case(
        "a machine type that is none",
        INSTANCE,
        machine(machineType="e2-mediun"),
        machine(),
        "Machine type with name 'e2-mediun' does not exist in zone 'europe-west4-a'.*Did you mean e2-medium",
    ),
    Case(
        "a machine type not sold there",
        INSTANCE,
        machine(machineType="a3-megagpu-8g", zone="europe-north1-a"),
        machine(machineType="a2-highgpu-1g", zone="europe-west4-a"),
        "does not exist in zone 'europe-north1-a'",
    ),
    Case(
        "a zone that is none",
        INSTANCE,
        machine(zone="europe-west4-q"),
        machine(zone="europe-west4-b"),
        "Unknown zone",
    ),
    Case(
        "a custom network without a subnet",
        INSTANCE,
        machine(networkInterfaces=[{"network": "net"}]),
        machine(networkInterfaces=[{"network": "net", "subnetwork": "sub"}]),
        "Subnetwork should be specified for custom subnetmode network",
        (CUSTOM, SUB),
    ),
    Case(
        "a machine far from its subnet",
        INSTANCE,
        machine(zone="us-east1-b", networkInterfaces=[{"subnetwork": SUBNET_ID}]),
        machine(networkInterfaces=[{"subnetwork": SUBNET_ID}]),
        "subnetwork is in region europe-west4",
        (CUSTOM, SUB),
    ),
    Case(
        "a GPU that would migrate",
        INSTANCE,
        machine(guestAccelerators=[{"type": "nvidia-tesla-t4", "count": 1}]),
        machine(
            guestAccelerators=[{"type": "nvidia-tesla-t4", "count": 1}],
            scheduling={"onHostMaintenance": "TERMINATE"},
        ),
        "do not support live migration",
    ),
    Case(
        "labels in capitals",
        INSTANCE,
        machine(labels={"Owner": "me"}),
        machine(labels={"owner": "me"}),
        "Label key 'Owner' violates format constraints",
    ),
    Case(
        "a template's machine",
        TEMPLATE,
        {
            "machineType": "n9-standard-1",
            "disks": [{"boot": True}],
            "networkInterfaces": [{"network": "default"}],
        },
        {
            "machineType": "n2-standard-2",
            "disks": [{"boot": True}],
            "networkInterfaces": [{"network": "default"}],
        },
        "n9-standard-1",
    ),
    Case(
        "a cluster's name",
        CLUSTER,
        cluster(name="My_Cluster"),
        cluster(name="my-cluster"),
        "lowercase letters",
    ),
    Case(
        "a cluster's version",
        CLUSTER,
        cluster(minMasterVersion="newest"),
        cluster(minMasterVersion="1.33"),
        'Master version "newest" is unsupported',
    ),
    Case(
        "a cluster's place",
        CLUSTER,
        cluster(location="europe-west77"),
        cluster(location="europe-west1"),
        "Permission denied on 'locations/europe-west77'",
    ),
    Case(
        "pods in a range that is none",
        CLUSTER,
        cluster(
            network="net", subnetwork="sub", ipAllocationPolicy={"clusterSecondaryRangeName": "pod"}
        ),
        cluster(
            network="net",
            subnetwork="sub",
            ipAllocationPolicy={"clusterSecondaryRangeName": "pods"},
        ),
        '"pod" not found in subnetwork',
        (CUSTOM, SUB),
    ),
    Case(
        "two ways to police traffic",
        CLUSTER,
        cluster(datapathProvider="ADVANCED_DATAPATH", networkPolicy={"enabled": True}),
        cluster(datapathProvider="ADVANCED_DATAPATH"),
        "DatapathProvider=ADVANCED_DATAPATH is not allowed",
    ),
    Case(
        "somebody else's workload pool",
        CLUSTER,
        cluster(workloadIdentityConfig={"workloadPool": "other.svc.id.goog"}),
        cluster(workloadIdentityConfig={"workloadPool": "shop.svc.id.goog"}),
        "only supported identity namespace",
    ),
    Case(
        "secrets under a key GKE may not use",
        CLUSTER,
        cluster(databaseEncryption={"state": "ENCRYPTED", "keyName": KEY_ID}),
        cluster(databaseEncryption={"state": "DECRYPTED"}),
        "container-engine-robot",
        (RING_MADE, KEY_MADE),
    ),
    Case(
        "a pool of no cluster",
        POOL,
        {"cluster": "d", "location": "europe-west4"},
        {"cluster": "c", "location": "europe-west4"},
        "Error 404: Not found: d",
        ((CLUSTER, cluster()),),
    ),
    Case(
        "a pool beside its cluster",
        POOL,
        {"cluster": "c", "location": "europe-west4-a"},
        {"cluster": "projects/shop/locations/europe-west4/clusters/c"},
        "Not found: projects/shop/locations/europe-west4-a/clusters/c",
        ((CLUSTER, cluster()),),
    ),
    Case(
        "a pool's machine",
        POOL,
        {
            "cluster": "c",
            "location": "europe-west4",
            "nodeConfig": {"machineType": "a3-edgegpu-8g"},
        },
        {
            "cluster": "c",
            "location": "europe-west4",
            "nodeConfig": {"machineType": "e2-standard-4"},
        },
        "a3-edgegpu-8g",
        ((CLUSTER, cluster()),),
    ),
    Case(
        "a pool with less than its least",
        POOL,
        {
            "cluster": "c",
            "location": "europe-west4",
            "autoscaling": {"minNodeCount": 3, "maxNodeCount": 1},
        },
        {
            "cluster": "c",
            "location": "europe-west4",
            "autoscaling": {"minNodeCount": 1, "maxNodeCount": 3},
        },
        "must not be greater",
        ((CLUSTER, cluster()),),
    ),
    Case(
        "a bucket's name",
        BUCKET,
        {"name": "My-Bucket", "location": "EU"},
        {"name": "my-bucket", "location": "EU"},
        "Invalid bucket name My-Bucket",
    ),
    Case(
        "a bucket that somebody has",
        BUCKET,
        {"name": "taken", "location": "EU"},
        {"name": "free-one", "location": "EU"},
        "Error 409: The requested bucket name is not available",
        ((BUCKET, {"name": "taken", "location": "US"}),),
    ),
    Case(
        "a bucket's place",
        BUCKET,
        {"name": "data-1", "location": "EUROPE-WEST77"},
        {"name": "data-1", "location": "EUROPE-WEST1"},
        "Permission denied on 'locations/EUROPE-WEST77'",
    ),
    Case(
        "a bucket under a key Storage may not use",
        BUCKET,
        {"name": "data-1", "location": "europe-west4", "encryption": {"defaultKmsKeyName": KEY_ID}},
        {"name": "data-1", "location": "europe-west4"},
        "Cloud Storage service account has been authorized to use this key",
        (RING_MADE, KEY_MADE),
    ),
    Case(
        "a service account's id",
        ACCOUNT,
        {"accountId": "App"},
        {"accountId": "app-one"},
        "doesn't match regexp",
    ),
    Case(
        "a service account twice",
        ACCOUNT,
        {"accountId": "app-one"},
        {"accountId": "app-two"},
        "Service account app-one already exists within project projects/shop",
        ((ACCOUNT, {"accountId": "app-one"}),),
    ),
    Case(
        "a grant to nobody",
        MEMBER,
        {
            "project": "shop",
            "role": "roles/viewer",
            "member": "serviceAccount:no-one@shop.iam.gserviceaccount.com",
        },
        {
            "project": "shop",
            "role": "roles/viewer",
            "member": "serviceAccount:app-one@shop.iam.gserviceaccount.com",
        },
        "Service account no-one@shop.* does not exist",
        ((ACCOUNT, {"accountId": "app-one"}),),
    ),
    Case(
        "a member without a kind",
        MEMBER,
        {"project": "shop", "role": "roles/viewer", "member": "me@example.com"},
        {"project": "shop", "role": "roles/viewer", "member": "user:me@example.com"},
        "invalid value for member",
    ),
    Case(
        "a role without its prefix",
        MEMBER,
        {"project": "shop", "role": "viewer", "member": "allUsers"},
        {"project": "shop", "role": "roles/viewer", "member": "allUsers"},
        "Invalid role: viewer",
    ),
    Case(
        "a workload of a pool that is none",
        MEMBER,
        {
            "project": "shop",
            "role": "roles/viewer",
            "member": "serviceAccount:shop.svc.id.goog[ns/sa]",
        },
        {
            "project": "shop",
            "role": "roles/viewer",
            "member": "serviceAccount:rival.svc.id.goog[ns/sa]",
        },
        "Identity Pool does not exist",
    ),
    Case(
        "a key that turns too often",
        KEY,
        {**KEY_MADE[1], "rotationPeriod": "3600s"},
        {**KEY_MADE[1], "rotationPeriod": "7776000s"},
        "greater than one day",
        (RING_MADE,),
    ),
    Case(
        "a secret's copy far from its key",
        SECRET,
        {
            "replication": {
                "userManaged": {
                    "replicas": [
                        {
                            "location": "us-east1",
                            "customerManagedEncryption": {"kmsKeyName": KEY_ID},
                        }
                    ]
                }
            }
        },
        {"replication": {"userManaged": {"replicas": [{"location": "us-east1"}]}}},
        "must be in the same location",
        (RING_MADE, KEY_MADE),
    ),
    Case(
        "a record without its dot",
        RECORD,
        {"managedZone": "z", "name": "www.example.com", "type": "A", "rrdatas": ["1.2.3.4"]},
        {"managedZone": "z", "name": "www.example.com.", "type": "A", "rrdatas": ["1.2.3.4"]},
        "trailing dot",
        ((ZONE, {"name": "z", "dnsName": "example.com."}),),
    ),
    Case(
        "a record of another zone",
        RECORD,
        {"managedZone": "z", "name": "www.example.org.", "type": "A", "rrdatas": ["1.2.3.4"]},
        {"managedZone": "z", "name": "www.example.com.", "type": "A", "rrdatas": ["1.2.3.4"]},
        "Invalid value for 'entity.change.additions",
        ((ZONE, {"name": "z", "dnsName": "example.com."}),),
    ),
    Case(
        "a database in a network without peering",
        SQL,
        {
            "databaseVersion": "POSTGRES_15",
            "settings": {"tier": "t", "ipConfiguration": {"privateNetwork": NET_ID}},
        },
        {"databaseVersion": "POSTGRES_15", "settings": {"tier": "t"}},
        "SERVICE_NETWORKING_NOT_ENABLED",
        (CUSTOM,),
    ),
    Case(
        "a dataset's name",
        DATASET,
        {"datasetId": "my-data"},
        {"datasetId": "my_data"},
        "must contain only letters",
    ),
    Case(
        "a subscription to nothing",
        SUBSCRIPTION,
        {"topic": "news"},
        {"topic": "olds"},
        r"Error 404: Resource not found \(resource=news\)",
        ((TOPIC, {"name": "olds"}),),
    ),
    Case(
        "traffic that is not whole",
        RUN,
        {"location": "europe-west4", "traffics": [{"percent": 50}, {"percent": 40}]},
        {"location": "europe-west4", "traffics": [{"percent": 50}, {"percent": 50}]},
        "must sum to 100",
    ),
)
