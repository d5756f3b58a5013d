"""When cron expressions of AWS are due. The runtime has no library for them.

https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONTHS = ["", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
HORIZON = 366  # days


def next_time(expression, timezone, after):
    """Returns the next time of an expression, or None if there is none within a year."""
    minute, hour, days, months, weekdays, years = expression.removeprefix("cron(").removesuffix(")").split()
    zone = ZoneInfo(timezone)
    today = after.astimezone(zone).date()
    for offset in range(HORIZON):
        date = today + timedelta(days=offset)
        if (
            matches(years, date.year)
            and matches(months, date.month, MONTHS)
            and matches(days, date.day)
            and matches(weekdays, date.weekday(), WEEKDAYS)
        ):
            due = datetime.combine(date, time(int(hour), int(minute)), zone).astimezone(UTC)
            if due > after:
                return due
    return None


def matches(field, value, names=()):
    """Reports whether a field, such as SAT,SUN or 2026-2030, includes a value."""
    if field in ("*", "?"):
        return True

    def number(text):
        return names.index(text) if text in names else int(text)

    for part in field.split(","):
        first, _, last = part.partition("-")
        if number(first) <= value <= number(last or first):
            return True
    return False
