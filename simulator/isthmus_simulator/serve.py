"""Runs one simulated provider as the engine's plugin: `python -m isthmus_simulator.serve aws`."""

import importlib
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from isthmus_simulator.cloud import Cloud
from isthmus_simulator.environment import CACHE_VARIABLE, WORLD_VARIABLE
from isthmus_simulator.provider import SimulatedProvider
from isthmus_simulator.schema import SchemaStore
from isthmus_simulator.world import World

MODULES = {
    "aws": "isthmus_simulator.clouds.aws",
    "gcp": "isthmus_simulator.clouds.gcp",
    "azure-native": "isthmus_simulator.clouds.azure",
}
THREADS = 16
LARGEST_MESSAGE_BYTES = 400 * 1024 * 1024
"""The engine's own limit for plugin messages (rpcutil.GrpcChannelOptions of pulumi/pulumi)."""


def load_cloud(package: str) -> Cloud:
    return importlib.import_module(MODULES[package]).CLOUD


def main(package: str, version: str) -> None:
    world = World(Path(os.environ[WORLD_VARIABLE]))
    schemas = SchemaStore(package, Path(os.environ[CACHE_VARIABLE]) / f"{package}-{version}")
    server = grpc.server(
        ThreadPoolExecutor(max_workers=THREADS),
        options=[
            ("grpc.max_receive_message_length", LARGEST_MESSAGE_BYTES),
            ("grpc.max_send_message_length", LARGEST_MESSAGE_BYTES),
        ],
    )
    provider = SimulatedProvider(load_cloud(package), world, schemas, version)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    threading.Thread(target=_leave_with_parent, args=(os.getppid(),), daemon=True).start()
    server.wait_for_termination()


def _leave_with_parent(parent: int) -> None:
    """The engine may be killed without a word; a plugin that stays would keep writing into the world."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
