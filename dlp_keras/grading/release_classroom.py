"""The workflow that marks each push in a student's repository, as GitHub Classroom's autograding does.

The names of the workflow and of its job are those that Classroom looked for, and the report says the
points as its reporter did, https://github.com/classroom-resources/autograding-grading-reporter. That
action is not used: Classroom was retired in August 2026, and a workflow cannot start once an action that
it names is gone. What the reporter reads, Classroom's JSON in base64, is the output `result` of the step
`report`.
"""

from collections.abc import Iterable
from string import Template

from dlp_keras.course.notebook import PACKAGE

_WORKFLOW = Template("""\
# Marks each push: the points stand in the summary of the run.
name: Autograding Tests
"on": [push, workflow_dispatch]
permissions:
  contents: read
jobs:
  run-autograding-tests:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    if: github.actor != 'github-classroom[bot]'
    steps:
      - uses: actions/checkout@v6
        with:
          path: class/submission
      - uses: actions/setup-python@v6
        with:
          python-version: "3.12"
      - name: Install the course
        run: pip install -q "$package"
      - name: Mark
        id: mark
        run: dlp grade class -o results --format classroom $options
      - name: Report
        id: report
        if: success() || steps.mark.outcome == 'failure'
        run: |
          python -P - <<'END'
          import base64, html, json, os, pathlib

          data = pathlib.Path("results/classroom/submission/results.json").read_bytes()
          found = json.loads(data)
          points, most = sum(test["score"] for test in found["tests"]), found["max_score"]
          print(f"::notice title=Autograding complete::Points {points}/{most}")
          print(f'::notice title=Autograding report::{{"totalPoints":{points},"maxPoints":{most}}}')
          with open(os.environ["GITHUB_OUTPUT"], "a") as file:
              print(f"result={base64.b64encode(data).decode()}", file=file)
          with open(os.environ["GITHUB_STEP_SUMMARY"], "a", encoding="utf-8") as file:
              print(f"## {points} of {most} points", file=file)
              for test in found["tests"]:
                  sign = "✅" if test["status"] == "pass" else "❌"
                  text = " ".join((test["message"] or "").split())
                  print(f"- {sign} {html.escape(test['name'])}  \\n  {html.escape(text)}", file=file)
          raise SystemExit(found["status"] != "pass")
          END
""")


def make_workflow(codes: Iterable[str]) -> str:
    """Return ``.github/workflows/classroom.yml``.

    Parameters
    ----------
    codes
        Of the exercises to mark, such as ``"ex01"``.
    """
    options = " ".join(f"-e {code}" for code in codes)
    return _WORKFLOW.substitute(options=options, package=PACKAGE)
