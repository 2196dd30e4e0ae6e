"""Simulated Google Cloud."""

from isthmus_simulator.clouds.gcp.account import Gcp

CLOUD = Gcp()
