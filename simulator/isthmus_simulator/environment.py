"""The environment in which plain `pulumi` commands meet the simulated clouds and no real account."""

import os
from collections.abc import Mapping
from pathlib import Path

from isthmus_simulator.plugins import install_plugins

WORLD_VARIABLE = "ISTHMUS_WORLD"
"""Names the folder of the world; worlds stand side by side."""
CACHE_VARIABLE = "ISTHMUS_SCHEMA_CACHE"

REPOSITORY = Path(__file__).resolve().parents[2]
TOOLCHAIN = REPOSITORY / ".toolchain"
DEFAULT_WORLD = REPOSITORY / ".isthmus" / "world"

CREDENTIAL_PREFIXES = (
    "AWS_",
    "GOOGLE_",
    "GCLOUD_",
    "CLOUDSDK_",
    "ARM_",
    "AZURE_",
    "MSI_",
    "IDENTITY_",
)
"""Everything the real providers and their SDKs read accounts and credentials from starts with one of these
(each provider's "Installation & Configuration" page in the Pulumi registry)."""

DROPPED = ("PULUMI_ACCESS_TOKEN", "PYTHONDONTWRITEBYTECODE")
"""A way to a real backend; and a ban on compiled modules, which makes the SDKs compile themselves for some
ten seconds at the start of each program and plugin."""

SIMULATED_ACCOUNT = {
    # Values that no real account accepts, for tools that insist on finding some.
    "AWS_ACCESS_KEY_ID": "AKIASIMULATED0000000",
    "AWS_SECRET_ACCESS_KEY": "simulated",
    "AWS_EC2_METADATA_DISABLED": "true",
    "GOOGLE_OAUTH_ACCESS_TOKEN": "simulated",
    "ARM_CLIENT_ID": "00000000-0000-0000-0000-00000000c11e",
    "ARM_CLIENT_SECRET": "simulated",
}
SIMULATED_DEFAULTS = {
    # Where the simulated account works when a program does not say; kept when the caller sets them.
    "AWS_REGION": "us-east-1",
    "GOOGLE_PROJECT": "isthmus-simulated",
    "GOOGLE_REGION": "us-central1",
    "GOOGLE_ZONE": "us-central1-a",
    "ARM_SUBSCRIPTION_ID": "00000000-0000-0000-0000-0000000000a1",
    "ARM_TENANT_ID": "00000000-0000-0000-0000-0000000000d1",
    "ARM_LOCATION": "westeurope",
}
UNREACHABLE = "/dev/null"
CREDENTIAL_FILES = {
    "AWS_SHARED_CREDENTIALS_FILE": UNREACHABLE,
    "AWS_CONFIG_FILE": UNREACHABLE,
    "GOOGLE_APPLICATION_CREDENTIALS": UNREACHABLE,
    "CLOUDSDK_CONFIG": "/nonexistent/simulated",
    "KUBECONFIG": UNREACHABLE,
    "AZURE_CONFIG_DIR": "/nonexistent/simulated",
}
LOCAL_BACKEND = "file://"
PASSPHRASE = "simulated"
"""Of throw-away states only; a passphrase that the caller has set is kept."""


def world_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of the world that `ISTHMUS_WORLD` names, else the repository's own."""
    return Path(environment.get(WORLD_VARIABLE) or DEFAULT_WORLD).resolve()


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the states of the world's stacks lie: the caller's local backend, else beside the world."""
    asked = environment.get("PULUMI_BACKEND_URL", "")
    is_local = asked.startswith(LOCAL_BACKEND)
    return (
        Path(asked.removeprefix(LOCAL_BACKEND)) if is_local else world_folder(environment) / "state"
    )


def simulated_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The caller's environment without any way to a real account, and with the simulated plugins.

    The state backend is kept when the caller's is a local one (`file://`), so that a world stands for
    itself; else it lies beside the world.
    """
    world = world_folder(environment)
    home = TOOLCHAIN / "home"
    install_plugins(home)
    clean = {
        key: value
        for key, value in environment.items()
        if not key.startswith(CREDENTIAL_PREFIXES) and key not in DROPPED
    }
    chosen = {key: environment.get(key, value) for key, value in SIMULATED_DEFAULTS.items()}
    (world / "state").mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        **clean,
        **chosen,
        **SIMULATED_ACCOUNT,
        **CREDENTIAL_FILES,
        "PATH": os.pathsep.join(
            [str(TOOLCHAIN / "bin"), str(REPOSITORY / ".venv" / "bin"), environment.get("PATH", "")]
        ),
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": f"{LOCAL_BACKEND}{state_folder(environment)}",
        "PULUMI_CONFIG_PASSPHRASE": environment.get("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        WORLD_VARIABLE: str(world),
        CACHE_VARIABLE: str(TOOLCHAIN / "schemas"),
    }
