"""Runs a student's file as a script, and says which task is still open, and where."""

import runpy
import sys
import traceback
from pathlib import Path

from dlp_keras.files import short_path


def main(path: str) -> int:
    """Run the file at `path` as ``__main__``; return the exit code."""
    folder = str(Path(path).resolve().parent)
    sys.path.append(folder)
    try:
        runpy.run_path(path, run_name="__main__")
    except NotImplementedError as error:
        if not str(error).startswith("Task "):
            raise
        place = traceback.extract_tb(error.__traceback__)[-1]
        code = Path(path).stem.partition("_")[0]
        print(
            f"{short_path(Path(place.filename))} stops in line {place.lineno}. {error}\n"
            f"Open the file, write your code in that line, then run `dlp check {code}`.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except SyntaxError as error:
        print("".join(traceback.format_exception_only(error)), end="", file=sys.stderr)
        return 1
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        first = next((n for n, frame in enumerate(frames) if frame.filename == path), 0)
        print("".join(traceback.StackSummary.from_list(frames[first:]).format()), end="", file=sys.stderr)
        print("".join(traceback.format_exception_only(error)), end="", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
