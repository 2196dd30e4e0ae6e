"""What a stack asks for: the typed configuration, and a loader that reports every mistake at
once."""
