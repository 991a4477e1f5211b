"""``python -m benchmarks NAME`` runs one benchmark; without a name, the figures of the course itself."""

import importlib
import sys

NAMES = ("course", "course_exercises", "course_seeds", "grading", "grading_peers", "training", "physics")


def main(arguments: list[str]) -> None:
    """Run the benchmark that the first argument names with the others as its options."""
    name, *options = arguments if arguments and not arguments[0].startswith("-") else ["course", *arguments]
    if name not in NAMES:
        sys.exit(f"There is no benchmark {name!r}. There are: {', '.join(NAMES)}.")
    importlib.import_module(f"benchmarks.{name}").main(options)


if __name__ == "__main__":
    main(sys.argv[1:])
