"""A Python bot under control for tests: does what its first argument says, and prints what befalls it, one line each."""

import asyncio
import json
import os
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../examples/python"))

from deskwatch_reporter import Reporter  # noqa: E402

FAST = {"retry_min_s": 0.005, "retry_max_s": 0.04, "retry_slow_s": 0.01}
ORDER = {"order_id": "o-1", "venue": "binance", "symbol": "BTCUSDT", "side": "buy", "price": "64000", "size": "0.1"}


def show(*what):
    # One write: other threads say something too.
    sys.stdout.write(" ".join(str(part) for part in what) + "\n")
    sys.stdout.flush()


def reporter():
    return Reporter(os.environ["DESKWATCH_URL"], bot="b-1", key=os.environ.get("DESKWATCH_KEY"), flush_ms=5,
                    heartbeat_s=0, strategy=os.environ.get("BOT_STRATEGY"), **FAST)


def serve(control, until=None):
    """Prints the state whenever it changes, until the standard input ends."""
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    last = None
    while not ended.is_set():
        entry, exits = control.allowed(venue="binance"), control.allowed("binance", "exit")
        now = (control.state, entry, exits, control.status()["stopped"])
        if now != last:
            show("state", *now)
        last = now
        time.sleep(0.002)
    control.close()
    show("status", json.dumps(control.status()))


def obeys():
    resting = [ORDER]

    def handler(command):
        show("handler", command.action, command.state, control.allowed(venue="binance"), command.local)
        resting.clear()

    control = reporter().control(on_command=handler, open_orders=lambda: resting, positions=lambda: [],
                                 state_file=os.environ.get("DESKWATCH_STATE"), **FAST)
    show("starts", control.state, control.allowed())
    show("ready", control.ready(30))
    serve(control)


def fails():
    control = reporter().control(**FAST)

    @control.on_command
    def handler(command):
        show("handler", command.action)
        raise RuntimeError("the venue refused")

    control.ready(30)
    serve(control)


def awaits():
    async def main():
        async def handler(command):
            await asyncio.sleep(0)
            show("handler", command.action, asyncio.get_running_loop() is loop)
            return {"orders": [ORDER]}

        loop = asyncio.get_running_loop()
        control = reporter().control(on_command=handler, loop=loop, **FAST)
        await loop.run_in_executor(None, serve, control)

    asyncio.run(main())


def hangs():
    def handler(command):
        show("handler", command.action)
        if command.action == "pause":
            threading.Event().wait()

    control = reporter().control(on_command=handler, **FAST)
    control.ready(30)
    serve(control)


def stops():
    control = reporter().control(on_command=lambda command: show("handler", command.action, command.local),
                                 open_orders=lambda: [], when_away=0.5, **FAST)
    show("ready", control.ready(30))
    serve(control)


def ends():
    control = reporter().control(until_heard="block", **FAST)
    show("starts", control.state, control.allowed("binance", "exit"))
    show("ready", control.ready(30), control.allowed())


if __name__ == "__main__":
    globals()[sys.argv[1]]()
