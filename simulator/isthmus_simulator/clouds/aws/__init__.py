"""Simulated AWS."""

from isthmus_simulator.clouds.aws.account import Aws

CLOUD = Aws()
