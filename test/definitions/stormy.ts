/** A workshop that asks of the world what a storm can disturb: triggers, webhooks with call-backs, timers, a workflow, a composite and a key. */
import type { Reactions, ServiceDefinition } from "@temperc/runtime/kernel";
import { fillTrigger, postTrigger, workshop } from "./workshop.ts";

const posts = postTrigger({ url: "https://partner.example/", onSuccess: "Delivered", onFailure: "NotDelivered" });

/** The shelf of the same id: there mostly is one. */
const ownShelf = { kind: "same-id" } as const;

/** A job that stops fills its shelf, or does not stop; and so does one that snoozes, which comes more often. */
const composites = ["Stop", "Snooze"].map((action) => ({
  ...{ action, gate: action, recordsParentEvent: true },
  subWrites: [{ entityType: "Shelf", action: "Fill", target: ownShelf, params: [] }],
}));

const hireAll = {
  ...{ name: "hire all", startAction: "HireAs", rosterField: "Peers", memberEntity: "Shelf", memberAction: "Fill" },
  ...{ membersMax: 4, concurrencyMax: 2, attemptsMax: 2, onSuccess: "Delivered", onFailure: "NotDelivered" },
};

const reactions: Partial<Reactions> = {
  triggers: [
    fillTrigger(),
    fillTrigger({ target: ownShelf }, { name: "fill again", action: "Start" }),
    fillTrigger({}, { name: "fill at noon", action: "Snooze" }),
    { ...posts, action: "Beat" },
    { ...posts, action: "Announce" },
    fillTrigger({ target: ownShelf }, { name: "fill and tell", action: "Announce" }),
  ],
  timeouts: [{ status: "Running", afterSeconds: 3, action: "Nag", occurrencesMax: 2, resetOn: ["Beat"], params: {} }],
  composites,
  workflows: [hireAll],
};

const service = workshop(reactions);

/** Two shelves have no owner in common. */
export const stormy: ServiceDefinition = {
  ...service,
  entityTypes: service.entityTypes.map((type) => {
    if (type.name !== "Shelf" || type.reactions === undefined) return type;
    const keys = [{ name: "owner", properties: ["Owner"], isEntityId: false }];
    return { ...type, reactions: { ...type.reactions, keys } };
  }),
};
