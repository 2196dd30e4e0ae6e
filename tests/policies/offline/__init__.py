"""Tests of what reads the engine's states and previews."""
