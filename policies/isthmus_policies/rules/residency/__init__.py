"""Data stays in the jurisdictions that the stack names: where it lies, goes and is processed."""
