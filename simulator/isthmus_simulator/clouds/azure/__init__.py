"""Simulated Azure."""

from isthmus_simulator.clouds.azure.account import Azure

CLOUD = Azure()
