"""Print the lower bounds of setup.cfg, extras included, as constraints of pip: NAME==LOWEST."""

from configparser import ConfigParser
from pathlib import Path

SETUP = ConfigParser()
SETUP.read(Path(__file__).parents[1] / "setup.cfg", encoding="utf-8")
ROWS = [SETUP["options"]["install_requires"], *SETUP["options.extras_require"].values()]
for requirement in sorted({line for row in ROWS for line in row.split("\n") if " >=" in line}):
    name, bound = requirement.split(",")[0].split(" >=")
    print(f"{name}=={bound}")
