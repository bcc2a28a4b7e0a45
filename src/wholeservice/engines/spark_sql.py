"""Ibis expressions as Spark SQL that means what it means on DuckDB.

Ibis' own translation is corrected where Spark answers differently in silence; docs/engines.md lists each case with its reason.
Only the translator of Ibis is used, not its connection to Spark, which would need pandas.
"""

from __future__ import annotations

import functools
import string
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable


def to_sql(expression: IbisTable) -> str:
    """Return the expression as one Spark SQL query over tables of the names it reads.

    >>> import ibis
    >>> t = ibis.table({"n": "int64"}, name="t")
    >>> print(to_sql(t.filter(t.n > 1)))
    SELECT * FROM `t` AS `t0` WHERE `t0`.`n` > 1
    """
    compiler = _compiler()
    return str(compiler.to_sqlglot(expression).sql(dialect=compiler.dialect))


class _Corrections:
    """What Ibis makes of single expressions for Spark, put right. Each method takes the place of the one of Ibis."""

    __slots__ = ()
    f: Any  # Ibis' maker of function calls
    agg: Any  # and of aggregates

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:  # noqa: N802
        """Write text with control characters as bytes: Spark reads `\\v` in quotes as the letter v."""
        if dtype.is_string() and not value.isprintable():
            return self.f.anon.decode(self.f.anon.unhex(value.encode().hex()), "UTF-8")
        # Of fractions Ibis reads an option that only its connection to Spark registers.
        return None if dtype.is_floating() else super().visit_NonNullLiteral(op, value=value, dtype=dtype)  # type: ignore[misc]

    def visit_Strip(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        """Take off every kind of blank."""
        import ibis.expr.datatypes as dt

        return self.f.trim(arg, self.visit_NonNullLiteral(op, value=string.whitespace, dtype=dt.string))

    def visit_ArrayIndex(self, op: Any, *, arg: Any, index: Any) -> Any:  # noqa: N802
        """Give nothing beyond the end; Spark would stop with an error."""
        return self.f.anon.get(arg, index)

    def visit_ExtractEpochSeconds(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        """Keep the fraction of a second."""
        import sqlglot.expressions as sge

        return sge.Paren(this=self.f.anon.unix_micros(arg) / sge.cast(sge.convert(1_000_000), "double"))

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:  # noqa: N802
        """Round to the nearest whole number, to even in the middle; Spark would cut off."""
        import ibis.expr.operations as ops

        has_fraction = op.arg.dtype.is_floating() or isinstance(op.arg, ops.ExtractEpochSeconds)
        whole = self.f.anon.rint(arg) if has_fraction and to.is_integer() else arg
        return super().visit_Cast(op, arg=whole, to=to)  # type: ignore[misc]

    def visit_ArgMin(self, op: Any, *, arg: Any, key: Any, where: Any) -> Any:  # noqa: N802
        """Take any row where every key is missing; Spark would take none."""
        return self.agg.min_by(arg, self.f.anon.struct(self.f.anon.isnull(key), key), where=where)

    def visit_ArgMax(self, op: Any, *, arg: Any, key: Any, where: Any) -> Any:  # noqa: N802
        """Take any row where every key is missing; Spark would take none."""
        return self.agg.max_by(arg, self.f.anon.struct(self.f.anon.isnotnull(key), key), where=where)


@functools.cache
def _compiler() -> Any:
    from ibis.backends.sql.compilers.base import SQLGlotCompiler
    from ibis.backends.sql.compilers.pyspark import PySparkCompiler

    class Compiler(_Corrections, PySparkCompiler):  # type: ignore[misc]
        """Ibis' translator for Spark, corrected."""

        __slots__ = ()

        visit_Field = SQLGlotCompiler.visit_Field  # noqa: N815  (Ibis reads that option here, too)
        visit_IsNull = SQLGlotCompiler.visit_IsNull  # noqa: N815  (a number that is none is not missing)
        visit_NotNull = SQLGlotCompiler.visit_NotNull  # noqa: N815

    return Compiler()
