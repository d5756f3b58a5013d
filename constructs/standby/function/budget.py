"""How long requests may keep a region awake.

The record counts per calendar month in UTC:

    month  the month, such as 2026-11
    used   the seconds of the month that are used up
    since  the start of the time awake that is not in used yet, if any
    ends   the latest end of that time
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SHORTEST = timedelta(minutes=1)  # it is not worth starting tasks for less


def settle(record, now, awake):
    """Returns the record, with the time awake in used once it has ended."""
    month = f"{now:%Y-%m}"
    if "since" in record and (not awake or now.timestamp() >= record["ends"]):
        used = record["used"] + max(0, min(now.timestamp(), record["ends"]) - record["since"])
        record = {"month": record["month"], "used": used}
    if record.get("month") != month and "since" not in record:
        record = {"month": month, "used": 0}
    return record


def begin(record, now, ends):
    """Returns the record of a region that wakes now."""
    return {"month": record["month"], "used": record["used"], "since": now.timestamp(), "ends": ends.timestamp()}


def limit(record, now, hours, budget):
    """Returns until when the region may be awake, or None and the time from which it may be.

    Both hours and budget end the time awake. So does the month, because the next one has a budget of its own.
    """
    month = (now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=32)).replace(day=1)
    left = timedelta(hours=budget, seconds=-record["used"])
    if left < SHORTEST:
        return None, hours.next(month)
    if now < hours.next(now):
        return None, hours.next(now)
    until = min(hours.around(now)[1], month, now + left)
    if until - now < SHORTEST:
        return None, hours.next(until)
    return until, None


class Hours:
    """Hours of every day, in a time zone."""

    def __init__(self, timezone, start, end):
        self.zone, self.start, self.end = ZoneInfo(timezone), start, end

    def next(self, at):
        """Returns a time if it is in the hours, or else when they next begin."""
        return max(at, self.around(at)[0])

    def around(self, at):
        """Returns the hours that include a time, or the next ones."""
        if (self.start, self.end) == (0, 24):
            return at, datetime.max.replace(tzinfo=UTC)
        today = at.astimezone(self.zone).replace(minute=0, second=0, microsecond=0)
        for offset in (-1, 0, 1):
            day = today + timedelta(days=offset)
            opens = day.replace(hour=self.start).astimezone(UTC)
            next_day = day + timedelta(days=1) if self.end <= self.start or self.end == 24 else day
            closes = next_day.replace(hour=self.end % 24).astimezone(UTC)
            if at < closes:
                return opens, closes
        raise ValueError("a day has no hours")
