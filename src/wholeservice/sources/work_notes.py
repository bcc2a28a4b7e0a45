"""What is odd or lacking in the export of a tracker but costs nothing: counted, and told once with the first examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from wholeservice.errors import Place, Problem

NO_KIND, CUT_OFF, NO_HISTORY, DISORDER, BROKEN = "SRC235", "SRC236", "SRC237", "SRC238", "SRC239"
NO_STATUS, NO_CHANGE, NO_COMMITS, NO_REQUESTS, LONE = "SRC240", "SRC241", "SRC242", "SRC243", "SRC244"
N_EXAMPLES = 3

_SAYS: dict[str, tuple[str, str, str]] = {
    NO_KIND: ("{n} items are of types that no kind is said of: {some}", "kinds: {TYPE: feature, defect ...}",
              "say under kinds: what each is, or nothing"),
    CUT_OFF: ("of {n} items the history is cut off by paging, so what was before is unknown: {some}", "the whole changelog",
              "export the changelogs themselves, and name those files too"),
    NO_HISTORY: ("{n} items came without their history, so they have no stays: {some}", "issues with their changes",
                 "export the changes as well"),
    DISORDER: ("{n} items have a history that begins before they do, or ended before it: {some}", "times that go forward",
               "nothing needs doing; the times are kept as they are"),
    BROKEN: ("the history of {n} items has a gap: a status was left that had not been entered, or the last one is not that of"
             " today: {some}", "a whole history", "nothing needs doing; what is not known is left open"),
    NO_STATUS: ("{n} deployments did not end in these files, so they are none yet: {some}", "deployments with their statuses",
                "export the statuses as well"),
    NO_CHANGE: ("of {n} deployments nobody can tell which changes they delivered: {some}", "a commit that a change became",
                "export the commits of the main line as well"),
    NO_COMMITS: ("of {n} changes no commit is in these files, so their coding is unknown: {some}", "changes with their commits",
                 "export the commits of each"),
    NO_REQUESTS: ("no file says when reviews were asked for: {n} changes are taken to wait from their opening on: {some}",
                  "events of the issues, with review_requested", "export them, or say statuses: opened"),
    LONE: ("{n} records belong to issues or changes that are not in these files: {some}", "those issues and changes too",
           "export them, and name those files under file:"),
}  # fmt: skip


@dataclass(slots=True)
class Notes:
    """The notes of one reading."""

    place: Place
    found: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, code: str, example: str) -> None:
        """Count one more; those of one name are counted together."""
        some = self.found.setdefault(code, {})
        some[example] = some.get(example, 0) + 1

    def told(self) -> Iterator[Problem]:
        """Yield one warning for each kind, in the order of their codes."""
        for code in sorted(self.found):
            what, expected, next_step = _SAYS[code]
            some = self.found[code]
            most = sorted(some.items(), key=lambda each: -each[1])[:N_EXAMPLES]
            names = ", ".join(name[:60] if n == 1 else f"{name[:60]} {n:,}" for name, n in most)
            said = what.format(n=f"{sum(some.values()):,}", some=names + (" ..." if len(some) > N_EXAMPLES else ""))
            yield Problem(code, said, self.place, expected, next_step=next_step, severity="warning")
