/** Parameter constraints, for the levels that ask the step alone: a service refuses what breaks one before it asks the step. */
import { breaks, type Value } from "@temperc/runtime/kernel";
import type { Action, Literal, ParamConstraint } from "../compiler/ir/index.ts";

/** A list of more texts than this is not tried one by one. */
const textsMax = 8;

/** The constraints on one parameter of the action. */
export function constraintsOn({ constraints }: Action, param: string): readonly ParamConstraint[] {
  return constraints.filter((each) => each.param === param);
}

/** True where a service lets the value through; what is not given breaks no constraint. */
export function isAllowed(value: Value | undefined, constraints: readonly ParamConstraint[]): boolean {
  return !constraints.some((constraint) => breaks(value ?? null, constraint));
}

/** The texts that the parameter may be, where they are listed and few; undefined where it may be others. */
export function listedTexts(constraints: readonly ParamConstraint[]): readonly string[] | undefined {
  const lists = constraints.flatMap(({ oneOf }) => (oneOf === undefined ? [] : [oneOf.filter(isText)]));
  return lists.find((texts) => texts.length <= textsMax);
}

export function isText(value: Literal): value is string {
  return typeof value === "string";
}
