"""Where the topics of the lecture's slides are practised: ``docs/topics.md``, from the headers."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from dlp_keras.course import CourseError
from dlp_keras.course.source import Source

_HEAD = """# Slides and exercises

Built by `dlp build` from the headers of the solutions and `slides.toml`.

| slide | what it says | exercise |
|---|---|---|
"""


def read_slides(path: Path) -> dict[str, str]:
    """Return what the slides say, by their titles."""
    try:
        return dict(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{path} cannot be read: {error}.") from error


def write_topics(slides: dict[str, str], sources: Sequence[Source]) -> str:
    """Return the table of topics.

    Raises
    ------
    CourseError
        If no exercise takes up a slide, or a header names one that does not exist.
    """
    known = {slide for source in sources for slide in source.header.slides}
    if unknown := known - slides.keys():
        raise CourseError(f"No slide is called {', '.join(sorted(unknown))}. See docs/slides.toml.")
    if forgotten := slides.keys() - known:
        raise CourseError(f"No exercise takes up the slides {', '.join(sorted(forgotten))}.")
    rows = []
    for slide, says in slides.items():
        exercises = [source for source in sources if slide in source.header.slides]
        links = ", ".join(f"[{s.name[:4]} · {s.header.title}](../exercises/{s.name}.py)" for s in exercises)
        rows.append(f"| {slide} | {says} | {links} |\n")
    return _HEAD + "".join(rows)
