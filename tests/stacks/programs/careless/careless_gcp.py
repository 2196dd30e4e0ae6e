"""The careless stack on Google Cloud: keys, stores, network, cluster, warehouse, notebook, identities."""

import pulumi
import pulumi_gcp as gcp

LABELS = {"owner": "lab", "cost-centre": "4711"}
PLACE = "europe-west4"


def build() -> None:
    key = keys()
    granted = pulumi.ResourceOptions(depends_on=grants(key))
    stores(key, granted)
    network, subnet = networks()
    cluster(network)
    warehouse(key, granted)
    machines(subnet)
    identities()
    secrets(key, granted)


def keys() -> gcp.kms.CryptoKey:
    ring = gcp.kms.KeyRing("ring", location=PLACE)
    key = gcp.kms.CryptoKey(
        "good",
        key_ring=ring.id,
        rotation_period="7776000s",
        destroy_scheduled_duration="2592000s",
        labels=LABELS,
        opts=pulumi.ResourceOptions(protect=True),
    )
    gcp.kms.CryptoKey("stale", key_ring=ring.id, labels=LABELS)
    return key


def grants(key: gcp.kms.CryptoKey) -> list[gcp.kms.CryptoKeyIAMMember]:
    """What Google's own services need to use the key."""
    number = gcp.organizations.get_project_output().number
    agents = {
        "storage": gcp.storage.get_project_service_account_output().email_address,
        "secrets": pulumi.Output.format(
            "service-{0}@gcp-sa-secretmanager.iam.gserviceaccount.com", number
        ),
    }
    return [
        gcp.kms.CryptoKeyIAMMember(
            user,
            crypto_key_id=key.id,
            role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
            member=pulumi.Output.concat("serviceAccount:", agent),
        )
        for user, agent in agents.items()
    ]


def stores(key: gcp.kms.CryptoKey, granted: pulumi.ResourceOptions) -> None:
    gcp.storage.Bucket(
        "lake",
        location=PLACE,
        encryption={"default_kms_key_name": key.id},
        public_access_prevention="enforced",
        uniform_bucket_level_access=True,
        versioning={"enabled": True},
        labels=LABELS,
        opts=granted,
    )
    scratch = gcp.storage.Bucket("scratch", location="US")
    gcp.storage.BucketIAMMember(
        "scratch", bucket=scratch.name, role="roles/storage.objectViewer", member="allUsers"
    )


def networks() -> tuple[gcp.compute.Network, gcp.compute.Subnetwork]:
    network = gcp.compute.Network("net", auto_create_subnetworks=False)
    subnet = gcp.compute.Subnetwork(
        "net", network=network.id, region=PLACE, ip_cidr_range="10.1.0.0/20"
    )
    gcp.compute.Firewall(
        "open",
        network=network.id,
        allows=[{"protocol": "tcp", "ports": ["22"]}],
        source_ranges=["0.0.0.0/0"],
    )
    gcp.compute.Firewall(
        "secret-source",
        network=network.id,
        allows=[{"protocol": "tcp", "ports": ["443"]}],
        source_ranges=pulumi.Output.secret(["203.0.113.0/24"]),
    )
    return network, subnet


def cluster(network: gcp.compute.Network) -> None:
    train = gcp.container.Cluster(
        "train",
        location=PLACE,
        network=network.id,
        initial_node_count=1,
        remove_default_node_pool=True,
        deletion_protection=False,
        resource_labels=LABELS,
    )
    account = gcp.serviceaccount.Account("nodes", account_id="careless-nodes")
    gcp.container.NodePool(
        "gpus",
        cluster=train.name,
        location=PLACE,
        node_count=1,
        network_config={"enable_private_nodes": False},
        node_config={
            "machine_type": "n1-standard-4",
            "service_account": account.email,
            "resource_labels": LABELS,
        },
    )


def warehouse(key: gcp.kms.CryptoKey, granted: pulumi.ResourceOptions) -> None:
    lake = gcp.bigquery.Dataset(
        "sales",
        dataset_id="sales",
        location=PLACE,
        default_encryption_configuration={"kms_key_name": key.id},
        labels=LABELS,
        opts=granted,
    )
    gcp.bigquery.DatasetIamMember(
        "sales",
        dataset_id=lake.dataset_id,
        role="roles/bigquery.dataViewer",
        member="allAuthenticatedUsers",
    )


def machines(subnet: gcp.compute.Subnetwork) -> None:
    gcp.workbench.Instance("notebook", location=f"{PLACE}-a", labels=LABELS)
    gcp.compute.Instance(
        "jump",
        zone=f"{PLACE}-a",
        machine_type="e2-small",
        boot_disk={"initialize_params": {"image": "debian-cloud/debian-12"}},
        network_interfaces=[{"subnetwork": subnet.id, "access_configs": [{}]}],
        labels=LABELS,
    )


def identities() -> None:
    robot = gcp.serviceaccount.Account("robot", account_id="careless-robot")
    gcp.serviceaccount.Key("robot", service_account_id=robot.name)
    gcp.projects.IAMMember(
        "robot", project="careless-project", role="roles/owner",
        member=robot.email.apply(lambda email: f"serviceAccount:{email}"),
    )  # fmt: skip


def secrets(key: gcp.kms.CryptoKey, granted: pulumi.ResourceOptions) -> None:
    token = gcp.secretmanager.Secret(
        "token",
        secret_id="token",
        replication={
            "user_managed": {
                "replicas": [
                    {
                        "location": PLACE,
                        "customer_managed_encryption": {"kms_key_name": key.id},
                    }
                ]
            }
        },
        labels=LABELS,
        opts=granted,
    )
    gcp.secretmanager.SecretVersion(
        "token", secret=token.id, secret_data=pulumi.Output.secret("not-for-you")
    )
    gcp.secretmanager.Secret("anywhere", secret_id="anywhere", replication={"auto": {}})
