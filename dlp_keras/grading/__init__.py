"""Grading a class: submissions of strangers, marked apart from each other, with a record of each."""
