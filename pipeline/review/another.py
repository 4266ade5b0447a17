"""What is said of a file that holds another picture than the one that was outlined."""


def another_picture(name: str) -> str:
    """A sentence on the file of a photo with this name."""
    return (
        f"{name} holds another picture now than the one that was outlined. "
        "nevus takes the new one in by itself; what was decided on the old one is kept."
    )
