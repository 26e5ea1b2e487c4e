/** What of a query decides its SQL, as a text, and the values that its SQL is run with: queries of one form have one statement. */
import type { Value } from "../../kernel/index.ts";
import type { FilterNode, FilterOperand, Grouping, Query, Way } from "../../ports/index.ts";
import { patternText } from "./patterns.ts";

export interface Form {
  readonly text: string;
  readonly values: readonly Value[];
}

/** The values that every query has, before those that it is asked with. */
export const places = { tenant: 0, top: 1, skip: 2, windowSkip: 3, windowEnd: 4 } as const;

/** The form of a query. Whatever its SQL depends on besides the values is in the text. */
export function formOf(query: Query): Form {
  return new Writer().query(query);
}

/** Where each value of a query stands, by the literal or the node that it is a value of. */
export class ValuePlaces {
  /** True where one literal stands in several places: where another query of this form may have several values. */
  isShared = false;
  readonly #places = new Map<object, number>();

  constructor(query: Query) {
    new Writer(this).query(query);
  }

  add(owner: object, place: number): void {
    this.isShared ||= this.#places.has(owner);
    this.#places.set(owner, place);
  }

  /** The place of the owner's first value, or of so many behind it. */
  of(owner: object, further = 0): number {
    const place = this.#places.get(owner);
    if (place === undefined) throw new Error("a query has a value that its form has not");
    return place + further;
  }
}

/** The forms of restrictions, which a caller brings along with every query. */
const remembered = new WeakMap<FilterNode, Form>();

class Writer implements Form {
  text = "";
  readonly values: Value[] = [];
  readonly #places: ValuePlaces | undefined;

  constructor(valuePlaces?: ValuePlaces) {
    this.#places = valuePlaces;
  }

  query(query: Query): Form {
    const { entityType, orderBy, computed = [], grouping, filter, restriction, each } = query;
    const { tenant, top, skip } = query;
    this.values.push(tenant, top, skip, each?.skip ?? 0, each === undefined ? 0 : each.skip + each.top);
    this.#write(entityType.name, entityType.key);
    for (const { property, direction } of orderBy) this.#write(direction, property);
    for (const { name, operand, type } of computed) this.#write("computed", name, type).#operand(operand);
    if (each !== undefined) this.#write("each", ...each.by);
    if (grouping !== undefined) this.#grouping(grouping);
    if (filter !== undefined) this.#write("filter").#node(filter);
    if (restriction !== undefined) this.#write("restriction").#restriction(restriction);
    for (const name of query.asRead?.keys() ?? []) this.#write("as read", name);
    for (const [name, node] of query.restrictions ?? []) {
      this.#write("of", name);
      if (node === restriction) this.#write("the same");
      else this.#restriction(node);
    }
    return this;
  }

  /** No name has a line end in it. */
  #write(...parts: readonly (string | number)[]): this {
    for (const part of parts) this.text += `${part}\n`;
    return this;
  }

  /** The values of one owner, side by side. */
  #owned(owner: object, values: readonly Value[]): void {
    this.#places?.add(owner, this.values.length);
    for (const value of values) {
      this.text += `${typeOf(value)}\n`;
      this.values.push(value);
    }
  }

  #restriction(node: FilterNode): void {
    if (this.#places !== undefined) {
      this.#node(node);
      return;
    }
    let form = remembered.get(node);
    if (form === undefined) {
      const written = new Writer();
      written.#node(node);
      form = written;
      remembered.set(node, form);
    }
    this.text += form.text;
    for (const value of form.values) this.values.push(value);
  }

  #node(node: FilterNode): void {
    this.text += `${node.kind}\n`;
    switch (node.kind) {
      case "constant":
        this.#write(String(node.value));
        return;
      case "property":
        this.#write(node.property, node.from ?? 0);
        return;
      case "truth":
        this.#operand(node.operand);
        return;
      case "compare":
        this.text += `${node.operator}\n`;
        this.#operand(node.left);
        this.#operand(node.right);
        return;
      case "in":
        this.#write(node.values.length).#operand(node.operand);
        this.#owned(node, node.values);
        return;
      case "has":
        this.#owned(node, [node.bits]);
        this.#operand(node.operand);
        return;
      case "text":
        this.#write(node.function).#operand(node.text);
        this.#operand(node.part);
        return;
      case "pattern":
        this.#owned(node, [patternText(node.pattern)]);
        this.#operand(node.text);
        return;
      case "lists":
        this.#write(node.relation).#operand(node.left);
        this.#operand(node.right);
        return;
      case "some":
        this.#way(node.way);
        this.#condition(node.filter);
        return;
      case "known":
      case "not":
        this.#node(node.operand);
        return;
      case "and":
      case "or":
        this.#write(node.operands.length);
        for (const operand of node.operands) this.#node(operand);
    }
  }

  #condition(node: FilterNode | undefined): void {
    if (node === undefined) this.#write("any");
    else this.#node(node);
  }

  #operand(operand: FilterOperand): void {
    this.text += `${operand.kind}\n`;
    switch (operand.kind) {
      case "property":
        this.text += `${operand.property}\n${operand.from ?? 0}\n`;
        return;
      case "literal":
        if (operand.type !== undefined) this.#write(operand.type);
        this.#owned(operand, [operand.value]);
        return;
      case "at":
        this.#way(operand.way);
        this.#operand(operand.operand);
        return;
      case "count":
        this.#way(operand.way);
        this.#condition(operand.filter);
        return;
      case "call":
        this.#write(operand.function, operand.arguments.length);
        for (const argument of operand.arguments) this.#operand(argument);
        return;
      case "test":
        this.#node(operand.node);
        return;
      case "case":
        this.#write(operand.branches.length);
        for (const { when, value } of operand.branches) {
          this.#node(when);
          this.#operand(value);
        }
    }
  }

  #way(way: Way): void {
    if (way.kind === "items") {
      this.#write("items", way.property, way.from ?? 0);
      return;
    }
    this.#write("entities", way.target.name, way.from ?? 0, way.pairs.length);
    for (const { here, there } of way.pairs) this.#write(here, there);
  }

  #grouping({ by, aggregates, having }: Grouping): void {
    this.#write("grouping", by.length, aggregates.length);
    for (const { property, operand } of by) this.#write(JSON.stringify(property)).#operand(operand);
    for (const aggregate of aggregates) {
      this.#write(aggregate.method, JSON.stringify(aggregate.property));
      if (aggregate.method !== "count") this.#operand(aggregate.operand);
    }
    this.#condition(having);
  }
}

/** What SQL tells apart: null from everything else, and some databases the types. */
function typeOf(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "integer" : "number";
  return typeof value;
}
