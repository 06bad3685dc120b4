"""The lessons: one marimo notebook each, and the catalogue of all of them.

Installed as `stabkit_lessons` and found through the entry-point group ``stabkit.lessons``.
"""

from __future__ import annotations

from .catalogue import LESSONS, Lesson, lesson

__all__ = ["LESSONS", "Lesson", "lesson"]
