"""Diagrams: pure functions from one dataclass to an SVG with a title, a description and its own table; no input or output."""
