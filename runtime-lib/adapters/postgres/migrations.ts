/** The schema's own tables and functions, one list of statements per version. A published version is never edited: add the next. */
import { fenceProjectionsSql, fenceSql } from "./fence.ts";

const ofTenants = [
  ...["journal", "idempotency", "outbox", "revisions", "decisions", "decision_marks", "added_policies"],
  ...["decision_audit", "quarantine", "answers"],
];

export const migrations: readonly (readonly string[])[] = [
  [
    `CREATE TABLE journal (
      position bigint GENERATED ALWAYS AS IDENTITY,
      transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
      tenant text COLLATE "C" NOT NULL,
      entity_type text COLLATE "C" NOT NULL,
      entity_id text COLLATE "C" NOT NULL,
      sequence bigint NOT NULL,
      event_id text NOT NULL,
      kind text NOT NULL,
      action text NOT NULL,
      params text NOT NULL,
      from_status text,
      to_status text,
      delta text NOT NULL,
      spec_hash text NOT NULL,
      principal text NOT NULL,
      correlation_id text NOT NULL,
      causation_id text,
      idempotency_key text,
      at text NOT NULL,
      outputs text NOT NULL,
      PRIMARY KEY (transaction, position)
    )`,
    "CREATE UNIQUE INDEX journal_sequence ON journal (tenant, entity_type, entity_id, sequence)",
    `CREATE TABLE idempotency (
      tenant text COLLATE "C" NOT NULL,
      principal text COLLATE "C" NOT NULL,
      key text COLLATE "C" NOT NULL,
      request_hash text NOT NULL,
      reply text NOT NULL,
      expires_at text COLLATE "C" NOT NULL,
      PRIMARY KEY (tenant, principal, key)
    )`,
    "CREATE INDEX idempotency_expiry ON idempotency (expires_at)",
    `CREATE TABLE api_keys (
      id text PRIMARY KEY,
      hash text NOT NULL UNIQUE,
      tenant text NOT NULL,
      principal_type text NOT NULL,
      principal_id text NOT NULL,
      roles text NOT NULL,
      kind text NOT NULL,
      created_at text COLLATE "C" NOT NULL,
      revoked_at text,
      scopes text NOT NULL,
      expires_at text
    )`,
    `CREATE TABLE projections (
      entity_type text COLLATE "C" PRIMARY KEY,
      table_name text NOT NULL UNIQUE,
      status_column text,
      shape text NOT NULL,
      properties text NOT NULL
    )`,
    // Grows with every change to a projection table, so that a server notices that another one has changed them.
    "CREATE TABLE layout (generation bigint NOT NULL)",
    "INSERT INTO layout (generation) VALUES (0)",
    `CREATE TABLE outbox (
      position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      key text COLLATE "C" NOT NULL UNIQUE,
      tenant text COLLATE "C" NOT NULL,
      state text NOT NULL,
      target text COLLATE "C",
      owner text COLLATE "C",
      slot text COLLATE "C",
      ready_at bigint,
      lease_token text,
      lease_until bigint,
      kept_until bigint,
      attempts integer NOT NULL,
      note text,
      entry text NOT NULL
    )`,
    "CREATE INDEX outbox_ready ON outbox (ready_at, position)",
    "CREATE INDEX outbox_leased ON outbox (lease_until) WHERE lease_until IS NOT NULL",
    "CREATE INDEX outbox_kept ON outbox (kept_until) WHERE kept_until IS NOT NULL",
    "CREATE INDEX outbox_target ON outbox (target, position) WHERE state = 'queued' AND attempts > 0",
    "CREATE INDEX outbox_state ON outbox (tenant, state, position)",
    "CREATE UNIQUE INDEX outbox_slot ON outbox (owner, slot) WHERE owner IS NOT NULL",
    `CREATE TABLE revisions (
      tenant text COLLATE "C" NOT NULL,
      number bigint NOT NULL,
      state text NOT NULL,
      about text NOT NULL,
      files text NOT NULL,
      PRIMARY KEY (tenant, number)
    )`,
    `CREATE TABLE decisions (
      tenant text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      fold text COLLATE "C" NOT NULL,
      state text NOT NULL,
      principal text COLLATE "C" NOT NULL,
      mark bigint NOT NULL,
      expires_at text COLLATE "C" NOT NULL,
      record text NOT NULL,
      PRIMARY KEY (tenant, id)
    )`,
    "CREATE UNIQUE INDEX decisions_open ON decisions (tenant, fold) WHERE state <> 'approved'",
    "CREATE INDEX decisions_mark ON decisions (tenant, mark)",
    "CREATE INDEX decisions_principal ON decisions (tenant, principal)",
    "CREATE INDEX decisions_expiry ON decisions (tenant, expires_at)",
    `CREATE TABLE decision_marks (
      tenant text COLLATE "C" NOT NULL,
      of text NOT NULL,
      mark bigint NOT NULL,
      PRIMARY KEY (tenant, of)
    )`,
    `CREATE TABLE added_policies (
      tenant text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      record text NOT NULL,
      PRIMARY KEY (tenant, id)
    )`,
    `CREATE TABLE decision_audit (
      position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      tenant text COLLATE "C" NOT NULL,
      id text NOT NULL,
      record text NOT NULL
    )`,
    "CREATE INDEX decision_audit_tenant ON decision_audit (tenant, position)",
    ...arithmetic(),
    pure("temperc_round(x double precision)", "double precision", "sign(x) * floor(abs(x) + 0.5)"),
    ...substrings(),
  ],
  ["ALTER TABLE journal ADD COLUMN session_id text", "ALTER TABLE journal ADD COLUMN intent text"],
  [
    `CREATE TABLE quarantine (
      tenant text COLLATE "C" NOT NULL,
      entity_type text COLLATE "C" NOT NULL,
      entity_id text COLLATE "C" NOT NULL,
      sequence bigint NOT NULL,
      reason text NOT NULL,
      PRIMARY KEY (tenant, entity_type, entity_id)
    )`,
  ],
  instants(),
  [
    `CREATE TABLE answers (
      tenant text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      principal text COLLATE "C" NOT NULL,
      reply text,
      lost_at text COLLATE "C" NOT NULL,
      expires_at text COLLATE "C" NOT NULL,
      PRIMARY KEY (tenant, id)
    )`,
    "CREATE INDEX answers_principal ON answers (tenant, principal)",
    "CREATE INDEX answers_expiry ON answers (expires_at)",
  ],
  ["ALTER TABLE projections ADD COLUMN gone text"],
  // Credentials are looked up before anybody's tenant is known, so `api_keys` has no fence.
  [...ofTenants.flatMap((table) => fenceSql(table, "tenant")), fenceProjectionsSql()],
  [
    `CREATE TABLE media (
      tenant text COLLATE "C" NOT NULL,
      entity_type text COLLATE "C" NOT NULL,
      entity_id text COLLATE "C" NOT NULL,
      property text COLLATE "C" NOT NULL,
      hash text NOT NULL,
      bytes bytea NOT NULL,
      PRIMARY KEY (tenant, entity_type, entity_id, property)
    )`,
    ...fenceSql("media", "tenant"),
  ],
  ["ALTER TABLE api_keys ADD COLUMN created_by text", "ALTER TABLE api_keys ADD COLUMN revoked_by text"],
  ["ALTER TABLE outbox ADD COLUMN lease_ms bigint"],
];

/** What is beyond the doubles is infinite or zero, as IEEE 754 has it; what PostgreSQL does by itself is to fail. */
function arithmetic(): readonly string[] {
  const infinite = "'Infinity'::double precision";
  const bounded = (size: string, sign: string, within: string): string =>
    `CASE WHEN ${size} > 709.78 THEN ${sign} * ${infinite} WHEN ${size} < -744.4 THEN 0 ELSE ${within} END`;
  const numbers = "a double precision, b double precision";
  return [
    pure(
      `temperc_add(${numbers})`,
      "double precision",
      `CASE WHEN greatest(abs(a), abs(b)) <= 8.9e307 THEN a + b
        WHEN abs(a / 2 + b / 2) > 8.9e307 THEN sign(a / 2 + b / 2) * ${infinite} ELSE a + b END`,
    ),
    pure(
      `temperc_mul(${numbers})`,
      "double precision",
      `CASE WHEN a = 0 OR b = 0 THEN 0 ELSE ${bounded("ln(abs(a)) + ln(abs(b))", "sign(a) * sign(b)", "a * b")} END`,
    ),
    pure(
      `temperc_divide(${numbers})`,
      "double precision",
      `CASE WHEN b = 0 THEN NULL WHEN a = 0 THEN 0
        ELSE ${bounded("ln(abs(a)) - ln(abs(b))", "sign(a) * sign(b)", "a / b")} END`,
    ),
  ];
}

/** Characters from 0; a start below zero counts from the end. */
function substrings(): readonly string[] {
  const clamped = (x: string): string => `least(greatest(trunc(${x}), 0), 1e9)::integer`;
  const from = clamped("CASE WHEN start < 0 THEN length(t) + start ELSE start END");
  return [
    pure("temperc_substring(t text, start double precision)", "text", `substr(t, ${from} + 1)`),
    pure(
      "temperc_substring(t text, start double precision, size double precision)",
      "text",
      `substr(t, ${from} + 1, ${clamped("size")})`,
    ),
  ];
}

/** PostgreSQL has no year 0; 400 years later every day is the same again. */
function instants(): readonly string[] {
  const seconds = (text: string): string => `extract(epoch FROM (${text})::timestamp)::double precision`;
  const cycle = 146_097 * 86_400;
  return [
    pure(
      "temperc_micros(t text)",
      "double precision",
      `CASE WHEN substr(t, 1, 4) = '0000' THEN ${seconds("'0400' || substr(t, 5, 15)")} - ${cycle}
        ELSE ${seconds("substr(t, 1, 19)")} END * 1e6 + ('0' || substr(t, 21, 6))::double precision`,
    ),
    pure(
      "temperc_instant(m double precision)",
      "text",
      `CASE WHEN round(m) >= -62135596800e6 AND round(m) < 253402300800e6 THEN
        to_char(timestamp '1970-01-01' + make_interval(secs => floor(round(m) / 1e6)), 'YYYY-MM-DD"T"HH24:MI:SS')
        || '.' || lpad(mod(mod(round(m)::bigint, 1000000) + 1000000, 1000000)::text, 6, '0') || '000000Z' END`,
    ),
  ];
}

function pure(signature: string, result: string, body: string): string {
  return `CREATE FUNCTION ${signature} RETURNS ${result} LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ${body} $$`;
}
