/** CSDL documents beside automata that they have to agree with; some with damaged bytes on top. */
import fc from "fast-check";
import type { SourceFile } from "../../compiler/index.ts";
import { campaign } from "./campaign.ts";
import { shop, sourceFile, ticket } from "./corpus.ts";
import { edited, grammatical, wild } from "./csdl.ts";
import { changes, spoiled } from "./spoil.ts";

const behaviour = sourceFile("ticket.ioa.toml", ticket('"c >= 0"', '"c += 1"', '"c >= 0"').replace(/^params.*\n/m, ""));
const beside = (document: fc.Arbitrary<string>): fc.Arbitrary<SourceFile> =>
  fc
    .tuple(
      document.map((text) => sourceFile("a.csdl.xml", text)),
      fc.option(changes, { freq: 5 }),
    )
    .map(([file, made]) => (made === null ? file : spoiled(file, made)));
const withShop = shop.filter(({ path }) => !path.endsWith(".csdl.xml"));
const files = fc.oneof(
  { weight: 4, arbitrary: beside(grammatical).map((file) => [behaviour, file]) },
  { weight: 2, arbitrary: beside(wild).map((file) => [behaviour, file]) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(beside(grammatical), beside(wild))
      .map(([one, other]) => [behaviour, one, { ...other, path: "b.csdl.xml" }]),
  },
  { weight: 2, arbitrary: beside(edited).map((file) => [...withShop, file]) },
);

campaign({ name: "csdl", inputs: 20_000, files, finds: { programs: 100, codes: 40 } });
