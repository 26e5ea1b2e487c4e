/** The parcel service behind real HTTP, with three callers and three functions. */
import type { ServiceDefinition, Values } from "@temperc/runtime";
import { parcelService } from "./parcel.ts";
import { type Served, type ServedOptions, serveDefinition } from "./served.ts";

export interface ServedParcels extends Served {
  /** Bearer secrets by name: alice and bob are customers, admin is an operator. */
  readonly keys: Readonly<Record<"alice" | "bob" | "admin", string>>;
}

/** The parcels, with a function that has code, one that has none and one that fails. */
export function parcelsWithFunctions(): ServiceDefinition {
  const country = { name: "Country", type: "Edm.String", nullable: false } as const;
  const items = { name: "Items", type: "Edm.Int32", nullable: true } as const;
  return {
    ...parcelService(),
    functions: [
      { name: "Quote", parameters: [country, items], returnType: "Edm.Decimal" },
      { name: "Unwritten", parameters: [], isListed: true },
      { name: "Broken", parameters: [] },
    ],
    openapi: '{"openapi":"3.1.0","info":{"title":"parcels","version":"1"},"paths":{}}',
    metadata: { xml: "<edmx:Edmx/>", json: '{"$Version":"4.01"}' },
  };
}

const functions = {
  Quote: ({ Country, Items }: Values) => (Country === "DE" ? 4.5 : 9) + Number(Items ?? 0),
  Broken: () => {
    throw new Error("the secret of the broken function");
  },
};

/** Opens everything, ready for `inject` or `listen`. */
export async function serveParcels(options: ServedOptions = {}): Promise<ServedParcels> {
  const served = await serveDefinition(parcelsWithFunctions(), { functions, ...options });
  const keys = {
    alice: await served.key({ type: "Customer", id: "alice" }),
    bob: await served.key({ type: "Customer", id: "bob" }),
    admin: await served.key({ type: "Admin", id: "root", kind: "operator" }),
  };
  return { ...served, keys };
}
