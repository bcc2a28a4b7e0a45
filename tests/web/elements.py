"""The twelve elements of the page of a service, each beside the id it has there."""

ELEMENTS = {
    "purpose": "purpose",
    "consumers with volume and score": "consumers",
    "each need in its words with target, delivered, gap and likely range": "needs",
    "trend with gaps": "trends",
    "journey map with how it feels": "journey",
    "hatched places that nobody measures": "unmeasured",
    "drop-out": "drop-out",
    "channels by steps": "channels",
    "loss map with how it is known": "losses",
    "unexplained": "unexplained",
    "owner and reach": "answers",
    "what changed": "changed",
}
