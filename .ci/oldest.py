"""Print the oldest versions that `setup.cfg` allows, as constraints for pip."""

from configparser import ConfigParser
from pathlib import Path

config = ConfigParser()
config.read(Path(__file__).parents[1] / "setup.cfg")
for line in config["options"]["install_requires"].split("\n"):
    if ">=" in line:
        name, version = line.split(">=")
        print(f"{name.strip()}=={version.strip()}.*")
