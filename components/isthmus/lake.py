"""The public component LakeStore."""

from typing import NotRequired

import pulumi

from isthmus.arguments import PlaceArgs, place_of, plan_one_site
from isthmus.clouds import room
from isthmus.references import EndpointReference, KeysReference, endpoint_handle, keys_handle


class LakeStoreArgs(PlaceArgs, KeysReference, EndpointReference):
    """Arguments of LakeStore."""

    store: str
    """The store's name, which ends the names of what is built: two to 24 lower-case letters, digits and
    hyphens."""
    noncurrent_days: NotRequired[int]
    """Days for which overwritten and deleted objects can be brought back, 1 to 3650. Default: 30."""


class LakeStore(pulumi.ComponentResource):
    """Object storage for datasets and checkpoints: encrypted with a key of one's own, TLS only, no public
    access of any kind, versioned, in one region."""

    store_id: pulumi.Output[str]
    """Bucket name, or id of the Azure storage account."""
    url: pulumi.Output[str]
    """Where programs find it: `s3://...`, `gs://...` or `abfss://...`."""

    def __init__(
        self, name: str, args: LakeStoreArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Raises pulumi.InputPropertiesError with every mistake in `args` at once."""
        super().__init__("isthmus:index:LakeStore", name, {}, opts)
        days = args.get("noncurrent_days")
        store = {} if days is None else {"noncurrentDays": days}
        plan = plan_one_site(name, args, stores={args["store"]: store})
        handle = room(plan.cloud, "lake").build_store(
            self, place_of(plan), plan.stores[0], keys_handle(args), endpoint_handle(args)
        )
        self.store_id = handle.store_id
        self.url = handle.url
        self.register_outputs({"storeId": self.store_id, "url": self.url})
