/** The metrics of a service: what its actions, requests, deliveries and process do, by names of the definition only. */
import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { Quarantine, Store, Telemetry, WideEvent } from "../../ports/index.ts";
import type { Vitals } from "../vitals.ts";
import { type Metric, Registry, type Sample } from "./registry.ts";

const durationsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

export interface Watched {
  readonly vitals: () => Vitals;
  readonly store: Pick<Store, "outboxCounts"> & { readonly quarantine: Pick<Quarantine, "count"> };
}

/** A number with its name, which more than one exporter may read. */
export interface Gauge extends Metric {
  readonly read: () => Promise<readonly Sample[]> | readonly Sample[];
}

export class ServiceMetrics {
  readonly registry = new Registry();
  readonly #actions = this.registry.histogram(
    metric(
      "temperc_action_duration_seconds",
      "Handled actions, by how long they took.",
      "entity",
      "action",
      "code",
      "source",
    ),
    durationsSeconds,
  );
  readonly #denials = this.registry.counter(
    metric("temperc_denials_total", "Actions that no policy permitted, or one forbade.", "entity", "action"),
  );
  readonly #conflicts = this.registry.counter(
    metric("temperc_reevaluations_total", "Actions evaluated again because another writer was faster.", "entity"),
  );
  readonly #requests = this.registry.histogram(
    metric("temperc_http_request_duration_seconds", "HTTP requests, by how long the answer took.", "method", "status"),
    durationsSeconds,
  );
  readonly #commits = this.registry.histogram(
    metric("temperc_group_commit_size", "Commits that shared one transaction and one sync."),
    sizes,
  );
  readonly #gauges: Gauge[] = [];

  /** Every handled action is counted. */
  readonly telemetry: Telemetry = { handled: (event) => this.#handled(event) };

  #handled({ tags: { entityType, action, code, source }, measurements }: WideEvent): void {
    this.#actions.observe([entityType, action, code, source], measurements.durationMs / 1_000);
    if (code === "AuthorizationDenied") this.#denials.add([entityType, action]);
    if (measurements.evaluations > 1) this.#conflicts.add([entityType], measurements.evaluations - 1);
  }

  request(method: string, status: number, durationMs: number): void {
    this.#requests.observe([method, String(status)], durationMs / 1_000);
  }

  groupCommitted(size: number): void {
    this.#commits.observe([], size);
  }

  get gauges(): readonly Gauge[] {
    return this.#gauges;
  }

  /** Adds a number that is read whenever metrics are. */
  watch(gauge: Gauge): void {
    this.#gauges.push(gauge);
    this.registry.gauge(gauge, gauge.read);
  }

  /** Adds what a service and its process are asked for. The answer stops what that needs. */
  watchService({ vitals, store }: Watched): () => void {
    const one = (name: string, help: string, read: () => number): void =>
      this.watch({ ...metric(name, help), read: () => [{ values: [], value: read() }] });
    one("temperc_actors", "Actors in memory.", () => vitals().actors);
    one("temperc_mailbox_waiting", "Requests that wait for their entity.", () => vitals().mailboxes);
    one("temperc_admission_waiting", "Requests that wait for admission.", () => vitals().admissions);
    one("temperc_swap_waiting", "Requests that wait for a swap of revisions.", () => vitals().held);
    one("temperc_deliveries_in_flight", "Deliveries of the outbox that are under way.", () => vitals().deliveries);
    this.watch({
      ...metric("temperc_outbox_entries", "Entries of the outbox; dead are the dead letters.", "state"),
      read: async () => samplesOf(await store.outboxCounts()),
    });
    this.watch({
      ...metric("temperc_stopped_entities", "Entities that are stopped because their history cannot be read."),
      read: async () => [{ values: [], value: await store.quarantine.count() }],
    });
    one("process_resident_memory_bytes", "Memory of the process.", () => process.memoryUsage.rss());
    one("process_uptime_seconds", "How long the process has run.", () => process.uptime());
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    this.watch({
      ...metric("temperc_event_loop_lag_seconds", "How late timers are.", "quantile"),
      read: () => lagOf(delay),
    });
    return () => delay.disable();
  }
}

function metric(name: string, help: string, ...labels: readonly string[]): Metric {
  return { name, help, labels };
}

function samplesOf(counts: Awaited<ReturnType<Store["outboxCounts"]>>): readonly Sample[] {
  const states = ["queued", "timer", "dead", "done"] as const;
  return states.map((state) => ({
    values: [state],
    value: counts.find((each) => each.state === state)?.count ?? 0,
  }));
}

/** Since they were read last. */
function lagOf(delay: IntervalHistogram): readonly Sample[] {
  const quantiles = [0.5, 0.99, 1].map((quantile) => ({
    values: [String(quantile)],
    value: Number.isFinite(delay.mean) ? delay.percentile(quantile * 100) / 1e9 : 0,
  }));
  delay.reset();
  return quantiles;
}
