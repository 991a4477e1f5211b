"""The secret that lies with the results: what the data of the marks are drawn from."""

import secrets
from pathlib import Path

from dlp_keras.course import CourseError


def make_secret(results: Path) -> bytes:
    """Return the secret; it is made with the first run, for the lecturer's eyes only."""
    path = results / "secret"
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(f"{secrets.token_hex(16)}\n", encoding="utf-8")
    return path.read_bytes().strip()


def read_secret(results: Path) -> bytes:
    """Return the secret of earlier runs; raise `CourseError` if there was none."""
    path = results / "secret"
    if not path.is_file():
        raise CourseError(f"Nothing was marked in {results}: there is no secret to replay marks with.")
    return path.read_bytes().strip()
