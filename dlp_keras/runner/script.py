"""Runs a student's file as a script, and says in one line which task is still open."""

import runpy
import sys
import traceback
from pathlib import Path


def main(path: str) -> int:
    """Run the file at `path` as ``__main__``; return the exit code."""
    folder = str(Path(path).resolve().parent)
    sys.path.append(folder)
    try:
        runpy.run_path(path, run_name="__main__")
    except NotImplementedError as error:
        if not str(error).startswith("Task "):
            raise
        print(f"{Path(path).stem} stops here. {error}", file=sys.stderr)
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
