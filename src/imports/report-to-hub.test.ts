import { describe, expect, test } from "vitest";
import { importReportBody } from "../protocol/api-sessions.ts";
import { ImportCounts } from "./import-report.ts";
import { importReportBodyOf, reportToHub } from "./report-to-hub.ts";

const RUN = { importId: "import-1", via: "import", startedAt: "2026-05-04T00:00:00.000Z", tookS: 1.5 } as const;

function someReport() {
  const counts = new ImportCounts();
  counts.told({ type: "fill", bot: "b" });
  counts.told({ type: "fill", bot: "b" });
  counts.answered({ accepted: 1, sampled: 0, duplicates: 0, merged: 0, contradictions: 0, last_seq: 7 });
  counts.refused({ file: "some/where/fills.csv", line: 3, reason: "r".repeat(400), detail: "d".repeat(900) }, "fill");
  counts.file({ file: "some/where/fills.csv", format: null, rows: 2, events: 2, error: "e".repeat(5_000) });
  return counts.report(false, "the hub is away");
}

describe("importReportBodyOf", () => {
  test("keeps to the contract, whatever a report says", () => {
    const body = importReportBodyOf(someReport(), RUN);
    expect(importReportBody.safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({ import_id: "import-1", events: { fill: 1 }, accepted: 1, refused: 1 });
  });

  test("tells names of files, and none of the directories above them", () => {
    expect(JSON.stringify(importReportBodyOf(someReport(), RUN))).not.toContain("some/where");
  });

  test("keeps within its bounds when there are more files and reasons than it takes", () => {
    const counts = new ImportCounts();
    for (let index = 0; index < 1_200; index++) {
      counts.file({ file: `${index}.csv`, format: "x", rows: 0, events: 0 });
      counts.refused({ file: "f", line: index, reason: `reason ${index}` });
    }
    const body = importReportBodyOf(counts.report(false), RUN);
    expect(importReportBody.safeParse(body).error).toBeUndefined();
    expect([body.files.length, body.reasons.length, body.refused]).toEqual([1_000, 50, 1_200]);
  });
});

test("a report is small enough for the hub even when every file failed at length", () => {
  const counts = new ImportCounts();
  for (let index = 0; index < 900; index++)
    counts.file({ file: `${index}.csv`, format: null, rows: 0, events: 0, error: "é".repeat(3_000) });
  const body = importReportBodyOf(counts.report(false), RUN);
  expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(256 * 1024);
  expect(body.files.length).toBeGreaterThan(20);
});

describe("reportToHub", () => {
  const body = importReportBodyOf(someReport(), RUN);
  const answering = (answer: () => Response) => {
    const asked: { url: string; init: RequestInit | undefined }[] = [];
    const fetch = (url: string | URL | Request, init?: RequestInit) => {
      asked.push({ url: String(url), init });
      return Promise.resolve(answer());
    };
    return { asked, target: { url: "http://hub.example", key: "k", fetch } };
  };

  test("posts the report with the key", async () => {
    const { asked, target } = answering(() => new Response("{}", { status: 200 }));
    expect(await reportToHub(target, body)).toBeUndefined();
    expect(asked.map(({ url }) => url)).toEqual(["http://hub.example/api/v1/imports"]);
    expect(asked[0]?.init?.headers).toMatchObject({ authorization: "Bearer k" });
    expect(importReportBody.safeParse(JSON.parse(String(asked[0]?.init?.body))).success).toBe(true);
  });

  test("is silent when the hub knows no reports", async () => {
    const { target } = answering(() => new Response("", { status: 404 }));
    expect(await reportToHub(target, body)).toBeUndefined();
  });

  test.each([401, 500])("warns when the hub answers %d", async (status) => {
    const { target } = answering(() => new Response("", { status }));
    expect(await reportToHub(target, body)).toContain(`status ${status}`);
  });

  test("warns when the hub is away", async () => {
    const { target } = answering(() => {
      throw new TypeError("connection refused");
    });
    expect(await reportToHub(target, body)).toContain("connection refused");
  });
});
