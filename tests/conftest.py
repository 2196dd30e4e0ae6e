"""What holds for every test."""

from hypothesis import settings

# A busy machine must not fail a test: nothing is measured here, `make bench` does that.
settings.register_profile("isthmus", deadline=None)
settings.load_profile("isthmus")
