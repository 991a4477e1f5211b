"""The course itself: its exercises, how they are built, and the student's workspace."""


class CourseError(Exception):
    """Says what happened, why, and what to do; the command line prints it and ends with exit code 2."""
