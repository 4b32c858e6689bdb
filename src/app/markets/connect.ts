import { ok, type Result } from "../../base/result.ts";
import { FeedReport } from "../../venues/core/feed.ts";
import type { VenueContext } from "../../venues/core/ports.ts";
import type { VenueSink } from "../../venues/core/sink.ts";
import type { VenueConnector, VenueSetup } from "../../venues/core/venue.ts";
import { fetchHttpPort } from "../../venues/io/fetch-http.ts";
import { machineClock, machineTimers } from "../../venues/io/machine.ts";
import { wsSocketPort } from "../../venues/io/ws-socket.ts";
import { recordedPorts } from "../../venues/recording/recorded-ports.ts";
import type { Recorder } from "../../venues/recording/recorder.ts";
import type { NamedVenue } from "./named-markets.ts";

/** What a connector sees of the world: the machine, or a recording. */
export type WorldPorts = Pick<VenueContext, "clock" | "timers" | "random" | "socket" | "http">;

export interface ConnectOptions {
  readonly venues: readonly NamedVenue[];
  readonly ports: (venue: string) => WorldPorts;
  readonly secretsOf: (venue: NamedVenue) => Result<VenueSetup["secrets"], string>;
  readonly sink: VenueSink;
}

/** The connectors of all venues named, not yet started, or what is wrong with one of them. */
export function connectVenues({ venues, ports, secretsOf, sink }: ConnectOptions): Result<VenueConnector[], string> {
  const connectors: VenueConnector[] = [];
  for (const named of venues) {
    const secrets = secretsOf(named);
    if (!secrets.ok) return secrets;
    const { kind, markets, settings } = named;
    const world = ports(kind.name);
    const feed = new FeedReport({ venue: kind.name, clock: world.clock, sink });
    const context: VenueContext = { ...world, venue: kind.name, sink, feed };
    const made = kind.connect({ venue: kind.name, markets, settings, secrets: secrets.value, context });
    if (!made.ok) return made;
    connectors.push(made.value);
  }
  return ok(connectors);
}

/** The real world. */
export function machinePorts(): WorldPorts {
  const clock = machineClock();
  return {
    clock,
    timers: machineTimers,
    random: Math.random,
    socket: wsSocketPort(clock),
    http: fetchHttpPort(globalThis.fetch),
  };
}

/** The real world, with everything that comes in from it recorded. `runId` is unlike that of any other run. */
export function recordingPorts(recorder: Recorder, runId: string): (venue: string) => WorldPorts {
  const world = machinePorts();
  return (venue) => ({
    ...world,
    ...recordedPorts({ venue, runId, ...world, write: (record) => recorder.write(record) }),
  });
}
