"""Stubs and notebooks follow from the solutions, and nothing of a solution leaks."""

import ast

import nbformat
import pytest

from dlp_keras.course import CourseError
from dlp_keras.course.builder import build, find_differences, make_exercise, strip_markers
from dlp_keras.course.catalog import Exercise, Task, load_catalog
from dlp_keras.course.cells import COMMENTARY
from dlp_keras.course.header import Header
from dlp_keras.course.notebook import make_notebook
from dlp_keras.course.skeleton import make_skeleton
from dlp_keras.course.source import parse_source
from dlp_keras.course.trouble_box import TITLE

HEADER = Header("X", ("see",), 20, 1, (10, 5), ("ex01",), ("A Slide",), ("3", "4.3"), "https://link")
EXERCISE = Exercise("ex99_x", HEADER, (Task("1", ("return 2 x",), ("hint",), 3),))
SOLUTION = '''# /// exercise
# title = "X"
# goals = ["see"]
# minutes = 20
# task_minutes = [10, 5]
# difficulty = 1
# prerequisites = ["ex01"]
# slides = ["A Slide"]
# book = ["3"]
# ///

# %% [markdown]
# # Exercise 99 · X
#
# A text.

# %%
def double(x):
    """Double."""
    # TASK 1: return "2 x", shape (n,).
    # HINT 1: secret hint
    # BEGIN SOLUTION
    return secret_factor * x
    # END SOLUTION

# %%
# TASK 2: answer.
# HINT 2: secret hint
# STUB: ANSWERS = {"q": None}
# BEGIN SOLUTION
ANSWERS = {"q": "secret"}
# END SOLUTION
'''


def make_stub(text=SOLUTION):
    return make_exercise(parse_source(text, "ex99_x"), EXERCISE)


def test_the_built_files_are_in_step(checkout):
    assert find_differences(checkout) == []


def test_a_stub_parses_and_names_its_task():
    student = make_stub()
    ast.parse(student)
    assert 'raise NotImplementedError("Task 1: return \\"2 x\\", shape (n,).")' in student
    assert '# Task 2: answer.\nANSWERS = {"q": None}\n' in student
    assert "secret" not in student
    assert "20 minutes · difficulty ★☆☆ · 3 points · builds on ex01" in student
    assert "# - Minutes for the tasks: 10, 5\n# - Slides: A Slide\n# - Book: " in student
    assert "chapters 3, 4.3\n# - Playground: [this setting](https://link)\n" in student


def test_commentary_stays_with_the_solution():
    text = f"{SOLUTION}\n{COMMENTARY}\n# The commentary.\n"
    assert "The commentary" not in make_stub(text)
    assert "# %% [markdown]\n# The commentary." in strip_markers(text)


def test_the_box_is_folded_in_notebooks():
    box = f"# %% [markdown]\n# {TITLE}\n#\n# - It is wrong: mend it.\n#   <!-- mistake: it is wrong -->\n"
    student = make_stub(f"{SOLUTION}\n{box}")
    assert "# - It is wrong: mend it.\n" in student
    assert "mistake" not in student
    notebook = nbformat.reads(make_notebook(student, EXERCISE), as_version=4)
    folded = "<summary><b>If something looks wrong</b></summary>\n\n- It is wrong: mend it.\n\n</details>"
    assert folded in notebook.cells[-1].source


def test_a_clean_solution_keeps_the_code_only():
    text = strip_markers(SOLUTION)
    ast.parse(text)
    assert "return secret_factor * x" in text
    assert 'ANSWERS = {"q": "secret"}' in text
    assert not any(word in text for word in ("TASK", "HINT", "SOLUTION", "STUB", "///"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "# BEGIN SOLUTION\n    return",
            "# BEGIN SOLUTON\n    return",
            "line 22: '# BEGIN SOLUTON' is not a marker",
        ),
        ("# BEGIN SOLUTION\n    return", "### begin solution\n    return", "Write `# BEGIN SOLUTION`"),
        ("    # END SOLUTION\n", "    # END SOLUTIONS\n", "'# END SOLUTIONS' is not a marker"),
        ("    # END SOLUTION\n", "", "has no partner"),
        ("    # BEGIN SOLUTION\n", "", "has no partner"),
        ("    # TASK 1: return", "    # return", "has no `# TASK n: …`"),
        ("    # HINT 1", "    # HINT 2", "does not follow the `# TASK n"),
        ("# A text.", "# A text.\n# %%\n    return secret_factor * x", "also stands outside"),
    ],
)
def test_a_mistyped_marker_or_a_leak_is_an_error(old, new, message):
    assert old in SOLUTION
    with pytest.raises(CourseError, match=message):
        make_stub(SOLUTION.replace(old, new, 1))


def test_a_long_task_is_wrapped():
    words = "return " + " ".join(f"word{n}" for n in range(40))
    student = make_stub(SOLUTION.replace('return "2 x"', words))
    assert max(map(len, student.splitlines())) <= 110
    with pytest.raises(NotImplementedError, match=f"Task 1: {words}, shape"):
        exec(student + "\ndouble(1)", {})


def test_notebooks_install_check_and_hold_no_solution():
    notebook = nbformat.reads(
        make_notebook(make_stub(), EXERCISE, parse_source(SOLUTION, "ex99_x").tasks_by_cell), as_version=4
    )
    sources = [cell.source for cell in notebook.cells]
    assert "colab.research.google.com" in sources[0]
    assert "%pip install" in sources[1]
    assert 'dlp_keras.check("ex99", task="1")' in sources
    assert 'dlp_keras.check("ex99", task="2")' in sources
    assert sources.index('dlp_keras.check("ex99", task="1")') < sources.index(
        'dlp_keras.check("ex99", task="2")'
    )
    assert "secret" not in "".join(sources)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_building_twice_gives_the_same(checkout):
    assert build(checkout) == build(checkout)


@pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.code)
def test_a_notebook_has_a_check_for_every_task(exercise, checkout):
    text = (checkout / "notebooks" / f"{exercise.name}.ipynb").read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    checks = [cell.source for cell in notebook.cells if cell.source.startswith("dlp_keras.check")]
    assert checks == [f'dlp_keras.check("{exercise.code}", task="{task.number}")' for task in exercise.tasks]


def test_stale_and_orphaned_files_are_named(tmp_path):
    name = "ex99_sample"
    for path, text in make_skeleton(name, tmp_path).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "slides.toml").write_text("")
    for path, text in build(tmp_path).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert find_differences(tmp_path) == []
    (tmp_path / "exercises" / "ex77_old.py").write_text("")
    (tmp_path / "notebooks" / f"{name}.ipynb").unlink()
    assert find_differences(tmp_path) == ["exercises/ex77_old.py", f"notebooks/{name}.ipynb"]
