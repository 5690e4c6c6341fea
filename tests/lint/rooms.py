"""The rooms of src/ in the order of the way of the data: a room may include what stands above it, never what stands below."""
import os
import re

# One level per line; rooms of one level do not know each other.
ORDER = [
    ["base"],
    ["sql"],
    ["migration"],
    ["catalog"],
    ["snapshot"],
    ["footprint"],
    ["cost"],
    ["traffic"],
    ["sim"],
    ["forecast", "isolation"],
    ["rewrite"],
    ["policy"],
    ["review"],
    ["rehearse", "plan", "watch"],
    ["report"],
    ["forge"],
    ["api"],
    ["cli"],
]
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}
# What a room must not know at all: (header, the only rooms that may).
ONLY = [
    ("pg_query.h", {"sql"}),
    ("libpq-fe.h", {"snapshot", "rehearse"}),
    ("curl/curl.h", {"forge"}),
    ("ini.h", {"policy"}),
    ("openssl/evp.h", {"base"}),
]
# A client of the public header alone, as any other program would be.
CLIENTS = {"cli": "lockcast"}
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')


def room_of(path):
    """src/cost/price.c -> cost"""
    parts = path.split(os.sep)
    return parts[1] if len(parts) > 2 else None


def check(paths):
    """Yields (path, line, what) for each include that goes down, sideways, or to a library that is another room's."""
    for path in paths:
        room = room_of(path)
        if room not in LEVEL:
            yield path, 1, f"src/{room} is no known room (tests/lint/rooms.py has the list)"
            continue
        with open(path, encoding="utf-8") as f:
            for n, line in enumerate(f, 1):
                m = INCLUDE.match(line)
                if not m:
                    continue
                target = m.group(1) or m.group(2)
                other = target.split("/")[0]
                if m.group(1) and other in LEVEL and other != room and LEVEL[other] >= LEVEL[room]:
                    yield path, n, f"{room} includes {target}, which stands below it"
                if m.group(1) and room in CLIENTS and other not in (room, CLIENTS[room]):
                    yield path, n, f"{room} includes {target}: it knows only {CLIENTS[room]}/*.h"
                for header, allowed in ONLY:
                    if target == header and room not in allowed:
                        yield path, n, f"only {', '.join(sorted(allowed))} may include {header}"
