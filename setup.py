"""Carry the example workspace into the wheel, so that `wholeservice demo` works wherever it is installed.

Everything else about the package is in pyproject.toml. The examples stand at the top of the repository, where people look
for them; a wheel holds only what lies inside the package, so they are copied there while it is built.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

EXAMPLE = Path("examples/stayline")


class WithExample(build_py):
    """Build the package, and put the example beside it; an editable install finds it in the repository."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "wholeservice" / EXAMPLE
            shutil.copytree(EXAMPLE, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".wholeservice", "data"))


setup(cmdclass={"build_py": WithExample})
