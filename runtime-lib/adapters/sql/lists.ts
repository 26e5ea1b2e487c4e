/** How two collections are to each other, as SQL. */
import { type SqlBool, sql } from "kysely";
import type { ListRelation } from "../../ports/index.ts";
import type { Condition } from "./conditions.ts";
import type { Dialect, Operand } from "./dialect.ts";

/** The condition that the relation is; each collection is JSON, as its column has it. */
export function listsCondition(
  relation: ListRelation,
  dialect: Dialect,
  [left, right]: readonly [Operand, Operand],
): Condition {
  if (relation === "same") return dialect.same(left, right);
  const held = relation === "subset" ? subset(dialect) : subsequence(dialect);
  const known = sql`case when "one" is not null and "other" is not null then ${held} end`;
  return sql<SqlBool>`(select ${known} from (select ${left} as "one", ${right} as "other" limit 1) as "lists")`;
}

/** No item is wanted more often than it is there. */
function subset({ items }: Dialect): Operand {
  const there = sql`(select count(*) from ${items(sql`"one"`, "here")} where "here".value = "wanted".value)`;
  return sql`not exists (
    select 1 from ${items(sql`"other"`, "wanted")} group by "wanted".value having count(*) > ${there})`;
}

/** Each item that is wanted is found behind the one before it: the first place will do, as no other leaves more behind it. */
function subsequence({ items }: Dialect): Operand {
  const wanted = sql`(select "wanted".value from ${items(sql`"other"`, "wanted")} where "wanted".key = "walk"."found")`;
  const next = sql`(select min("here".key) from ${items(sql`"one"`, "here")}
    where "here".key > "walk"."at" and "here".value = ${wanted})`;
  const many = sql`(select count(*) from ${items(sql`"other"`, "all")})`;
  return sql`exists (with recursive "walk" ("found", "at") as (
    select 0, cast(-1 as bigint) union all
    select "walk"."found" + 1, ${next} from "walk" where "walk"."at" is not null and "walk"."found" < ${many})
    select 1 from "walk" where "walk"."found" = ${many} and "walk"."at" is not null)`;
}
