"""Errors that a user of the course can meet."""


class CourseError(Exception):
    """Says what happened, why, and what to do; the command line prints it and ends with exit code 2."""
