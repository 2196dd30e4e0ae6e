"""Mutation testing of the policy rules: breaks each rule in small ways and asks whether a case notices.

Why our own, and not a library (looked at in 2026-11):

- mutmut 3.8 mutates only what is inside of functions (its page on PyPI says so, and points at the
  former major version for the rest). Half of what a rule says stands outside: types, allowed words,
  limits, paths.
- mutmut forks and runs pytest for each mutant, cosmic-ray starts the test command anew for each.
  Collecting the policy tests takes about four seconds, judging all cases a fifth of a second: with
  thousands of mutants that is hours against a minute.
- Neither knows what is special here: a verdict can be flipped, `expect_true` has a lenient twin, and
  the text of a message decides nothing.

So a mutant is a text edit (`operators.py`) of one statement, which is executed in the module's own
namespace together with whatever is made from it at import, and taken back afterwards (`live.py`); the
cases are judged on resources that are built once (`trials.py`); `run.py` counts; `report.py` tells.
"""
