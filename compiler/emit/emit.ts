/** The recipe of emission: one function and one template for each emitted file. */

import type { Program } from "../ir/program.ts";
import { acrossFile } from "./across.ts";
import { actorFile } from "./actor.ts";
import { authorizationFile } from "./authorization.ts";
import { automatonFile } from "./automaton.ts";
import { decisionsFile } from "./decisions.ts";
import type { Emitted } from "./emitted.ts";
import { entityFile } from "./entity.ts";
import { mainFile } from "./main.ts";
import { metadataFile } from "./metadata.ts";
import { reactionsFile } from "./reactions.ts";
import type { Templates } from "./render.ts";
import { indexFile } from "./service-index.ts";

/** The program as readable TypeScript, below `generated/`. The same program gives the same bytes. */
export function emit(program: Program, templates: Templates): Emitted {
  const { automata, contract } = program;
  assertNames(program);
  const actors = contract.entities.flatMap((entity) => {
    const automaton = automata.find(({ name }) => name === entity.automaton);
    if (automaton === undefined) return [];
    const named = { entity, automaton };
    return [actorFile(program, named, templates), ...reactionsFile(named, templates)];
  });
  return {
    files: [
      ...automata.map((automaton) => automatonFile(program, automaton, templates)),
      ...actors,
      ...contract.entities.map((entity) => entityFile(program, entity, templates)),
      ...acrossFile(program, templates),
      decisionsFile(program, templates),
      authorizationFile(program, templates),
      metadataFile(program, templates),
      indexFile(program, templates),
      mainFile(program, templates),
    ],
  };
}

/** Names that become part of identifiers and paths; `bind` lets no others through. */
function assertNames({ automata, contract }: Program): void {
  for (const { name } of [
    ...automata,
    ...contract.entities,
    ...contract.entitySets,
    ...contract.singletons,
    ...contract.enums,
  ]) {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name for code`);
  }
}
