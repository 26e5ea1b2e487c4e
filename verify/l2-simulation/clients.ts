/** Simulated clients: each sends a request over a lossy network, waits, and sends it again under the same key until it is answered. */
import type { CallContext, Failed, Principal, Write, Written } from "@temperc/runtime";
import type { Server } from "./processes.ts";

export interface Request {
  readonly key: string;
  readonly context: CallContext;
  readonly write: Write;
}

/** A request as one server got it. */
export interface Served {
  readonly request: Request;
  readonly server: Server;
  readonly life: Server["life"];
  /** Events that the entity had when the server got it. */
  readonly sequence: number;
  /** The key had taken effect by then. */
  readonly wasDone: boolean;
  /** Revisions under which it may have been decided. */
  readonly revisions: readonly string[];
  reply?: Written | Failed;
}

const tenant = "simulated";

const principals: readonly Principal[] = [
  { type: "Customer", id: "c1", tenant, roles: ["customer"] },
  { type: "Agent", id: "a1", tenant, roles: ["agent"] },
  { type: "Admin", id: "root", tenant, roles: ["admin"] },
];

export const clientsMax = principals.length + 1;

export function contextOf(client: number, key: string): CallContext {
  const principal = principals[client % principals.length];
  return { principal: principal ?? { type: "System", id: "s", tenant, roles: [] }, tenant, correlationId: key };
}
