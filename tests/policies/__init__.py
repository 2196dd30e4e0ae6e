"""Tests of the rules, the evaluator and the policy pack."""
