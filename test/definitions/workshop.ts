/** A workshop whose jobs ask everything of the world that a spec can ask, written as the compiler would emit it. */
import {
  type ActionDescriptor,
  type Automaton,
  type EntityTypeDescriptor,
  moved,
  type Output,
  type Reactions,
  refused,
  type ServiceDefinition,
  type TriggerDescriptor,
  type Value,
  type Values,
} from "@temperc/runtime/kernel";
import { parcelService, property } from "./parcel.ts";
import { noReactions } from "./stores.ts";

interface Row {
  readonly action: string;
  readonly kind?: ActionDescriptor["kind"];
  readonly from?: readonly string[];
  readonly to?: string;
  readonly params?: ActionDescriptor["params"];
  readonly filled?: ActionDescriptor["filled"];
  readonly outputs?: (params: Values) => readonly Output[];
}

/** Each action that moves counts one up in `Count`, and keeps the parameter `By` where it has one. */
function automatonOf(name: string, statuses: readonly string[], rows: readonly Row[]): Automaton {
  const [initial = ""] = statuses;
  return {
    name,
    statuses,
    terminal: [],
    initial: { status: initial, Count: 0, By: "" },
    variables: [
      { name: "Count", type: "counter" },
      { name: "By", type: "string" },
    ],
    actions: rows.map(({ action, kind = "input", params = [], filled = [] }) => ({
      name: action,
      kind,
      params,
      filled,
    })),
    rules: rows.map(({ action, from = statuses, to }) => ({
      action,
      from,
      ...(to && { to }),
      source: "workshop.ioa.toml",
    })),
    step: (before, action, params) => {
      const index = rows.findIndex((row) => row.action === action);
      const row = rows[index];
      if (row === undefined) return refused("unknown-action", action);
      if (!(row.from ?? statuses).includes(before.status)) return refused("no-rule-here", before.status);
      const By: Value = params.By ?? before.By ?? "";
      const after = { ...before, status: row.to ?? before.status, Count: Number(before.Count) + 1, By };
      return moved(after, index, row.outputs?.(params) ?? []);
    },
    invariants: [],
  };
}

function typeOf(name: string, automaton: Automaton, reactions: Partial<Reactions> = {}): EntityTypeDescriptor {
  const members = automaton.statuses;
  return {
    name,
    key: "Id",
    properties: [
      property("Id", "Edm.String", { role: "key", maxLength: 64 }),
      property("Owner", "Edm.String", { nullable: true }),
      property("Peer", "Edm.String", { nullable: true }),
      property("Peers", "Edm.String", { collection: true }),
      property("Status", "enum", { role: "status", enumName: `${name}Status`, members }),
      property("Count", "Edm.Int64", { role: "variable" }),
      property("By", "Edm.String", { role: "variable" }),
    ],
    navigations: [],
    statusProperty: "Status",
    automaton,
    reactions: { ...noReactions, ...reactions },
  };
}

/** A shelf is filled by the service only, unless it is locked. */
const shelf = typeOf(
  "Shelf",
  automatonOf(
    "Shelf",
    ["Free", "Locked"],
    [
      { action: "Fill", kind: "internal", from: ["Free"], params: [{ name: "By", type: "string", required: false }] },
      { action: "Lock", to: "Locked" },
      { action: "Unlock", to: "Free" },
    ],
  ),
);

const by = { name: "By", type: "string", required: false } as const;

const rows: readonly Row[] = [
  { action: "Ask" },
  {
    action: "Announce",
    outputs: () => [
      { kind: "event", name: "Announced" },
      { kind: "event", name: "Heard" },
    ],
  },
  {
    action: "Hire",
    filled: [{ kind: "fresh", name: "fresh id" }],
    outputs: (params) => [
      { kind: "spawn", entityType: "Shelf", entityId: params["fresh id"] ?? null, action: "Fill", copies: ["Owner"] },
    ],
  },
  {
    action: "HireAs",
    params: [by],
    outputs: ({ By }) => [
      { kind: "spawn", entityType: "Shelf", entityId: By ?? null, action: "Fill", copies: ["Owner"] },
    ],
  },
  { action: "Snooze", outputs: () => [{ kind: "schedule", action: "Wake", afterSeconds: 60 }] },
  {
    action: "SnoozeUntil",
    params: [by],
    outputs: ({ By }) => [{ kind: "schedule-at", action: "Wake", at: By ?? null }],
  },
  { action: "Wake", kind: "internal" },
  { action: "Start", from: ["Idle"], to: "Running" },
  { action: "Beat", from: ["Running"] },
  { action: "Nag", kind: "internal", from: ["Running"], params: [by] },
  { action: "Stop", from: ["Running"], to: "Idle" },
  { action: "Delivered", kind: "internal" },
  { action: "NotDelivered", kind: "internal" },
];

/** A definition of jobs with these reactions, and of shelves; everybody may do everything but what `policies` forbid. */
export function workshop(
  reactions: Partial<Reactions>,
  policies: ServiceDefinition["authorization"]["policies"] = [],
): ServiceDefinition {
  const job = typeOf("Job", automatonOf("Job", ["Idle", "Running"], rows), reactions);
  const base = parcelService([job, shelf]);
  const everything = { id: "all", text: "permit(principal, action, resource);" };
  const resources = { Job: () => ({}), Shelf: () => ({}) };
  return { ...base, authorization: { ...base.authorization, policies: [everything, ...policies], resources } };
}

type EntityDeed = TriggerDescriptor["deed"] & { readonly kind: "entity" };
type WebhookDeed = TriggerDescriptor["deed"] & { readonly kind: "webhook" };

/** `Ask` fills the shelf that `Peer` names, but for what is said otherwise. */
export function fillTrigger(deed: Partial<EntityDeed> = {}, more: Partial<TriggerDescriptor> = {}): TriggerDescriptor {
  const target = { kind: "field", field: "Peer" } as const;
  const usual = { kind: "entity", entityType: "Shelf", action: "Fill", target, dropOk: false, params: [] } as const;
  return { name: "fill", action: "Ask", ...more, deed: { ...usual, ...deed } };
}

/** `Ask` posts to the URL. */
export function postTrigger(deed: Partial<WebhookDeed> & Pick<WebhookDeed, "url">): TriggerDescriptor {
  return { name: "post", action: "Ask", deed: { kind: "webhook", method: "POST", headers: {}, ...deed } };
}
