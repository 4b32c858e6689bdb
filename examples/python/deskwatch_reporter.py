"""Reports what a trading bot does to a Deskwatch hub, and hears what people ask of it. One file, no dependencies,
Python 3.8 or newer: copy it.

    from deskwatch_reporter import Reporter

    reporter = Reporter("http://localhost:8000", bot="my-bot")
    reporter.fill(fill_id="1", venue="binance", symbol="BTCUSDT", side="buy", price="64000.50", size="0.01")
    reporter.close()

Every call returns at once and raises nothing. Events wait in a bounded queue and are sent by threads, in batches, again
and again until the hub has them. A process that ends without `close` sends what is left, for at most 2 seconds. Each event gets an id when it is reported, so
that the hub takes what comes twice once. With `spool_dir`, facts wait on disk while the hub is away, also over a
restart or a kill of the bot. When there is no room, samples are dropped first; what was dropped is counted, and the
counts reach the hub with the heartbeats.

    control = reporter.control(on_command=stop_or_go, open_orders=my_resting_orders)
    if control.allowed(venue="binance", intent="entry"):
        ...

`Control` says what the bot may do: `allowed` reads a local flag, a thread asks the hub for news.
"""

import asyncio
import atexit
import base64
import collections
import http.client
import inspect
import itertools
import json
import math
import os
import queue
import random
import secrets
import shutil
import socket
import ssl
import threading
import time
import weakref
from datetime import date, datetime, timezone
from urllib.parse import quote, urlsplit

__all__ = ["Reporter", "Control", "Command", "ArbitrageBot", "BotConfig"]

# Their newest value is what counts, so they are dropped first.
SAMPLES = frozenset(["heartbeat", "tick", "metric", "log", "mark", "book", "edge"])

BATCH_EVENTS_MAX = 500
BATCH_BYTES_MAX = 1024 * 1024
EVENT_CHARS_MAX = 1_000_000
# What the hub takes of an error's message, and so much stays on either side of one that is too long.
MESSAGE_MAX = 4096
MESSAGE_SIDE = 2020
CHARS_IN_MEMORY_MAX = 32 * 1024 * 1024
SEGMENT_BYTES = 1024 * 1024
HANGING_S = 1.0
AT_EXIT_S = 2.0
ANSWER_BYTES_MAX = 4 * 1024 * 1024


class _Done:
    """What calls return: nothing, for those who like to await it."""

    def __await__(self):
        return iter(())


_DONE = _Done()


class Reporter:
    """Reports for one bot. Nothing here raises; what went wrong last is in `stats()["last_error"]`.

    url: the hub's address. bot: 1 to 64 of A-Za-z0-9._:-. key: an ingest key; none is needed on the hub's own machine.
    mode, strategy, account: said with every event that does not say otherwise. spool_dir: where facts wait while the
    hub is away. queue_max: events in memory, with a spool as many facts again. flush_ms: longest wait of an event; one that
    comes after a pause goes within 5.
    heartbeat_s: between two heartbeats; 0 for none. timeout_s: when an answer counts as missing.
    retry_min_s, retry_max_s: waits while the hub is away; retry_slow_s: first wait when it refuses the bot.
    """

    def __init__(self, url, bot, key=None, mode=None, strategy=None, account=None, spool_dir=None, queue_max=10_000,
                 flush_ms=100, heartbeat_s=5.0, timeout_s=10.0, spool_max_bytes=256 * 1024 * 1024,
                 retry_min_s=0.1, retry_max_s=10.0, retry_slow_s=5.0):
        defaults = {"bot": bot, "mode": mode, "strategy": strategy, "account": account}
        self._defaults = {name: value for name, value in defaults.items() if value is not None}
        self._counters = _Counters()
        self._lanes = _Lanes(queue_max, queue_max * 2 if spool_dir else queue_max)
        self._heartbeat_s = heartbeat_s
        self._progress = None
        self._settings = {
            "url": url, "key": key, "timeout_s": timeout_s, "flush_s": flush_ms / 1000, "heartbeat_s": heartbeat_s,
            "retry": (retry_min_s, retry_max_s, retry_slow_s), "bot": str(bot),
            "spool_dir": os.fspath(spool_dir) if spool_dir else None, "spool_max_bytes": spool_max_bytes,
        }
        self._closed = False
        self._stopped = False
        self._begin()
        _reporters.add(self)

    def _begin(self):
        """Starts the threads; again in a child of a fork, which has none of its parent's."""
        self._prefix = f"{_base36(int(time.time() * 1000))}-{secrets.token_hex(6)}-"
        self._count = itertools.count()
        self._delivery = _Delivery(self._settings, self._lanes, self._counters, self._heartbeat_line,
                                   lambda: self._stopped)
        self._delivery.start()

    def _after_fork(self):
        # What waited is the parent's to send; locks may be held by threads that are not here.
        self._counters = _Counters()
        self._lanes = _Lanes(self._lanes.events_max, self._lanes.facts_max)
        if not self._closed:
            self._begin()

    # -- what a bot says -------------------------------------------------------------------------------------------

    def bot_started(self, event=None, **fields):
        return self._say("bot.started", event, fields)

    def bot_state(self, event=None, **fields):
        return self._say("bot.state", event, fields)

    def bot_stopped(self, event=None, **fields):
        return self._say("bot.stopped", event, fields)

    def heartbeat(self, event=None, **fields):
        return self._say("heartbeat", event, fields)

    def tick(self, event=None, **fields):
        return self._say("tick", event, fields)

    def metric(self, event=None, **fields):
        return self._say("metric", event, fields)

    def log(self, event=None, **fields):
        return self._say("log", event, fields)

    def annotation(self, event=None, **fields):
        return self._say("annotation", event, fields)

    def calibration(self, event=None, **fields):
        return self._say("calibration", event, fields)

    def risk(self, event=None, **fields):
        return self._say("risk", event, fields)

    def instrument(self, event=None, **fields):
        return self._say("instrument", event, fields)

    def rate(self, event=None, **fields):
        return self._say("rate", event, fields)

    def pair(self, event=None, **fields):
        return self._say("pair", event, fields)

    def mark(self, event=None, **fields):
        return self._say("mark", event, fields)

    def book(self, event=None, **fields):
        return self._say("book", event, fields)

    def edge(self, event=None, **fields):
        return self._say("edge", event, fields)

    def opportunity(self, event=None, **fields):
        return self._say("opportunity", event, fields)

    def feed(self, event=None, **fields):
        return self._say("feed", event, fields)

    def order_placed(self, event=None, **fields):
        return self._say("order.placed", event, fields)

    def order_acknowledged(self, event=None, **fields):
        return self._say("order.acknowledged", event, fields)

    def order_cancelled(self, event=None, **fields):
        return self._say("order.cancelled", event, fields)

    def order_rejected(self, event=None, **fields):
        return self._say("order.rejected", event, fields)

    def order_expired(self, event=None, **fields):
        return self._say("order.expired", event, fields)

    def order_filled(self, event=None, **fields):
        return self._say("order.filled", event, fields)

    def orders_snapshot(self, event=None, **fields):
        return self._say("orders.snapshot", event, fields)

    def quote(self, event=None, **fields):
        return self._say("quote", event, fields)

    def quote_ended(self, event=None, **fields):
        return self._say("quote.ended", event, fields)

    def fill(self, event=None, **fields):
        return self._say("fill", event, fields)

    def fill_voided(self, event=None, **fields):
        return self._say("fill.voided", event, fields)

    def correction(self, event=None, **fields):
        return self._say("correction", event, fields)

    def adjustment(self, event=None, **fields):
        return self._say("adjustment", event, fields)

    def position_opened(self, event=None, **fields):
        return self._say("position.opened", event, fields)

    def position_closed(self, event=None, **fields):
        return self._say("position.closed", event, fields)

    def position_snapshot(self, event=None, **fields):
        return self._say("position.snapshot", event, fields)

    def balance(self, event=None, **fields):
        return self._say("balance", event, fields)

    def income(self, event=None, **fields):
        return self._say("income", event, fields)

    def settlement(self, event=None, **fields):
        return self._say("settlement", event, fields)

    def error(self, code, message, **fields):
        """Of a message of more than 4,096 characters the hub gets the beginning and the end."""
        return self._say("error", {"code": code, "message": _short_message(message)}, fields)

    def threshold_breach(self, metric, value, limit=None, **fields):
        return self._say("threshold_breach", {"metric": metric, "value": value, "limit": limit}, fields)

    def event(self, event=None, **fields):
        """Any event, its `type` among its fields."""
        return self._say(None, event, fields)

    # -- the alerts of an arbitrage bot, plain or awaited ----------------------------------------------------------

    def alert_fill(self, pair_id, entry_edge_cents, realized_edge_cents, pnl_cents, fill_id=None, **fields):
        """A pair trade in cents. Without a `fill_id` each call is a fill of its own, for two trades may have the same
        figures: a bot that posts its fills to `/api/fills` as well passes the `fill_id` of that fill, and the trade
        is counted once."""
        said = {"pair_id": pair_id, "entry_edge_cents": entry_edge_cents, "realized_edge_cents": realized_edge_cents,
                "pnl_cents": pnl_cents, "fill_id": self._next_id() if fill_id is None else fill_id}
        return self._say("fill", said, {name: value for name, value in fields.items() if value is not None})

    def alert_error(self, code, message, **fields):
        return self.error(code, message, **fields)

    def alert_threshold_breach(self, metric, value, limit=None, **fields):
        return self.threshold_breach(metric, value, limit, **fields)

    # -- what people ask of the bot --------------------------------------------------------------------------------

    def control(self, **options):
        """A `Control` of this reporter's bot, at the same hub with the same key."""
        return Control(self, **options)

    # -- how it goes -----------------------------------------------------------------------------------------------

    def progress(self, count):
        """The bot's own count of what it got done, for the heartbeats: a bot whose count stands still is stuck."""
        self._progress = count

    def stats(self):
        """Counts of events: reported, sent, accepted, dropped, spooled, queued, rejected; retries; last_error."""
        return {**self._counters.all(), "spooled": self._delivery.spooled, "queued": self._lanes.occupied}

    def close(self, timeout_s=5.0):
        """Sends what is left, for at most `timeout_s`, and then the last counters with a heartbeat, for at most a second of
        it; what the hub does not take by then goes to the spool, or is dropped and counted. Later calls are counted as dropped. Returns `stats()`."""
        self._closed = True
        try:
            self._delivery.close(timeout_s)
        except Exception as error:  # a bot must not fail for what it reports: the reason is kept
            self._counters.note(error)
        return self.stats()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _next_id(self):
        return f"{self._prefix}{next(self._count)}"

    def _say(self, kind, event, fields):
        self._counters.add(reported=1)
        try:
            self._take(kind, event, fields)
        except Exception as error:  # a bot must not fail for what it reports: counted, and the reason is kept
            self._counters.add(rejected=1)
            self._counters.note(error)
        return _DONE

    def _take(self, kind, event, fields):
        said = {**event, **fields} if event else fields
        kind = kind or said.get("type")
        if not isinstance(kind, str):
            raise TypeError("an event must say its type")
        sample = kind in SAMPLES
        if self._closed:
            self._counters.drop(1, sample)
            return
        self._stopped = kind == "bot.stopped" or (self._stopped and kind != "bot.started")
        line = self._line(kind, said)
        dropped_samples, taken = self._lanes.offer(line, sample)
        if dropped_samples:
            self._counters.drop(dropped_samples, True)
        if not taken:
            self._counters.drop(1, sample)
        self._delivery.ask()
        if self._lanes.waiting >= BATCH_EVENTS_MAX:
            self._delivery.hurry()

    def _line(self, kind, said):
        whole = {**said, "type": kind}
        for name, value in self._defaults.items():
            if whole.get(name) is None:
                whole[name] = value
        if whole.get("id") is None:
            whole["id"] = self._next_id()
        if whole.get("ts") is None:
            whole["ts"] = _iso_now()
        line = _to_json(whole)
        if len(line) > EVENT_CHARS_MAX:
            raise ValueError(f"an event of {len(line)} characters is too large")
        return line

    def _heartbeat_line(self):
        stats = self.stats()
        progress = stats["reported"] if self._progress is None else self._progress
        client = {name: stats[name] for name in ("sent", "dropped", "spooled", "queued", "retries")}
        return self._line("heartbeat", {"progress": progress, "interval_s": self._heartbeat_s, "client": client})


class BotConfig:
    """The configuration of `ArbitrageBot`. The token and the channel are the chat bot's own and are sent to nobody."""

    def __init__(self, token=None, channel_id=None, api_base_url="http://localhost:8000", **options):
        self.token = token
        self.channel_id = channel_id
        self.api_base_url = api_base_url
        # Handed on to `Reporter`: bot, key, spool_dir, ...
        self.options = options


class ArbitrageBot:
    """The alerts of a trading engine by the names that it already calls: `await bot.alert_fill(...)`. An engine that posts
    the same trade to `/api/fills` adds that fill's id, `fill_id="fill-001"`: without it the trade is counted twice."""

    def __init__(self, config):
        self.config = config
        self.reporter = Reporter(config.api_base_url, **{"bot": "default", **config.options})

    def alert_fill(self, pair_id, entry_edge_cents, realized_edge_cents, pnl_cents, fill_id=None, **fields):
        return self.reporter.alert_fill(pair_id, entry_edge_cents, realized_edge_cents, pnl_cents, fill_id, **fields)

    def alert_error(self, code, message, **fields):
        return self.reporter.alert_error(code, message, **fields)

    def alert_threshold_breach(self, metric, value, limit=None, **fields):
        return self.reporter.alert_threshold_breach(metric, value, limit, **fields)

    def close(self, timeout_s=5.0):
        return self.reporter.close(timeout_s)


# -- control ---------------------------------------------------------------------------------------------------------


_STATES = ("running", "paused", "reducing", "halted")
_STATE_AFTER = {"pause": "paused", "halt": "halted", "flatten": "reducing", "resume": "running"}
_ACTIONS = frozenset(_STATE_AFTER)
# 0: any order, 1: exits only, 2: none.
_LEVELS = {"running": 0, "paused": 1, "reducing": 1, "halted": 2}
_KNOWN_MAX = 1_000
_HOLD_S = 30.0
_KEEP_S = 2.0
_PAUSE_S = 0.2
# Waits before the bot is asked again while something is left: at venues a cancellation takes its time.
_AGAIN_S = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


class Command:
    """What a handler is told. action: pause, halt, flatten or resume. target: {"bot": …}, {"strategy": …}, {"venue": …}
    or {"all": True}. state: what the bot may do from now on. local: whether the bot gave it to itself because the hub is
    away."""

    def __init__(self, command_id, action, target, reason, issued_at, state, local=False):
        self.command_id = command_id
        self.action = action
        self.target = target
        self.reason = reason
        self.issued_at = issued_at
        self.state = state
        self.local = local

    def __repr__(self):
        return f"<{self.action} {self.target} {self.command_id}: {self.reason}>"


class Control:
    """What people ask of a bot. Nothing here raises, and nothing keeps the process alive.

    reporter: of the same bot; its hub and key are used. on_command(command): does the work (cancels orders, closes
    positions) in a thread of its own; it is acknowledged when it returns, and told with its error when it raises. A
    coroutine runs on `loop` when one is given. open_orders(), positions(): all that rests or is held now, as dicts of
    `orders.snapshot` and `position.snapshot`; the handler may return {"orders": […], "positions": […]} instead.
    until_heard: "allow" or "block", before the first contact. when_away: "keep" what was told last, or a number of seconds
    after which the bot halts itself; it then goes on by a resume alone, or with `resume_when_heard` by itself.
    state_file: keeps the orders over a restart: a halted bot starts halted. report_state: tell `bot.state` by itself.
    strategy: the bot's, its reporter's when absent: what holds it holds the bot from the first contact on.
    """

    def __init__(self, reporter, on_command=None, open_orders=None, positions=None, until_heard="allow",
                 when_away="keep", resume_when_heard=False, state_file=None, report_state=True, timeout_s=10.0,
                 retry_min_s=0.1, retry_max_s=10.0, retry_slow_s=5.0, loop=None, strategy=None):
        self._reporter = reporter
        self._settings = reporter._settings
        self._strategy = strategy if strategy is not None else reporter._defaults.get("strategy")
        self._handler = on_command
        self._open_orders = open_orders
        self._positions = positions
        self._stop_after_s = float(when_away) if isinstance(when_away, (int, float)) and when_away > 0 else None
        self._resume_when_heard = resume_when_heard
        self._report_state = report_state
        self._timeout_s = timeout_s
        self._retry = (retry_min_s, retry_max_s, retry_slow_s)
        self._loop = loop
        self._file = _StateFile(state_file, self._settings["bot"]) if state_file else None
        self._flag = (0, {})
        self._told = ("running", {})
        self._blocked = until_heard == "block"
        self._stopped = False
        self._reported = None
        self._runs = collections.OrderedDict()
        self._stops = 0
        self._quiet_s = 0.0
        self._silent = False
        self._watched = 0
        self._unproven = []
        self._last_error = None
        self._closed = threading.Event()
        self._heard = threading.Event()
        self._lock = threading.RLock()
        self._remember()
        self._apply(None)
        self._begin()
        _controls.add(self)

    def _begin(self):
        self._in_turn = queue.Queue()
        self._start(self._ask_all, "ask")
        self._start(self._run_in_turn, "turn")
        if self._stop_after_s:
            self._start(self._watch, "watch")

    def _start(self, target, name, *args):
        try:
            threading.Thread(target=target, args=args, name=f"deskwatch-{name}", daemon=True).start()
        except RuntimeError as error:  # no more threads, or the interpreter is ending
            self._note(error)

    def _after_fork(self):
        # A child is another process at the same venues: it hears the hub for itself.
        self._lock = threading.RLock()
        if self._file:
            self._file.lock = threading.Lock()
        closed, heard = self._closed.is_set(), self._heard.is_set()
        self._closed, self._heard = threading.Event(), threading.Event()
        # What the parent is at is the parent's; the hub says again what stands.
        self._runs = collections.OrderedDict(
            (name, run) for name, run in self._runs.items() if run["step"] == "acknowledged")
        if heard:
            self._heard.set()
        if closed:
            self._closed.set()
        else:
            self._begin()

    # -- what a bot asks -------------------------------------------------------------------------------------------

    def allowed(self, venue=None, intent="entry"):
        """Whether an order may be sent now: an entry, or an exit, which closes or reduces a position."""
        bot, venues = self._flag
        level = max(bot, venues.get(venue, 0)) if venues else bot
        return level == 0 or (level == 1 and intent == "exit")

    @property
    def state(self):
        """What the bot as a whole may do: running, paused, reducing or halted. Venues may be held besides."""
        return "halted" if self._blocked or self._stopped else self._told[0]

    def on_command(self, handler):
        """Who does what commands ask; usable as a decorator. Halt and flatten wait for the first, unacknowledged."""
        with self._lock:
            self._handler = handler
            waiting = [run for run in self._runs.values() if run["step"] == "waiting"]
        for run in waiting:
            self._start_run(run)
        return handler

    def ready(self, timeout_s=10.0):
        """Waits until the hub was heard, for at most `timeout_s`; whether it was."""
        return self._heard.wait(timeout_s)

    def status(self):
        """How it stands, as a dict: state, venues, heard, stopped, pending, last_error."""
        with self._lock:
            pending = sum(1 for run in self._runs.values() if run["step"] != "acknowledged")
        return {"state": self.state, "venues": dict(self._told[1]), "heard": self._heard.is_set(),
                "stopped": self._stopped, "pending": pending, "last_error": self._last_error}

    def close(self):
        """Hears nothing more. The flag stays as it is."""
        self._closed.set()
        self._in_turn.put(None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # -- the thread that asks --------------------------------------------------------------------------------------

    def _ask_all(self):
        questions = _Questions(self._settings, self._timeout_s)
        failures, hold_s, last, since = 0, 0, None, ""
        asker = f"bot={quote(self._settings['bot'], safe='')}"
        if self._strategy:
            asker += f"&strategy={quote(str(self._strategy), safe='')}"
        while not self._closed.is_set():
            wait_s, slow, after_s = 0.0, False, None
            try:
                path = f"/api/v1/commands?{asker}&wait={hold_s}{since}"
                asked_at = time.monotonic()
                status, retry_after, body = questions.ask("GET", path, None, hold_s)
                if self._closed.is_set():
                    break
                if status == 200:
                    now = _read_orders(body)
                    self._quiet_s, self._silent, failures = 0.0, False, 0
                    hold_s = int(min(_HOLD_S, (self._stop_after_s or _HOLD_S * 4) / 4))
                    # The hub may have nothing new to say and not hold the answer back either.
                    wait_s = _PAUSE_S if hold_s == 0 or (now == last and now[2]) else 0.0
                    last = now
                    since = f"&since={body['as_of_seq']}" if isinstance(body.get("as_of_seq"), int) else ""
                    self._hear(*now, asked_at)
                else:
                    slow, after_s = not (status in _Transport.RETRY or status >= 500), _seconds(retry_after)
                    raise _Refused(f"{status} {body.get('code', '')}".strip())
            except Exception as error:  # whatever the network does, it is asked again
                self._note(_why(error))
                failures, hold_s, last, since = failures + 1, 0, None, ""
                wait_s = self._wait_s(failures, slow, after_s)
            self._closed.wait(wait_s)
        questions.close()

    def _wait_s(self, failures, slow, after_s):
        low, high, slow_s = self._retry
        low, high = (slow_s, slow_s * 10) if slow else (low, high)
        full = min(high, low * 2 ** min(failures - 1, 20))
        own = full / 2 + full / 2 * random.random()
        return max(own, (after_s or 0.0) + min(own, (after_s or 0.0) / 10))

    def _hear(self, state, venues, commands, asked_at):
        with self._lock:
            self._told = (state, venues)
            self._blocked = False
            if not self._heard.is_set():
                self._reported = None
            lifts = any(command["action"] == "resume" and "venue" not in command["target"]
                        and command["command_id"] not in self._runs for command in commands)
            if lifts or self._resume_when_heard:
                self._stopped = False
            reason = commands[-1]["reason"] if commands else None
            self._apply(reason)
            awaited = {command["command_id"] for command in commands}
            done = [run for run in self._runs.values()
                    if run["step"] == "done" and run["command"].command_id not in awaited]
            # Asked after it was told it names it still: it has lost the answer.
            again = [run for run in self._runs.values() if run["step"] == "acknowledged"
                     and run["told_at"] < asked_at and run["command"].command_id in awaited]
            fresh = [run for run in (self._taken(command) for command in commands) if run]
        for run in done:
            run["heard"].set()
        for run in again:
            run["step"], run["heard"] = "done", threading.Event()
            self._start(self._tell_hub, "acknowledge", run, run["error"],
                        lambda command=run["command"]: self._tell_left(command, None))
        for run in fresh:
            self._start_run(run)
        self._heard.set()
        self._keep()

    def _taken(self, said, local=False):
        """A command that was not known, as one to run."""
        if said["command_id"] in self._runs:
            return None
        run = {"command": Command(state=self.state, local=local, **said), "step": "waiting", "heard": threading.Event(),
               "kept": threading.Event(), "error": None, "done_at": None,
               "told_at": 0.0}
        self._runs[said["command_id"]] = run
        while len(self._runs) > _KNOWN_MAX:
            self._runs.popitem(last=False)
        return run

    # -- the threads that do what is asked -------------------------------------------------------------------------

    def _start_run(self, run):
        with self._lock:
            action = run["command"].action
            flag_suffices = action in ("pause", "resume")
            if run["step"] != "waiting" or not (self._handler or flag_suffices):
                return  # without a handler nobody cancels or closes anything, so nothing is acknowledged
            run["step"] = "running"
        if flag_suffices:
            self._in_turn.put(run)
        else:
            # Nothing that hangs may hold up a halt.
            self._start(self._run, "command", run)

    def _run_in_turn(self):
        turn = self._in_turn
        while True:
            run = turn.get()
            if run is None:
                return
            command = run["command"]
            # A halt overtook it while it waited: nobody is to start anything again now.
            overtaken = command.action == "resume" and command.state == "running" and self.state != "running"
            self._run(run, not overtaken)

    def _run(self, run, handle=True):
        command, left = run["command"], None
        try:
            handler = self._handler
            if handler and handle:
                left = self._awaited(handler(command))
        except BaseException as failure:  # whatever a bot raises, people must know that it did not do it
            run["error"] = _error_text(failure)
            self._note(failure)
        run["done_at"] = _iso_now()
        if self._file:
            run["kept"].wait(_KEEP_S)
        run["step"] = "done"
        if not command.local:
            # What waits for the hub must not hold up the next command.
            self._start(self._tell_hub, "acknowledge", run, run["error"], lambda: self._tell_left(command, left))
        else:
            run["step"] = "acknowledged"  # nobody waits for it
            self._start(self._tell_left, "evidence", command, left)

    def _awaited(self, result):
        if not inspect.isawaitable(result):
            return result
        if self._loop is not None:
            return asyncio.run_coroutine_threadsafe(_waits(result), self._loop).result()
        return asyncio.run(_waits(result))

    def _tell_hub(self, run, error, then=None):
        command = run["command"]
        questions = _Questions(self._settings, self._timeout_s)
        body = {"bot": self._settings["bot"], "ts": run["done_at"]}
        if error is not None:
            body["error"] = error
        failures = 0
        while not run["heard"].is_set() and not self._closed.is_set():
            try:
                status, _, _ = questions.ask(
                    "POST", f"/api/v1/commands/{quote(command.command_id, safe='')}/ack", body, 0)
                # A hub that knows no such command, or none for this bot, wants no answer to it.
                if 200 <= status < 300 or status in (403, 404, 409):
                    break
                self._note(f"{status} for an acknowledgement")
            except Exception as failure:  # whatever the network does, it is told again
                self._note(_why(failure))
            failures += 1
            run["heard"].wait(self._wait_s(failures, False, None))
        questions.close()
        run["told_at"] = time.monotonic()
        run["step"] = "acknowledged"
        if then and not self._closed.is_set():
            then()

    # -- what is left ----------------------------------------------------------------------------------------------

    def _tell_left(self, command, left):
        """Tells the hub what is left after a command, and again while that is more than the commands since leave."""
        with self._lock:
            self._watched += 1
            watched = self._watched
            self._unproven = [one for one in self._unproven if not _ends_with(one, command)][-99:]
            if command.action in ("halt", "flatten"):
                self._unproven.append(command)
        said = left if isinstance(left, dict) else {}
        wants = command.action == "flatten" or said.get("positions") is not None
        for wait_s in (*_AGAIN_S, None):
            orders = self._asked(self._open_orders, said.get("orders"))
            wants = wants or any(one.action == "flatten" for one in self._unproven)
            held = self._asked(self._positions, said.get("positions")) if wants else None
            with self._lock:
                if self._watched != watched:
                    return
                self._unproven = [one for one in self._unproven if not self._is_proven(one, orders, held)]
                more = bool(self._unproven)
            if orders is not None:
                self._reporter.orders_snapshot(orders=orders, source="bot")
            if held is not None:
                self._reporter.position_snapshot(positions=held, source="bot")
            if not more or wait_s is None or self._closed.wait(wait_s):
                return
            said, wants = {}, False

    def _is_proven(self, command, orders, held):
        """Whether nothing is left that the bot could be asked for."""
        if self._open_orders is not None and not _is_clear(orders, command.target):
            return False
        flattens = command.action == "flatten" and self._positions is not None
        return not flattens or _is_clear(_nonzero(held), command.target)

    def _asked(self, provider, left):
        """The bot's own words when it can be asked, for they are newest; else what its handler returned."""
        if provider is None:
            return left
        try:
            return [dict(item) for item in self._awaited(provider())]
        except Exception as error:  # the venue may be away: asked again
            self._note(error)
            return None

    # -- the flag --------------------------------------------------------------------------------------------------

    def _apply(self, reason):
        state = self.state
        self._flag = (_LEVELS[state], {venue: _LEVELS[held] for venue, held in self._told[1].items()})
        if state == self._reported or (self._reported is None and state == "running"):
            return
        self._reported = state
        if self._report_state and not self._blocked:
            self._reporter.bot_state(status=state, **({"reason": reason} if reason else {}))

    def _keep(self):
        if not self._file:
            return
        with self._file.lock:
            with self._lock:
                kept = {"state": self._told[0], "venues": self._told[1], "stopped": self._stopped}
                runs = list(self._runs.values())
            try:
                self._file.write(kept)
            except OSError as error:
                self._note(error)
        for run in runs:
            run["kept"].set()

    def _remember(self):
        """A bot that was held before a restart is held after it, until it hears otherwise."""
        if not self._file:
            return
        try:
            kept = self._file.read()
            if kept:
                self._told = (kept["state"], kept["venues"])
                self._stopped = kept["stopped"]
        except _OtherBot as error:
            self._note(error)
            self._file = None
        except (OSError, ValueError) as error:
            self._note(error)
            self._blocked = True  # it may have been halted: nobody knows before the hub says so

    def _watch(self):
        """Counts how long the hub has given no sign of life. A process that did not run meanwhile has not waited for it."""
        step_s = min(1.0, max(0.005, self._stop_after_s / 20))
        looked = time.monotonic()
        while not self._closed.wait(step_s):
            now = time.monotonic()
            self._quiet_s += min(now - looked, step_s * 2)
            looked = now
            if self._quiet_s >= self._stop_after_s and not self._silent:
                self._silent = True
                self._stop()

    def _stop(self):
        reason = f"no sign of life from the hub for {self._stop_after_s:g} s"
        with self._lock:
            self._stopped = True
            self._stops += 1
            self._apply(reason)
            said = {"command_id": f"hub-away-{int(time.time() * 1000)}-{self._stops}", "action": "halt",
                    "target": {"bot": self._settings["bot"]}, "reason": reason,
                    "issued_at": _iso_now()}
            run = self._taken(said, local=True)
        self._start_run(run)
        self._keep()

    def _note(self, error):
        self._last_error = _error_text(error)[:500]


def _error_text(error):
    try:
        return (str(error) or type(error).__name__)[:1000]
    except Exception:  # a bot may raise anything, also what cannot be turned into words
        return "the handler raised something that cannot be read"


async def _waits(awaitable):
    return await awaitable


def _ends_with(command, by):
    """Whether nothing has to be proven of a command any more now that this one came: it is lifted, or replaced."""
    return (by.action == "resume" and "venue" not in by.target) or command.target == by.target


def _is_clear(items, target):
    """Whether nothing is left of what a command is about; what is not known is not clear."""
    if items is None:
        return False
    venue = target.get("venue")
    return not [item for item in items if venue is None or item.get("venue") == venue]


def _nonzero(positions):
    if positions is None:
        return None
    return [position for position in positions if float(position.get("size", 1)) != 0]


def _read_orders(body):
    """(state, venues, commands). Raises on anything else: half an order is none."""
    state, commands = body.get("state"), body.get("commands")
    states = body.get("venue_states") or {}
    if state not in _STATES or not isinstance(commands, list) or any(held not in _STATES for held in states.values()):
        raise _Refused("the hub told no orders that can be read")
    venues = {venue: held for venue, held in states.items() if held != "running"}
    venues.update({venue: "halted" for venue in body.get("venues_halted") or []})
    return state, venues, [_read_command(command) for command in commands]


def _read_command(command):
    names = ("command_id", "action", "target", "reason", "issued_at")
    said = {name: command.get(name) for name in names} if isinstance(command, dict) else {}
    if not isinstance(said.get("command_id"), str) or said["action"] not in _ACTIONS or not said["target"]:
        raise _Refused("the hub told a command that cannot be read")
    return said


class _Refused(Exception):
    pass


class _OtherBot(ValueError):
    pass


class _StateFile:
    """The newest orders of one bot, replaced as a whole and synced; the file of the TypeScript client is the same."""

    def __init__(self, path, bot):
        self._path = os.fspath(path)
        self._bot = bot
        self._newest = None
        self.lock = threading.Lock()

    def read(self):
        try:
            with open(self._path, encoding="utf-8") as file:
                kept = json.loads(file.read(1024 * 1024))
        except FileNotFoundError:
            return None
        venues = kept.get("venues") if isinstance(kept, dict) else None
        if not isinstance(venues, dict) or kept.get("state") not in _STATES:
            raise ValueError(f"{self._path} keeps no orders that can be read")
        if kept.get("bot") != self._bot:
            raise _OtherBot(f"{self._path} is of another bot")
        if any(held not in _STATES for held in venues.values()):
            raise ValueError(f"{self._path} keeps no orders that can be read")
        return {"state": kept["state"], "venues": venues, "stopped": kept.get("stopped") is True}

    def write(self, kept):
        text = json.dumps({"bot": self._bot, **kept}) + "\n"
        if text == self._newest:
            return
        os.makedirs(os.path.dirname(self._path) or ".", mode=0o700, exist_ok=True)
        draft = f"{self._path}.{os.getpid()}.tmp"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self._path)
        self._newest = text


class _Questions:
    """One question after another on a connection that is kept."""

    def __init__(self, settings, timeout_s):
        self._settings = settings
        self._timeout_s = timeout_s
        self._connection = None

    def ask(self, method, path, body, hold_s):
        """(status, Retry-After, body as a dict). Raises when no answer came."""
        reused = self._connection is not None
        try:
            return self._attempt(method, path, body, hold_s)
        except (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
            self.close()
            if not reused:
                raise
            # The hub closed the idle connection just as it was used again: that says nothing about the hub.
            return self._attempt(method, path, body, hold_s)
        except Exception:
            self.close()
            raise

    def _attempt(self, method, path, body, hold_s):
        url, key = self._settings["url"], self._settings["key"]
        if self._connection is None:
            self._connection = _open_connection(url, self._timeout_s)
        connection = self._connection
        headers = {"Accept": "application/json"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        headers.update(_proxy_headers(url, headers))
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        connection.timeout = self._timeout_s + hold_s
        if connection.sock is not None:
            connection.sock.settimeout(self._timeout_s + hold_s)
        connection.request(method, urlsplit(url).path.rstrip("/") + path, body=data, headers=headers)
        response = connection.getresponse()
        text = response.read(ANSWER_BYTES_MAX)
        if response.will_close or not response.isclosed():
            self.close()
        return response.status, response.getheader("Retry-After"), _parsed(text)

    def close(self):
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


# -- lines -----------------------------------------------------------------------------------------------------------

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _base36(number):
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"


def _iso_now():
    return datetime.now(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _plain(value):
    """What JSON has no word for: a moment as ISO-8601 (one without an offset is read as UTC), a Decimal as its digits."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (set, frozenset, tuple, collections.deque)):
        return list(value)
    item = getattr(value, "item", None)
    # NumPy's numbers.
    return item() if callable(item) else str(value)


_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=_plain).encode


def _to_json(event):
    try:
        return _encode(event)
    except Exception:
        # Not a number, a circle, a strange key, or an object that raises: the careful way reads what can be read.
        return _encode(_careful(event, ()))


def _careful(value, parents):
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, int, bool)):
        return value
    if id(value) in parents:
        return "[circular]"
    if len(parents) > 32:
        return "[too large]"
    inner = (*parents, id(value))
    if isinstance(value, dict):
        return {str(name): _careful(item, inner) for name, item in list(value.items())}
    if isinstance(value, (list, tuple, set, frozenset, collections.deque)):
        return [_careful(item, inner) for item in list(value)]
    try:
        return _careful(_plain(value), inner)
    except Exception:  # the marker tells the reader of the event that this part raised when it was read
        return "[unreadable]"


def _short_message(message):
    """The message; of one that is longer than the hub takes, such as a traceback, its beginning and its end."""
    if not isinstance(message, str) or len(message) <= MESSAGE_MAX:
        return message
    left_out = len(message) - 2 * MESSAGE_SIDE
    return f"{message[:MESSAGE_SIDE]}\n[{left_out} characters left out]\n{message[-MESSAGE_SIDE:]}"


# -- what waits in memory --------------------------------------------------------------------------------------------


class _Counters:
    def __init__(self):
        self._lock = threading.Lock()
        self._counts = dict.fromkeys(
            ("reported", "sent", "accepted", "dropped", "dropped_samples", "retries", "rejected"), 0)
        self.last_error = None

    def add(self, **counts):
        with self._lock:
            for name, count in counts.items():
                self._counts[name] += count

    def drop(self, count, samples):
        self.add(dropped=count, dropped_samples=count if samples else 0)

    def note(self, error):
        self.last_error = (str(error) or type(error).__name__)[:500]

    def all(self):
        with self._lock:
            return {**self._counts, "last_error": self.last_error}


class _Entry:
    __slots__ = ("line", "sample", "order")

    def __init__(self, line, sample, order):
        self.line = line
        self.sample = sample
        self.order = order


class _Lanes:
    """Facts and samples in the order of the calls, never more than the limits; the oldest samples make room first. What
    was taken keeps its place in the account until it is released."""

    def __init__(self, events_max, facts_max):
        self.events_max = events_max
        self.facts_max = facts_max
        self.occupied = 0
        self._chars = 0
        self._order = 0
        self._facts = collections.deque()
        self._samples = collections.deque()
        self._lock = threading.Lock()

    @property
    def waiting(self):
        return len(self._facts) + len(self._samples)

    @property
    def waiting_facts(self):
        return len(self._facts)

    @property
    def is_half_full(self):
        return self.occupied * 2 >= self.events_max or self._chars * 2 >= CHARS_IN_MEMORY_MAX

    def offer(self, line, sample):
        """How many older samples were dropped for the line, and whether it was taken."""
        with self._lock:
            dropped = 0
            limit = self.events_max if sample else self.facts_max
            while self.occupied >= self.events_max or self._chars + len(line) > CHARS_IN_MEMORY_MAX:
                if self._samples:
                    self._strike(self._samples.popleft())
                    dropped += 1
                elif self.occupied < limit and self._chars + len(line) <= CHARS_IN_MEMORY_MAX:
                    break
                else:
                    return dropped, False
            (self._samples if sample else self._facts).append(_Entry(line, sample, self._order))
            self._order += 1
            self.occupied += 1
            self._chars += len(line)
            return dropped, True

    def take(self, count, bytes_left, only=None):
        """Up to `count` entries, oldest first, of at most so many bytes; the first always fits."""
        taken = []
        with self._lock:
            while len(taken) < count:
                lane = self._oldest(only)
                if not lane:
                    break
                size = len(lane[0].line) + 1
                if taken and size > bytes_left:
                    break
                bytes_left -= size
                taken.append(lane.popleft())
        return taken

    def restore(self, entries):
        with self._lock:
            for entry in reversed(entries):
                (self._samples if entry.sample else self._facts).appendleft(entry)

    def release(self, entries):
        with self._lock:
            for entry in entries:
                self._strike(entry)

    def _strike(self, entry):
        self.occupied -= 1
        self._chars -= len(entry.line)

    def _oldest(self, only):
        if only == "facts":
            return self._facts
        if only == "samples" or not self._facts:
            return self._samples
        if not self._samples or self._facts[0].order < self._samples[0].order:
            return self._facts
        return self._samples


# -- what waits on disk ----------------------------------------------------------------------------------------------


class _Session:
    """A folder of one reporter in the spool directory, with an owner file that it touches. The session of a process that
    has ended is taken over, by an atomic rename, by the next reporter of the same bot."""

    STALE_S = 30.0

    def __init__(self, path):
        self.path = path

    @classmethod
    def create(cls, spool_dir, bot):
        os.makedirs(spool_dir, mode=0o700, exist_ok=True)
        name = f"{cls.prefix(bot)}{_base36(int(time.time() * 1000))}-{secrets.token_hex(6)}"
        # Made under another name, so that nobody sees a session without its owner.
        draft = os.path.join(spool_dir, f".{name}")
        os.mkdir(draft, 0o700)
        session = cls(draft)
        session.own()
        session.path = os.path.join(spool_dir, name)
        os.rename(draft, session.path)
        return session

    @classmethod
    def adopt(cls, spool_dir, bot, own_paths):
        adopted = []
        for name in sorted(os.listdir(spool_dir)):
            path = os.path.join(spool_dir, name)
            if name.startswith(f".{cls.prefix(bot)}"):
                cls._remove_stale_draft(path)
            if not name.startswith(cls.prefix(bot)) or path in own_paths or not cls(path).is_abandoned():
                continue
            fresh = os.path.join(spool_dir, f"{name.split('~')[0]}~{secrets.token_hex(6)}")
            try:
                os.rename(path, fresh)
                session = cls(fresh)
                session.own()
            except FileNotFoundError:
                continue  # another process was faster
            adopted.append(session)
        return adopted

    @classmethod
    def _remove_stale_draft(cls, path):
        """A session that was never finished, because its process ended: it holds no events."""
        try:
            if time.time() - os.stat(path).st_mtime > cls.STALE_S:
                shutil.rmtree(path, ignore_errors=True)
        except FileNotFoundError:
            pass  # it was finished just now, and has its name

    @staticmethod
    def prefix(bot):
        return f"{quote(bot, safe='')[:120]}@"

    @property
    def _owner_path(self):
        return os.path.join(self.path, "owner.json")

    def own(self):
        _write_private(self._owner_path, json.dumps(_this_owner()).encode(), "wb")

    def touch(self):
        os.utime(self._owner_path)

    def release(self, empty):
        if empty:
            shutil.rmtree(self.path, ignore_errors=True)
        elif os.path.exists(self._owner_path):
            os.unlink(self._owner_path)

    def is_abandoned(self):
        try:
            with open(self._owner_path, encoding="utf-8") as file:
                owner = json.load(file)
            age_s = time.time() - os.stat(self._owner_path).st_mtime
            return age_s > self.STALE_S or _has_ended(owner)
        except (FileNotFoundError, ValueError):
            return os.path.isdir(self.path)  # given up, or its owner died while it wrote
        except OSError:
            return False  # not ours to read


def _write_private(path, data, mode):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | (os.O_APPEND if "a" in mode else os.O_TRUNC), 0o600)
    with open(descriptor, mode) as file:
        file.write(data)


def _this_owner():
    try:
        pid_space = os.readlink("/proc/self/ns/pid")
    except OSError:
        pid_space = ""  # only Linux tells; elsewhere processes of one host share their pids
    return {"pid": os.getpid(), "host": socket.gethostname(), "pidSpace": pid_space}


def _has_ended(owner):
    here = _this_owner()
    same = isinstance(owner, dict) and all(owner.get(name) == here[name] for name in ("host", "pidSpace"))
    # On Windows a signal of 0 would end the process: there only its silence tells.
    if not same or owner.get("pid") == here["pid"] or os.name != "posix":
        return False
    try:
        os.kill(int(owner["pid"]), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


class _Segment:
    def __init__(self, session, number=None, path=None):
        self.session = session
        self.path = path or os.path.join(session.path, f"{number:08d}.ndjson")
        self.bytes = 0
        self.lines = 0
        self.failures = 0


class _Spool:
    """Facts on disk while the hub is away: segments written at the end and read from the front, each removed once the hub
    has all of it. After a crash the first may be sent again; the events' ids make that harmless."""

    FIRST_NUMBER = 50_000_000  # grows from the middle, so that a batch that came back can be put in front
    READ_ATTEMPTS = 5  # too many open files pass; a broken disk does not

    def __init__(self, directory, bot, bytes_max, counters):
        self._dir = directory
        self._bot = bot
        self._bytes_max = bytes_max
        self._counters = counters
        self._own = None
        self._adopted = []
        self._segments = []
        self._writing = None
        self._head = None  # the segment that is being sent, its lines, and how many of them the hub has
        self._last = self._first = self.FIRST_NUMBER

    @property
    def count(self):
        return sum(segment.lines for segment in list(self._segments)) - (self._head[2] if self._head else 0)

    def open(self):
        self._own_session()
        self._adopt()

    def tend(self):
        for session in self._sessions():
            try:
                session.touch()
            except FileNotFoundError:
                self._lost(session)
        self._adopt()

    def append(self, lines):
        """How many lines were written, from the first; fewer when the spool is full."""
        lines = self._fitting(lines)
        if lines:
            if self._writing is None or self._writing.bytes >= SEGMENT_BYTES:
                self._last += 1
                self._writing = _Segment(self._own_session(), self._last)
                self._segments.append(self._writing)
            self._write(self._writing, lines)
        return len(lines)

    def prepend(self, lines):
        if len(self._fitting(lines)) < len(lines):
            raise OSError("the spool is full")
        self._first -= 1
        segment = _Segment(self._own_session(), self._first)
        self._write(segment, lines)
        self._segments.insert(0, segment)
        return segment

    def peek(self, count, bytes_left):
        head = self._load_head()
        lines = []
        for line in head[1][head[2]:head[2] + count] if head else []:
            size = len(line.encode()) + 1
            if lines and size > bytes_left:
                break
            bytes_left -= size
            lines.append(line)
        return lines, bytes_left

    def advance(self, count):
        if self._head:
            self._head[2] += count

    def finish(self, segment):
        if self._head and self._head[0] is segment:
            self._head = None
        if self._writing is segment:
            self._writing = None
        if segment in self._segments:
            self._segments.remove(segment)
        try:
            os.unlink(segment.path)
        except FileNotFoundError:
            pass  # gone is what it should be
        except OSError as error:
            self._counters.note(error)
        session = segment.session
        if session is not self._own and not any(other.session is session for other in self._segments):
            self._adopted = [other for other in self._adopted if other is not session]
            session.release(True)

    def close(self):
        self._load_head()
        for session in self._sessions():
            session.release(not any(segment.session is session for segment in self._segments))

    def _sessions(self):
        return [*self._adopted, *([self._own] if self._own else [])]

    def _own_session(self):
        self._own = self._own or _Session.create(self._dir, self._bot)
        return self._own

    def _adopt(self):
        place = 1 if self._head else 0
        own_paths = {session.path for session in self._sessions()}
        for session in _Session.adopt(self._dir, self._bot, own_paths):
            segments = [self._found(session, name) for name in sorted(os.listdir(session.path))
                        if name.endswith(".ndjson")]
            if not segments:
                session.release(True)
                continue
            self._adopted.append(session)
            self._segments[place:place] = segments
            place += len(segments)

    @staticmethod
    def _found(session, name):
        segment = _Segment(session, path=os.path.join(session.path, name))
        with open(segment.path, "rb") as file:
            data = file.read()
        segment.bytes = len(data)
        segment.lines = data.count(b"\n") + (0 if data.endswith(b"\n") or not data else 1)
        return segment

    def _lost(self, session):
        """Another process took the session over, so what is in it is that one's to send."""
        self._segments = [segment for segment in self._segments if segment.session is not session]
        self._adopted = [other for other in self._adopted if other is not session]
        if self._head and self._head[0].session is session:
            self._head = None
        if self._own is session:
            self._own = self._writing = None

    def _fitting(self, lines):
        room = self._bytes_max - sum(segment.bytes for segment in self._segments)
        for index, line in enumerate(lines):
            room -= len(line.encode()) + 1
            if room < 0:
                return lines[:index]
        return lines

    def _write(self, segment, lines):
        data = ("\n".join(lines) + "\n").encode()
        try:
            _write_private(segment.path, data, "ab")
        except OSError as error:
            self._writing = None  # the file may end in half a line now, so nothing more goes there
            if isinstance(error, FileNotFoundError):
                self._lost(segment.session)
            raise
        segment.bytes += len(data)
        segment.lines += len(lines)

    def _load_head(self):
        while not self._head or self._head[2] >= len(self._head[1]):
            if self._head:
                self.finish(self._head[0])
            if not self._segments:
                return None
            segment = self._segments[0]
            if segment is self._writing:
                self._writing = None  # what comes now goes to a new file: this one is read once
            self._load(segment)
        return self._head

    def _load(self, segment):
        try:
            with open(segment.path, encoding="utf-8", errors="replace") as file:
                found = [line for line in file.read().split("\n") if line]
        except OSError as error:
            segment.failures += 1
            if not isinstance(error, FileNotFoundError) and segment.failures < self.READ_ATTEMPTS:
                raise
            # Set aside, so that it does not stand in the way; the file stays for whoever can read it.
            self._segments.remove(segment)
            self._counters.drop(segment.lines, False)
            self._counters.note(error)
            return
        lines = [line for line in found if _is_whole(line)]
        self._counters.drop(len(found) - len(lines), False)
        segment.lines = len(lines)
        self._head = [segment, lines, 0]


def _is_whole(line):
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False  # half a line, left by a kill or a full disk: the caller counts it


# -- delivery --------------------------------------------------------------------------------------------------------


class _Batch:
    def __init__(self, spooled, entries, heartbeat):
        self.spooled = spooled
        self.entries = entries
        self.heartbeat = heartbeat
        self.since = time.monotonic()
        self.stored = None  # the segment with its facts, when they had to be put on disk

    @property
    def size(self):
        return len(self.spooled) + len(self.entries)

    @property
    def facts(self):
        return [entry for entry in self.entries if not entry.sample]

    def body(self):
        lines = [*self.spooled, *(entry.line for entry in self.entries)]
        if self.heartbeat:
            lines.append(self.heartbeat)
        return ("\n".join(lines) + "\n").encode()


class _Delivery:
    """Brings what waits to the hub, in a thread of its own: one request at a time, in order, each batch again until the
    hub has it or says that it never will. A second thread does the sending, so that a hub that hangs holds up nothing.

    The way of facts: `direct` from memory to the hub; or over the `disk`, from the first failure of the hub until the
    spool is empty, so that their order holds; `unusable` is direct, as if there were no spool."""

    TEND_S = 10.0
    WRITE_AGAIN_S = 1.0
    GATHER_S = 0.005  # so long an event that comes after a pause waits for what belongs to it
    IDLE_S = 1.0
    GOODBYE_S = 1.0  # so soon after `bot.stopped` the hub does not take a sign of life for a new life

    def __init__(self, settings, lanes, counters, heartbeat_line, has_stopped):
        self._settings = settings
        self._lanes = lanes
        self._counters = counters
        self._heartbeat_line = heartbeat_line
        self._has_stopped = has_stopped
        self._spool = None
        if settings["spool_dir"]:
            self._spool = _Spool(settings["spool_dir"], settings["bot"], settings["spool_max_bytes"], counters)
        self._way = "direct"
        self._transport = _Transport(settings["url"], settings["key"], settings["timeout_s"])
        self._pending = None
        self._in_flight = None
        self._size_max = BATCH_EVENTS_MAX
        self._failures = 0
        self._retry_at = self._write_at = self._tend_at = 0.0
        self._heartbeat_at = 0.0
        self._taken_at = float("-inf")
        self._said_last = False
        self._asked = threading.Event()  # something waits
        self._wake = threading.Event()  # and is not to wait any longer
        self._flushed_at = float("-inf")
        self._end_at = None
        self._hurried = False
        self._outbox = queue.Queue()
        self._outcomes = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="deskwatch", daemon=True)
        self._sender = threading.Thread(target=self._send_all, name="deskwatch-send", daemon=True)

    def start(self):
        try:
            self._sender.start()
            self._thread.start()
        except RuntimeError as error:  # no more threads, or the interpreter is ending: events wait, and are counted
            self._counters.note(error)

    @property
    def spooled(self):
        return self._spool.count if self._spool else 0

    def ask(self):
        if not self._asked.is_set():
            self._asked.set()

    def hurry(self):
        self._wake.set()
        self._asked.set()

    def end_in(self, timeout_s):
        if self._end_at is None:
            self._end_at = time.monotonic() + max(0.0, timeout_s)
            self.hurry()

    def close(self, timeout_s):
        self.end_in(timeout_s)
        if self._thread.is_alive():
            self._thread.join(timeout_s + 3.0)
        left = self._lanes.take(float("inf"), float("inf"))
        self._drop(left)

    def _drop(self, entries):
        self._lanes.release(entries)
        for entry in entries:
            self._counters.drop(1, entry.sample)

    # the thread that decides

    def _run(self):
        if self._spool:
            self._open()
        while True:
            self._rest()
            try:
                self._step()
            except Exception as error:  # the disk refused: as with a hub that is away, again later
                self._counters.note(error)
                self._wait_longer("retry", None)
            if self._end_at is not None and self._is_over():
                break
        self._finish()

    def _rest(self):
        """Until soon after an event that comes after a pause, then once an interval; while nothing waits, once a second."""
        flush_s = self._settings["flush_s"]
        if self._end_at is not None:
            self._wake.wait(min(flush_s, 0.02))
        elif self._is_busy() or self._asked.wait(self._idle_s()):
            self._asked.clear()
            since_s = time.monotonic() - self._flushed_at
            self._wake.wait(max(min(self.GATHER_S, flush_s), flush_s - since_s))
            self._flushed_at = time.monotonic()
        self._wake.clear()

    def _is_busy(self):
        return bool(self._in_flight or self._failures or self._lanes.occupied or self.spooled)

    def _idle_s(self):
        if not self._settings["heartbeat_s"]:
            return self.IDLE_S
        return min(self.IDLE_S, max(self.GATHER_S, self._heartbeat_at - time.monotonic()))

    def _is_over(self):
        if time.monotonic() >= self._end_at or not self._sender.is_alive():
            return True
        # With a disk to wait on there is no need to hold the bot up.
        if self._spool and self._way != "unusable" and self._failures > 0 and self._in_flight is None:
            return True
        if not self._is_empty():
            return False
        if self._in_flight:  # counters alone are not worth all the time that close has
            return time.monotonic() - self._in_flight.since > HANGING_S
        return self._said_last or not self._settings["heartbeat_s"]

    def _is_empty(self):
        return self._lanes.occupied == 0 and self.spooled == 0

    def _finish(self):
        self._transport.abort()
        batch, self._in_flight = self._in_flight or self._pending, None
        if batch and self._spool and self._way != "unusable" and not batch.stored and batch.facts:
            self._store(batch)
        if batch:
            facts = batch.facts if batch.stored else []
            self._lanes.release(facts)
            self._drop([entry for entry in batch.entries if entry not in facts])
        if self._spool:
            self._way = "disk" if self._way == "direct" else self._way
            self._write_at = 0.0
            self._move()
            try:
                self._spool.close()
            except OSError as error:
                self._counters.note(error)
        self._outbox.put(None)

    def _step(self):
        if self._in_flight:
            self._hear()
        self._tend()
        while self._in_flight is None and (time.monotonic() >= self._retry_at or self._first_of_the_end()):
            batch = self._next_batch()
            if batch is None:
                return
            batch.since = time.monotonic()
            self._in_flight = batch
            self._outbox.put(batch)
            # A hub that answers at once is served at once.
            self._hear(wait_s=0.05)
            if self._in_flight or not (self._lanes.waiting >= self._size_max or self.spooled):
                return

    def _first_of_the_end(self):
        """A bot that closes does not wait for the next attempt to be due."""
        if self._end_at is None or self._hurried:
            return False
        self._hurried = True
        return True

    def _tend(self):
        if not self._spool:
            return
        now = time.monotonic()
        batch = self._in_flight
        if batch and not batch.stored and now - batch.since > HANGING_S and batch.facts:
            self._store(batch)
        if self._way == "direct" and self._lanes.is_half_full and self._lanes.waiting_facts:
            self._way = "disk"
        self._move()
        if now >= self._tend_at:
            self._tend_at = now + self.TEND_S
            if self._way == "unusable":
                self._open()
                return
            self._spool.tend()
            if self._spool.count and self._way == "direct":
                self._way = "disk"

    def _open(self):
        self._tend_at = time.monotonic() + self.TEND_S
        try:
            self._spool.open()
            self._way = "disk" if self._spool.count else "direct"
        except (OSError, ValueError) as error:
            self._counters.note(error)
            self._way = "unusable"

    def _move(self):
        if self._way != "disk" or time.monotonic() < self._write_at or not self._lanes.waiting_facts:
            return
        entries = self._lanes.take(float("inf"), float("inf"), "facts")
        written = 0
        try:
            written = self._spool.append([entry.line for entry in entries])
            if written < len(entries):
                raise OSError("the spool is full")
        except OSError as error:
            self._counters.note(error)
            self._write_at = time.monotonic() + self.WRITE_AGAIN_S
        self._lanes.release(entries[:written])
        self._lanes.restore(entries[written:])

    def _store(self, batch):
        try:
            batch.stored = self._spool.prepend([entry.line for entry in batch.facts])
            self._way = "disk"
        except OSError as error:
            self._counters.note(error)

    def _next_batch(self):
        if self._pending:
            batch, self._pending = self._pending, None
            batch.heartbeat = None if batch.size >= BATCH_EVENTS_MAX else self._heartbeat()
            return batch
        heartbeat = self._heartbeat()
        room = self._size_max - (1 if heartbeat else 0)
        bytes_left = BATCH_BYTES_MAX * self._size_max / BATCH_EVENTS_MAX
        spooled = []
        if self._way == "disk":
            spooled, bytes_left = self._spool.peek(room, bytes_left)
            if not spooled and not self._spool.count:
                self._way = "direct"
        entries = self._lanes.take(room - len(spooled), bytes_left, "samples" if self._way == "disk" else None)
        return _Batch(spooled, entries, heartbeat) if spooled or entries or heartbeat else None

    def _heartbeat(self):
        interval_s = self._settings["heartbeat_s"]
        now = time.monotonic()
        if interval_s and self._end_at is not None:
            return self._last_heartbeat()
        if not interval_s or now < self._heartbeat_at:
            return None
        self._heartbeat_at = now + interval_s
        return self._heartbeat_line()

    def _last_heartbeat(self):
        """Once, when all has been sent, so that the hub keeps the final counters; not when it would wake a bot that said
        its goodbye a while ago."""
        if self._said_last or not self._is_empty():
            return None
        self._said_last = True
        if self._has_stopped() and time.monotonic() - self._taken_at > self.GOODBYE_S:
            return None
        return self._heartbeat_line()

    def _hear(self, wait_s=0.0):
        """Takes in what became of the batch under way, if that is known by now."""
        batch = self._in_flight
        if time.monotonic() - batch.since > self._settings["timeout_s"] + 1.0:
            self._transport.abort()
        try:
            kind, why, detail = self._outcomes.get(timeout=wait_s) if wait_s else self._outcomes.get_nowait()
        except queue.Empty:
            return
        self._in_flight = None
        if why:
            self._counters.note(why)
        if kind == "taken":
            refused = min(detail, batch.size)
            self._counters.add(sent=batch.size, accepted=batch.size - refused, rejected=refused)
            self._answered()
            self._taken_at = time.monotonic() if batch.size else self._taken_at
            self._size_max = min(BATCH_EVENTS_MAX, self._size_max + 1)
            self._settle(batch)
        elif kind == "refused" or (kind == "too_large" and batch.size <= 1):
            self._counters.add(sent=batch.size, rejected=batch.size)
            self._answered()
            self._settle(batch)
        else:
            self._again(batch, kind, detail)

    def _answered(self):
        """The hub is well again: what waits still does not wait for an attempt that was put off while it was away."""
        self._failures = 0
        self._retry_at = 0.0

    def _settle(self, batch):
        self._lanes.release(batch.entries)
        if batch.spooled:
            self._spool.advance(len(batch.spooled))
        if batch.stored:
            self._spool.finish(batch.stored)

    def _again(self, batch, kind, after_s):
        split = kind == "too_large"
        if batch.heartbeat:
            self._heartbeat_at = 0.0
        if split:
            self._size_max = max(1, batch.size // 2)
        else:
            self._wait_longer(kind, after_s)
        self._counters.add(retries=1)
        if self._spool and self._way == "direct" and not split:
            self._way = "disk"
        if self._way == "disk" and not batch.stored and batch.facts:
            self._store(batch)
        if batch.stored or not batch.facts:
            self._lanes.release(batch.facts)
            self._lanes.restore([entry for entry in batch.entries if entry.sample])
        elif split:
            self._lanes.restore(batch.entries)
        else:
            self._pending = batch

    def _wait_longer(self, kind, after_s):
        self._failures += 1
        low, high, slow = self._settings["retry"]
        if kind == "slow":
            low, high = slow, slow * 10
        full = min(high, low * 2 ** min(self._failures - 1, 20))
        own = full / 2 + full / 2 * random.random()
        asked = after_s or 0.0
        self._retry_at = time.monotonic() + max(own, asked + min(own, asked / 10))

    # the thread that sends

    def _send_all(self):
        while True:
            batch = self._outbox.get()
            if batch is None:
                return
            self._outcomes.put(self._transport.send(batch.body()))


class _Transport:
    """One connection that is kept open. `send` says what became of a batch: (kind, why, detail)."""

    SLOW = frozenset([401, 403, 404, 405, 407, 421])
    RETRY = frozenset([408, 425, 429])

    def __init__(self, url, key, timeout_s):
        self._url = url
        self._timeout_s = timeout_s
        self._connection = None
        self._headers = {"Content-Type": "application/x-ndjson", "Accept": "application/json"}
        if key is not None:
            self._headers["Authorization"] = f"Bearer {key}"

    def send(self, body):
        try:
            reused = self._connection is not None
            try:
                return self._attempt(body)
            except (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
                self.abort()
                if not reused:
                    raise
                # The hub closed the idle connection just as it was used again: that says nothing about the hub.
                return self._attempt(body)
        except Exception as error:  # whatever the network does, the batch comes again
            self.abort()
            return "retry", _why(error), None

    def _attempt(self, body):
        connection = self._connection or self._connect()
        self._connection = connection
        connection.request("POST", self._path, body=body, headers=self._headers)
        response = connection.getresponse()
        text = response.read(ANSWER_BYTES_MAX)
        if response.will_close or not response.isclosed():
            self.abort()
        return self._outcome(response.status, response.getheader("Retry-After"), text)

    def _connect(self):
        self._path = f"{urlsplit(self._url).path.rstrip('/')}/api/v1/events"
        self._headers.update(_proxy_headers(self._url, self._headers))
        return _open_connection(self._url, self._timeout_s)

    def abort(self):
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it was closed already, which is what is wanted
        connection.close()

    def _outcome(self, status, retry_after, text):
        body = _parsed(text)
        if 200 <= status < 300:
            if not isinstance(body.get("accepted"), int):
                return "slow", f"{status} from something that is not a Deskwatch hub", None
            rejected = body.get("rejected") or []
            first = rejected[0] if rejected and isinstance(rejected[0], dict) else {}
            why = " ".join(str(first[name]) for name in ("code", "path", "message") if first.get(name))
            return "taken", why[:300] or None, len(rejected)
        said = ": ".join(str(body[name]) for name in ("code", "detail") if isinstance(body.get(name), str))
        why = f"{status} {said}".strip()[:300]
        if status == 413:
            return "too_large", why, None
        if status in self.RETRY or status >= 500:
            return "retry", why, _seconds(retry_after)
        return ("slow" if status in self.SLOW or status < 400 else "refused"), why, None


def _open_connection(url, timeout_s):
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("the hub's url must be http or https")
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout_s, context=context)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout_s)


def _proxy_headers(url, headers):
    """A name and a password in the address are for a proxy before the hub."""
    parts = urlsplit(url)
    if parts.username is None or "Authorization" in headers:
        return {}
    pair = f"{parts.username}:{parts.password or ''}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _why(error):
    # An error of http.client may quote a header, and with it the key: of those only the kind is said.
    return type(error).__name__ if isinstance(error, ValueError) and "header" in str(error).lower() else error


def _parsed(text):
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _seconds(retry_after):
    try:
        return min(60.0, max(0.0, float(retry_after)))
    except (TypeError, ValueError):
        return None


# -- the ends of processes -------------------------------------------------------------------------------------------

_reporters = weakref.WeakSet()
_controls = weakref.WeakSet()


def _close_all():
    """The last act of a process: its reporters send what they hold, all of them at the same time."""
    open_still = [reporter for reporter in list(_reporters) if not reporter._closed]
    for reporter in open_still:
        reporter._delivery.end_in(AT_EXIT_S)
    for reporter in open_still:
        reporter.close(AT_EXIT_S)


def _begin_all_again():
    for reporter in list(_reporters):
        reporter._after_fork()
    for control in list(_controls):
        control._after_fork()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_all_again)
