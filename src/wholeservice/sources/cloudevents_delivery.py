"""Which change a deployment delivered, as CDEvents tell: by the artefact that was packaged of a change, else by the chain of
events that both belong to. Of several deployments into one environment the first that did not fail delivers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CONTENT = "data.subject.content."
_CHAIN = "data.context.chainId"


@dataclass(slots=True)
class Deliveries:
    """What was packaged and merged, and the first deployment of each change, over all events of one reading."""

    packaged: dict[str, str] = field(default_factory=dict)  # artefact -> change
    chains: dict[str, str] = field(default_factory=dict)  # chain -> change
    deployed: list[Mapping[str, Any]] = field(default_factory=list)
    first: dict[tuple[str, str], str] = field(default_factory=dict)  # (change, environment) -> event

    def note(self, row: Mapping[str, Any], subject: str) -> None:
        """Note what an event tells of an artefact or a change."""
        ref, change, chain = row.get("event.ref"), row.get(f"{CONTENT}change.id"), row.get(_CHAIN)
        if subject == "artifact" and isinstance(ref, str) and isinstance(change, str):
            self.packaged[ref] = change
        if subject == "change" and isinstance(ref, str) and isinstance(chain, str):
            self.chains[chain] = ref

    def deploys(self, row: Mapping[str, Any]) -> None:
        """Note a deployment."""
        self.deployed.append(row)

    def settle(self) -> None:
        """Find the first deployment of each change, once all events are known."""
        for row in sorted(self.deployed, key=lambda each: str(each.get("time"))):
            change = self._change(row)
            if change is not None and row.get("event.result") != "failed":
                self.first.setdefault((change, str(row.get("event.environment"))), str(row["id"]))

    def of(self, row: Mapping[str, Any]) -> str | None:
        """Return the change that a deployment was the first to bring into its environment."""
        change = self._change(row)
        is_first = change is not None and self.first.get((change, str(row.get("event.environment")))) == row["id"]
        return change if is_first else None

    def _change(self, row: Mapping[str, Any]) -> str | None:
        return self.packaged.get(str(row.get("event.artefact"))) or self.chains.get(str(row.get(_CHAIN)))
