"""What is done with terminals, files, quota sheets."""

from .terminals import (
    REGISTER,
    STRANGERS_KEPT,
    Entered,
    Known,
    Told,
    digest_of,
    entered,
    log_out,
    move,
    note_card,
    note_media,
    put_out,
    register,
    turn_away,
)

__all__ = [
    "REGISTER", "STRANGERS_KEPT", "Entered", "Known", "Told", "digest_of", "entered", "log_out", "move", "note_card", "note_media", "put_out", "register",
    "turn_away",
]  # fmt: skip
