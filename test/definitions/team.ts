/** A team with its tasks: entities that lead to each other, some of which only some may read. */
import {
  type Automaton,
  type EntityTypeDescriptor,
  moved,
  refused,
  type ServiceDefinition,
  type Values,
} from "@temperc/runtime/kernel";
import { property } from "./parcel.ts";
import { type Served, type ServedOptions, serveDefinition } from "./served.ts";

const person: EntityTypeDescriptor = {
  name: "Person",
  key: "Id",
  properties: [
    property("Id", "Edm.String", { role: "key" }),
    property("Name", "Edm.String"),
    property("BossId", "Edm.String", { nullable: true }),
    property("Home", "Edm.Boolean", { nullable: true, complexType: "Address" }),
    property("Home/City", "Edm.String", { nullable: true, isNeeded: true }),
    property("Home/Zip", "Edm.Int32", { nullable: true }),
  ],
  navigations: [
    {
      name: "Boss",
      target: "Person",
      collection: false,
      partner: "Reports",
      constraints: [{ property: "BossId", referencedProperty: "Id" }],
    },
    { name: "Reports", target: "Person", collection: true, partner: "Boss", constraints: [] },
    { name: "Tasks", target: "Task", collection: true, partner: "Owner", constraints: [] },
    { name: "Friends", target: "Person", collection: true, constraints: [] },
  ],
};

const task: EntityTypeDescriptor = {
  name: "Task",
  key: "Id",
  properties: [
    property("Id", "Edm.String", { role: "key" }),
    property("OwnerId", "Edm.String"),
    property("Title", "Edm.String", { nullable: true }),
    property("Hours", "Edm.Int32"),
    property("Cost", "Edm.Decimal", { nullable: true, precision: 12, scale: 2 }),
    property("Due", "Edm.DateTimeOffset", { nullable: true }),
    property("Day", "Edm.Date", { nullable: true }),
    property("Start", "Edm.TimeOfDay", { nullable: true }),
    property("Takes", "Edm.Duration", { nullable: true }),
    property("Seal", "Edm.Binary", { nullable: true, maxLength: 4 }),
    property("Done", "Edm.Boolean", { defaultValue: false }),
    property("Secret", "Edm.Boolean", { defaultValue: false }),
    property("Tags", "Edm.String", { collection: true }),
    property("Size", "enum", { enumName: "Size", members: ["Small", "Large"] }),
  ],
  navigations: [
    {
      name: "Owner",
      target: "Person",
      collection: false,
      partner: "Tasks",
      constraints: [{ property: "OwnerId", referencedProperty: "Id" }],
    },
  ],
};

const targets: Readonly<Record<string, string>> = { Open: "Open", Shut: "Shut" };

const doors: Automaton = {
  name: "Door",
  statuses: ["Shut", "Open"],
  terminal: [],
  initial: { status: "Shut" },
  variables: [],
  actions: Object.keys(targets).map((name) => ({ name, kind: "input", params: [] })),
  rules: Object.entries(targets).map(([action, to]) => ({
    action,
    from: ["Shut", "Open"],
    to,
    source: "door.ioa.toml:1",
  })),
  step: (before, action) => {
    const status = targets[action];
    return status === undefined ? refused("unknown-action", action) : moved({ ...before, status }, 0);
  },
  invariants: [],
};

const door: EntityTypeDescriptor = {
  name: "Door",
  key: "Id",
  properties: [
    property("Id", "Edm.String", { role: "key" }),
    property("Status", "enum", { role: "status", enumName: "DoorStatus", members: doors.statuses }),
  ],
  navigations: [],
  statusProperty: "Status",
  automaton: doors,
};

const policies = [
  { id: "everything", text: "permit(principal, action, resource);" },
  { id: "secrets", text: "forbid(principal is Customer, action, resource is Task) when { resource.Secret };" },
];

function attributes({ Id, Secret = false }: Values): Record<string, string | boolean> {
  return { Id: String(Id), Secret: Secret === true };
}

/** The definition. Customers may not read secret tasks. */
export function teamService(): ServiceDefinition {
  return {
    name: "team",
    namespace: "Team",
    entityTypes: [person, task, door],
    entitySets: [
      { name: "People", entityType: "Person" },
      { name: "Tasks", entityType: "Task" },
      { name: "Doors", entityType: "Door" },
    ],
    functions: [
      { name: "Motto", parameters: [], returnType: "Edm.String" },
      {
        name: "Greeting",
        parameters: [{ name: "Name", type: "Edm.String", nullable: false }],
        returnType: "Edm.String",
      },
    ],
    metadata: { xml: "<edmx:Edmx/>", json: '{"$Version":"4.01"}' },
    openapi: "",
    authorization: { policies, schema: "", resources: { Person: attributes, Task: attributes, Door: () => ({}) } },
  };
}

const people = [
  { Id: "ada", Name: "Ada", BossId: null },
  { Id: "bob", Name: "Bob", BossId: "ada", Home: { City: "Bonn", Zip: 53111 } },
  { Id: "cy", Name: "Cy", BossId: "bob" },
  { Id: "dee", Name: "Dee", BossId: "ada" },
];

const unplanned = { Due: null, Day: null, Start: null, Takes: null, Seal: null };
const blank = { Title: null, Cost: null, ...unplanned, Done: false, Secret: false, Tags: [], Size: "Small" };
const painted = { Start: "09:30", Takes: "PT1H30M", Seal: "AQID" };

const tasks = [
  {
    ...blank,
    Id: "t1",
    OwnerId: "bob",
    Title: "Paint the Door",
    Hours: 5,
    Cost: 10.5,
    Tags: ["red", "wood"],
    ...painted,
  },
  { ...blank, Id: "t2", OwnerId: "bob", Title: "sweep", Hours: 2, Cost: 0.1, Done: true, Due: "2026-03-01T10:20:30Z" },
  { ...blank, Id: "t3", OwnerId: "bob", Title: "plot", Hours: 9, Secret: true },
  { ...blank, Id: "t4", OwnerId: "cy", Hours: -3, Day: "2026-02-28", Size: "Large", Tags: ["red"] },
  { ...blank, Id: "t5", OwnerId: "gone", Title: "  drift ", Hours: 7, Cost: 2.25, Start: "18:00:00.25", Takes: "P2D" },
];

export interface ServedTeam extends Served {
  readonly keys: Readonly<Record<"alice" | "root", string>>;
  /** What is answered to a GET by someone: its status and its body. */
  readonly get: (who: "alice" | "root", url: string) => Promise<{ readonly status: number; readonly body: Body }>;
}

/** A body as JSON, or with its text. */
export interface Body {
  readonly [name: string]: unknown;
  readonly value: readonly Readonly<Record<string, unknown>>[];
}

/** The team behind HTTP, with its tasks in it. */
export async function serveTeam(options: ServedOptions = {}): Promise<ServedTeam> {
  const functions = { Motto: () => "on", Greeting: ({ Name }: Values) => `Hello ${Name}` };
  const served = await serveDefinition(teamService(), { functions, ...options });
  const keys = {
    alice: await served.key({ type: "Customer", id: "alice" }),
    root: await served.key({ type: "Admin", id: "root" }),
  };
  const headers = (who: "alice" | "root") => ({ authorization: `Bearer ${keys[who]}` });
  const sets = [
    ["People", people],
    ["Tasks", tasks],
    ["Doors", [{ Id: "d" }]],
  ] as const;
  for (const [set, bodies] of sets) {
    for (const payload of bodies) {
      const url = `/tdata/${set}`;
      const reply = await served.app.inject({ method: "POST", url, headers: headers("root"), payload });
      if (reply.statusCode !== 201) throw new Error(reply.body);
    }
  }
  const get = async (who: "alice" | "root", url: string) => {
    const reply = await served.app.inject({ method: "GET", url: `/tdata/${url}`, headers: headers(who) });
    const isJson = String(reply.headers["content-type"]).includes("json");
    return { status: reply.statusCode, body: isJson ? reply.json() : { text: reply.body, value: [] } };
  };
  return { ...served, keys, get };
}
