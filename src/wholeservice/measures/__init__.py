"""Measures: a query that gives sums and a pure finish, in one file; its docstring is its help page. Named in `MEASURES`."""

from wholeservice.measures import (
    adoption,
    channel_take_up,
    completion,
    cost_per_transaction,
    first_time_right,
    response_time,
    retention,
    satisfaction,
    step_conversion,
    success,
    time_to_convert,
    time_to_first_success,
    told_once,
    volume,
)
from wholeservice.measures.base import Measure

MEASURES: tuple[Measure, ...] = (
    volume.MEASURE,
    channel_take_up.MEASURE,
    completion.MEASURE,
    step_conversion.MEASURE,
    satisfaction.MEASURE,
    time_to_convert.MEASURE,
    first_time_right.MEASURE,
    told_once.MEASURE,
    time_to_first_success.MEASURE,
    retention.MEASURE,
    adoption.MEASURE,
    cost_per_transaction.MEASURE,
    success.MEASURE,
    response_time.MEASURE,
)
