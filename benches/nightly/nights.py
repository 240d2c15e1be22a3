"""When the runs are: the name of a night, and the time of its run."""

NIGHTS = {"first": "2026-06-30T22:30:00Z", "next": "2026-07-01T22:30:00Z"}
