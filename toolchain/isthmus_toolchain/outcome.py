"""What trying one way to the engine comes to."""

from dataclasses import dataclass

from isthmus_toolchain.versions import Version

ENGINE = "pulumi"
LANGUAGE_HOST = "pulumi-language-python"


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine and its Python language host, in a folder and not yet in use."""

    version: Version
    origin: str


@dataclass(frozen=True, slots=True)
class Declined:
    """This way is not open here; another may be."""

    reason: str
