/** The limits of traffic, by name, with their defaults: requests at once and a second, and streams of events. */

export interface TrafficLimits {
  /** Requests under way at once, of all callers; the next one is answered 503. */
  readonly requestsInFlightMax: number;
  /** Requests of one principal under way at once; more are answered 429. */
  readonly requestsInFlightPerPrincipalMax: number;
  /** Requests of one principal a second, on average; more are answered 429. So fast a person's program rarely asks, and one that goes mad leaves the rest to others. */
  readonly requestsPerSecond: number;
  /** Requests that a principal may make at once after a pause, before `requestsPerSecond` holds. */
  readonly requestBurst: number;
  /** Principals whose rate is known; of more, those that asked longest ago are forgotten. */
  readonly ratedPrincipalsMax: number;
  /** Streams of events at once, of all callers and of one principal. */
  readonly eventStreamsMax: number;
  readonly eventStreamsPerPrincipalMax: number;
  /** The bytes of media in requests under way, of all callers together: what they hold in memory; more are answered 503. */
  readonly mediaHeldBytesMax: number;
  /** Events of the journal that a stream looks at at once: what it holds in memory. */
  readonly streamPageMax: number;
  /** How often a stream shows that it is alive, and its credential is looked at again. */
  readonly streamHeartbeatMs: number;
  /** How long a reader may take nothing before it is let go; it can come back with `Last-Event-ID`. */
  readonly streamStallMs: number;
  /** How long a stream waits after a commit for others, to read them all at once. */
  readonly streamBatchMs: number;
}

export const defaultTrafficLimits: TrafficLimits = {
  requestsInFlightMax: 10_000,
  requestsInFlightPerPrincipalMax: 1_000,
  requestsPerSecond: 1_000,
  requestBurst: 5_000,
  ratedPrincipalsMax: 10_000,
  eventStreamsMax: 1_000,
  eventStreamsPerPrincipalMax: 20,
  mediaHeldBytesMax: 134_217_728,
  streamPageMax: 200,
  streamHeartbeatMs: 15_000,
  streamStallMs: 30_000,
  streamBatchMs: 20,
};
