"""The rules of the format, each broken once in an exercise that keeps them."""

import pytest

from dlp_keras.course import CourseError
from dlp_keras.course.builder import check_format
from dlp_keras.course.hints import covered_share
from dlp_keras.course.questions import check_letters, read_choices
from dlp_keras.course.skeleton import make_skeleton
from dlp_keras.course.source import parse_source
from dlp_keras.course.topics import write_topics

NAME = "ex99_sample"


@pytest.fixture
def sample(tmp_path):
    """The text of a solution whose mistakes lie in `tmp_path`."""
    files = make_skeleton(NAME, tmp_path)
    mistakes = tmp_path / "tests" / "mistakes" / f"{NAME}.py"
    mistakes.parent.mkdir(parents=True)
    mistakes.write_text(files[mistakes], encoding="utf-8")
    return files[tmp_path / "solutions" / f"{NAME}.py"]


def test_a_new_exercise_keeps_the_rules(sample, tmp_path):
    check_format(parse_source(sample, NAME), tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# /// exercise", "# /// exercice", "has no header"),
        ("# minutes = 15", "# minutes =", "is not TOML"),
        ("# minutes = 15\n", "", "lacks minutes"),
        ("# minutes = 15", "# minutes = 15\n# stars = 5", "has the unknown stars"),
        ("# minutes = 15", '# minutes = "15"', "`minutes` must be of type int. Got '15'"),
        ("# minutes = 15", "# minutes = 12", "leave 2 of 12 minutes for reading. Leave 5 to 10"),
        ("# difficulty = 1", "# difficulty = 4", "must be 1, 2 or 3"),
        ("# slides = []", '# slides = []\n# playground = "https://x.org/#dataset=cube"', "is no setting"),
        ("# HINT 1: What", "# HINT 1: `x * x`\n    # HINT 1: What", "75% of the solution"),
        ("    # HINT 1: What", "    # HINT 1: more\n" * 3 + "    # HINT 1: What", "4 hints"),
        ('ANSWERS = {"slope": "a", "curvature": "b"}', 'ANSWERS = {"slope": "a"}', "asks 1 in `ANSWERS`"),
        ("At both ends of the interval drawn.", "No.", "the lengths a 37, b 3"),
        ("## If something looks wrong", "## Trouble", "has 0 cells"),
        ("# - The picture is a straight", "#   The picture is a straight", "has 2 lines"),
        ("mistake: twice the number", "mistake: thrice the number", "names no case of tests/mistakes"),
        (" <!-- mistake: the sign is lost -->", "", "names no case"),
        (' tags=["solution"]', "", "has no commentary"),
    ],
)
def test_a_broken_rule_is_named(old, new, message, sample, tmp_path):
    assert old in sample
    with pytest.raises(CourseError, match=message):
        check_format(parse_source(sample.replace(old, new, 1), NAME), tmp_path)


def test_a_hint_must_not_give_all_arguments(sample, tmp_path):
    text = sample.replace("return x * x", "factors = np.stack([x, x, x, x])\n    return np.power(x, 2)")
    check_format(parse_source(text, NAME), tmp_path)
    text = text.replace("What is multiplied by what?", "Look at `np.power(x, 2)`.")
    with pytest.raises(CourseError, match=r"all arguments of `np.power\(x, 2\)`"):
        check_format(parse_source(text, NAME), tmp_path)


@pytest.mark.parametrize(
    ("solution", "spans", "share"),
    [
        ("return a @ b.T + c", ["a @ b.T"], 5 / 8),
        ("return a @ b.T + c", ["a", "b", "c", "+ c"], 0),
        ("return a @ b.T + c", ["b.T + c", "a @ b"], 7 / 8),
        ("x = f(…)", ["f(…)"], 4 / 6),
        ("# a comment\n\nx = 1  # one", ["x = 1"], 1),
    ],
)
def test_names_alone_give_nothing_away(solution, spans, share):
    assert covered_share(solution, spans) == share


def test_answers_are_read_from_several_cells(sample):
    text = sample.replace("# HINT 1: What is multiplied by what?\n", "") + (
        '\n# %%\n# TASK 2: and another: "a".\n# STUB: ANSWERS["more"] = None\n# BEGIN SOLUTION\n'
        'ANSWERS["more"] = "a"\n# END SOLUTION\n'
    )
    answers = read_choices(parse_source(text, NAME), "ANSWERS")
    assert answers == {"slope": "a", "curvature": "b", "more": "a"}


def test_no_letter_is_right_too_often(sample):
    source = parse_source(sample, NAME)
    check_letters([source] * 5)  # too few to tell
    with pytest.raises(CourseError, match="6 of 12 questions is a"):
        check_letters([source] * 6)


def test_every_slide_has_its_exercise(sample):
    source = parse_source(sample.replace("slides = []", 'slides = ["One", "Two"]'), NAME)
    table = write_topics({"Two": "second", "One": "first"}, [source])
    assert "| Two | second | [ex99 · Sample](../exercises/ex99_sample.py) |\n| One | first" in table
    with pytest.raises(CourseError, match="No exercise takes up the slides Three"):
        write_topics({"One": "", "Two": "", "Three": ""}, [source])
    with pytest.raises(CourseError, match="No slide is called Two"):
        write_topics({"One": ""}, [source])


@pytest.mark.parametrize("name", ["pendulum", "ex17", "ex1_pendulum", "ex17-pendulum", "ex17_../x"])
def test_a_new_exercise_needs_a_name(name, tmp_path):
    with pytest.raises(CourseError, match="Write it like ex17_pendulum"):
        make_skeleton(name, tmp_path)


def test_a_new_exercise_needs_a_number_of_its_own(checkout):
    with pytest.raises(CourseError, match="has this number already"):
        make_skeleton("ex01_pendulum", checkout)
