"""Measures: a query that gives sums and a pure finish, in one file; its docstring is its help page. Named in `MEASURES`."""

from wholeservice.measures import (
    channel_take_up,
    completion,
    cost_per_transaction,
    cross_channel,
    path_kept,
    satisfaction,
    step_conversion,
    success,
    volume,
)
from wholeservice.measures.base import Measure

MEASURES: tuple[Measure, ...] = (
    volume.MEASURE,
    channel_take_up.MEASURE,
    completion.MEASURE,
    step_conversion.MEASURE,
    path_kept.MEASURE,
    cross_channel.MEASURE,
    satisfaction.MEASURE,
    cost_per_transaction.MEASURE,
    success.MEASURE,
)
