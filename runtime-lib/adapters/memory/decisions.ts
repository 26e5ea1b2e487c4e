/** Decisions of the store in memory. */
import type {
  AddedPolicy,
  AuditRecord,
  DecisionBounds,
  DecisionQuery,
  DecisionRecord,
  Decisions,
  NewDecision,
  Settled,
} from "../../ports/index.ts";
import { countedInto, firstOf, follows } from "../decisions.ts";

export class MemoryDecisions implements Decisions {
  readonly #records = new Map<string, DecisionRecord>();
  readonly #policies = new Map<string, AddedPolicy>();
  readonly #audit: AuditRecord[] = [];
  readonly #marks = new Map<string, number>();

  async fold(refused: NewDecision, bounds: DecisionBounds): Promise<DecisionRecord | undefined> {
    const { tenant, fold, principal, lastSeenAt } = refused;
    for (const [key, record] of this.#records) {
      if (record.tenant === tenant && record.expiresAt <= lastSeenAt) this.#records.delete(key);
    }
    const open = [...this.#records.values()].filter((each) => each.tenant === tenant && each.state !== "approved");
    const same = open.find((each) => each.fold === fold);
    if (same !== undefined) return this.#keep(countedInto(same, refused, this.#next(tenant, "decision")));
    const own = open.filter((each) => each.principal.type === principal.type && each.principal.id === principal.id);
    if (own.length >= bounds.perPrincipalMax || open.length >= bounds.perTenantMax) return undefined;
    return this.#keep(firstOf(refused, this.#next(tenant, "decision")));
  }

  #keep(record: DecisionRecord): DecisionRecord {
    this.#records.set(keyOf(record.tenant, record.id), structuredClone(record));
    return record;
  }

  #next(tenant: string, of: "decision" | "policy"): number {
    const mark = (this.#marks.get(keyOf(tenant, of)) ?? 0) + 1;
    this.#marks.set(keyOf(tenant, of), mark);
    return mark;
  }

  async decision(tenant: string, id: string, now: string): Promise<DecisionRecord | undefined> {
    const record = this.#records.get(keyOf(tenant, id));
    return record !== undefined && record.expiresAt > now ? structuredClone(record) : undefined;
  }

  async decisions(query: DecisionQuery): Promise<readonly DecisionRecord[]> {
    const { tenant, now, states, principal, afterMark = 0, top } = query;
    return [...this.#records.values()]
      .filter((each) => each.tenant === tenant && each.expiresAt > now && each.mark > afterMark)
      .filter((each) => states === undefined || states.includes(each.state))
      .filter(({ principal: { type, id } }) => !principal || (type === principal.type && id === principal.id))
      .sort((one, other) => one.mark - other.mark)
      .slice(0, top)
      .map((record) => structuredClone(record));
  }

  async settle({ decision, policy, audit }: Settled): Promise<boolean> {
    const { tenant, id } = decision;
    const present = await this.decision(tenant, id, audit.at);
    if (present?.state !== "pending") return false;
    if (policy !== undefined && this.#policies.has(keyOf(tenant, policy.id))) return false;
    this.#keep({ ...decision, mark: this.#next(tenant, "decision") });
    if (policy !== undefined) this.#put(policy);
    this.#audit.push(structuredClone(audit));
    return true;
  }

  #put(policy: AddedPolicy): void {
    this.#policies.set(keyOf(policy.tenant, policy.id), { ...policy });
    this.#next(policy.tenant, "policy");
  }

  async addedPolicies(tenant: string): Promise<readonly AddedPolicy[]> {
    const own = [...this.#policies.values()].filter((policy) => policy.tenant === tenant);
    return own.sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  async policiesMark(tenant: string): Promise<number> {
    return this.#marks.get(keyOf(tenant, "policy")) ?? 0;
  }

  async putPolicy(policy: AddedPolicy, audit: AuditRecord): Promise<boolean> {
    if (!follows(policy.version, this.#policies.get(keyOf(policy.tenant, policy.id)))) return false;
    this.#put(policy);
    this.#audit.push(structuredClone(audit));
    return true;
  }

  async auditTrail(
    tenant: string,
    { top, skip }: { readonly top: number; readonly skip: number },
  ): Promise<readonly AuditRecord[]> {
    const own = this.#audit.filter((record) => record.tenant === tenant).reverse();
    return structuredClone(own.slice(skip, skip + top));
  }
}

function keyOf(tenant: string, id: string): string {
  return JSON.stringify([tenant, id]);
}
