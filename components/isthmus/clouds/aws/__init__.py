"""How the plan is said in the words of Amazon Web Services."""
