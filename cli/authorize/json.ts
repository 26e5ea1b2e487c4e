/** JSON read without loss: integers of any length stay whole, and no key is special. */

/** Integers are bigints; a number with a fraction or an exponent is a number. */
export type Json = null | boolean | string | bigint | number | readonly Json[] | JsonObject;

export interface JsonObject extends ReadonlyMap<string, Json> {}

export type JsonReading =
  | { readonly kind: "json"; readonly json: Json; readonly places: Places }
  | { readonly kind: "malformed"; readonly problem: string; readonly offset: number };

/** The offset in the text at which each list and object begins. */
export type Places = ReadonlyMap<Json | undefined, number>;

/** How deep arrays and objects may nest. */
export const jsonDepthMax = 200;

/** The value of the text, or where it stops being JSON. A key that an object has twice is a mistake too, as Cedar has it. */
export function readJson(text: string): JsonReading {
  const reader = new Reader(text);
  try {
    const json = reader.value(0);
    reader.end();
    return { kind: "json", json, places: reader.places };
  } catch (error) {
    if (error instanceof Malformed) return { kind: "malformed", problem: error.message, offset: reader.at };
    throw error;
  }
}

class Malformed extends Error {}

const space = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const string = /"[^"\\\n\r]*(?:\\.[^"\\\n\r]*)*"/y;
const words: ReadonlyMap<string, Json> = new Map<string, Json>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

class Reader {
  readonly #text: string;
  readonly places = new Map<Json | undefined, number>();
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Json {
    if (depth > jsonDepthMax) throw new Malformed(`more than ${jsonDepthMax} nested values`);
    this.#match(space);
    switch (this.#text[this.at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
    }
    return this.#word() ?? this.#number();
  }

  end(): void {
    this.#match(space);
    if (this.at < this.#text.length) throw new Malformed("more text after the value");
  }

  #object(depth: number): JsonObject {
    const object = new Map<string, Json>();
    this.places.set(object, this.at);
    this.#items("}", () => {
      const name = this.#string();
      if (object.has(name)) throw new Malformed(`the key ${JSON.stringify(name)} is there twice`);
      this.#expect(":");
      object.set(name, this.value(depth + 1));
    });
    return object;
  }

  #array(depth: number): readonly Json[] {
    const array: Json[] = [];
    this.places.set(array, this.at);
    this.#items("]", () => array.push(this.value(depth + 1)));
    return array;
  }

  #items(close: string, item: () => void): void {
    this.at += 1;
    this.#match(space);
    if (this.#text[this.at] === close) {
      this.at += 1;
      return;
    }
    for (;;) {
      this.#match(space);
      item();
      this.#match(space);
      if (this.#text[this.at] === close) break;
      this.#expect(",");
    }
    this.at += 1;
  }

  #string(): string {
    const literal = this.#match(string);
    if (literal === undefined) throw new Malformed("a string was expected here");
    try {
      return String(JSON.parse(literal));
    } catch {
      throw new Malformed("the string before this is malformed");
    }
  }

  #word(): Json | undefined {
    const word = [...words.keys()].find((each) => this.#text.startsWith(each, this.at));
    if (word === undefined) return undefined;
    this.at += word.length;
    return words.get(word);
  }

  #number(): bigint | number {
    const [digits, fraction, exponent] = this.#exec(number) ?? [];
    if (digits === undefined) throw new Malformed("a value was expected here");
    return fraction === undefined && exponent === undefined ? BigInt(digits) : Number(digits);
  }

  #expect(sign: string): void {
    this.#match(space);
    if (this.#text[this.at] !== sign) throw new Malformed(`"${sign}" was expected here`);
    this.at += 1;
  }

  #match(pattern: RegExp): string | undefined {
    return this.#exec(pattern)?.[0];
  }

  #exec(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text) ?? undefined;
    if (match !== undefined) this.at += match[0].length;
    return match;
  }
}

export function isObject(json: Json | undefined): json is JsonObject {
  return json instanceof Map;
}

export function isArray(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

/** What JavaScript has for it: integers as numbers, which rounds those beyond 53 bits. */
export function plainJson(json: Json): unknown {
  if (typeof json === "bigint") return Number(json);
  if (isArray(json)) return json.map(plainJson);
  if (isObject(json)) return Object.fromEntries([...json].map(([name, value]) => [name, plainJson(value)]));
  return json;
}

/** True where plain JSON has every integer exactly. */
export function isExact(json: Json): boolean {
  if (typeof json === "bigint") return Number.isSafeInteger(Number(json));
  if (isArray(json)) return json.every(isExact);
  return !isObject(json) || [...json.values()].every(isExact);
}

/** The same, with 0 for each integer of 64 bits that a number cannot tell: what it is checked for is its type. */
export function withToldIntegers(json: Json): Json {
  if (typeof json === "bigint") return BigInt.asIntN(64, json) === json && !isExact(json) ? 0n : json;
  if (isArray(json)) return json.map(withToldIntegers);
  if (isObject(json)) return new Map([...json].map(([name, value]) => [name, withToldIntegers(value)]));
  return json;
}
