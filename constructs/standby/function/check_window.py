"""Compares what the function knows about a window with what standard input says is true."""

import json
import os
import sys
from datetime import datetime

import fake_aws

aws = fake_aws.AWS()
fake_aws.install(aws)
os.environ.update(fake_aws.REGION)

import standby  # noqa: E402, it reads the environment

truth = json.load(sys.stdin)
aws.actions = truth["actions"]
wrong = []
for moment in truth["moments"]:
    is_open, opening = standby.window(datetime.fromisoformat(moment["at"]))
    if is_open:
        opening = None
    if is_open != moment["open"] or opening != (moment["opening"] and datetime.fromisoformat(moment["opening"])):
        wrong.append(f"{moment}: open {is_open}, opening {opening}")
sys.exit("\n".join(wrong[:10]) if wrong else 0)
