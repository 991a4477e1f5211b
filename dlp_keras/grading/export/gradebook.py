"""A class as a table of students and exercises."""

from collections.abc import Sequence

from dlp_keras.grading.records import Record


class Gradebook:
    """Records in the order of the names of students and exercises; of two in one place the last counts.

    Attributes
    ----------
    exercises : list of str
    codes : list of str
        Such as ``"ex01"``, the heads of columns.
    rows : dict of str to list of Record or None
        By student, the records in the order of `exercises`; None where there is none.
    """

    def __init__(self, records: Sequence[Record]) -> None:
        places = {(record.student, record.exercise): record for record in records}
        self.exercises = sorted({exercise for _, exercise in places})
        self.codes = [exercise[:4] for exercise in self.exercises]
        self.rows = {
            student: [places.get((student, exercise)) for exercise in self.exercises]
            for student in sorted({student for student, _ in places})
        }

    @property
    def by_student(self) -> dict[str, list[Record]]:
        """The records that each student has."""
        return {student: [record for record in row if record] for student, row in self.rows.items()}
