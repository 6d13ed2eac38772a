"""docs/causes.md, made of the table by which evidence is read."""

from __future__ import annotations

from datetime import timedelta

from graph.causes import DECISIVE, DEFAULT, EARLY, FAVOURABLE, LEAST_THRESHOLD, RULES, Cause, Rule, TelemetryKind

_SIDES = {Cause.PLATFORM: "platform", Cause.EMPLOYER: "employer", Cause.CANDIDATE: "candidate", None: "bar"}


def page() -> str:
    """The rules with their sides, default weights and words, and how they are read."""
    return _PAGE.format(
        threshold=DEFAULT.threshold,
        least=LEAST_THRESHOLD,
        early=EARLY // timedelta(minutes=1),
        rules="\n".join(_row(name, rule) for name, rule in RULES.items()),
        decisive=", ".join(f"`{name}`" for name in DECISIVE),
        kinds="\n".join(_kind(kind) for kind in TelemetryKind),
    )


def _row(name: str, rule: Rule) -> str:
    weight = str(rule.weight) if rule.side is not None else ""
    return f"| `{name}` | {_SIDES[rule.side]} | {weight} | {rule.zh} | {rule.en} |"


def _kind(kind: TelemetryKind) -> str:
    name = kind.value.lower().replace("_", ".")
    return f"| `{kind.value}` | `turnout.telemetry.{name}` | {'yes' if kind in FAVOURABLE else ''} |"


_PAGE = """# Whose fault a missed interview was

Made of the code by `make pages` (graph/causes.py). `Interview.assessment` reads this table over what is known of one
interview. It informs: a named person decides, after a notice and a hearing.

| rule | side | weight | 理由 | reason |
|---|---|---|---|---|
{rules}

1. The weights of all rules that hold are summed by side. Where platform or employer reach the threshold
   ({threshold}), the greater of the two is the cause; a tie is the platform's.
2. Otherwise, where no bar holds, what speaks against the candidate less what speaks for the other two is compared with
   the threshold, and the cause is the candidate where it is reached.
3. All else is UNKNOWN. The confidence is the sum, at most 100, as a share of 100; it is 0 for UNKNOWN.

So no delivery receipt is never the candidate's fault, nor is a time that was not accepted, nor a session that nobody
watched to its end. Of a window of days (AI_ASYNC) an outage counts that touches its last two hours or takes half of it.
What counts does so until the last moment at which the candidate could still come, the grace time with it: an outage, a
check of the device, and an interviewer, who counts from {early} minutes before the start. A message that was delivered
and bounced afterwards was not delivered, unless one was opened, or another delivered later.
The evidence is a set: order and repetition do not matter, and one more sign in the candidate's favour never makes the
result worse, whatever the weights. `tests/test_causes.py` holds this for generated evidence and tables.

An Organization sets its own weights by `setAttendancePolicy(causes: ["CONNECTION_LOST 40", "THRESHOLD 60"])`: each from
0 to 100, the threshold from {least}. Bars have no weight and are not to be changed; {decisive} never weigh
less than the threshold. An interview with a finding is read under the version that the finding names. No source gives
such weights: the defaults are ours.

## What a platform reports

By `recordTelemetry`, or by CloudEvents 1.0 at `POST /cloudevents` (structured, or batched) with an integrator's token:
`source` and `id` name the report, `subject` is the interview's id, `time` is when it happened, and `data.until` is when
an outage or a heartbeat ended. An outage has no subject. A report that comes again, late or out of order changes
nothing: each result says what became of its event, and all may be sent again after a 5xx. Our own
messages about the interview count too, once they are known to be delivered or bounced.

What is told after the system suspected a no-show, and lays the cause with PLATFORM or EMPLOYER, is told to its
department, and the system's notice leaves no more. What is told after it was decided changes nothing by itself.
Where it lays the cause elsewhere, both sides are told, and its department has the task REVIEW_DUE until a named person
has read it and decided again: `voidNoShow`, or `confirmNoShow` with a reason why it stands.

| kind | type of CloudEvent | in the candidate's favour |
|---|---|---|
{kinds}
"""
