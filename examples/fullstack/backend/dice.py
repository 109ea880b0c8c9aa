"""Fair dice."""

import secrets


def roll(count: int) -> list[int]:
    return [secrets.randbelow(6) + 1 for _ in range(count)]
