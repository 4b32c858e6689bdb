import { describe, expect, test } from "vitest";
import { LabelTexts, ScrapedMetric } from "./scraped-metric.ts";

const EQUITY = { name: "equity", help: "What there is\\worth; quote\nnow", type: "gauge" } as const;

describe("the metric of every bot", () => {
  test("is written with its head once, and a line for each bot", () => {
    const metric = new ScrapedMetric(EQUITY);
    metric.put('{bot="a",mode="live"}', -1.5);
    metric.put('{bot="b",mode="live"}', Number.POSITIVE_INFINITY);
    expect(metric.text().split("\n")).toEqual([
      String.raw`# HELP equity What there is\\worth; quote\nnow`,
      "# TYPE equity gauge",
      'equity{bot="a",mode="live"} -1.5',
      'equity{bot="b",mode="live"} +Inf',
    ]);
    metric.clear();
    expect(metric.text().split("\n")).toHaveLength(2);
  });

  test("is never below 0 where it counts", () => {
    const metric = new ScrapedMetric({ ...EQUITY, type: "counter" });
    metric.put("", -1);
    expect(metric.text()).toContain("\nequity 0");
  });
});

describe("the labels of a bot", () => {
  test("say what stands in its name, whatever that is", () => {
    const labels = new LabelTexts();
    const bot = { bot: 'a"\\\nb', mode: "live" };
    labels.keep([bot]);
    expect(labels.of(bot)).toBe(String.raw`{bot="a\"\\\nb",mode="live"}`);
  });
});
