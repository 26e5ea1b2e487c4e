/** Which queries share a statement, and that each is run with its own values. */
import { describe, expect, test } from "vitest";
import { parcel } from "../../../test/definitions/parcel.ts";
import { queryOf } from "../../../test/definitions/stores.ts";
import type { Value } from "../../kernel/index.ts";
import type { FilterNode, FilterOperand, Query } from "../../ports/index.ts";
import { libsqlDialect } from "../libsql/dialect.ts";
import { postgresDialect } from "../postgres/dialect.ts";
import { projectionOf } from "./projection.ts";
import { Statements } from "./statements.ts";

function statements(dialect = libsqlDialect): { readonly of: Statements<string>; readonly made: string[] } {
  const made: string[] = [];
  const of = new Statements({ dialect, projectionOf: () => projectionOf(parcel, "entity_Parcel") }, (sql) => {
    made.push(sql);
    return sql;
  });
  return { of, made };
}

type Comparison = Extract<FilterNode, { readonly kind: "compare" }>;

function compare(property: string, value: Value, operator: "eq" | "gt" = "eq"): Comparison {
  return { kind: "compare", operator, left: { kind: "property", property }, right: { kind: "literal", value } };
}

const among = (property: string, ...values: readonly Value[]): FilterNode => ({
  kind: "in",
  operand: { kind: "property", property },
  values,
});

const both = (...operands: readonly FilterNode[]): FilterNode => ({ kind: "and", operands });

describe("queries that differ in their values alone", () => {
  test("share a statement, and each is run with its own", () => {
    const { of, made } = statements();
    const asked = (tenant: string, owner: string, price: number, top: number): Query =>
      queryOf({ tenant, top, filter: both(compare("Owner", owner), compare("Price", price)) });
    expect(of.page(asked("t", "alice", 1.5, 20)).cells).toEqual(["t", "alice", 150, 20, 0]);
    expect(of.page(asked("u", "bob", 2.5, 7)).cells).toEqual(["u", "bob", 250, 7, 0]);
    expect(of.count(asked("u", "bob", 2.5, 7)).cells).toEqual(["u", "bob", 250]);
    expect(made).toHaveLength(2);
  });

  test("are told apart from what one query has in two places", () => {
    const { of, made } = statements();
    const literal: FilterOperand = { kind: "literal", value: "x" };
    const shared = both({ ...compare("Owner", "x"), right: literal }, { ...compare("Note", "x"), right: literal });
    expect(of.page(queryOf({ filter: shared })).cells.slice(1, 3)).toEqual(["x", "x"]);
    const apart = both(compare("Owner", "x"), compare("Note", "y"));
    expect(of.page(queryOf({ filter: apart })).cells.slice(1, 3)).toEqual(["x", "y"]);
    expect(of.page(queryOf({ filter: shared })).cells.slice(1, 3)).toEqual(["x", "x"]);
    expect(new Set(made).size).toBe(1);
  });

  test("have statements of their own where the database types its parameters by them", () => {
    const { of, made } = statements(postgresDialect);
    const price = (value: number): string => of.page(queryOf({ filter: compare("Price", value) })).statement;
    expect(price(1.5)).toBe(price(2.25));
    expect(price(0.125)).toContain("double precision");
    expect(price(1.5)).toContain("bigint");
    expect(price(0.125)).toContain("double precision");
    expect(made.length).toBeGreaterThan(1);
  });
});

test("queries that differ in anything else share none", () => {
  const forms: readonly Partial<Query>[] = [
    {},
    { filter: compare("Owner", "x") },
    { filter: compare("Note", "x") },
    { filter: compare("Note", null) },
    { filter: compare("Note", "x", "gt") },
    { filter: among("Note", "x") },
    { filter: among("Note", "x", "y") },
    { filter: among("Note", "x", null) },
    { filter: among("Note", null, "x") },
    { filter: both(compare("Owner", "x")) },
    { filter: { kind: "not", operand: compare("Owner", "x") } },
    { restriction: compare("Owner", "x") },
    { restriction: { kind: "constant", value: false } },
    { restriction: { kind: "constant", value: true } },
    { orderBy: [{ property: "Note", direction: "asc" }] },
    { orderBy: [{ property: "Note", direction: "desc" }] },
    { computed: [{ name: "N", operand: { kind: "property", property: "Note" }, type: "Edm.String" }] },
    { each: { by: ["Owner"], skip: 0, top: 1 } },
    { entityType: { ...parcel, name: "Other" } },
  ];
  const { of, made } = statements();
  for (const form of [...forms, ...forms]) of.page(queryOf(form));
  expect(made).toHaveLength(forms.length);
});
