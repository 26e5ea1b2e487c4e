/** Guards, effects and assertions of every shape, in a spec that is otherwise right. */
import fc from "fast-check";
import { campaign } from "./campaign.ts";
import { sourceFile, ticket } from "./corpus.ts";
import { condition, effect, quoted } from "./expressions.ts";

const oneOrMore = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: quoted(text) },
    fc.array(quoted(text), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
  );
const right = (text: string, other: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof(fc.constant(text), other);
const files = fc
  .tuple(
    right('"c >= 0"', oneOrMore(condition)),
    right('"c += 1"', oneOrMore(effect)),
    right('"c >= 0"', quoted(condition)),
  )
  .map((texts) => [sourceFile("ticket.ioa.toml", ticket(...texts))]);

campaign({ name: "expressions", inputs: 25_000, files, finds: { programs: 100, codes: 15 } });
