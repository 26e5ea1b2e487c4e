/** Types that can be compared with each other and assigned to each other. */

import type { ValueType } from "./expression.ts";

export type TypeClass = "number" | "text" | "bool" | "list" | "null";

/** Types of one class can be compared for equality and assigned to each other. */
export function classOf(type: ValueType): TypeClass {
  switch (type) {
    case "counter":
    case "int":
    case "float":
      return "number";
    case "string":
    case "ref":
    case "status":
      return "text";
    case "bool":
      return "bool";
    case "list":
    case "set":
      return "list";
    case "null":
      return "null";
  }
}
