/** Policies beside those of a revision: none takes the place of one of the spec, and all together decide. */
import { expect, test } from "vitest";
import { parcel, parcelService } from "../../../test/definitions/parcel.ts";
import { cedarAuthorizer } from "../../adapters/cedar/authorizer.ts";
import type { Decision } from "../../ports/index.ts";
import { type Addition, withAdded } from "./with-added.ts";

function decide(additions: readonly Addition[], roles: readonly string[]): Decision {
  const { authorization, entityTypes } = parcelService();
  const authorizer = cedarAuthorizer(withAdded(authorization, additions), entityTypes);
  return authorizer.authorize({
    principal: { type: "Customer", id: "bob", tenant: "t", roles },
    entityType: parcel.name,
    action: "Send",
    resource: { id: "1", values: { Id: "1", Owner: "alice", Status: "Packed", Items: 1, Label: "" } },
    context: {},
  });
}

const everybody = "permit(principal, action, resource is Parcel);";

test("an added policy permits, and is named", () => {
  expect(decide([], [])).toEqual({ allowed: false, reasons: [], errors: [] });
  expect(decide([{ id: "PD-1", text: everybody }], [])).toEqual({ allowed: true, reasons: ["PD-1"], errors: [] });
});

test("an added policy under the id of one of the spec stands beside it, and what the spec forbids stays forbidden", () => {
  const same = { id: "no-sending-by-guests", text: everybody };
  expect(decide([same], [])).toMatchObject({ allowed: true, reasons: ["no-sending-by-guests~added"] });
  expect(decide([same], ["guest"])).toMatchObject({ allowed: false, reasons: ["no-sending-by-guests"] });
});

test("an added policy that fails to evaluate denies, whatever else permits", () => {
  const failing = { id: "failing", text: "permit(principal, action, resource is Parcel) when { resource.Absent };" };
  expect(decide([{ id: "PD-1", text: everybody }, failing], [])).toMatchObject({
    allowed: false,
    errors: [expect.stringContaining("failing")],
  });
});
