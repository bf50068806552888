"""What is left of old answers: how many there were of each kind in a month."""

from collections.abc import Mapping
from datetime import date

from sqlmodel import Field, Session

from storage.privacy.inventory import Entry
from storage.tables import Table


class AnswerCount(Table, table=True):
    """How often something was answered in one month, by anybody of the workspace.

    `month` is the month's first day. `question` is the table and column that held the answers.
    """

    workspace: str = Field(primary_key=True)
    month: date = Field(primary_key=True)
    question: str = Field(primary_key=True)
    answer: str = Field(primary_key=True)
    count: int

    privacy = Entry(codes=("question", "answer"))


def add_counts(session: Session, workspace: str, counts: Mapping[tuple[date, str, str], int]) -> None:
    """Add to the numbers, by month, question and answer."""
    for (month, question, answer), count in counts.items():
        row = session.get(AnswerCount, (workspace, month, question, answer)) or AnswerCount(
            workspace=workspace, month=month, question=question, answer=answer, count=0
        )
        row.count += count
        session.add(row)
