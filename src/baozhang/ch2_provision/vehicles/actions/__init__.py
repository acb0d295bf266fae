"""What is done with terminals, files, quota sheets."""

from .terminals import (
    REGISTER,
    STRANGERS_KEPT,
    Known,
    Told,
    digest_of,
    known,
    log_out,
    move,
    note_card,
    note_media,
    register,
    still_known,
    turn_away,
)

__all__ = [
    "REGISTER", "STRANGERS_KEPT", "Known", "Told", "digest_of", "known", "log_out", "move", "note_card", "note_media", "register",
    "still_known", "turn_away",
]  # fmt: skip
