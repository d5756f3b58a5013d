"""Answers for a region whose tasks are asleep, and wakes them for messages of the protocol.

A rule of the load balancer, before all others, sends every request here while the service has no tasks. Otherwise it
matches no request. Events of ECS, and a schedule in case one is lost, make this function change the rule. So does a request
that arrives here although tasks can take it.

Tasks that a request has started stop when the budget or the hours end, at the latest. AWS sees to that with a scheduled
action, even if this function fails. The minimum of the scalable target tells them from tasks of the window: only theirs is 0.
"""

import base64
import json
import os
import time
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import boto3

import budget
import cron

REGION = {name: os.environ[name] for name in ("CLUSTER", "SERVICE", "TARGET_GROUP", "RULE", "MCP_PATH")}
# Empty if requests do not wake the region.
WAKE = {name.removeprefix("WAKE_"): value for name, value in os.environ.items() if name.startswith("WAKE_")}

SERVICE = {"cluster": REGION["CLUSTER"], "service": REGION["SERVICE"]}
SERVICE_NAMESPACE = {"ServiceNamespace": "ecs"}
TARGET = SERVICE_NAMESPACE | {
    "ScalableDimension": "ecs:service:DesiredCount",
    "ResourceId": f"service/{REGION['CLUSTER']}/{REGION['SERVICE']}",
}

# Patterns that every path matches, and that none does, because paths begin with a slash.
EVERY_PATH, NO_PATH = "*", "asleep"

# When a client should try again.
SERVING_AGAIN = "5"  # the load balancer needs a moment to use the rule
WAKING_AGAIN = "60"
UNKNOWN_AGAIN = "86400"
RECENT = timedelta(minutes=5)  # for what somebody has changed just now

LATE = timedelta(minutes=5)  # how late metrics can be
FAILED = timedelta(minutes=20)  # tasks that are not healthy by then will not be

# The function is always healthy, so the load balancer is as healthy as its tasks to Route 53:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
HEALTHY = {"statusCode": 200, "statusDescription": "200 OK", "isBase64Encoded": False, "headers": {}, "body": ""}

ecs = boto3.client("ecs")
balancer = boto3.client("elbv2")
scaling = boto3.client("application-autoscaling")
parameters = boto3.client("ssm")


def handle(event, _context):
    now = clock()
    if "elb" in event.get("requestContext", {}):
        return HEALTHY if is_health_check(event) else respond_always(event, now)
    if not WAKE:
        state()
        return None
    record = load()  # first, so that it does not have a wake-up that the state is too old for
    awake_for = now.timestamp() - record.get("since", now.timestamp())
    current = state()
    # Metrics are late, so the alarm may not know of the request that has just woken the region.
    idle = "alarmData" in event and awake_for >= LATE.total_seconds()
    if idle or (current == "starting" and awake_for >= FAILED.total_seconds()):
        sleep()
        current = state()
    # Bounds without tasks are those of a region that is just waking up.
    settle(record, now, awake=current != "asleep" or bounds()[1] > 0)
    return None


def respond_always(request, now):
    """Answers a request, whatever happens: in place of a function that fails, the load balancer answers 502."""
    try:
        return respond(request, now)
    except Exception:
        traceback.print_exc()
        return answer(request, "This server is asleep.", WAKING_AGAIN)


def clock():
    return datetime.now(UTC)


def cached(seconds):
    """Makes a function keep its result, so that many requests do not use up the account's rate of API calls."""

    def decorate(function):
        kept = {}

        def call():
            if time.monotonic() >= kept.get("until", 0):
                kept.update(value=function(), until=time.monotonic() + seconds)
            return kept["value"]

        call.forget = kept.clear
        return call

    return decorate


def is_health_check(request):
    return request["headers"].get("user-agent") == "ELB-HealthChecker/2.0"


def respond(request, now):
    """Answers a request with 503 and the time at which to try again, and wakes the region if the request may."""
    current = recent_state()
    if current == "serving":
        return answer(request, "This server is awake.", SERVING_AGAIN)
    window_is_open, opening = window(now)
    # In the window, tasks are missing because AWS is about to start them, or because somebody has stopped them.
    if current == "starting" or window_is_open:
        return answer(request, "This server is waking up.", WAKING_AGAIN)
    again = opening
    if WAKE and opening and is_message(request):
        refused_until = recent_refusal() or wake(now)
        if not refused_until:
            return answer(request, "This server is waking up.", WAKING_AGAIN)
        again = min(opening, refused_until)
    if not again:
        return answer(request, "This server is asleep.", UNKNOWN_AGAIN)
    date = format_datetime(again, usegmt=True)
    return answer(request, f"This server is asleep until {date}.", date, again)


def answer(request, text, retry_after, opening=None):
    """Returns a response: an error of JSON-RPC to a message, and text to anything else."""
    content_type, body = "text/plain", text
    if request["httpMethod"] == "POST" and request["path"] == REGION["MCP_PATH"]:
        data = {"opening": opening and f"{opening:%Y-%m-%dT%H:%M:%SZ}"}
        error = {"code": -32000, "message": text, "data": data}  # https://www.jsonrpc.org/specification#error_object
        content_type, body = "application/json", json.dumps({"jsonrpc": "2.0", "id": message_id(request), "error": error})
    return {
        "statusCode": 503,
        "statusDescription": "503 Service Unavailable",
        "isBase64Encoded": False,
        "headers": {"Content-Type": content_type, "Retry-After": retry_after},
        "body": body,
    }


def is_message(request):
    """Reports whether a request is a message of the protocol. A scan of the internet must not wake the region."""
    return (
        request["httpMethod"] == "POST"
        and request["path"] == REGION["MCP_PATH"]
        and request["headers"].get("content-type", "").split(";")[0].strip().lower() == "application/json"
        and all(each.get("jsonrpc") == "2.0" and isinstance(each.get("method"), str) for each in messages(request) or [{}])
    )


def messages(request):
    """Returns the JSON objects of a request's body: one, or a batch."""
    try:
        body = request.get("body") or ""
        content = json.loads(base64.b64decode(body) if request.get("isBase64Encoded") else body)
    except (ValueError, RecursionError):
        return []
    batch = content if isinstance(content, list) else [content]
    return batch if all(isinstance(each, dict) for each in batch) else []


def message_id(request):
    batch = messages(request)
    return batch[0].get("id") if len(batch) == 1 else None


def state():
    """Returns asleep, starting, or serving, and makes the rule agree with it."""
    recent_state.forget()
    if ecs.describe_services(cluster=SERVICE["cluster"], services=[SERVICE["service"]])["services"][0]["desiredCount"] == 0:
        match(EVERY_PATH)
        return "asleep"
    targets = balancer.describe_target_health(TargetGroupArn=REGION["TARGET_GROUP"])["TargetHealthDescriptions"]
    # If no target is healthy, the load balancer uses those that are not.
    if not any(each["TargetHealth"]["State"] in ("healthy", "unhealthy") for each in targets):
        return "starting"
    match(NO_PATH)
    return "serving"


@cached(seconds=5)
def recent_state():
    return state()


def match(pattern):
    """Makes the rule match the paths of a pattern."""
    condition = {"Field": "path-pattern", "PathPatternConfig": {"Values": [pattern]}}
    rule = balancer.describe_rules(RuleArns=[REGION["RULE"]])["Rules"][0]
    if rule["Conditions"][0]["PathPatternConfig"]["Values"] != [pattern]:
        balancer.modify_rule(RuleArn=REGION["RULE"], Conditions=[condition])
        print(f"the rule matches {pattern}")


@cached(seconds=300)
def window_actions():
    """Returns the scheduled actions of the window: expression, time zone, and whether it opens."""
    pages = scaling.get_paginator("describe_scheduled_actions").paginate(**TARGET)
    return [
        (action["Schedule"], action.get("Timezone", "UTC"), action["ScalableTargetAction"].get("MinCapacity", 0) > 0)
        for page in pages
        for action in page["ScheduledActions"]
        if action["Schedule"].startswith("cron(")
    ]


def window(now):
    """Returns whether the window is open now, and when it opens next, if ever."""
    opening, closing = (earliest(now, opens) for opens in (True, False))
    kinds = {opens for _, _, opens in window_actions()}
    if kinds == {True}:
        return True, opening  # weekend_state=up takes away the actions that close it
    return True in kinds and closing is not None and (opening is None or closing < opening), opening


def earliest(now, opens):
    """Returns when a scheduled action that opens the window, or one that closes it, is due next."""
    due = (cron.next_time(expression, timezone, now) for expression, timezone, each in window_actions() if each == opens)
    return min(filter(None, due), default=None)


def limit(now):
    """Returns the record of the budget, until when a request may keep the region awake, or else from when."""
    record = settle(load(), now, awake=False)
    hours = budget.Hours(WAKE["TIMEZONE"], int(WAKE["START_HOUR"]), int(WAKE["END_HOUR"]))
    return record, *budget.limit(record, now, hours, int(WAKE["BUDGET_HOURS"]))


@cached(seconds=10)
def recent_refusal():
    """Returns from when a request may wake the region, None for now."""
    return limit(clock())[2]


def wake(now):
    """Starts the tasks, and returns None, or from when it may."""
    record, until, refused_until = limit(now)
    if refused_until:
        return refused_until
    window_actions.forget()  # an operator may have just changed the schedule
    window_is_open, opening = window(now)
    if window_is_open or not opening:
        return now + RECENT
    if until < opening:
        # First of all, so that nothing starts without an end. Without a minimum, AWS refuses it in the window.
        scaling.put_scheduled_action(
            **TARGET,
            ScheduledActionName=WAKE["ACTION"],
            Schedule=f"at({until:%Y-%m-%dT%H:%M:%S})",
            ScalableTargetAction={"MaxCapacity": 0},
        )
    else:
        forget_end()
    # The minimum stays, which is that of the window if it opens at this moment.
    scaling.register_scalable_target(**TARGET, MaxCapacity=int(WAKE["MAX_TASKS"]))
    save(budget.begin(record, now, min(until, opening)))
    ecs.update_service(**SERVICE, desiredCount=int(WAKE["TASKS"]))
    recent_state.forget()
    print(f"woke the region until {min(until, opening):%Y-%m-%dT%H:%M:%SZ} at the latest")
    return None


def forget_end():
    """Deletes the end of an earlier time awake, which would come before that of this one: the opening."""
    try:
        scaling.delete_scheduled_action(**TARGET, ScheduledActionName=WAKE["ACTION"])
    except scaling.exceptions.ObjectNotFoundException:
        pass


def sleep():
    """Stops the tasks, unless the window is open, or there are none."""
    least, most = bounds()
    if least > 0 or most == 0:
        return
    # AWS refuses this if the window opens at this moment.
    scaling.register_scalable_target(**TARGET, MaxCapacity=0)
    ecs.update_service(**SERVICE, desiredCount=0)
    if tasks := bounds()[0]:
        ecs.update_service(**SERVICE, desiredCount=tasks)
    print("put the region to sleep")


def bounds():
    """Returns the minimum and the maximum of the scalable target."""
    targets = scaling.describe_scalable_targets(**SERVICE_NAMESPACE, ResourceIds=[TARGET["ResourceId"]])["ScalableTargets"]
    return targets[0]["MinCapacity"], targets[0]["MaxCapacity"]


def load():
    """Returns the record of the budget."""
    return json.loads(parameters.get_parameter(Name=WAKE["PARAMETER"])["Parameter"]["Value"])


def settle(record, now, awake):
    """Returns the record up to date, and keeps it."""
    settled = budget.settle(record, now, awake)
    if settled != record:
        save(settled)
    return settled


def save(record):
    parameters.put_parameter(Name=WAKE["PARAMETER"], Value=json.dumps(record), Type="String", Overwrite=True)
