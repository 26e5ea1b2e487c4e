/** Behaviour files that follow the table of keys, more or less; some with damaged bytes on top. */
import fc from "fast-check";
import { campaign } from "./campaign.ts";
import { sourceFile } from "./corpus.ts";
import { changes, spoiled } from "./spoil.ts";
import { behaviour } from "./toml.ts";

const file = behaviour.map((text) => sourceFile("ticket.ioa.toml", text));
const damaged = fc.tuple(file, changes).map(([each, made]) => spoiled(each, made));
const one = fc.oneof({ weight: 4, arbitrary: file }, damaged);
const files = fc.oneof(
  { weight: 4, arbitrary: one.map((each) => [each]) },
  fc.tuple(one, one).map(([first, second]) => [first, { ...second, path: "second.ioa.toml" }]),
);

campaign({ name: "toml", inputs: 20_000, files, finds: { programs: 100, codes: 40 } });
