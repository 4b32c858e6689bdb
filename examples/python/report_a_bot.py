"""A bot that starts, quotes, trades and stops within a second, and reports it: python3 examples/python/report_a_bot.py

DESKWATCH_URL is the hub's address (http://localhost:8000 when unset), DESKWATCH_KEY an ingest key if it wants one.
"""

import json
import os
import time

from deskwatch_reporter import Reporter


def main():
    reporter = Reporter(
        os.environ.get("DESKWATCH_URL", "http://localhost:8000"),
        bot="example-python",
        key=os.environ.get("DESKWATCH_KEY"),
        mode="paper",
        strategy="example",
    )
    reporter.bot_started(status="running", version="1.0.0", venues=[{"venue": "kalshi", "connected": True}])
    for number in range(5):
        trade = f"{int(time.time() * 1000)}-{number}"
        reporter.order_placed(
            order_id=f"o-{trade}", venue="kalshi", symbol="CPI-3.0", side="buy", price="0.42", size="10"
        )
        reporter.fill(
            fill_id=f"f-{trade}", order_id=f"o-{trade}", venue="kalshi", symbol="CPI-3.0", side="buy",
            price="0.42", size="10", is_maker=True, fee="0.07", fee_currency="USD",
        )
        reporter.progress(number + 1)
        time.sleep(0.1)
    reporter.alert_fill(pair_id="pm-0x1234:kalshi-ABC", entry_edge_cents=3.2, realized_edge_cents=2.5, pnl_cents=150.0)
    reporter.bot_stopped(reason="the example is over")
    stats = reporter.close()
    print(json.dumps(stats))
    return 0 if stats["accepted"] == stats["reported"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
