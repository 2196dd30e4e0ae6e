"""Rules on encryption, keys, transport, exposure, residency and tags, and what runs them.

Imports nothing of the components and no cloud SDK: rules see what the engine sees, type tokens and
properties.
"""
