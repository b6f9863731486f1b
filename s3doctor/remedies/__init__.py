"""Prescribing: pure functions from a Connection to a text that somebody can paste. Nothing here asks S3."""
