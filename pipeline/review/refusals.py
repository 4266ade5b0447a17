"""What is said where a decision can't be stored or taken back."""

from db.values import Decision, PhotoDetails


def overruled(details: PhotoDetails, since: Decision) -> str:
    """Somebody else has decided since."""
    return (
        f"{since.reviewer} has decided {details.name} since you did: {since.kind}. That stands, "
        "and no other decision of yours is left to take back."
    )


def nothing_to_accept(details: PhotoDetails) -> str:
    """There is no outline."""
    return (
        f"{details.name} has no outline yet, so there is none to accept. Draw one, or say that "
        "there is no lesion, or skip it."
    )
