"""Greetings in several languages."""

import json
from importlib.resources import files

WORDS: dict[str, str] = json.loads((files(__package__) / "words.json").read_text("utf-8"))


def greet(name: str, language: str = "en") -> str:
    """Greet somebody; a language that is not known is answered in English."""
    return f"{WORDS.get(language, WORDS['en'])}, {name}!"
