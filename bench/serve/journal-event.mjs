/** An event of an order, as the service would have recorded it, for benchmarks that write histories straight into a store. */
import { uuidv7Ids } from "@temperc/runtime";

/** The order's values after the event are `row`; what else differs from a creation is in `others`. */
export function eventOf(row, others = {}) {
  return {
    tenant: "default",
    entityType: "Order",
    entityId: row.Id,
    sequence: 1,
    eventId: uuidv7Ids.next(),
    kind: "created",
    action: "created",
    params: {},
    from: null,
    to: row.Status,
    delta: row,
    outputs: [],
    specHash: "bench",
    principal: `Customer::"${row.CustomerId}"`,
    correlationId: "bench",
    causationId: null,
    idempotencyKey: null,
    sessionId: null,
    intent: null,
    at: "2026-01-01T00:00:00.000Z",
    ...others,
  };
}
