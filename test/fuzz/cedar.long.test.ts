/** Policies over an automaton with a variable of every type; some with damaged bytes on top. */
import fc from "fast-check";
import { campaign } from "./campaign.ts";
import { policies, soup } from "./cedar.ts";
import { sourceFile, ticket } from "./corpus.ts";
import { changes, spoiled } from "./spoil.ts";

const behaviour = sourceFile("ticket.ioa.toml", ticket('"c >= 0"', '"c += 1"', '"c >= 0"'));
const file = fc
  .oneof({ weight: 5, arbitrary: policies }, { weight: 1, arbitrary: soup })
  .map((text) => sourceFile("a.cedar", text));
const damaged = fc.tuple(file, changes).map(([each, made]) => spoiled(each, made));
const one = fc.oneof({ weight: 5, arbitrary: file }, damaged);
const files = fc.oneof(
  { weight: 5, arbitrary: one.map((each) => [behaviour, each]) },
  fc.tuple(one, one).map(([first, second]) => [behaviour, first, { ...second, path: "b.cedar" }]),
);

campaign({ name: "cedar", inputs: 10_000, files, finds: { programs: 100, codes: 8 } });
