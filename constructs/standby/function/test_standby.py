"""Tests of the function. Run them with python3 -m unittest, in this folder."""

import base64
import contextlib
import importlib
import io
import json
import os
import random
import sys
import unittest
from datetime import UTC, datetime, timedelta

import budget
import cron
import fake_aws


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


TUESDAY = at("2026-12-01T10:00")
OPENING = "Sat, 05 Dec 2026 06:00:00 GMT"


def request(method="POST", path="/mcp", content_type="application/json", body='{"jsonrpc": "2.0", "id": 7, "method": "initialize"}'):
    return {
        "requestContext": {"elb": {"targetGroupArn": "standby"}},
        "httpMethod": method,
        "path": path,
        "headers": {"content-type": content_type} if content_type else {},
        "body": body,
        "isBase64Encoded": False,
    }


class Standby(unittest.TestCase):
    def setUp(self):
        self.load(fake_aws.WAKE)
        output = contextlib.redirect_stdout(io.StringIO())
        output.__enter__()
        self.addCleanup(output.__exit__, None, None, None)

    def load(self, wake):
        self.aws = fake_aws.AWS()
        fake_aws.install(self.aws)
        for name in fake_aws.WAKE:
            os.environ.pop(name, None)
        os.environ.update(fake_aws.REGION | wake)
        sys.modules.pop("standby", None)
        self.standby = importlib.import_module("standby")

    def handle(self, event, now=TUESDAY):
        self.standby.clock = lambda: now
        for kept in (self.standby.recent_state, self.standby.window_actions, self.standby.recent_refusal):
            kept.forget()
        return self.standby.handle(event, None)

    def ask(self, now=TUESDAY, **parts):
        return self.handle(request(**parts), now)

    def record(self):
        return json.loads(self.aws.parameter)


class Answers(Standby):
    def test_text_names_the_next_opening(self):
        response = self.ask(method="GET", path="/")
        self.assertEqual(
            response,
            {
                "statusCode": 503,
                "statusDescription": "503 Service Unavailable",
                "isBase64Encoded": False,
                "headers": {"Content-Type": "text/plain", "Retry-After": OPENING},
                "body": f"This server is asleep until {OPENING}.",
            },
        )

    def test_messages_get_an_error_of_the_protocol(self):
        self.load({})
        response = self.ask()
        self.assertEqual(response["headers"], {"Content-Type": "application/json", "Retry-After": OPENING})
        self.assertEqual(
            json.loads(response["body"]),
            {
                "jsonrpc": "2.0",
                "id": 7,
                "error": {"code": -32000, "message": f"This server is asleep until {OPENING}.", "data": {"opening": "2026-12-05T06:00:00Z"}},
            },
        )
        self.assertEqual(self.aws.desired, 0)

    def test_invalid_messages_get_an_error_too(self):
        for body in ("", "{", "[]", "7", "[7]", '{"method": "x"}', "[" * 100_000, None):
            with self.subTest(body and body[:20]):
                self.assertIsNone(json.loads(self.ask(body=body)["body"])["id"])
                self.assertEqual(self.aws.desired, 0)

    def test_health_checks_succeed_without_a_call(self):
        self.aws.calls.clear()
        check = request(method="GET", path="/")
        check["headers"] = {"user-agent": "ELB-HealthChecker/2.0"}
        self.assertEqual(self.handle(check)["statusCode"], 200)
        self.assertEqual(self.aws.calls, [])

    def test_without_an_opening_clients_come_back_in_a_day(self):
        self.aws.actions = []
        response = self.ask()
        self.assertEqual(response["headers"]["Retry-After"], "86400")
        self.assertEqual(json.loads(response["body"])["error"]["message"], "This server is asleep.")
        self.assertEqual(self.aws.desired, 0)

    def test_tasks_that_start_are_worth_a_minute(self):
        self.aws.desired, self.aws.health = 2, ["initial"]
        self.assertEqual(self.ask()["headers"]["Retry-After"], "60")
        self.assertEqual(self.aws.pattern, "*")

    def test_a_request_that_tasks_can_take_corrects_the_rule(self):
        for state in ("healthy", "unhealthy"):
            with self.subTest(state):
                self.aws.desired, self.aws.health, self.aws.pattern = 2, ["initial", state], "*"
                self.assertEqual(self.ask()["headers"]["Retry-After"], "5")
                self.assertEqual(self.aws.pattern, "asleep")

    def test_many_requests_ask_aws_once(self):
        self.handle(request(method="GET"))
        self.aws.calls.clear()
        for _ in range(100):
            self.standby.respond(request(method="GET"), TUESDAY)
        self.assertEqual(self.aws.calls, [])


class Rule(Standby):
    def test_events_change_the_rule(self):
        self.aws.desired, self.aws.health = 2, ["initial"]
        self.handle({"source": "aws.ecs"})
        self.assertEqual(self.aws.pattern, "*")
        self.aws.health = ["healthy"]
        self.handle({"source": "aws.ecs"})
        self.assertEqual(self.aws.pattern, "asleep")
        self.aws.health = ["unhealthy"]
        self.handle({"source": "aws.ecs"})
        self.assertEqual(self.aws.pattern, "asleep")
        self.aws.desired, self.aws.health = 0, ["draining"]
        self.handle({"source": "aws.ecs"})
        self.assertEqual(self.aws.pattern, "*")

    def test_a_rule_that_is_right_stays(self):
        self.handle({"source": "aws.events"})
        self.assertNotIn("modify_rule *", self.aws.calls)


class Wakes(Standby):
    def test_a_message_starts_the_tasks_after_their_end_is_certain(self):
        response = self.ask()
        self.assertEqual(response["headers"]["Retry-After"], "60")
        self.assertEqual(json.loads(response["body"])["error"]["message"], "This server is waking up.")
        changes = [call for call in self.aws.calls if not call.startswith("describe")]
        self.assertEqual(
            changes[-4:], ["put_scheduled_action at(2026-12-01T20:00:00)", "register_scalable_target 4", "put_parameter", "update_service 2"]
        )
        self.assertEqual((self.aws.minimum, self.aws.maximum, self.aws.desired), (0, 4, 2))
        self.assertEqual(self.record(), {"month": "2026-12", "used": 0, "since": TUESDAY.timestamp(), "ends": at("2026-12-01T20:00").timestamp()})

    def test_the_body_may_be_encoded_or_a_batch(self):
        message = '{"jsonrpc": "2.0", "method": "ping"}'
        encoded = request(body=base64.b64encode(message.encode()).decode()) | {"isBase64Encoded": True}
        for event in (encoded, request(body=f"[{message}, {message}]"), request(content_type="Application/JSON; charset=utf-8")):
            with self.subTest(event["body"]):
                self.aws.desired = 0
                self.handle(event)
                self.assertEqual(self.aws.desired, 2)

    def test_nothing_else_does(self):
        for parts in (
            {"method": "GET"},
            {"method": "OPTIONS"},
            {"path": "/"},
            {"path": "/mcp/"},
            {"path": "/.env"},
            {"content_type": None},
            {"content_type": "text/plain"},
            {"content_type": "application/x-www-form-urlencoded"},
            {"body": "id=1"},
            {"body": '{"jsonrpc": "1.0", "method": "initialize"}'},
            {"body": '{"jsonrpc": "2.0"}'},
            {"body": '{"jsonrpc": "2.0", "method": 7}'},
            {"body": '[{"jsonrpc": "2.0", "method": "ping"}, {}]'},
        ):
            with self.subTest(parts):
                self.assertEqual(self.ask(**parts)["statusCode"], 503)
                self.assertEqual(self.aws.desired, 0)

    def test_not_outside_the_hours(self):
        for now, again in (("2026-12-01T07:59", "Tue, 01 Dec 2026 08:00:00 GMT"), ("2026-12-01T20:00", "Wed, 02 Dec 2026 08:00:00 GMT")):
            with self.subTest(now):
                self.assertEqual(self.ask(now=at(now))["headers"]["Retry-After"], again)
                self.assertEqual(self.aws.desired, 0)
        self.assertEqual(self.ask(now=at("2026-12-04T20:00"))["headers"]["Retry-After"], OPENING)

    def test_not_beyond_the_budget(self):
        self.aws.parameter = json.dumps({"month": "2026-12", "used": 20 * 3600 - 59})
        self.assertEqual(self.ask()["headers"]["Retry-After"], OPENING)
        self.assertEqual(self.aws.desired, 0)
        self.aws.parameter = json.dumps({"month": "2026-12", "used": 20 * 3600 - 60})
        self.ask()
        self.assertIn("put_scheduled_action at(2026-12-01T10:01:00)", self.aws.calls)
        self.assertEqual(self.aws.desired, 2)

    def test_an_opening_ends_the_time_by_itself(self):
        self.load(fake_aws.WAKE | {"WAKE_START_HOUR": "0", "WAKE_END_HOUR": "24"})
        self.ask(now=at("2026-12-05T05:00"))
        self.assertEqual(self.aws.desired, 2)
        self.assertEqual(self.record()["ends"], at("2026-12-05T06:00").timestamp())
        self.assertFalse([call for call in self.aws.calls if call.startswith("put_scheduled_action")])

    def test_not_in_the_window_where_somebody_has_stopped_the_tasks(self):
        self.assertEqual(self.ask(now=at("2026-12-05T12:00"))["headers"]["Retry-After"], "60")
        self.assertEqual(self.aws.desired, 0)

    def test_not_if_only_actions_that_stop_exist(self):
        self.aws.actions = self.aws.actions[1:]
        self.ask()
        self.assertEqual(self.aws.desired, 0)

    def test_not_once_an_operator_has_put_it_to_sleep(self):
        self.ask(method="GET")  # which the function remembers
        self.aws.actions = self.aws.actions[1:]
        self.standby.recent_state.forget()
        response = self.standby.respond(request(), TUESDAY)
        self.assertEqual(response["headers"]["Retry-After"], "Tue, 01 Dec 2026 10:05:00 GMT")
        self.assertEqual(self.aws.desired, 0)

    def test_an_event_in_the_middle_of_waking_counts_nothing(self):
        start = self.aws.update_service

        def event(cluster, service, desiredCount):
            self.aws.update_service = start
            self.handle({"source": "aws.ecs"}, TUESDAY + timedelta(seconds=1))
            start(cluster, service, desiredCount)

        self.aws.update_service = event
        self.ask()
        self.assertEqual(self.record()["since"], TUESDAY.timestamp())

    def test_many_refused_messages_ask_aws_once(self):
        self.aws.parameter = json.dumps({"month": "2026-12", "used": 20 * 3600})
        self.ask()
        self.aws.calls.clear()
        self.aws.get_parameter = None
        for _ in range(100):
            self.standby.respond(request(), TUESDAY)
        self.assertEqual(self.aws.calls, [])

    def test_a_region_without_use_goes_back_to_sleep(self):
        self.ask()
        self.aws.health = ["healthy", "healthy"]
        self.handle({"source": "aws.ecs"}, TUESDAY + timedelta(minutes=2))
        self.handle({"alarmData": {}}, TUESDAY + timedelta(minutes=45))
        self.assertEqual((self.aws.minimum, self.aws.maximum, self.aws.desired, self.aws.pattern), (0, 0, 0, "*"))
        self.assertEqual(self.record(), {"month": "2026-12", "used": 45 * 60})

    def test_an_alarm_that_does_not_know_the_request_yet_is_ignored(self):
        self.ask()
        self.handle({"alarmData": {}}, TUESDAY + timedelta(minutes=4))
        self.assertEqual(self.aws.desired, 2)

    def test_tasks_that_do_not_become_healthy_stop(self):
        self.ask()
        self.aws.health = ["initial"]
        self.handle({"source": "aws.ecs"}, TUESDAY + timedelta(minutes=19))
        self.assertEqual(self.aws.desired, 2)
        self.handle({"source": "aws.ecs"}, TUESDAY + timedelta(minutes=21))
        self.assertEqual((self.aws.maximum, self.aws.desired), (0, 0))
        self.assertEqual(self.record(), {"month": "2026-12", "used": 21 * 60})

    def test_tasks_of_the_window_may_take_longer(self):
        self.aws.minimum, self.aws.maximum, self.aws.desired, self.aws.health = 2, 4, 2, ["initial"]
        self.aws.parameter = json.dumps({"month": "2026-12", "used": 0, "since": 0, "ends": at("2026-12-05T06:00").timestamp()})
        self.handle({"source": "aws.ecs"}, at("2026-12-05T06:30"))
        self.assertEqual(self.aws.desired, 2)

    def test_an_opening_takes_the_place_of_an_earlier_end(self):
        self.load(fake_aws.WAKE | {"WAKE_START_HOUR": "0", "WAKE_END_HOUR": "24"})
        self.ask(now=at("2026-12-04T09:00"))
        self.handle({"alarmData": {}}, at("2026-12-04T10:00"))
        self.ask(now=at("2026-12-04T12:00"))
        self.aws.run_actions(at("2026-12-04T12:00"), at("2026-12-05T05:59"))
        self.assertEqual(self.aws.desired, 2)

    def test_not_in_a_window_that_nothing_closes(self):
        del self.aws.actions[1]  # as with weekend_state=up
        self.assertEqual(self.ask()["headers"]["Retry-After"], "60")
        self.assertEqual(self.aws.desired, 0)

    def test_an_error_is_no_bad_gateway(self):
        self.aws.describe_rules = None
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(self.ask()["statusCode"], 503)

    def test_a_region_without_use_stays_awake_in_the_window(self):
        self.aws.minimum, self.aws.maximum, self.aws.desired, self.aws.health = 2, 4, 2, ["healthy"]
        self.handle({"alarmData": {}}, at("2026-12-05T12:00"))
        self.assertEqual((self.aws.minimum, self.aws.maximum, self.aws.desired), (2, 4, 2))

    def test_an_opening_in_the_middle_of_going_to_sleep_wins(self):
        self.ask()
        stop = self.aws.update_service

        def opens(cluster, service, desiredCount):
            self.aws.minimum, self.aws.maximum = 2, 4
            stop(cluster, service, desiredCount)

        self.aws.update_service = opens
        self.handle({"alarmData": {}}, TUESDAY + timedelta(minutes=45))
        self.assertEqual(self.aws.desired, 2)

    def test_aws_ends_the_time_if_the_function_fails(self):
        self.ask()
        self.aws.run_actions(TUESDAY, at("2026-12-01T20:00"))
        self.assertEqual(self.aws.desired, 0)
        self.handle({"source": "aws.events"}, at("2026-12-02T03:00"))
        self.assertEqual(self.record(), {"month": "2026-12", "used": 10 * 3600})

    def test_a_month_of_requests_stays_within_hours_and_budget(self):
        for seed in range(2):
            with self.subTest(seed):
                self.setUp()
                self.live(random.Random(seed), at("2026-10-10T00:00"), at("2026-12-10T00:00"))

    def live(self, chance, first, last):
        """Runs every minute of some weeks, with clients that ask, are busy for a while, and come back. Half of the events and
        of the alarms are lost."""
        awake, used, busy_until, idle = {}, 0, first, 0
        for now in fake_aws.minutes(first, last):
            before = self.aws.desired
            self.aws.run_actions(now - timedelta(minutes=1), now)
            self.aws.health = ["healthy"] * self.aws.desired
            asked = chance.random() < 0.01
            if asked and chance.random() < 0.5:
                busy_until = now + timedelta(minutes=chance.randrange(600))
            if self.aws.pattern == "*" and (asked or now < busy_until):
                self.ask(now=now)
            idle = 0 if asked or now < busy_until else idle + 1
            if idle == 30 and chance.random() < 0.5:
                self.handle({"alarmData": {}}, now)
            if now.minute == 0 or self.aws.desired != before and chance.random() < 0.5:
                self.handle({"source": "aws.ecs"}, now)
            if now.minute == 0 and self.aws.desired == before:  # the schedule has just called the function
                self.assertEqual(self.aws.pattern, "asleep" if self.aws.desired else "*", now)
            local = now.astimezone(cron.ZoneInfo("Europe/London"))
            in_window = local.weekday() >= 5 and 6 <= local.hour < 22
            self.assertTrue(self.aws.desired or not in_window, now)
            if self.aws.desired and not in_window:
                awake[now.month] = awake.get(now.month, 0) + 1
                self.assertTrue(8 <= local.hour < 20, now)
            used = max(used, awake.get(now.month, 0))
            self.assertLessEqual(awake.get(now.month, 0), 20 * 60, now)
        self.assertGreater(used, 10 * 60)


class Budget(unittest.TestCase):
    def test_hours_follow_the_time_zone(self):
        for now, start, end, opens, closes in (
            ("2026-12-01T10:00", 8, 20, "2026-12-01T08:00", "2026-12-01T20:00"),
            ("2026-07-01T10:00", 8, 20, "2026-07-01T07:00", "2026-07-01T19:00"),
            ("2026-12-01T20:00", 8, 20, "2026-12-02T08:00", "2026-12-02T20:00"),
            ("2026-12-01T03:00", 22, 6, "2026-11-30T22:00", "2026-12-01T06:00"),
            ("2026-12-01T23:00", 22, 24, "2026-12-01T22:00", "2026-12-02T00:00"),
            ("2026-03-29T12:00", 8, 20, "2026-03-29T07:00", "2026-03-29T19:00"),
        ):
            with self.subTest(now):
                self.assertEqual(budget.Hours("Europe/London", start, end).around(at(now)), (at(opens), at(closes)))

    def test_the_whole_day_has_no_end(self):
        _, closes = budget.Hours("Europe/London", 0, 24).around(TUESDAY)
        self.assertGreater(closes, at("9999-01-01T00:00"))

    def test_the_month_ends_the_time(self):
        record = {"month": "2026-12", "used": 0}
        now = at("2026-12-31T22:00")
        self.assertEqual(budget.limit(record, now, budget.Hours("UTC", 0, 24), 20), (at("2027-01-01T00:00"), None))

    def test_what_is_refused_may_be_later(self):
        hours = budget.Hours("UTC", 8, 20)
        for now, used, again in (
            ("2026-12-01T06:00", 0, "2026-12-01T08:00"),
            ("2026-12-01T19:59:30", 0, "2026-12-02T08:00"),
            ("2026-12-01T06:00", 20, "2027-01-01T08:00"),
            ("2026-12-01T10:00", 20, "2027-01-01T08:00"),
            ("2026-12-01T19:59:30", 20, "2027-01-01T08:00"),
        ):
            with self.subTest(now, used=used):
                self.assertEqual(budget.limit({"month": "2026-12", "used": used * 3600}, at(now), hours, 20), (None, at(again)))

    def test_a_month_begins_with_nothing_used(self):
        record = {"month": "2026-11", "used": 500, "since": at("2026-11-30T23:00").timestamp(), "ends": at("2026-12-01T00:00").timestamp()}
        self.assertEqual(budget.settle(record, TUESDAY, awake=False), {"month": "2026-12", "used": 0})
        self.assertEqual(budget.settle({}, TUESDAY, awake=False), {"month": "2026-12", "used": 0})

    def test_time_that_goes_on_is_not_used_yet(self):
        record = {"month": "2026-12", "used": 0, "since": TUESDAY.timestamp() - 60, "ends": TUESDAY.timestamp() + 60}
        self.assertEqual(budget.settle(record, TUESDAY, awake=True), record)
        self.assertEqual(budget.settle(record, TUESDAY, awake=False), {"month": "2026-12", "used": 60})
        self.assertEqual(budget.settle(record, TUESDAY + timedelta(hours=1), awake=True), {"month": "2026-12", "used": 120})


class Cron(unittest.TestCase):
    def test_next_time(self):
        for expression, after, due in (
            ("cron(0 6 ? * SAT,SUN *)", "2026-12-01T10:00", "2026-12-05T06:00"),
            ("cron(0 6 ? * SAT,SUN *)", "2026-12-05T06:00", "2026-12-06T06:00"),
            ("cron(0 6 ? * SAT,SUN *)", "2026-07-01T10:00", "2026-07-04T05:00"),
            ("cron(30 7 ? JAN-MAR,MAY MON 2027-2030)", "2026-12-01T10:00", "2027-01-04T07:30"),
            ("cron(0 18 24 DEC ? 2026)", "2026-12-01T10:00", "2026-12-24T18:00"),
            ("cron(0 0 * * ? *)", "2026-12-01T10:00", "2026-12-02T00:00"),
        ):
            with self.subTest(expression):
                self.assertEqual(cron.next_time(expression, "Europe/London", at(after)), at(due))

    def test_no_time_within_a_year(self):
        self.assertIsNone(cron.next_time("cron(0 18 24 DEC ? 2025)", "UTC", TUESDAY))


if __name__ == "__main__":
    unittest.main()
