/** The scalar functions of queries in PostgreSQL's SQL; what each gives is what `ports/scalars.ts` gives. */
import { sql } from "kysely";
import type { ScalarFunction } from "../../ports/index.ts";
import type { Operand } from "../sql/dialect.ts";

/** The function of arguments that are numbers and texts as they are, instants padded. `temperc_…` are functions of the schema. */
export function scalarSql(name: ScalarFunction, values: readonly Operand[]): Operand {
  const [first = sql`null`, second = sql`null`, third] = values;
  switch (name) {
    case "length":
      return sql`length(${first})`;
    case "indexof":
      return sql`(strpos(${first}, ${second}) - 1)`;
    case "substring":
      return third === undefined
        ? sql`temperc_substring(${first}, ${second})`
        : sql`temperc_substring(${first}, ${second}, ${third})`;
    case "tolower":
      return sql`lower(${first} collate "C")`;
    case "toupper":
      return sql`upper(${first} collate "C")`;
    case "trim":
      return sql`btrim(${first}, E'\\t\\n\\x0b\\f\\r ')`;
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
      return sql`temperc_round(${first})`;
    case "floor":
      return sql`floor(cast(${first} as double precision))`;
    case "ceiling":
      return sql`ceil(cast(${first} as double precision))`;
    case "micros":
      return sql`temperc_micros(${first})`;
    case "instant":
      return sql`(temperc_instant(${first}) collate "C")`;
    case "digits":
      return sql`(cast(cast(${first} as bigint) as text) collate "C")`;
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

/** Of doubles, which in PostgreSQL fail where they overflow: the functions of the schema answer infinity. */
function arithmeticSql(name: Arithmetic, first: Operand, second: Operand): Operand {
  switch (name) {
    case "add":
      return sql`temperc_add(${first}, ${second})`;
    case "sub":
      return sql`temperc_add(${first}, -(${second}))`;
    case "mul":
      return sql`temperc_mul(${first}, ${second})`;
    case "divide":
      return sql`temperc_divide(${first}, ${second})`;
    case "quotient":
      return sql`div(trunc(cast(${first} as numeric)), nullif(trunc(cast(${second} as numeric)), 0))`;
    case "mod":
      return sql`mod(trunc(cast(${first} as numeric)), nullif(trunc(cast(${second} as numeric)), 0))`;
    case "negate":
      return sql`(- (${first}))`;
  }
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

/** The zero in front is for a text that ends before the part begins. */
function partSql(name: keyof typeof places | "fractionalseconds" | "date" | "time" | "offset", text: Operand): Operand {
  if (name === "time") return sql`substr(${text}, 12, 21)`;
  if (name === "offset") return sql`(0 * length(${text}))`;
  if (name === "date") return sql`substr(${text}, 1, 10)`;
  if (name === "fractionalseconds") return sql`cast('0' || rtrim(substr(${text}, 20), 'Z') as double precision)`;
  const [start, length] = places[name];
  return sql`cast('0' || substr(${text}, ${sql.raw(`${start}`)}, ${sql.raw(`${length}`)}) as integer)`;
}
