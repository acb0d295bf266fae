"""What runs in a process of its own, with the product loaded and one database."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Sets the product up and does the part named first on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baozhang.site.settings")
    import django

    django.setup()
    name, *words = sys.argv[1:]
    if name == "fill":
        from .fill import cards_of, fill

        place = Path(words[0])
        if len(words) == 2:
            fill(int(words[1]), 1_000, place)
        else:
            import json

            from .city import City
            from .fill import _keys

            city = City(**json.loads(place.read_text(), object_hook=_keys))
            cards_of(city, int(words[1]), int(words[2]), int(words[3]))


if __name__ == "__main__":
    main()
