"""Simulations: a function from a world and a seed to facts, so that every measure, rule and page works on them unchanged."""
