"""Google's words for no: the errors of its APIs as the provider passes them on."""

from isthmus_simulator.cloud import CloudError


def bad_request(sentence: str, reason: str = "badRequest") -> CloudError:
    return CloudError(f"googleapi: Error 400: {sentence}, {reason}")


def invalid_value(field: str, value: object, sentence: str) -> CloudError:
    return bad_request(f"Invalid value for field '{field}': '{value}'. {sentence}", "invalid")


def not_found(thing: str) -> CloudError:
    return CloudError(f"googleapi: Error 404: {thing} was not found, notFound")


def already_exists(thing: str) -> CloudError:
    return CloudError(f"googleapi: Error 409: {thing} already exists, alreadyExists")


def forbidden_place(place: str) -> CloudError:
    return CloudError(
        f"googleapi: Error 403: Permission denied on 'locations/{place}' (or it may not exist)., forbidden"
    )


def unset(word: str) -> CloudError:
    """The provider's own refusal (pulumi-gcp issue 129)."""
    return CloudError(f"Failed to retrieve {word}, pid: , err: {word}: required field is not set")
