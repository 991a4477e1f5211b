"""The course itself: its exercises, the student's workspace and the marks."""
