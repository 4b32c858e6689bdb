"""A Python bot for tests: does what its first argument says, then prints the reporter's stats as JSON."""

import asyncio
import json
import os
import sys
import time
from datetime import datetime, timezone
from decimal import Decimal

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../examples/python"))

from deskwatch_reporter import ArbitrageBot, BotConfig, Reporter  # noqa: E402

URL = os.environ["DESKWATCH_URL"]
SPOOL = os.environ.get("DESKWATCH_SPOOL")
FAST = {"flush_ms": 5, "heartbeat_s": 0, "retry_min_s": 0.005, "retry_max_s": 0.04, "retry_slow_s": 0.01}


def reporter_for(**options):
    return Reporter(URL, **{"bot": "py-1", "spool_dir": SPOOL, **FAST, **options})


def fill(reporter, number):
    reporter.fill(fill_id=f"f-{number}", venue="v", symbol="s", side="buy", price="1", size=1)


def show(stats):
    print(json.dumps(stats), flush=True)


def told():
    reporter = reporter_for(mode="paper", strategy="mm")
    reporter.bot_started(status="running")
    reporter.order_placed(order_id=1, venue="v", symbol="s", side="sell", size=Decimal("0.10"))
    reporter.fill({"fill_id": "x", "venue": "v", "symbol": "s", "side": "buy", "price": "1", "size": "2"}, is_maker=True)
    reporter.mark(venue="v", symbol="s", price=1.5, ts=datetime(2026, 1, 1, tzinfo=timezone.utc))
    reporter.error("timeout", "no answer", severity="high")
    reporter.threshold_breach("daily_loss", 50.0)
    reporter.event(type="annotation", title="deploy")
    show(reporter.close())


def alerts():
    async def main():
        bot = ArbitrageBot(BotConfig(token="t", channel_id=123456789, api_base_url=URL))
        await bot.alert_fill(pair_id="p:k", entry_edge_cents=3.2, realized_edge_cents=2.5, pnl_cents=150.0)
        await bot.alert_error("execution_timeout", "Hedge timed out")
        await bot.alert_threshold_breach("daily_loss", 50.0)
        bot.alert_error("plain", "not awaited")
        return bot.close()

    show(asyncio.run(main()))


def hostile():
    class Raises:
        def __str__(self):
            raise ZeroDivisionError("no")

    class Mapping(dict):
        def keys(self):
            raise RuntimeError("no")

    reporter = reporter_for()
    circle = {"type": "annotation", "title": "circle"}
    circle["self"] = circle
    deep = inner = {}
    for _ in range(5000):
        inner["x"] = {}
        inner = inner["x"]
    reporter.event(circle)
    reporter.event(type="annotation", title="raises", bad=Raises())
    reporter.event(type="annotation", title="nan", value=float("nan"), other=float("inf"))
    reporter.event(type="annotation", title="deep", deep=deep)
    reporter.event(type="annotation", title="keys", odd={(1, 2): "x", 3: "y"})
    for value in (None, 1, "x", [1], object(), Mapping(a=1), {"title": "no type"}, {"type": 5}):
        reporter.event(value)
    mutable = {"type": "annotation", "title": "before"}
    reporter.event(mutable)
    mutable["title"] = "after"
    show(reporter.close())


def many():
    count, pause = int(sys.argv[2]), float(sys.argv[3])
    queue_max = int(os.environ.get("DESKWATCH_QUEUE", "10000"))
    # Where a queue is to overflow to disk, the bot leaves the reporter the time for it.
    room = queue_max if SPOOL else count + 1
    reporter = reporter_for(timeout_s=0.1, queue_max=queue_max)
    for number in range(count):
        fill(reporter, number)
        if number % 50 == 49:
            time.sleep(pause)
        while reporter.stats()["queued"] >= room:
            time.sleep(0.001)
    end = time.monotonic() + 15
    while time.monotonic() < end and reporter.stats()["accepted"] + reporter.stats()["rejected"] < count:
        time.sleep(0.01)
    show(reporter.close())


def closing():
    """Closes while the next attempt is far away."""
    reporter = reporter_for(retry_slow_s=60.0, queue_max=5000)
    fill(reporter, 0)
    while not reporter.stats()["retries"]:
        time.sleep(0.005)
    for number in range(1, 3000):
        fill(reporter, number)
    show(reporter.close())


def drain(reporter):
    while reporter.stats()["queued"] or reporter.stats()["spooled"]:
        time.sleep(0.005)


def counted():
    """Loses what does not fit; says goodbye; closes a while later when it is told so."""
    reporter = reporter_for(heartbeat_s=60, queue_max=100)
    for number in range(150 if SPOOL is None else 700):
        fill(reporter, number)
    drain(reporter)
    reporter.bot_stopped()
    drain(reporter)
    time.sleep(float(sys.argv[2]))
    show(reporter.close(30.0))


def full():
    reporter = reporter_for(queue_max=100)
    for number in range(80):
        reporter.tick(duration_s=number)
    for number in range(60):
        fill(reporter, number)
    show(reporter.stats())
    show(reporter.close(0.05))


def spooled():
    reporter = reporter_for()
    first, count = int(sys.argv[2]), int(sys.argv[3])
    for number in range(first, first + count):
        fill(reporter, number)
    while reporter.stats()["spooled"] < count:
        time.sleep(0.005)
    show(reporter.stats())
    sys.stdin.read()


def drained():
    reporter = reporter_for()
    fill(reporter, int(sys.argv[2]))
    end = time.monotonic() + 15
    while time.monotonic() < end and (reporter.stats()["spooled"] or not reporter.stats()["accepted"]):
        time.sleep(0.005)
    show(reporter.close())


def long_errors():
    reporter = reporter_for()
    for message in ("x" * 4096, "first" + "x" * 5000 + "last", "\U0001f600" * 4096, "\U0001f600" * 9000, None):
        reporter.error("trace", message)
    show(reporter.close())


def alerted():
    """A trade that it posts as well, then one that is told by an alert alone."""
    bot = ArbitrageBot(BotConfig(api_base_url=URL))
    bot.alert_fill("p:k", 3.2, 2.5, 150.0, "fill-001")
    bot.alert_fill("p:k", 3.2, 2.5, 150.0, fill_id="fill-002", size_usd=None)
    bot.alert_fill("p:k", 3.2, 2.5, 150.0)
    bot.alert_fill("p:k", 3.2, 2.5, 150.0)
    show(bot.close())


def alerts_left():
    """As in the guide of an arbitrage platform, which closes nothing."""
    async def main():
        bot = ArbitrageBot(BotConfig(token="t", channel_id=123456789, api_base_url=URL))
        await bot.alert_fill(pair_id="p:k", entry_edge_cents=3.2, realized_edge_cents=2.5, pnl_cents=150.0)
        await bot.alert_error("execution_timeout", "Hedge timed out")
        await bot.alert_threshold_breach("daily_loss", 50.0)
        show(bot.reporter.stats())

    asyncio.run(main())


def many_left():
    """Ends without close, several reporters at once."""
    reporters = [reporter_for(bot=f"py-{number}", queue_max=5000) for number in range(3)]
    for reporter in reporters:
        for number in range(2000):
            fill(reporter, number)
        show(reporter.stats())


def left():
    """Ends without close."""
    reporter = reporter_for()
    fill(reporter, 0)
    show(reporter.stats())


def forked():
    reporter = reporter_for()
    fill(reporter, 0)
    child = os.fork()
    fill(reporter, 2 if child == 0 else 1)
    stats = reporter.close()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    show(stats)


def beating():
    reporter = reporter_for(heartbeat_s=0.02)
    reporter.progress(42)
    time.sleep(0.2)
    show(reporter.close())


if __name__ == "__main__":
    globals()[sys.argv[1]]()
