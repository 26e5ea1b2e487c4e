/** What OData 4.01 demands of each conformance level: the table in docs/odata.md is made of these rows. */
import { advanced } from "./advanced.ts";
import { intermediate } from "./intermediate.ts";
import { minimal40 } from "./minimal-40.ts";
import { minimal41 } from "./minimal-41.ts";
import type { Row } from "./row.ts";

export const rows: readonly Row[] = [...minimal40, ...minimal41, ...intermediate, ...advanced];

/** Numbers that ask nothing of a service like this one, and why. */
export const notApplicable: Readonly<Record<string, string>> = {
  "I40-10": "asks for a password, and callers have API keys and tokens",
  "M41-5": "asks something where a schema version is published, and none is",
  "I40-4": "asks something of derived types, and there are none",
};

/** Demands that no single request shows, and the test that does: by its file and its name. */
export const elsewhere: readonly (Pick<Row, "id" | "demand" | "strength"> & {
  readonly shown: readonly [string, string];
})[] = [
  {
    id: "M40-16",
    demand: "`application/http` for what was not waited for, to clients of 4.0",
    shown: ["runtime-lib/service/http/async-requests.test.ts", "get the whole response as a message"],
  },
  {
    id: "M40-17",
    demand: "`AsyncResult`",
    strength: "may",
    shown: ["runtime-lib/service/http/async-requests.test.ts", "a read is accepted, worked on, and answered"],
  },
  {
    id: "M41-3",
    demand: "`AsyncResult` for what was not waited for",
    shown: ["runtime-lib/service/http/async-requests.test.ts", "a read is accepted, worked on, and answered"],
  },
  {
    id: "I40-6",
    demand: "`/$value` of media entities",
    shown: ["test/gallery.test.ts", "a medium sent to a set makes its entity, and says what it is"],
  },
  {
    id: "M41-11",
    demand: "no names that differ in case only: `temperc check` tells of them",
    strength: "should",
    shown: ["golden/diagnostics/bind/csdl-name-case/expected/diagnostics.txt", "bind/csdl-name-case"],
  },
  {
    id: "M41-12",
    demand: "`Core.ODataVersions`",
    strength: "should",
    shown: ["compiler/bind/contract.test.ts", "says what the service sets itself and which OData it is"],
  },
  {
    id: "M41-13",
    demand: "annotations of the vocabulary Capabilities",
    strength: "should",
    shown: ["compiler/bind/contract.test.ts", "says what the service sets itself and which OData it is"],
  },
];

/** Numbers that are other levels as a whole. */
export const levels = ["I40-1", "A40-1", "M41-1", "M41-18", "I41-1", "I41-2", "A41-1", "A41-2"];
