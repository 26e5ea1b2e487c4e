/** The order pipeline searched by code written for it alone: the ceiling for a checker of any model in the same language. */

/** The number of reachable states with counts up to `most`; a state is one integer, the visited ones are a `Set`. */
export function searchPipelineByHand(most) {
  const base = most + 1;
  const [created, reserved, paid] = [base ** 3, base ** 2, base];
  const visited = new Set([0]);
  let level = [0];
  while (level.length > 0) {
    const next = [];
    const visit = (state) => {
      if (visited.has(state)) return;
      if (!isOrdered(state, base)) throw new Error("a count overtakes the one before it");
      visited.add(state);
      next.push(state);
    };
    for (const state of level) {
      const createdNow = Math.floor(state / created);
      const reservedNow = Math.floor(state / reserved) % base;
      const paidNow = Math.floor(state / paid) % base;
      const shippedNow = state % base;
      if (createdNow < most) visit(state + created);
      if (reservedNow < createdNow) visit(state + reserved);
      if (paidNow < reservedNow) visit(state + paid);
      if (shippedNow < paidNow) visit(state + 1);
    }
    level = next;
  }
  return visited.size;
}

/** The invariant that the model checker checks too. */
function isOrdered(state, base) {
  const shipped = state % base;
  const paid = Math.floor(state / base) % base;
  const reserved = Math.floor(state / base ** 2) % base;
  return Math.floor(state / base ** 3) >= reserved && reserved >= paid && paid >= shipped;
}
