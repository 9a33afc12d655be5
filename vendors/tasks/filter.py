"""Filter a company's tasks."""

from __future__ import annotations

from dataclasses import dataclass

from projects.domain.text.match_key import match_key
from vendors.tasks.task import State, Task

CHANGED = "changed"
ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """The criteria of a task list; the default keeps every task.

    `company` is a company's uid, `project` a slug; `state` a State, or "changed" for what the
    published 版 changed, or "answered" for what the PMO answered.
    """

    company: str = ""
    project: str = ""
    phase: str = ""
    mark: str = ""
    state: str = ""
    words: tuple[str, ...] = ()

    def keeps(self, task: Task) -> bool:
        """Return whether the task meets all criteria."""
        return self._place(task) and self._state(task) and self._text(task)

    def _place(self, task: Task) -> bool:
        return (
            self.company in ("", task.seat.vendor_uid)
            and self.project in ("", task.seat.slug)
            and self.phase in ("", task.phase)
            and (not self.mark or self.mark in task.marks)
        )

    def _state(self, task: Task) -> bool:
        if self.state == CHANGED:
            return task.is_changed
        if self.state == ANSWERED:
            return task.question == "answered"
        return not self.state or task.state == State(self.state)

    def _text(self, task: Task) -> bool:
        if not self.words:
            return True
        line = task.line
        text = match_key("\n".join((*line.path_names, line.name, line.description)))
        return all(word in text or word == match_key(line.number) for word in self.words)
