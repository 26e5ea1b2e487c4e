/** The recipe of emission: one function and one template for each emitted file. */

import type { Program } from "../ir/program.ts";
import { actorFile } from "./actor.ts";
import { authorizationFile } from "./authorization.ts";
import { automatonFile } from "./automaton.ts";
import type { Emitted } from "./emitted.ts";
import { entityFile } from "./entity.ts";
import { mainFile } from "./main.ts";
import { metadataFile } from "./metadata.ts";
import type { Templates } from "./render.ts";
import { indexFile } from "./service-index.ts";

/** The program as readable TypeScript, below `generated/`. The same program gives the same bytes. */
export function emit(program: Program, templates: Templates): Emitted {
  const { automata, contract } = program;
  const actors = contract.entities.flatMap((entity) => {
    const automaton = automata.find(({ name }) => name === entity.automaton);
    return automaton === undefined ? [] : [actorFile(program, { entity, automaton }, templates)];
  });
  return {
    files: [
      ...automata.map((automaton) => automatonFile(program, automaton, templates)),
      ...actors,
      ...contract.entities.map((entity) => entityFile(program, entity, templates)),
      authorizationFile(program, templates),
      metadataFile(program, templates),
      indexFile(program, templates),
      mainFile(program, templates),
    ],
  };
}
