"""What was asked for on the command line before the command's name: the workspace and the overrides."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wholeservice.app import settings
from wholeservice.errors import InputError


@dataclass(frozen=True, slots=True)
class Asked:
    """The global options."""

    workspace: Path | None = None
    overrides: Sequence[str] = ()

    def settings(self) -> settings.Settings:
        """Load the settings of the workspace asked for. Raises InputError with every problem of the file."""
        folder = settings.find_workspace(self.workspace or Path.cwd())
        loaded, problems = settings.load(folder, overrides=self.overrides, environment=os.environ)
        if problems:
            raise InputError(*problems)
        return loaded
