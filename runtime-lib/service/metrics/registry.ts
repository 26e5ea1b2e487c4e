/** Counters, histograms and gauges, printed in the text format that Prometheus reads (version 0.0.4). */

export const prometheusType = "text/plain; version=0.0.4; charset=utf-8";

/** Label values of one metric at once; what comes after is counted under `overflow`, so that no caller can grow the memory. */
const seriesMax = 2_000;
const overflow = "_more";

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** A number with the values of the metric's labels, in their order. */
export interface Sample {
  readonly values: readonly string[];
  readonly value: number;
}

interface Family {
  readonly lines: () => Promise<readonly string[]> | readonly string[];
}

export class Registry {
  readonly #families: Family[] = [];

  counter(metric: Metric): Counter {
    return this.#added(new Counter(metric));
  }

  /** `bounds` are the upper bounds of its buckets, ascending, without infinity. */
  histogram(metric: Metric, bounds: readonly number[]): Histogram {
    return this.#added(new Histogram(metric, bounds));
  }

  /** `read` is asked whenever the text is. One that fails leaves its metric out of the text. */
  gauge(metric: Metric, read: () => Promise<readonly Sample[]> | readonly Sample[]): void {
    this.#families.push({
      lines: async () => {
        const samples = await Promise.resolve()
          .then(read)
          .catch(() => []);
        return header(metric, "gauge").concat(
          samples.map(({ values, value }) => line(metric.name, metric.labels, values, value)),
        );
      },
    });
  }

  #added<T extends Family>(family: T): T {
    this.#families.push(family);
    return family;
  }

  async text(): Promise<string> {
    const lines = await Promise.all(this.#families.map((family) => family.lines()));
    return `${lines.flat().join("\n")}\n`;
  }
}

export class Counter implements Family {
  readonly #metric: Metric;
  readonly #series = new Map<string, { readonly values: readonly string[]; count: number }>();

  constructor(metric: Metric) {
    this.#metric = metric;
  }

  /** One more, or `by` more. */
  add(values: readonly string[], by = 1): void {
    const series = seriesOf(this.#series, values, () => ({ values, count: 0 }));
    series.count += by;
  }

  lines(): readonly string[] {
    const { name, labels } = this.#metric;
    const samples = [...this.#series.values()].map(({ values, count }) => line(name, labels, values, count));
    return [...header(this.#metric, "counter"), ...samples];
  }
}

interface Buckets {
  readonly values: readonly string[];
  readonly counts: number[];
  sum: number;
  count: number;
}

export class Histogram implements Family {
  readonly #metric: Metric;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Buckets>();

  constructor(metric: Metric, bounds: readonly number[]) {
    this.#metric = metric;
    this.#bounds = bounds;
  }

  observe(values: readonly string[], value: number): void {
    const counts = (): number[] => this.#bounds.map(() => 0);
    const series = seriesOf(this.#series, values, () => ({ values, counts: counts(), sum: 0, count: 0 }));
    const index = this.#bounds.findIndex((bound) => value <= bound);
    if (index >= 0) series.counts[index] = (series.counts[index] ?? 0) + 1;
    series.sum += value;
    series.count += 1;
  }

  lines(): readonly string[] {
    return [...header(this.#metric, "histogram"), ...[...this.#series.values()].flatMap((each) => this.#linesOf(each))];
  }

  #linesOf({ values, counts, sum, count }: Buckets): readonly string[] {
    const { name, labels } = this.#metric;
    let below = 0;
    const buckets = this.#bounds.map((bound, index) => {
      below += counts[index] ?? 0;
      return line(`${name}_bucket`, [...labels, "le"], [...values, String(bound)], below);
    });
    return [
      ...buckets,
      line(`${name}_bucket`, [...labels, "le"], [...values, "+Inf"], count),
      line(`${name}_sum`, labels, values, sum),
      line(`${name}_count`, labels, values, count),
    ];
  }
}

function seriesOf<T>(all: Map<string, T>, values: readonly string[], fresh: () => T): T {
  const key = values.join("\0");
  const known = all.get(key);
  if (known !== undefined) return known;
  if (all.size >= seriesMax && values.some((value) => value !== overflow)) {
    return seriesOf(
      all,
      values.map(() => overflow),
      fresh,
    );
  }
  const series = fresh();
  all.set(key, series);
  return series;
}

function header({ name, help }: Metric, type: "counter" | "gauge" | "histogram"): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function line(name: string, labels: readonly string[], values: readonly string[], value: number): string {
  if (labels.length === 0) return `${name} ${value}`;
  const pairs = labels.map((label, index) => `${label}="${escaped(values[index] ?? "")}"`);
  return `${name}{${pairs.join(",")}} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
