/** Files of all kinds with damaged bytes, in the folder where they belong. */
import fc from "fast-check";
import { campaign } from "./campaign.ts";
import { folders } from "./corpus.ts";
import { changes, spoiled } from "./spoil.ts";

const files = fc
  .record({ folder: fc.constantFrom(...folders), which: fc.nat(), made: changes })
  .map(({ folder, which, made }) =>
    folder.map((file, index) => (index === which % folder.length ? spoiled(file, made) : file)),
  );

campaign({ name: "bytes", inputs: 25_000, files, finds: { programs: 100, codes: 80 } });
