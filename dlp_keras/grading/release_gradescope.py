"""Gradescope's ``autograder.zip``: it installs the course, marks each submission with `dlp grade`, no more.

It holds no solution: the installed package does. What Gradescope runs and expects:
https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

import io
import zipfile
from collections.abc import Iterable, Mapping
from string import Template

from dlp_keras.course.notebook import PACKAGE

_SETUP = Template("""\
#!/usr/bin/env bash
# Runs once, when Gradescope builds its image (Ubuntu): bubblewrap, Python, and the course with TensorFlow.
# A wheel of the course beside this file, dlp_keras-….whl, is installed instead of what `package` names.
set -euo pipefail
package=$package
source=$${AUTOGRADER:-/autograder}/source
opt=$${DLP_OPT:-/opt}
export DEBIAN_FRONTEND=noninteractive UV_PYTHON_INSTALL_DIR=$$opt/python

apt-get update -qq
apt-get install -y -qq --no-install-recommends bubblewrap ca-certificates git python3-venv
python3 -m venv "$$opt/uv"
"$$opt/uv/bin/pip" install -q uv
"$$opt/uv/bin/uv" venv -q --python '>=3.11,<3.14' "$$opt/dlp" # fetches a Python where Ubuntu's is too old
wheel=$$(find "$$source" -maxdepth 1 -name 'dlp_keras-*.whl' | sort | tail -n 1)
"$$opt/uv/bin/uv" pip install -q --python "$$opt/dlp/bin/python" --compile-bytecode "$${wheel:-$$package}"
"$$opt/dlp/bin/python" -P -c "import dlp_keras, keras"
""")

_RUN = Template("""\
#!/usr/bin/env bash
# Runs for each submission: `dlp grade` marks it, in a box where there is one, and writes results.json.
# Where the marks cannot run there is no such file, and Gradescope gives no points: a fault of the machine
# must cost nobody any.
set -euo pipefail
autograder=$${AUTOGRADER:-/autograder}
python=$${DLP_PYTHON:-/opt/dlp/bin/python}
work=$$(mktemp -d)
trap 'rm -rf "$$work"' EXIT

mkdir -p "$$work/class/submission" "$$autograder/results"
cp -RP "$$autograder/submission/." "$$work/class/submission"
"$$python" -P -m dlp_keras grade "$$work/class" -o "$$work/results" --format gradescope $options
cp "$$work/results/gradescope/submission/results.json" "$$autograder/results/results.json"
""")

_PROGRAM = 0o100755 << 16  # a regular file that may be run
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip archive knows


def make_autograder(codes: Iterable[str]) -> bytes:
    """Return the archive that is uploaded to Gradescope; the same bytes for the same exercises.

    Parameters
    ----------
    codes
        Of the exercises to mark, such as ``"ex01"``.
    """
    options = " ".join(f"-e {code}" for code in codes)
    return _zip(
        {
            "run_autograder": _RUN.substitute(options=options),
            "setup.sh": _SETUP.substitute(package=PACKAGE),
        }
    )


def _zip(programs: Mapping[str, str]) -> bytes:
    """Return an archive of programs, not compressed: other versions of zlib would make other bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, text in sorted(programs.items()):
            member = zipfile.ZipInfo(name, _NO_TIME)
            member.create_system, member.external_attr = 3, _PROGRAM  # as on Unix, whatever made it
            archive.writestr(member, text)
    return buffer.getvalue()
