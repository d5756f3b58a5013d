"""An AWS account with one region of a fleet, for tests: what the function calls, and what AWS does by itself."""

import sys
import types
from datetime import datetime, timedelta

import cron

REGION = {"CLUSTER": "cluster", "SERVICE": "service", "TARGET_GROUP": "targets", "RULE": "rule", "MCP_PATH": "/mcp"}
WAKE = {
    "WAKE_PARAMETER": "wake-budget",
    "WAKE_ACTION": "weekend-wake-end",
    "WAKE_TASKS": "2",
    "WAKE_MAX_TASKS": "4",
    "WAKE_BUDGET_HOURS": "20",
    "WAKE_START_HOUR": "8",
    "WAKE_END_HOUR": "20",
    "WAKE_TIMEZONE": "Europe/London",
}


class Refused(Exception):
    """An error of AWS."""


class AWS:
    """The scalable target, the service, its targets, the rule and the parameter."""

    def __init__(self):
        self.desired = 0
        self.minimum = self.maximum = 0
        self.health = []
        self.pattern = "*"
        self.actions = []
        self.parameter = "{}"
        self.calls = []
        self.due = {}  # when scheduled actions are due, by expression
        self.schedule("cron(0 6 ? * SAT,SUN *)", 2, 4)
        self.schedule("cron(0 22 ? * SAT,SUN *)", 0, 0)

    def schedule(self, expression, minimum, maximum):
        target = {"MinCapacity": minimum, "MaxCapacity": maximum}
        self.actions.append({"Schedule": expression, "Timezone": "Europe/London", "ScalableTargetAction": target})

    def client(self, _service):
        return self

    # What AWS does by itself.

    def run_actions(self, before, now):
        """Runs the actions that are due after one time and until another."""
        for action in list(self.actions):
            expression, target = action["Schedule"], action["ScalableTargetAction"]
            if expression.startswith("at("):
                due = datetime.fromisoformat(expression[3:-1] + "+00:00")
            else:
                due = self.due.get(expression)
                if not due or due <= before:
                    due = self.due[expression] = cron.next_time(expression, action["Timezone"], before)
            if not before < due <= now:
                continue
            minimum, maximum = target.get("MinCapacity", self.minimum), target["MaxCapacity"]
            if minimum <= maximum:
                self.minimum, self.maximum = minimum, maximum
                self.desired = min(max(self.desired, minimum), maximum)
            if expression.startswith("at("):
                self.actions.remove(action)

    # What the function calls.

    def describe_services(self, **_arguments):
        self.calls.append("describe_services")
        return {"services": [{"desiredCount": self.desired}]}

    def update_service(self, cluster, service, desiredCount):
        self.calls.append(f"update_service {desiredCount}")
        self.desired = desiredCount

    def describe_target_health(self, **_arguments):
        return {"TargetHealthDescriptions": [{"TargetHealth": {"State": state}} for state in self.health]}

    def describe_rules(self, **_arguments):
        return {"Rules": [{"Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": [self.pattern]}}]}]}

    def modify_rule(self, RuleArn, Conditions):
        (self.pattern,) = Conditions[0]["PathPatternConfig"]["Values"]
        self.calls.append(f"modify_rule {self.pattern}")

    def get_paginator(self, _operation):
        return self

    def paginate(self, **_arguments):
        self.calls.append("describe_scheduled_actions")
        return [{"ScheduledActions": self.actions[:1]}, {"ScheduledActions": self.actions[1:]}]

    def put_scheduled_action(self, ScheduledActionName, Schedule, ScalableTargetAction, **_target):
        self.calls.append(f"put_scheduled_action {Schedule}")
        self.actions = [each for each in self.actions if each.get("ScheduledActionName") != ScheduledActionName]
        self.actions.append(
            {"ScheduledActionName": ScheduledActionName, "Schedule": Schedule, "ScalableTargetAction": ScalableTargetAction}
        )

    class exceptions:
        class ObjectNotFoundException(Exception):
            """What a name leads to does not exist."""

    def delete_scheduled_action(self, ScheduledActionName, **_target):
        left = [each for each in self.actions if each.get("ScheduledActionName") != ScheduledActionName]
        if left == self.actions:
            raise self.exceptions.ObjectNotFoundException
        self.actions = left
        self.calls.append("delete_scheduled_action")

    def describe_scalable_targets(self, **_arguments):
        return {"ScalableTargets": [{"MinCapacity": self.minimum, "MaxCapacity": self.maximum}]}

    def register_scalable_target(self, MaxCapacity, MinCapacity=None, **_target):
        minimum = self.minimum if MinCapacity is None else MinCapacity
        if minimum > MaxCapacity:
            raise Refused("the maximum is less than the minimum")
        self.calls.append(f"register_scalable_target {MaxCapacity}")
        self.minimum, self.maximum = minimum, MaxCapacity

    def get_parameter(self, **_arguments):
        return {"Parameter": {"Value": self.parameter}}

    def put_parameter(self, Value, **_arguments):
        self.calls.append("put_parameter")
        self.parameter = Value


def install(aws):
    """Makes boto3 lead to an account."""
    sys.modules["boto3"] = types.SimpleNamespace(client=aws.client)


def minutes(first, last):
    """Returns every minute from one time to another."""
    while first < last:
        yield first
        first += timedelta(minutes=1)
