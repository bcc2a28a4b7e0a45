"""Improvements: what was promised or done for a service, and whether it helped: items of work with judgements on them."""
