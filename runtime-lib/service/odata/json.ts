/** Parses request bodies: RFC 8259 to the letter, bounded in depth, with no name twice in an object and no digit lost. */
import type { Failed } from "../call.ts";
import { failed } from "./failure.ts";

/** Objects are maps, so that no name in a body can mean anything to JavaScript. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject | WideNumber;

export type JsonObject = ReadonlyMap<string, Json>;

/** A number with more digits than a double is sure to keep, as it was written. */
export interface WideNumber {
  readonly digits: string;
}

export function isJsonObject(json: Json | undefined): json is JsonObject {
  return json instanceof Map;
}

/** The JSON text of a value, with every number as it was written. */
export function jsonText(json: Json): string {
  if (Array.isArray(json)) return `[${json.map(jsonText).join(",")}]`;
  if (isJsonObject(json)) {
    return `{${[...json].map(([name, value]) => `${JSON.stringify(name)}:${jsonText(value)}`).join(",")}}`;
  }
  return typeof json === "object" && json !== null && "digits" in json ? json.digits : JSON.stringify(json);
}

class Refusal extends Error {}

/** A name that reaches into what every object has. */
class ReservedName extends Refusal {}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const space = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters end a plain string
const plain = /[^"\\\u0000-\u001f]*/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
const forbiddenNames = new Set(["__proto__", "constructor", "prototype"]);

/** The value of a JSON text, or what is wrong and at which character (the first is 1). */
export function parseJson(text: string, limits: { readonly bodyDepthMax: number }): Json | Failed {
  const reader = new Reader(text, limits.bodyDepthMax);
  try {
    return reader.document();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const failure = failed("InvalidRequest", `the body is not acceptable JSON: ${error.message}`);
    return error instanceof ReservedName ? { ...failure, isReach: true } : failure;
  }
}

/** One text being read; the position moves on as it is. */
class Reader {
  private at = 0;
  private depth = 0;
  private readonly text: string;
  private readonly depthMax: number;

  constructor(text: string, depthMax: number) {
    this.text = text;
    this.depthMax = depthMax;
  }

  document(): Json {
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) throw this.unexpected();
    return value;
  }

  private value(): Json {
    this.skipSpace();
    switch (this.text[this.at]) {
      case "{":
        return this.nested(() => this.object());
      case "[":
        return this.nested(() => this.array());
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  private nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > this.depthMax) throw this.refusal(`it nests deeper than ${this.depthMax} (bodyDepthMax)`);
    this.at += 1;
    const value = read();
    this.depth -= 1;
    return value;
  }

  private object(): JsonObject {
    const members = new Map<string, Json>();
    if (this.takes("}")) return members;
    do {
      this.skipSpace();
      const start = this.at;
      if (this.text[this.at] !== '"') throw this.unexpected();
      const name = this.string();
      if (members.has(name)) throw this.refusal(`the name ${JSON.stringify(name)} is there twice`, start);
      if (forbiddenNames.has(name)) throw this.reserved(name, start);
      if (!this.takes(":")) throw this.unexpected();
      members.set(name, this.value());
    } while (this.takes(","));
    if (!this.takes("}")) throw this.unexpected();
    return members;
  }

  private array(): readonly Json[] {
    const items: Json[] = [];
    if (this.takes("]")) return items;
    do items.push(this.value());
    while (this.takes(","));
    if (!this.takes("]")) throw this.unexpected();
    return items;
  }

  private string(): string {
    const start = this.at;
    this.at += 1;
    let value = "";
    for (;;) {
      value += this.match(plain);
      const next = this.text[this.at];
      if (next === '"') break;
      if (next !== "\\") throw this.unexpected();
      value += this.escape();
    }
    this.at += 1;
    if (/\p{Surrogate}/u.test(value)) throw this.refusal("half of a surrogate pair is no character", start);
    return value;
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? "";
    if (letter === "u") {
      const code = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(code)) throw this.unexpected();
      this.at += 6;
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    const meaning = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
    if (meaning === undefined) throw this.unexpected();
    this.at += 2;
    return meaning;
  }

  private number(): number | WideNumber {
    const digits = this.match(number);
    if (digits === "") throw this.unexpected();
    const value = Number(digits) + 0;
    return digits.length <= 15 && Number.isFinite(value) ? value : { digits };
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.unexpected();
    this.at += word.length;
    return value;
  }

  private takes(sign: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  private skipSpace(): void {
    const code = this.text.charCodeAt(this.at);
    if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) this.match(space);
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  private unexpected(): Refusal {
    if (this.at >= this.text.length) return this.refusal("it ends too early");
    return this.refusal(`${JSON.stringify(String.fromCodePoint(this.text.codePointAt(this.at) ?? 0))} is not expected`);
  }

  private refusal(problem: string, at = this.at): Refusal {
    return new Refusal(`${problem} (character ${at + 1})`);
  }

  private reserved(name: string, at: number): Refusal {
    return new ReservedName(`the name ${JSON.stringify(name)} is reserved (character ${at + 1})`);
  }
}
