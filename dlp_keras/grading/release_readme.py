"""What the folder that is handed out says of itself: to students, and to lecturers."""

from collections.abc import Iterable
from string import Template

from dlp_keras.course.catalog import Exercise
from dlp_keras.course.notebook import PACKAGE

_STUDENTS = Template("""\
# Deep learning for physics, hands-on

You complete short exercises in NumPy and Keras, see your networks learn, and get marks at once.

## Install

Python 3.11, 3.12 or 3.13. Once, in this folder:

```bash
python3 -m venv .venv
source .venv/bin/activate        # Windows: .venv\\Scripts\\activate
pip install "$package"
```

`dlp doctor` says whether something is missing. Later only the line with `activate` is needed.

## Work

| exercise | minutes | points | file |
|---|---|---|---|
$table

Open a file in your editor, or its notebook in `notebooks/`: one of the two is enough. Each task is a function
whose body you write, or a question whose letter you choose. Then ask for your marks:

```bash
dlp check $first      # what is right, what was expected, your points
dlp hint $first       # the next hint, if you are stuck
dlp list            # all exercises, your points, the next step
```

`dlp check` has all marks. Those that give no answer away can be read in `tests/exercises/`, and run with
`pytest tests/exercises --submission .`.

## Hand in

As your lecturer says:

- in a repository on GitHub: commit your files in `exercises/` or `notebooks/` and push. The marks run by
  themselves; see the summary under *Actions*;
- at Gradescope or elsewhere: upload these files, or a zip archive of them. Keep their names.
""")

_LECTURERS = Template("""\
# For lecturers

`dlp release` has written this folder. `README.md` tells students what to do. This file and
`autograder.zip` are for you: `.gitignore` keeps both out of a repository; where you hand out the folder
in another way, leave them out.

## GitHub

Push the folder to a template repository and have each student make a private copy of it.
`.github/workflows/classroom.yml` installs the course, marks each push, and shows points and messages in
the summary of the run. GitHub Classroom itself was retired in August 2026; the names that its autograding
looked for are kept, and each run ends with its line `Points …`.

A student can change the workflow like any other file there: take its points for feedback. For grades,
collect the repositories in a folder and run `dlp grade` on a machine of yours.

## Gradescope

Upload `autograder.zip` to a programming assignment and choose there

- as image Ubuntu 22.04 or later. `setup.sh` installs Python, the course and TensorFlow: $disk GB in all;
- a container with $memory GB of memory or more. The default of 0.75 GB is too small for TensorFlow;
- a time limit of 40 minutes, the most there is. An exercise takes seconds to a few minutes; with many,
  make several assignments: `dlp release … -e ex01 -e ex02`.

Try it with a solution of your own before students do. Marks that cannot run leave no points instead of
wrong ones: Gradescope says that the autograder failed, and its output, which only you see, says why.

The course is installed from

    $package

To have the same marks for the whole term, put a wheel of it (`pip wheel --no-deps "$package"`) into the
archive, beside `setup.sh`: that is installed instead. Such an archive holds the solutions.

## What students can see

- This folder holds no solution text: `dlp release` has searched all files, notebooks and the archive for
  lines of the solutions and for the letters of the questions. `tests/exercises/` has only marks that show
  no answer.
- **The package that students install holds all solutions and all marks.** Without them `dlp check` could
  not mark a later task on top of a correct earlier one. `dlp solution` shows a solution once all points
  are earned, but whoever looks for the file finds it. Take `dlp check` for practice, and have students
  explain their work where grades depend on it.
- No student sees `autograder.zip`, and it holds no solution either: `setup.sh` installs the package,
  which does.
- At Gradescope a student's code runs beside the package, which it must not read. `dlp grade` puts it into
  a box: bubblewrap, which `setup.sh` installs, or Landlock. Whether one of them works in the container is
  up to Gradescope. If none does, the output of the autograder says that code runs without a box: a
  submission can then read the solutions, and could even write its own results. To refuse that, add
  `--require-sandbox` to the line with `grade` in `run_autograder`. The course's `SECURITY.md` tells what
  holds where.
- The data of the marks are drawn anew in each run, so that no submission can know them.
""")

_MEMORY, _DISK = 3, 2  # GB, measured with TensorFlow 2.21

IGNORED = """\
.venv/
__pycache__/
figures/
/LECTURERS.md
/autograder.zip
"""
"""The ``.gitignore`` of the folder."""


def make_student_readme(exercises: Iterable[Exercise]) -> str:
    """Return how students install, check and hand in, with a table of the exercises."""
    exercises = list(exercises)
    rows = [
        f"| {e.code} · {e.title} | {e.header.minutes} | {e.points} | `exercises/{e.name}.py` |"
        for e in exercises
    ]
    return _STUDENTS.substitute(package=PACKAGE, table="\n".join(rows), first=exercises[0].code)


def make_lecturer_readme() -> str:
    """Return what to do with the folder, and what students can see."""
    return _LECTURERS.substitute(package=PACKAGE, memory=_MEMORY, disk=_DISK)
