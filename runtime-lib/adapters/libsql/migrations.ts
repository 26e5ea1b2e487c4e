/** The store's own tables, one list of statements per schema version. A published version is never edited: add the next. */

export const migrations: readonly (readonly string[])[] = [
  [
    `CREATE TABLE journal (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant TEXT NOT NULL,
      entity_type TEXT NOT NULL,
      entity_id TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      event_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      action TEXT NOT NULL,
      params TEXT NOT NULL,
      from_status TEXT,
      to_status TEXT,
      delta TEXT NOT NULL,
      spec_hash TEXT NOT NULL,
      principal TEXT NOT NULL,
      correlation_id TEXT NOT NULL,
      causation_id TEXT,
      idempotency_key TEXT,
      at TEXT NOT NULL
    )`,
    "CREATE UNIQUE INDEX journal_sequence ON journal (tenant, entity_type, entity_id, sequence)",
    `CREATE TABLE idempotency (
      tenant TEXT NOT NULL,
      principal TEXT NOT NULL,
      key TEXT NOT NULL,
      request_hash TEXT NOT NULL,
      reply TEXT NOT NULL,
      expires_at TEXT NOT NULL,
      PRIMARY KEY (tenant, principal, key)
    ) WITHOUT ROWID`,
    "CREATE INDEX idempotency_expiry ON idempotency (expires_at)",
    `CREATE TABLE api_keys (
      id TEXT PRIMARY KEY,
      hash TEXT NOT NULL UNIQUE,
      tenant TEXT NOT NULL,
      principal_type TEXT NOT NULL,
      principal_id TEXT NOT NULL,
      roles TEXT NOT NULL,
      kind TEXT NOT NULL,
      created_at TEXT NOT NULL,
      revoked_at TEXT
    )`,
    `CREATE TABLE projections (
      entity_type TEXT PRIMARY KEY,
      table_name TEXT NOT NULL UNIQUE COLLATE NOCASE,
      status_column TEXT,
      shape TEXT NOT NULL
    )`,
  ],
  ["ALTER TABLE projections ADD COLUMN properties TEXT NOT NULL DEFAULT '[]'"],
  [
    "ALTER TABLE journal ADD COLUMN outputs TEXT NOT NULL DEFAULT '[]'",
    `CREATE TABLE outbox (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      key TEXT NOT NULL UNIQUE,
      tenant TEXT NOT NULL,
      state TEXT NOT NULL,
      target TEXT,
      owner TEXT,
      slot TEXT,
      ready_at INTEGER,
      lease_token TEXT,
      lease_until INTEGER,
      kept_until INTEGER,
      attempts INTEGER NOT NULL,
      note TEXT,
      entry TEXT NOT NULL
    )`,
    "CREATE INDEX outbox_ready ON outbox (ready_at)",
    "CREATE INDEX outbox_leased ON outbox (lease_until) WHERE lease_until IS NOT NULL",
    "CREATE INDEX outbox_kept ON outbox (kept_until) WHERE kept_until IS NOT NULL",
    "CREATE INDEX outbox_target ON outbox (target, position) WHERE state = 'queued' AND attempts > 0",
    "CREATE INDEX outbox_state ON outbox (tenant, state)",
    "CREATE UNIQUE INDEX outbox_slot ON outbox (owner, slot) WHERE owner IS NOT NULL",
  ],
  [
    `CREATE TABLE revisions (
      tenant TEXT NOT NULL,
      number INTEGER NOT NULL,
      state TEXT NOT NULL,
      about TEXT NOT NULL,
      files TEXT NOT NULL,
      PRIMARY KEY (tenant, number)
    ) WITHOUT ROWID`,
  ],
  [
    "ALTER TABLE api_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE api_keys ADD COLUMN expires_at TEXT",
  ],
  [
    `CREATE TABLE decisions (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      fold TEXT NOT NULL,
      state TEXT NOT NULL,
      principal TEXT NOT NULL,
      mark INTEGER NOT NULL,
      expires_at TEXT NOT NULL,
      record TEXT NOT NULL,
      PRIMARY KEY (tenant, id)
    ) WITHOUT ROWID`,
    "CREATE UNIQUE INDEX decisions_open ON decisions (tenant, fold) WHERE state <> 'approved'",
    "CREATE INDEX decisions_mark ON decisions (tenant, mark)",
    "CREATE INDEX decisions_principal ON decisions (tenant, principal)",
    "CREATE INDEX decisions_expiry ON decisions (tenant, expires_at)",
    `CREATE TABLE decision_marks (
      tenant TEXT NOT NULL,
      of TEXT NOT NULL,
      mark INTEGER NOT NULL,
      PRIMARY KEY (tenant, of)
    ) WITHOUT ROWID`,
    `CREATE TABLE added_policies (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      record TEXT NOT NULL,
      PRIMARY KEY (tenant, id)
    ) WITHOUT ROWID`,
    `CREATE TABLE decision_audit (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      record TEXT NOT NULL
    )`,
    "CREATE INDEX decision_audit_tenant ON decision_audit (tenant, position)",
  ],
  ["ALTER TABLE journal ADD COLUMN session_id TEXT", "ALTER TABLE journal ADD COLUMN intent TEXT"],
  [
    `CREATE TABLE quarantine (
      tenant TEXT NOT NULL,
      entity_type TEXT NOT NULL,
      entity_id TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      reason TEXT NOT NULL,
      PRIMARY KEY (tenant, entity_type, entity_id)
    ) WITHOUT ROWID`,
  ],
  [
    `CREATE TABLE answers (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      principal TEXT NOT NULL,
      reply TEXT,
      lost_at TEXT NOT NULL,
      expires_at TEXT NOT NULL,
      PRIMARY KEY (tenant, id)
    )`,
    "CREATE INDEX answers_principal ON answers (tenant, principal)",
    "CREATE INDEX answers_expiry ON answers (expires_at)",
  ],
  ["ALTER TABLE projections ADD COLUMN gone TEXT"],
  [
    `CREATE TABLE media (
      tenant TEXT NOT NULL,
      entity_type TEXT NOT NULL,
      entity_id TEXT NOT NULL,
      property TEXT NOT NULL,
      hash TEXT NOT NULL,
      bytes BLOB NOT NULL,
      PRIMARY KEY (tenant, entity_type, entity_id, property)
    )`,
  ],
  ["ALTER TABLE api_keys ADD COLUMN created_by TEXT", "ALTER TABLE api_keys ADD COLUMN revoked_by TEXT"],
  ["ALTER TABLE outbox ADD COLUMN lease_ms INTEGER"],
];
