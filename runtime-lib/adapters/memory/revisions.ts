/** The log of revisions of the store in memory. */
import type { RevisionRecord, RevisionSummary } from "../../ports/index.ts";

export class MemoryRevisions {
  /** By tenant, in order of their numbers. */
  readonly #records = new Map<string, readonly RevisionRecord[]>();

  stage(record: RevisionRecord): boolean {
    const known = this.#of(record.tenant);
    if (known.some(({ number }) => number === record.number)) return false;
    this.#records.set(
      record.tenant,
      [...known, record].toSorted((one, other) => one.number - other.number),
    );
    return true;
  }

  settle(tenant: string, number: number, as: "live" | "dropped"): void {
    const settled = this.#of(tenant).flatMap((record): readonly RevisionRecord[] => {
      if (record.number !== number) return [record];
      return as === "live" ? [{ ...record, state: "live" }] : [];
    });
    this.#records.set(tenant, settled);
  }

  list(tenant: string, { top, skip }: { readonly top: number; readonly skip: number }): readonly RevisionSummary[] {
    return this.#of(tenant)
      .toReversed()
      .slice(skip, skip + top)
      .map(({ files: _files, ...summary }) => summary);
  }

  find(tenant: string, number: number): RevisionRecord | undefined {
    return this.#of(tenant).find((record) => record.number === number);
  }

  tenants(): readonly string[] {
    return [...this.#records].flatMap(([tenant, records]) => (records.length > 0 ? [tenant] : [])).toSorted();
  }

  #of(tenant: string): readonly RevisionRecord[] {
    return this.#records.get(tenant) ?? [];
  }
}
