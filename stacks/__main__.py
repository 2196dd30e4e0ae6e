"""The Pulumi program: configuration -> spec -> plan -> components -> exports."""

from collections.abc import Iterable
from pathlib import Path

import pulumi
from pulumi.runtime.config import get_config_env, get_config_secret_keys_env

from isthmus.arguments import PlaceArgs
from isthmus.clouds import room
from isthmus.cluster import AcceleratorCluster, AcceleratorClusterArgs, PoolArgs
from isthmus.keys import Keys
from isthmus.lake import LakeStore, LakeStoreArgs
from isthmus.network import Network, NetworkArgs
from isthmus.plan.model import ClusterPlan, PoolPlan, SitePlan, StorePlan
from isthmus.plan.stack import plan_stack
from isthmus.references import KeysReference, NetworkReference
from isthmus.runtime import collect_garbage_rarely
from isthmus.spec.load import load_config
from isthmus.spec.model import DataClassification, Platform, Site, Spec
from isthmus.spec.problem import Problem


def main() -> None:
    stack_file = Path(__file__).parent / f"Pulumi.{pulumi.get_stack()}.yaml"
    loaded = load_config(
        get_config_env(), get_config_secret_keys_env(), stack_file, pulumi.get_project()
    )
    planned = plan_stack(loaded)
    if planned.plan is None or loaded.spec is None:
        raise pulumi.RunError(tell(planned.problems))
    for site in planned.plan.sites:
        pulumi.export(site.name, build_site(loaded.spec, site))


def build_site(spec: Spec, plan: SitePlan) -> dict[str, object]:
    """One region of one account: its provider and all that stands there. Returns what is exported."""
    asked = spec.sites[plan.name]
    provider = room(plan.cloud, "provider").make_provider(
        plan.name, plan.region, plan.account, dict(plan.tags)
    )
    opts = pulumi.ResourceOptions(providers=[provider])
    place = place_args(spec.platform, plan)
    keys = Keys(plan.name, {**place, "secrets": secret_values(asked)}, opts)
    held: KeysReference = {
        "key_ids": keys.key_ids,
        "vault_id": keys.vault_id,
        "identity_id": keys.identity_id,
        "key_version_ids": keys.key_version_ids,
    }
    network = Network(plan.name, network_args(place, held, asked, plan), opts)
    stores = {
        store.name: LakeStore(
            f"{plan.name}-{store.name}", store_args(place, held, network, store), opts
        )
        for store in plan.stores
    }
    exports: dict[str, object] = {
        "network": network.network_id,
        "stores": {name: store.url for name, store in stores.items()},
    }
    if plan.cluster:
        args = cluster_args(place, held, network, asked, plan, plan.cluster)
        cluster = AcceleratorCluster(plan.name, args, opts)
        exports["cluster"] = {"id": cluster.cluster_id, "endpoint": cluster.endpoint}
    return exports


def place_args(platform: Platform, plan: SitePlan) -> PlaceArgs:
    place: PlaceArgs = {
        "cloud": plan.cloud,
        "region": plan.region,
        "owner": platform.owner,
        "environment": platform.environment,
        "data_classification": platform.data_classification,
        "site": plan.name,
    }
    if platform.cost_center:
        place["cost_center"] = platform.cost_center
    return place


def secret_values(asked: Site) -> dict[str, pulumi.Input[str]]:
    return {
        name: pulumi.Output.secret(value.get_secret_value())
        for name, value in asked.secrets.items()
    }


def network_args(place: PlaceArgs, held: KeysReference, asked: Site, plan: SitePlan) -> NetworkArgs:
    machines = [pool.machine.name for pool in plan.cluster.pools] if plan.cluster else []
    return {
        **place,
        **held,
        "range": str(plan.network.range),
        "zones": asked.zones,
        "machine_types": machines,
    }


def store_args(
    place: PlaceArgs, held: KeysReference, network: Network, plan: StorePlan
) -> LakeStoreArgs:
    return {
        **place,
        **held,
        "data_classification": DataClassification(plan.data_classification),
        "store": plan.name,
        "noncurrent_days": plan.noncurrent_days,
        "network_id": network.network_id,
        "endpoint_subnet_ids": network.endpoint_subnet_ids,
    }


def cluster_args(
    place: PlaceArgs,
    held: KeysReference,
    network: Network,
    asked: Site,
    plan: SitePlan,
    cluster: ClusterPlan,
) -> AcceleratorClusterArgs:
    stands_in: NetworkReference = {
        "network_id": network.network_id,
        "node_subnet_ids": network.node_subnet_ids,
        "endpoint_subnet_ids": network.endpoint_subnet_ids,
        "control_plane_subnet_id": network.control_plane_subnet_id,
        "node_firewall_id": network.node_firewall_id,
        "fabric_network_ids": network.fabric_network_ids,
        "fabric_subnet_ids": network.fabric_subnet_ids,
    }
    return {
        **place,
        **held,
        **stands_in,
        "range": str(plan.network.range),
        "zones": asked.zones,
        "kubernetes_version": cluster.kubernetes_version,
        "system_machine_type": cluster.system_pool.machine.name,
        "system_nodes": cluster.system_pool.max_nodes,
        "pools": {pool.name: pool_args(pool) for pool in cluster.pools},
    }


def pool_args(pool: PoolPlan) -> PoolArgs:
    return {
        "accelerator": str(pool.machine.accelerator),
        "machine_type": pool.machine.name,
        "min_nodes": pool.min_nodes,
        "max_nodes": pool.max_nodes,
        "spot": pool.spot,
    }


def tell(problems: Iterable[Problem]) -> str:
    """Every mistake with its place, so that one run is enough to mend the file."""
    told = list(problems)
    lines = [f"{len(told)} mistakes in the configuration; nothing was created."]
    for number, one in enumerate(told, start=1):
        place = one.position
        where = "configuration"
        if place and place.line > 0:
            where = f"{place.file}:{place.line}:{place.column}"
        value = "" if one.value is None else f" (value: {one.value})"
        lines.append(
            f"\n{number}. {where}  {one.setting}{value}\n   {one.what}: {one.why}\n   {one.hint}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    collect_garbage_rarely()
    main()
