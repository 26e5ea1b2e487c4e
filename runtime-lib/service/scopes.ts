/** Scopes: what of all that its principal may do a credential is good for. They only ever take away; policies decide the rest. */

/** Lets a credential of an operator manage the service itself, where it has scopes at all. */
export const manageScope = "manage";

/** Lets a credential read `/metrics`. */
export const metricsScope = "metrics";

const form = /^(?:read|write|manage|metrics|[A-Za-z_]\w{0,127}(?:::[A-Za-z_]\w{0,127})?)$/;

/** True for `read`, `write`, `manage`, `metrics`, an entity type (`Order`), or one action or verb of a type (`Order::SubmitOrder`, `Order::read`). */
export function isScope(text: string): boolean {
  return form.test(text);
}

/** Whether the action, or the verb of `read`, `list`, `create`, `update` and `delete`, is in one of the scopes. No scopes are no bounds. */
export function isInScope(scopes: readonly string[] | undefined, entityType: string, action: string): boolean {
  if (scopes === undefined || scopes.length === 0) return true;
  const isReading = action === "read" || action === "list";
  const verb = isReading ? "read" : action;
  return (
    scopes.includes(isReading ? "read" : "write") ||
    scopes.includes(entityType) ||
    scopes.includes(`${entityType}::${verb}`)
  );
}
