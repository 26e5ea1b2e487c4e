/** Random Cedar policies, entities and requests that fit one another well enough to mean something, and badly enough to fail. */
import fc from "fast-check";

const ids = ["a", "b", "c"];
const types = ["User", "Group", "Photo"];
const names = ["n", "s", "flag", "owner", "tags", "when", "span", "ip", "price", "rec", "any key"];

const uid = fc.record({ type: fc.constantFrom(...types), id: fc.constantFrom(...ids, 'q"\n') });

const texts = fc.constantFrom("", "a", "b", "ab", "a*b", "10.0.0.1", "1.5", "1d2h", "2024-10-15", "é🙂");
const ips = fc.constantFrom(
  "10.0.0.1",
  "10.0.0.0/8",
  "127.0.0.1",
  "::1",
  "ff02::1",
  "ffee::/64",
  "1.2.3.4/32",
  "01.1.1.1",
  "1.1.1.1/33",
  "::ffff:1.1.1.1",
  "x",
);
const decimals = fc.constantFrom(
  "0.0",
  "-0.0",
  "1.5",
  "1.50",
  "-12.3456",
  "922337203685477.5807",
  "922337203685477.5808",
  "1.",
  "0.12345",
);
const datetimes = fc.constantFrom(
  ...[
    "1970-01-01",
    "2024-02-29",
    "2023-02-29",
    "2024-10-15T11:35:00Z",
    "2024-10-15T11:35:00.001Z",
    "1969-12-31T23:59:59.999Z",
  ],
  ...[
    "2024-10-15T11:35:00+0130",
    "2024-10-15T11:35:00-2359",
    "2024-10-15T24:00:00Z",
    "0000-01-01",
    "2024-10-15T11:35:00+2400",
  ],
);
const durations = fc.constantFrom(
  "1d",
  "-1d2h3m4s5ms",
  "0ms",
  "9223372036854775807ms",
  "-9223372036854775808ms",
  "1h1d",
  "-",
  "106751991168d",
);

const extension = fc.oneof(
  ips.map((arg) => ({ fn: "ip", arg })),
  decimals.map((arg) => ({ fn: "decimal", arg })),
  datetimes.map((arg) => ({ fn: "datetime", arg })),
  durations.map((arg) => ({ fn: "duration", arg })),
);

/** Values that Cedar's JSON accepts; an extension value must be well-formed there. */
const wellFormed = extension.filter(
  ({ arg }) =>
    !/^(01|1\.1\.1\.1\/33|::ffff|x$|.*\.5808|1\.$|0\.12345|2023-|.*T24|.*\+2400|1h1d|-$|106751991168d)/.test(arg),
);
const leaf = fc.oneof(
  fc.boolean(),
  fc.constantFrom(0, 1, -1, 2, 9007199254740991, -9007199254740991),
  texts,
  uid.map((__entity) => ({ __entity })),
  wellFormed.map((__extn) => ({ __extn })),
);
const value = fc.oneof(
  { weight: 4, arbitrary: leaf },
  { weight: 1, arbitrary: fc.array(leaf, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom(...names), leaf, { maxKeys: 3 }) },
);
const record = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 });

/** Entities of every type and id but some; parents only point to later ones, so that there is no circle. */
export const entities = fc
  .array(
    fc.record({
      attrs: record,
      tags: fc.dictionary(texts, leaf, { maxKeys: 2 }),
      isThere: fc.nat(9),
      above: fc.array(fc.nat(8), { maxLength: 2 }),
    }),
    {
      minLength: types.length * ids.length,
      maxLength: types.length * ids.length,
    },
  )
  .map((rows) => {
    const uids = rows.map((_, index) => ({ type: types[index % 3] ?? "", id: ids[Math.floor(index / 3)] ?? "" }));
    return rows.flatMap(({ attrs, tags, isThere, above }, index) => {
      const parents = above.flatMap((each) => (each > index && uids[each] ? [uids[each]] : []));
      const own = uids[index];
      return isThere === 0 || own === undefined ? [] : [{ uid: own, attrs, tags, parents }];
    });
  });

export const request = fc.record({
  principal: uid,
  action: fc.constantFrom("view", "edit").map((id) => ({ type: "Action", id })),
  resource: uid,
  context: record,
});

const quote = (text: string): string => JSON.stringify(text);
type Text = fc.Arbitrary<string>;
type Tie = (kind: string) => Text;

const variable = fc.constantFrom("principal", "resource", "context", "action");
const nested = { depthSize: "small", maxDepth: 5 } as const;
const entityText = fc.oneof(
  variable,
  uid.map(({ type, id }) => `${type}::${quote(id)}`),
);

function call(name: string, ...operands: readonly Text[]): Text {
  return fc.tuple(...operands).map(([first = "", ...others]) => `(${first}).${name}(${others.join(", ")})`);
}

function oneCall(names: readonly string[], ...operands: readonly Text[]): Text {
  return fc.constantFrom(...names).chain((name) => call(name, ...operands));
}

function infix(operators: readonly string[], operand: Text, other = operand): Text {
  const parts = fc.tuple(operand, fc.constantFrom(...operators), other);
  return parts.map(([left, operator, right]) => `(${left}) ${operator} (${right})`);
}

function made(name: string, text: Text): Text {
  return text.map((each) => `${name}(${quote(each)})`);
}

/** Mostly what is asked for, sometimes anything: then evaluating it fails. */
function wanted(tie: Tie): Tie {
  return (kind) => fc.oneof({ weight: 12, arbitrary: tie(kind) }, { weight: 1, arbitrary: tie("expression") });
}

function attributeOf(of: Tie): Text {
  const holder = fc.oneof({ weight: 3, arbitrary: variable }, { weight: 1, arbitrary: of("entity") });
  return fc.tuple(holder, fc.constantFrom(...names)).map(([each, name]) => `(${each})[${quote(name)}]`);
}

/** What gives a truth value. */
function conditions(tie: Tie): readonly Text[] {
  const of = wanted(tie);
  const patterns = fc.constantFrom("*", "a*", "*b", "a\\*b", "a*b*", "", "**", "10.*");
  const has = fc.tuple(
    fc.oneof(variable, of("recordOf")),
    fc.constantFrom("n", "s", "rec.n", "owner.flag", '"any key"'),
  );
  const kind = fc.constantFrom(...types);
  return [
    infix(["&&", "||"], of("bool")),
    of("bool").map((each) => `!(${each})`),
    infix(["<", "<=", ">", ">=", "==", "!="], of("long")),
    infix(["==", "!="], tie("expression")),
    infix(["in"], of("entity"), fc.oneof(of("entity"), of("set"))),
    fc.tuple(of("entity"), kind, of("entity")).map(([each, type, above]) => `(${each}) is ${type} in (${above})`),
    fc.tuple(of("entity"), kind).map(([each, type]) => `(${each}) is ${type}`),
    has.map(([each, name]) => `(${each}) has ${name}`),
    fc.tuple(of("string"), patterns).map(([each, pattern]) => `(${each}) like "${pattern}"`),
    call("contains", of("set"), tie("expression")),
    oneCall(["containsAll", "containsAny"], of("set"), of("set")),
    call("isEmpty", of("set")),
    call("hasTag", of("entity"), of("string")),
    oneCall(["isIpv4", "isIpv6", "isLoopback", "isMulticast"], of("ip")),
    call("isInRange", of("ip"), of("ip")),
    oneCall(["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"], of("decimal"), of("decimal")),
    infix(["<", "<=", ">", ">="], of("time")),
    infix(["<", "<=", ">", ">="], of("span")),
    fc.tuple(of("bool"), of("bool"), of("bool")).map(([test, yes, no]) => `if (${test}) then (${yes}) else (${no})`),
  ];
}

const numbers = fc.constantFrom(
  ...["0", "1", "-1", "9223372036854775807", "-9223372036854775808", "9007199254740993", "4611686018427387904"],
);

const random = fc.letrec<Record<string, string>>((tie) => {
  const of = wanted(tie);
  const attribute = attributeOf(of);
  const field = (key: string): Text => tie("expression").map((each) => `${key}: ${each}`);
  const fields = fc.uniqueArray(fc.constantFrom("n", "s", "rec"), { maxLength: 3 });
  const kinds = ["bool", "long", "string", "set", "recordOf", "ip", "decimal", "time", "span"];
  const spans = ["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"];
  return {
    expression: fc.oneof(nested, attribute, entityText, ...kinds.map((kind) => tie(kind))),
    bool: fc.oneof(
      nested,
      fc.constantFrom("true", "false", "principal == resource", "context has n"),
      attribute,
      ...conditions(tie),
    ),
    long: fc.oneof(
      nested,
      numbers,
      attribute,
      infix(["+", "-", "*"], of("long")),
      of("long").map((each) => `-(${each})`),
      oneCall(spans, of("span")),
    ),
    string: fc.oneof(nested, texts.map(quote), attribute),
    entity: fc.oneof(nested, entityText, entityText, attribute, call("getTag", entityText, of("string"))),
    set: fc.oneof(
      nested,
      fc.array(tie("expression"), { maxLength: 3 }).map((each) => `[${each.join(", ")}]`),
      attribute,
    ),
    recordOf: fc.oneof(
      nested,
      fields.chain((keys) => fc.tuple(...keys.map(field))).map((each) => `{${each.join(", ")}}`),
      attribute,
    ),
    ip: fc.oneof(nested, made("ip", ips), attribute),
    decimal: fc.oneof(nested, made("decimal", decimals), attribute),
    time: fc.oneof(
      nested,
      made("datetime", datetimes),
      attribute,
      call("offset", of("time"), of("span")),
      call("toDate", of("time")),
    ),
    span: fc.oneof(
      nested,
      made("duration", durations),
      attribute,
      call("durationSince", of("time"), of("time")),
      call("toTime", of("time")),
    ),
  };
});

const scope = (name: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(name) },
    { weight: 1, arbitrary: uid.map(({ type, id }) => `${name} == ${type}::${quote(id)}`) },
    { weight: 1, arbitrary: uid.map(({ type, id }) => `${name} in ${type}::${quote(id)}`) },
    { weight: 1, arbitrary: fc.constantFrom(...types).map((type) => `${name} is ${type}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...types), uid)
        .map(([type, above]) => `${name} is ${type} in ${above.type}::${quote(above.id)}`),
    },
  );
const action = fc.constantFrom(
  "action",
  "action",
  'action == Action::"view"',
  'action in [Action::"edit", Action::"view"]',
  'action in Action::"edit"',
);
const never = fc.constant("false");
const body = fc.oneof(
  { weight: 8, arbitrary: random.bool ?? never },
  { weight: 1, arbitrary: random.expression ?? never },
);
const condition = fc.tuple(fc.constantFrom("when", "unless"), body).map(([kind, body]) => ` ${kind} { ${body} }`);

export const policy = fc
  .tuple(
    fc.constantFrom("permit", "permit", "forbid"),
    scope("principal"),
    action,
    scope("resource"),
    fc.array(condition, { maxLength: 2 }),
  )
  .map(
    ([effect, principal, what, resource, conditions]) =>
      `${effect}(${principal}, ${what}, ${resource})${conditions.join("")};`,
  );
