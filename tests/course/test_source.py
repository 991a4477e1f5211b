"""The format of a solution file."""

from dlp_keras.course.cells import COMMENTARY
from dlp_keras.course.source import drop_commentary, parse_source

HEADER = (
    '# /// exercise\n# title = "x"\n# goals = ["g"]\n# minutes = 20\n# task_minutes = [15]\n# difficulty = 1\n'
    "# prerequisites = []\n# slides = []\n# book = []\n# ///\n"
)
BLOCK = (
    "    # TASK 1: do this,\n    #   and that.\n    # HINT 1: first\n    # HINT 1: second,\n    #   on two lines\n"
    "    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION\n"
)
QUESTION = '# TASK {}: answer\n# STUB: ANSWERS = None\n# BEGIN SOLUTION\nANSWERS = "a"\n# END SOLUTION\n'


def test_a_block_is_read():
    (block,) = parse_source(f"{HEADER}def f():\n{BLOCK}", "ex99_x").blocks
    assert (block.task, block.text) == ("1", "do this, and that.")
    assert block.hints == ("first", "second, on two lines")
    assert (block.solution, block.indent, block.stub) == ("    return 1\n", "    ", ())


def test_tasks_come_in_the_order_of_their_numbers():
    text = HEADER + "".join(QUESTION.format(number) for number in (10, 2, 1))
    assert list(parse_source(text, "ex99_x").tasks) == ["1", "2", "10"]


def test_a_task_belongs_to_the_cell_of_its_last_block():
    text = f"{HEADER}# %%\n{QUESTION.format(1)}# %% [markdown]\n# text\n# %%\n{QUESTION.format(1)}{QUESTION.format(2)}"
    assert parse_source(text, "ex99_x").tasks_by_cell == {2: ["1", "2"]}


def test_commentary_is_no_cell_of_the_student():
    commentary = f"{COMMENTARY}\n# secret\n"
    text = f"{HEADER}# %%\n1\n{commentary}# %%\n{QUESTION.format(1)}"
    assert parse_source(text, "ex99_x").tasks_by_cell == {1: ["1"]}
    assert drop_commentary(text) == text.replace(commentary, "")


def test_blocks_are_replaced_and_the_rest_stays():
    source = parse_source(f"{HEADER}\n# %%\ndef f():\n{BLOCK}\n\nf()\n", "ex99_x")
    assert source.replace_blocks(lambda block: block.solution) == "# %%\ndef f():\n    return 1\n\n\nf()\n"
