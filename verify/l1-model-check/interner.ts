/** Small numbers for values: each distinct value gets the next one, so that snapshots pack without text. */
import type { Value } from "@temperc/runtime";
import { assert } from "../assert.ts";

/** A finite set of values that grows; `sizeMax` is what the caller reserved for it. */
export class Interner {
  readonly sizeMax: number;
  private readonly numbers = new Map<Value, number>();

  constructor(sizeMax: number) {
    this.sizeMax = sizeMax;
  }

  /** The value's number, from 0. Strings, numbers, bools and null only: lists are equal by their elements. */
  numberOf(value: Value): number {
    const known = this.numbers.get(value);
    if (known !== undefined) return known;
    const number = this.numbers.size;
    assert(number < this.sizeMax, "a variable takes more values than its assignments give it");
    this.numbers.set(value, number);
    return number;
  }
}

/** Lists as paths in a tree whose edges are elements: the list's number is that of the node where it ends. */
export class ListInterner {
  readonly sizeMax: number;
  private readonly elements: Interner;
  private readonly children = new Map<number, number>();
  private readonly ordered: boolean;

  constructor(options: { readonly sizeMax: number; readonly elementsMax: number; readonly ordered: boolean }) {
    this.sizeMax = options.sizeMax;
    this.elements = new Interner(options.elementsMax);
    this.ordered = options.ordered;
  }

  numberOf(list: readonly string[]): number {
    const path = list.map((element) => this.elements.numberOf(element));
    if (!this.ordered) path.sort((a, b) => a - b);
    let node = 0;
    for (const element of path) node = this.childOf(node, element);
    return node;
  }

  private childOf(node: number, element: number): number {
    const edge = node * this.elements.sizeMax + element;
    const known = this.children.get(edge);
    if (known !== undefined) return known;
    const child = this.children.size + 1;
    assert(child < this.sizeMax, "a list takes more values than its bound allows");
    this.children.set(edge, child);
    return child;
  }
}
