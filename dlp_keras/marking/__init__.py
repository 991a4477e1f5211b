"""Marks: what a submission is asked, what is expected of it, and what came of it."""
