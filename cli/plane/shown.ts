/** What is shown of a program that is served: its entities and files, and one entity as it was written and as it was read. */
import type { Servable } from "./servable.ts";

export function shownProgram({ name, specHash, outcome, program, files }: Servable): object {
  const automata = new Map(program.automata.map((automaton) => [automaton.name, automaton]));
  return {
    name: program.name,
    program: name,
    revision: specHash,
    outcome,
    entities: program.contract.entities.map((entity) => {
      const automaton = automata.get(entity.automaton ?? "");
      const statuses = automaton?.statuses.map((status) => status.name) ?? [];
      const actions = automaton?.actions.map((action) => action.name) ?? [];
      return { name: entity.name, file: automaton?.file ?? entity.span.file, statuses, actions };
    }),
    files: files.map(({ path, text }) => ({ path, bytes: Buffer.byteLength(text) })),
  };
}

/** Undefined where the program has no such entity. */
export function shownSpec({ specHash, program, files }: Servable, name: string): object | undefined {
  const entity = program.contract.entities.find((each) => each.name === name);
  const automaton = program.automata.find((each) => each.name === (entity?.automaton ?? name));
  if (entity === undefined && automaton === undefined) return undefined;
  const paths = new Set([automaton?.file, entity?.span.file]);
  const raw = files.filter(({ path }) => paths.has(path));
  return { name, revision: specHash, raw, parsed: { ...(entity && { entity }), ...(automaton && { automaton }) } };
}
