"""Whether what runs on Google Cloud runs as itself, and not as the project's default account."""

import re

from isthmus_policies.graph import Graph
from isthmus_policies.resource import Resource
from isthmus_policies.values import MISSING, UNKNOWN, reveal
from isthmus_policies.verdict import Fail, Pass, Unknown, Verdict

ACCOUNTS = ("gcp:serviceaccount/account:Account",)
_DEFAULT = re.compile(
    # Source: docs.cloud.google.com/iam/docs/service-account-types#default (Compute Engine's, App
    # Engine's); GKE also takes the word.
    r"default|\d+-compute@developer\.gserviceaccount\.com|.+@appspot\.gserviceaccount\.com"
)


def expect_own_account(resource: Resource, path: str, graph: Graph) -> Verdict:
    """Whether the account at `path` is set and is none that its project made by itself.

    An unknown value passes if it was made from an account of the stack: a new one has no name yet.
    """
    email = reveal(resource.get(path))
    if email is UNKNOWN:
        if graph.references(resource, path, ACCOUNTS):
            return Pass()
        return Unknown("the service account is not known yet, and is not of this stack", path)
    if email is MISSING or email == "":
        return Fail("it runs as the project's default service account", path)
    if isinstance(email, str) and _DEFAULT.fullmatch(email):
        return Fail(f"'{email}' is a default service account of the project", path)
    return Pass()
