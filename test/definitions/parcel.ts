/** A small service definition, written as the compiler would emit it: for tests of the runtime that need no compiler. */
import {
  type Automaton,
  type CedarValue,
  type EntityTypeDescriptor,
  moved,
  type Outcome,
  type PropertyDescriptor,
  refused,
  type ServiceDefinition,
  type Snapshot,
  type Values,
} from "@temperc/runtime/kernel";

interface ParcelSnapshot extends Snapshot {
  readonly status: string;
  readonly Items: number;
  readonly Label: string;
}

function step(before: ParcelSnapshot, action: string, params: Values): Outcome<ParcelSnapshot> {
  switch (action) {
    case "AddItem":
      if (before.status !== "Open") return refused("no-rule-here", before.status);
      return moved({ ...before, Items: before.Items + 1 }, 0);
    case "Pack":
      if (before.status !== "Open") return refused("no-rule-here", before.status);
      if (before.Items === 0) return refused("guard-false", "Items > 0");
      return moved({ ...before, status: "Packed" }, 1);
    case "Send":
      if (before.status !== "Packed") return refused("no-rule-here", before.status);
      if (typeof params.Label !== "string") return refused("bad-parameter", "Label");
      return moved({ ...before, status: "Sent", Label: params.Label }, 2);
    case "Recount":
      return moved({ ...before, Items: 0 }, 3);
    default:
      return refused("unknown-action", action);
  }
}

const parcelAutomaton: Automaton<ParcelSnapshot> = {
  name: "Parcel",
  statuses: ["Open", "Packed", "Sent"],
  terminal: ["Sent"],
  initial: { status: "Open", Items: 0, Label: "" },
  variables: [
    { name: "Items", type: "counter" },
    { name: "Label", type: "string" },
  ],
  actions: [
    { name: "AddItem", kind: "input", params: [] },
    { name: "Pack", kind: "input", params: [] },
    { name: "Send", kind: "input", params: [{ name: "Label", type: "string", required: true }] },
    { name: "Recount", kind: "internal", params: [] },
  ],
  rules: [
    { action: "AddItem", from: ["Open"], source: "parcel.ioa.toml:10" },
    { action: "Pack", from: ["Open"], to: "Packed", guard: "Items > 0", source: "parcel.ioa.toml:15" },
    { action: "Send", from: ["Packed"], to: "Sent", source: "parcel.ioa.toml:20" },
    { action: "Recount", from: ["Open"], source: "parcel.ioa.toml:25" },
  ],
  step,
  invariants: [],
};

/** A property with what is usual left out. */
export function property(
  name: string,
  type: PropertyDescriptor["type"],
  more: Partial<PropertyDescriptor> = {},
): PropertyDescriptor {
  return { name, type, collection: false, nullable: false, role: "field", ...more };
}

export const parcel: EntityTypeDescriptor = {
  name: "Parcel",
  key: "Id",
  properties: [
    property("Id", "Edm.String", { role: "key", maxLength: 64 }),
    property("Owner", "Edm.String", { maxLength: 20 }),
    property("Note", "Edm.String", { nullable: true }),
    property("Price", "Edm.Decimal", { nullable: true, precision: 12, scale: 2 }),
    property("Due", "Edm.DateTimeOffset", { nullable: true }),
    property("Fragile", "Edm.Boolean", { defaultValue: false }),
    property("Tags", "Edm.String", { collection: true }),
    property("Status", "enum", { role: "status", enumName: "ParcelStatus", members: ["Open", "Packed", "Sent"] }),
    property("Items", "Edm.Int64", { role: "variable" }),
    property("Label", "Edm.String", { role: "variable" }),
  ],
  navigations: [
    {
      name: "Depot",
      target: "Depot",
      collection: false,
      constraints: [{ property: "Owner", referencedProperty: "Id" }],
    },
  ],
  statusProperty: "Status",
  // The emitted table does the same: the runtime calls it with snapshots that it made of `initial` and `variables` only.
  automaton: parcelAutomaton as unknown as Automaton,
  fieldViolation: (values) => (values.Note === "forbidden" ? "Note must not be forbidden" : undefined),
};

export const depot: EntityTypeDescriptor = {
  name: "Depot",
  key: "Id",
  properties: [
    property("Id", "Edm.Guid", { role: "key" }),
    property("Shelves", "Edm.Int32", { defaultValue: 3 }),
    property("Load", "Edm.Double", { nullable: true }),
    property("Opened", "Edm.Date", { nullable: true }),
  ],
  navigations: [],
};

/** Null and floats are absent and a decimal is Cedar's, as in the emitted bindings. */
function attributes(values: Values): Readonly<Record<string, CedarValue>> {
  const present: Record<string, CedarValue> = {};
  for (const [name, value] of Object.entries({ ...values, status: values.Status ?? null })) {
    if (value === null || name === "Load") continue;
    present[name] = name === "Price" ? { __extn: { fn: "decimal", arg: Number(value).toFixed(2) } } : value;
  }
  return present;
}

/** Owners do what they like with their parcels; depots are everybody's. */
const policies = [
  { id: "owner", text: "permit(principal, action, resource is Parcel) when { resource.Owner == principal.id };" },
  { id: "depots", text: "permit(principal, action, resource is Depot);" },
  {
    id: "no-sending-by-guests",
    text: 'forbid(principal, action in Action::"Send", resource) when { principal.roles.contains("guest") };',
  },
];

/** The definition, with entity types of one's own where they are given. */
export function parcelService(entityTypes: readonly EntityTypeDescriptor[] = [parcel, depot]): ServiceDefinition {
  return {
    name: "parcels",
    namespace: "Parcels",
    entityTypes,
    entitySets: entityTypes.map((type) => ({ name: `${type.name}s`, entityType: type.name })),
    functions: [],
    metadata: { xml: "", json: "" },
    openapi: "",
    authorization: { policies, schema: "", resources: { Parcel: attributes, Depot: attributes } },
  };
}
