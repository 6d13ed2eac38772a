"""What is computed of a person as a decider sees it: score, labels and dimensions, in words of both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from graph.profiles import PROFILE
from graph.scores import CANDIDATE_LABELS, CANDIDATE_SCORE, ScoreStatus

SPOKEN = ("text", "advice")
"""Members that are words in both languages, or what puts them so."""
LEFT_OUT = ("evidence",)
"""Each line of evidence: how many they are and what they come to is told, and the score that is kept has the rest."""


def told(values: Sequence[Any]) -> dict[str, Any]:
    """By the columns that scores are made of; ids stay `Type:id`."""
    profile = PROFILE.make((*values, []))
    return {
        "score": _plain(CANDIDATE_SCORE.make(values)),
        "labels": _plain(CANDIDATE_LABELS.make(values)),
        "profile": profile and {"dimensions": _plain(profile["dimensions"])},
    }


def advises(told: Mapping[str, Any]) -> bool:
    """Whether there is a number, which is the advice that a decision may follow or not."""
    score = told["score"]
    return score is not None and score["status"] == ScoreStatus.SCORED.value


def _plain(made: Any) -> Any:
    if isinstance(made, list):
        return [_plain(each) for each in cast(list[Any], made)]
    if not isinstance(made, dict):
        return made
    members = cast(dict[str, Any], made)
    return {
        name: _spoken(value) if name in SPOKEN else _plain(value)
        for name, value in members.items()
        if name not in LEFT_OUT
    }


def _spoken(words: tuple[str, str] | Callable[[], tuple[str, str]]) -> dict[str, str]:
    zh, en = words() if callable(words) else words
    return {"zh": zh, "en": en}
