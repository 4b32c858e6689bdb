/** A bot in one mode. */
interface LabelledBot {
  readonly bot: string;
  readonly mode: string;
}

interface Options {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
}

/**
 * A metric of every bot, as the lines of one scrape. There are thousands of them: the library, which keeps each value in
 * a map by its labels and writes the labels anew, takes twice as long for them as it takes to make the values.
 */
export class ScrapedMetric {
  readonly #options: Options;
  readonly #head: string;
  #lines: string[] = [];

  constructor(options: Options) {
    const { name, help, type } = options;
    this.#options = options;
    this.#head = `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}`;
  }

  clear(): void {
    this.#lines = [];
  }

  /** Of a bot, by its labels as `LabelTexts` has them; a counter is never below 0. */
  put(labels: string, value: number): void {
    const put = this.#options.type === "counter" ? Math.max(0, value) : value;
    this.#lines.push(`${this.#options.name}${labels} ${put === Number.POSITIVE_INFINITY ? "+Inf" : put}`);
  }

  text(): string {
    return [this.#head, ...this.#lines].join("\n");
  }
}

/** The labels of every bot that is shown, written once for all scrapes. */
export class LabelTexts {
  #known = new Map<string, string>();

  /** Forgets the bots that are not among these. */
  keep(bots: readonly LabelledBot[]): void {
    this.#known = new Map(bots.map((each) => [keyOf(each), this.of(each)]));
  }

  of({ bot, mode }: LabelledBot): string {
    return this.#known.get(keyOf({ bot, mode })) ?? `{bot="${quoted(bot)}",mode="${quoted(mode)}"}`;
  }
}

const keyOf = ({ bot, mode }: LabelledBot): string => `${mode}\t${bot}`;

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");

const quoted = (text: string): string => escaped(text).replaceAll('"', '\\"');
