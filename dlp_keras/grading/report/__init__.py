"""Two kinds of pages: a report on the class for the lecturer, and feedback for each student."""

from dlp_keras.grading.report.class_report import write_report
from dlp_keras.grading.report.feedback import write_feedback

__all__ = ["write_feedback", "write_report"]
