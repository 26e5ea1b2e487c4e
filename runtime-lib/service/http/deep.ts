/** Carries out a write with what its body binds and nests: one write where it is one, else all of them together. */
import type { Calls, Failed, Write } from "../call.ts";
import { type Expanded, placeAmong, type Related } from "../odata/expanded.ts";
import { isFailed } from "../odata/failure.ts";
import type { SetRoute } from "../odata/routes.ts";
import { type Made, own, type Wanted, type Writing } from "./one-write.ts";
import { Weaving } from "./weaving.ts";

/** Does what is wanted. What is bound or nested stands or falls with the entity. */
export function deeply(writing: Writing, set: SetRoute, wanted: Wanted): Promise<Made | Failed> {
  const { asked, idempotency, conditions } = writing;
  const { context, host } = asked.exchange;
  if (wanted.body.links.length === 0) {
    const whole = (write: Write): Write => ({ ...write, ...conditions, ...(idempotency && { idempotency }) });
    return own(set, wanted, (write) => host.service.write(context, whole(write)));
  }
  const work = async (calls: Calls) => {
    const value = await new Weaving(asked, calls).write(set, wanted, conditions);
    return { keep: !isFailed(value), value };
  };
  return host.service.together<Made | Failed>(context, work, idempotency && { idempotency });
}

const plainOrder = { orderBy: [], computed: [] };

/** What was made along with these, as an answer brings it (OData 4.01 part 1, section 11.4.2.2). */
export function expandedOf(all: readonly Made[]): readonly Expanded[] {
  const navigations = new Set(all.flatMap(({ inside }) => inside.map(({ navigation }) => navigation)));
  return [...navigations].flatMap((navigation) => {
    const made = all.flatMap(({ inside }) =>
      inside.filter((each) => each.navigation === navigation).flatMap((each) => each.made),
    );
    const set = navigation.target();
    if (set === undefined) return [];
    const related = new Map<string, Related>();
    for (const { written } of made) {
      if (written.row === undefined) continue;
      const place = placeAmong(written.row.values, navigation.pairs, "there");
      const rows = [...(related.get(place)?.rows ?? []), written.row];
      related.set(place, { rows, count: rows.length });
    }
    const expansion = {
      navigation,
      set,
      form: "entities",
      select: undefined,
      ordering: plainOrder,
      computed: [],
      skip: 0,
      count: false,
      expand: [],
    } as const;
    return [{ expansion, related, inside: expandedOf(made) }];
  });
}
