/** The scalar functions of queries as SQL; what each gives is what `ports/scalars.ts` gives. */
import { sql } from "kysely";
import type { ScalarFunction } from "../../ports/index.ts";
import type { Operand } from "../sql/dialect.ts";

/** The function of arguments that are numbers and texts as they are, instants padded. */
export function scalarSql(name: ScalarFunction, values: readonly Operand[]): Operand {
  const [first = sql`null`, second = sql`null`, third] = values;
  switch (name) {
    case "length":
      return sql`length(${first})`;
    case "indexof":
      return sql`(instr(${first}, ${second}) - 1)`;
    case "substring":
      return substringSql(first, second, third);
    case "tolower":
      return sql`lower(${first})`;
    case "toupper":
      return sql`upper(${first})`;
    case "trim":
      return sql`trim(${first}, char(9, 10, 11, 12, 13, 32))`;
    case "concat":
      return sql`(${first} || ${second})`;
    case "year":
    case "month":
    case "day":
    case "hour":
    case "minute":
    case "second":
    case "fractionalseconds":
    case "date":
    case "time":
    case "offset":
      return partSql(name, first);
    case "round":
      return sql`round(${first})`;
    case "floor":
      return sql`floor(${first})`;
    case "ceiling":
      return sql`ceil(${first})`;
    case "micros":
      return microsSql(first);
    case "instant":
      return instantSql(first);
    case "digits":
      return sql`cast(cast(${first} as integer) as text)`;
    case "add":
    case "sub":
    case "mul":
    case "quotient":
    case "divide":
    case "mod":
    case "negate":
      return arithmeticSql(name, first, second);
  }
}

type Arithmetic = "add" | "sub" | "mul" | "quotient" | "divide" | "mod" | "negate";

/** SQLite takes a bound number for a float, so that what divides integers says so. */
function arithmeticSql(name: Arithmetic, first: Operand, second: Operand): Operand {
  switch (name) {
    case "add":
      return sql`(${first} + ${second})`;
    case "sub":
      return sql`(${first} - ${second})`;
    case "mul":
      return sql`(${first} * ${second})`;
    case "quotient":
      return sql`(cast(${first} as integer) / cast(${second} as integer))`;
    case "divide":
      return sql`(cast(${first} as real) / ${second})`;
    case "mod":
      return sql`(cast(${first} as integer) % cast(${second} as integer))`;
    case "negate":
      return sql`(0 - ${first})`;
  }
}

/**
 * A start below zero counts from the end; characters count from 1 in SQL. Each argument is written once, because calls nest:
 * twice would be a thousand times at a depth of ten.
 */
function substringSql(text: Operand, start: Operand, size: Operand | undefined): Operand {
  const from = sql`(select "from" + ("from" >= 0) from (select ${start} as "from"))`;
  const rest = sql`substr(${text}, ${from})`;
  return size === undefined ? rest : sql`substr(${rest}, 1, max(${size}, 0))`;
}

/** Where each part of `YYYY-MM-DDThh:mm:ss.ffffffffffffZ` begins, and how long it is. */
const places = {
  year: [1, 4],
  month: [6, 2],
  day: [9, 2],
  hour: [12, 2],
  minute: [15, 2],
  second: [18, 2],
} as const;

function partSql(name: keyof typeof places | "fractionalseconds" | "date" | "time" | "offset", text: Operand): Operand {
  if (name === "time") return sql`substr(${text}, 12, 21)`;
  if (name === "offset") return sql`(0 * length(${text}))`;
  if (name === "date") return sql`substr(${text}, 1, 10)`;
  if (name === "fractionalseconds") return sql`cast(substr(${text}, 20, 13) as real)`;
  const [start, length] = places[name];
  return sql`cast(substr(${text}, ${start}, ${length}) as integer)`;
}

/** Each argument is written once here too. A date has no time behind its tenth character. */
function microsSql(text: Operand): Operand {
  const micros = sql`unixepoch(substr("t", 1, 19)) * 1000000 + cast(substr("t", 21, 6) as integer)`;
  return sql`(select ${micros} from (select ${text} as "t"))`;
}

function instantSql(micros: Operand): Operand {
  const parts = sql`select "m", (("m" % 1000000) + 1000000) % 1000000 as "r" from (select cast(round(${micros}) as integer) as "m")`;
  const whole = sql`strftime('%Y-%m-%dT%H:%M:%S', ("m" - "r") / 1000000, 'unixepoch')`;
  const text = sql`${whole} || '.' || substr('00000' || "r", -6) || '000000Z'`;
  return sql`(select case when "m" >= -62135596800000000 and "m" < 253402300800000000 then ${text} end from (${parts}))`;
}
