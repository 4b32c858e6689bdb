/** A question that binary markets are made of. All of it is made up. */
export interface Question {
  readonly code: string;
  /** `{day}` becomes the day on which it is decided. */
  readonly title: string;
  readonly category: string;
  /** Polymarket's taker fee for the category, in hundredths of C·p·(1 − p). */
  readonly feeHundredths: number;
  /** How long it is open, in hours. */
  readonly hours: readonly [number, number];
}

const ECONOMICS = { category: "Economics", feeHundredths: 5, hours: [18, 60] } as const;
const WEATHER = { category: "Weather", feeHundredths: 5, hours: [8, 30] } as const;
const SPORTS = { category: "Sports", feeHundredths: 5, hours: [3, 14] } as const;
const CRYPTO = { category: "Crypto", feeHundredths: 7, hours: [2, 8] } as const;

export const QUESTIONS: readonly [Question, ...Question[]] = [
  { ...ECONOMICS, code: "CPIYOY", title: "CPI above 3.0 % in the report after {day}" },
  { ...WEATHER, code: "RAINLIS", title: "Rain in Lisbon on {day}" },
  { ...SPORTS, code: "HARBOR", title: "Harbor City Gulls beat Northfield Foxes on {day}" },
  { ...CRYPTO, code: "BTCUP", title: "Bitcoin up over the last hour of {day}" },
  { ...WEATHER, code: "HIGHOSL", title: "Oslo above 20 °C on {day}" },
  { ...SPORTS, code: "LAKEVW", title: "Lakeview Otters win by 3 or more on {day}" },
  { ...ECONOMICS, code: "JOBS", title: "Payrolls above 150,000 in the report after {day}" },
  { ...CRYPTO, code: "ETHUP", title: "Ether up over the last hour of {day}" },
  { ...SPORTS, code: "RIDGE", title: "Ridgemont Comets score first on {day}" },
  { ...WEATHER, code: "SNOWBRN", title: "Snow in Bern before {day}" },
  { ...ECONOMICS, code: "GAS", title: "Gasoline below 3.20 a gallon on {day}" },
  { ...SPORTS, code: "PORTO", title: "Port Ellis Mariners reach the final by {day}" },
  { ...WEATHER, code: "WINDHAM", title: "Gusts above 60 km/h in Hamburg on {day}" },
  { ...CRYPTO, code: "SOLUP", title: "Solana up over the last hour of {day}" },
  { ...ECONOMICS, code: "CLAIMS", title: "Jobless claims below 230,000 in the week of {day}" },
  { ...SPORTS, code: "MESA", title: "Mesa Verde Hawks against Stonebridge above 210 points on {day}" },
  { ...WEATHER, code: "SUNCAPE", title: "No cloud over Cape Town on {day}" },
  { ...SPORTS, code: "ALDER", title: "Alder Bay Rovers keep a clean sheet on {day}" },
];

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

export function titleOf({ title }: Question, expiresAtMs: number): string {
  const at = new Date(expiresAtMs);
  return title.replace("{day}", `${DAYS[at.getUTCDay()] ?? ""} ${at.toISOString().slice(0, 10)}`);
}
