"""Judges without an engine: reads what the engine wrote, its states and previews."""
