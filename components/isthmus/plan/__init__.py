"""What was decided, in neutral words: pure functions from a Spec and the catalogue to a Plan."""
