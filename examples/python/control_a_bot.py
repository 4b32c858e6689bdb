"""A bot that quotes until it is interrupted, and does what the hub's operators ask of it.

DESKWATCH_URL is the hub's address (http://localhost:8000 when unset), DESKWATCH_KEY an ingest key if it wants one.
"""

import os
import time

from deskwatch_reporter import Reporter

url = os.environ.get("DESKWATCH_URL", "http://localhost:8000")
reporter = Reporter(url, bot="example-controlled-py", key=os.environ.get("DESKWATCH_KEY"), mode="paper")
resting = {}  # what rests at the exchange; a real bot asks the exchange itself


def obey(command):
    if command.action not in ("halt", "flatten"):
        return
    for order in list(resting.values()):
        if command.target.get("venue", order["venue"]) == order["venue"]:
            del resting[order["order_id"]]  # here a real bot cancels at the exchange
            reporter.order_cancelled(order_id=order["order_id"], venue=order["venue"])


control = reporter.control(
    on_command=obey,
    open_orders=lambda: list(resting.values()),
    positions=lambda: [],
    state_file="./control.json",
    when_away=60,
)
control.ready(timeout_s=5)
reporter.bot_started(status=control.state, venues=[{"venue": "binance", "connected": True}])

count = 0
while True:
    count += 1
    if len(resting) < 2 and control.allowed(venue="binance", intent="entry"):
        order_id = f"o-{int(time.time() * 1000)}-{count}"
        order = {"order_id": order_id, "venue": "binance", "symbol": "BTCUSDT", "side": "buy",
                 "price": "64000", "size": "0.01"}
        resting[order_id] = order
        reporter.order_placed(order, intent="entry")
    reporter.progress(count)
    time.sleep(0.1)
