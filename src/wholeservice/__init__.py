"""See how people experience whole services, where that is lost, and which change wins it back.

Data flows one way: sources -> facts -> derived -> measures -> findings -> pages. The organisation is read everywhere.
Ground floor: errors, units, periods, uncertainty, tables. The composition root is `app`; it alone knows everything.
"""

__version__ = "0.1.0"
