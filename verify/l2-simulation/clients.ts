/** Simulated clients: each sends a request over a lossy network, waits, and sends it again under the same key until it is answered. */
import type { CallContext, Failed, Found, Principal, Write, Written } from "@temperc/runtime";
import type { Life } from "../simulated/schedule.ts";
import type { Server } from "./processes.ts";

/** What a client asks of an entity: a change of it, or to read it. */
export type Asked = Pick<Write, "entityType" | "entityId"> & { readonly change: Write["change"] | { kind: "read" } };

export interface Request {
  readonly client: number;
  readonly key: string;
  readonly context: CallContext;
  readonly asked: Asked;
}

/** A request as one server got it. */
export interface Served {
  readonly request: Request;
  readonly server: Server;
  readonly life: Life;
  /** Events that the entity had when the server got it. */
  readonly sequence: number;
  /** The key had taken effect by then. */
  readonly wasDone: boolean;
  /** The first of the revisions of its life under which it may have been decided. */
  readonly firstRevision: number;
  reply?: Written | Found | Failed;
}

export const tenant = "simulated";

const principals: readonly Principal[] = [
  { type: "Customer", id: "c1", tenant, roles: ["customer"] },
  { type: "Agent", id: "a1", tenant, roles: ["agent"] },
  { type: "Admin", id: "root", tenant, roles: ["admin"] },
  { type: "System", id: "s", tenant, roles: [] },
];

export const clientCount = principals.length;

/** How many requests a client has under way at most. */
export const underWayMax = 2;

export function contextOf(client: number, key: string): CallContext {
  const principal = principals[client % clientCount] ?? { type: "System", id: "s", tenant, roles: [] };
  return { principal, tenant, correlationId: key };
}

export function askedText({ entityType, entityId, change }: Asked): string {
  const whom = `${entityType} ${entityId}`;
  switch (change.kind) {
    case "action":
      return `${change.action} of ${whom} ${JSON.stringify(change.params)}`;
    case "create":
    case "patch":
    case "put":
      return `${change.kind} ${whom} ${JSON.stringify(change.values)}`;
    case "delete":
    case "read":
      return `${change.kind} ${whom}`;
  }
}
