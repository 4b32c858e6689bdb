"""Times what pandas and numpy take for the jobs of bench/statistics.ts: a job's name in, its seconds out, a line each."""

import sys
import time

import numpy as np
import pandas as pd

folder, window, horizons = sys.argv[1], int(sys.argv[2]), [float(each) for each in sys.argv[3].split(",")]


def read(name):
    return np.fromfile(f"{folder}/{name}.f64")


returns = read("returns")
quotes = pd.DataFrame({"at": read("quotes-at"), "mid": (read("quotes-bid") + read("quotes-ask")) / 2})
fills = pd.DataFrame({"at": read("fills-at"), "side": read("fills-side"), "price": read("fills-price")})


def markouts():
    # As an analyst writes it: one as-of join a horizon, beside the one at the fill.
    mid = pd.merge_asof(fills, quotes, on="at")["mid"]
    for horizon in horizons:
        later = pd.merge_asof(pd.DataFrame({"at": fills["at"] + horizon}), quotes, on="at")["mid"]
        markout = fills["side"] * (later - fills["price"]) / mid * 1e4
        markout[fills["at"] + horizon > quotes["at"].iloc[-1]] = np.nan
        markout.mean()


def rolling_var():
    pd.Series(returns).rolling(window).quantile(0.05)


def rolling_sortino():
    def downside(values):
        return np.sqrt((values[values < 0] ** 2).sum() / len(values))

    rolling = pd.Series(returns).rolling(window)
    rolling.mean() / rolling.apply(downside, raw=True) * np.sqrt(365)


def fourteen():
    """The statistics as empyrical writes them, on a plain array."""
    n, mean = len(returns), returns.mean()
    growth = np.cumprod(1 + returns)
    peak = np.maximum.accumulate(np.concatenate([[1], growth]))
    depth = (np.concatenate([[1], growth]) / peak - 1).min()
    deviation = returns.std(ddof=1)
    downside = np.sqrt(np.mean(np.clip(returns, -np.inf, 0) ** 2))
    annual = growth[-1] ** (365 / n) - 1
    centred = returns - mean
    worst = int((n - 1) * 0.05)
    return (
        growth[-1] - 1, annual, deviation * np.sqrt(365), mean / deviation * np.sqrt(365), mean / downside * np.sqrt(365),
        downside * np.sqrt(365), depth, annual / abs(depth), np.percentile(returns, 5),
        np.mean(np.partition(returns, worst)[: worst + 1]), (centred**3).mean() / (centred**2).mean() ** 1.5,
        (centred**4).mean() / (centred**2).mean() ** 2, returns[returns > 0].sum() / -returns[returns < 0].sum(),
        (returns > 0).mean(),
    )  # fmt: skip


jobs = {"markouts": markouts, "rolling_var": rolling_var, "rolling_sortino": rolling_sortino, "fourteen": fourteen}
print("ready", flush=True)
for line in sys.stdin:
    begin = time.perf_counter()
    jobs[line.strip()]()
    print(time.perf_counter() - begin, flush=True)
