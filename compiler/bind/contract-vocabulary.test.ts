/** What the annotations of `Temper.Vocab` say is held to the automaton that they speak of. */

import { describe, expect, test } from "vitest";
import type { Automaton } from "../ir/automaton.ts";
import { bind, door, doorDocument, doorParts, entityWith } from "./fixtures.ts";

const rule = {
  action: "Close",
  from: ["Open"],
  to: { kind: "status", name: "Closed" },
  effects: [],
  outputs: [],
} as const;
const closing: Automaton = { ...door, rules: [{ ...rule, span: door.span }] };
const strings = (...texts: readonly string[]) =>
  `<Collection>${texts.map((text) => `<String>${text}</String>`).join("")}</Collection>`;
const vocab = (term: string, value: string) =>
  value.startsWith("<")
    ? `<Annotation Term="Temper.Vocab.${term}">${value}</Annotation>`
    : `<Annotation Term="Temper.Vocab.${term}" String="${value}"/>`;
const onType = (term: string, value: string) => doorDocument({ entity: entityWith(vocab(term, value)) });
const onAction = (term: string, value: string) =>
  doorDocument({ action: doorParts.action.replace("</Action>", `${vocab(term, value)}</Action>`) });

describe("annotations of an automaton", () => {
  test.each([
    ["its states", onType("StateMachine.States", strings("Closed", "Open"))],
    ["where it starts", onType("StateMachine.InitialState", "Open")],
    ["its file", onType("StateMachine.Spec", "door.ioa.toml")],
    ["the property to shard by", onType("ShardKey", "Id")],
    ["where an action starts", onAction("StateMachine.ValidFromStates", strings("Open"))],
    ["where an action leads", onAction("StateMachine.TargetState", "Closed")],
    ["how often it went well", onAction("Agent.SuccessRate", "<Float>0.5</Float>")],
  ])("may say %s", (_what, text) => {
    expect(bind(text, [closing]).told).toEqual([]);
  });

  test.each([
    [
      onType("StateMachine.States", strings("Open", "Close", "Closed")),
      'bind/annotated-status @ Close: an annotation speaks of the status "Close", which automaton "Door" does not have (did you mean "Closed"?)',
    ],
    [
      onType("StateMachine.States", strings("Open")),
      'bind/annotated-otherwise @ Temper.Vocab.StateMachine.States: the annotation of "Door" says "Open", but in automaton "Door" it is "Open", "Closed"',
    ],
    [onType("StateMachine.States", "Open"), "bind/csdl-annotation-value @ Temper.Vocab.StateMachine.States"],
    [onType("StateMachine.InitialState", "Closed"), "bind/annotated-otherwise @ Closed"],
    [onType("StateMachine.InitialState", "<Null/>"), "bind/csdl-annotation-value @"],
    [onType("ShardKey", "Idd"), "bind/csdl-unknown-property @ Idd"],
    [onAction("StateMachine.ValidFromStates", strings("Open", "Closed")), "bind/annotated-otherwise @ Closed"],
    [onAction("StateMachine.TargetState", "Open"), "bind/annotated-otherwise @ Open"],
    [
      doorDocument({
        more: `<Annotations Target="House.Close(House.Door)"><Annotation Term="My.StateMachine.TargetState" String="Opn"/></Annotations>`,
      }),
      "bind/annotated-status @ Opn",
    ],
  ])("%# are told where they differ", (text, expected) => {
    expect(bind(text, [closing]).told.join("\n")).toContain(expected);
  });
});
