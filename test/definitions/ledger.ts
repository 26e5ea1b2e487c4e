/** Orders that contain their lines, which contain parts; and prices, by a key of two properties. */
import type { EntityTypeDescriptor, ServiceDefinition } from "@temperc/runtime/kernel";
import { property } from "./parcel.ts";

const id = property("$id", "Edm.String", { role: "key", isHidden: true });

function place(name: string): EntityTypeDescriptor["properties"][number] {
  return property(name, "Edm.String", { role: "part", isHidden: true, isIndexed: true, nullable: true });
}

const order: EntityTypeDescriptor = {
  name: "Order",
  key: "Id",
  properties: [
    property("Id", "Edm.String", { role: "key" }),
    property("Owner", "Edm.String", { nullable: true }),
    property("Secret", "Edm.Boolean", { defaultValue: false }),
  ],
  navigations: [
    { name: "Lines", target: "Line", collection: true, partner: "Order", constraints: [], isContainment: true },
    { name: "Invoice", target: "Invoice", collection: false, constraints: [], isContainment: true },
  ],
};

const line: EntityTypeDescriptor = {
  name: "Line",
  key: "$id",
  identity: {
    parts: ["Number"],
    containments: [{ parent: "Order", navigation: "Lines", property: "$Order-Lines" }],
  },
  properties: [
    id,
    place("$Order-Lines"),
    property("Number", "Edm.Int32", { role: "part" }),
    property("Product", "Edm.String", { nullable: true }),
    property("Day", "Edm.Date", { nullable: true }),
    property("Count", "Edm.Int32", { defaultValue: 1 }),
  ],
  navigations: [
    { name: "Order", target: "Order", collection: false, partner: "Lines", constraints: [] },
    { name: "Parts", target: "Part", collection: true, constraints: [], isContainment: true },
    {
      name: "Price",
      target: "Price",
      collection: false,
      constraints: [
        { property: "Product", referencedProperty: "Product" },
        { property: "Day", referencedProperty: "Day" },
      ],
    },
  ],
};

const part: EntityTypeDescriptor = {
  name: "Part",
  key: "$id",
  identity: { parts: ["Code"], containments: [{ parent: "Line", navigation: "Parts", property: "$Line-Parts" }] },
  properties: [id, place("$Line-Parts"), property("Code", "Edm.String", { role: "part" })],
  navigations: [],
};

const invoice: EntityTypeDescriptor = {
  name: "Invoice",
  key: "$id",
  identity: { parts: [], containments: [{ parent: "Order", navigation: "Invoice", property: "$Order-Invoice" }] },
  properties: [id, place("$Order-Invoice"), property("Total", "Edm.Decimal", { precision: 10, scale: 2 })],
  navigations: [],
};

const price: EntityTypeDescriptor = {
  name: "Price",
  key: "$id",
  identity: { parts: ["Product", "Day"] },
  properties: [
    id,
    property("Product", "Edm.String", { role: "part" }),
    property("Day", "Edm.Date", { role: "part" }),
    property("Amount", "Edm.Decimal", { precision: 10, scale: 2 }),
  ],
  navigations: [],
};

/** Customers read what is not secret, and write it. */
export function ledgerService(): ServiceDefinition {
  const policies = [
    { id: "everything", text: "permit(principal, action, resource);" },
    { id: "secrets", text: "forbid(principal is Customer, action, resource is Order) when { resource.Secret };" },
  ];
  const open = () => ({});
  return {
    name: "ledger",
    namespace: "Ledger",
    entityTypes: [order, line, part, invoice, price],
    entitySets: [
      { name: "Orders", entityType: "Order" },
      { name: "Prices", entityType: "Price" },
    ],
    functions: [],
    metadata: { xml: "<edmx:Edmx/>", json: "{}" },
    openapi: "",
    authorization: {
      policies,
      schema: "",
      resources: {
        Order: ({ Secret }) => ({ Secret: Secret === true }),
        ...{ Line: open, Part: open, Invoice: open, Price: open },
      },
    },
  };
}
