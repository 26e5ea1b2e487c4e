/** Lines that a newcomer can paste: they are tried on a service in memory first, and only what worked is shown. */
import {
  type ActionDescriptor,
  buildServer,
  cedarAuthorizer,
  defaultTenant,
  type EntitySetDescriptor,
  type EntityTypeDescriptor,
  nestedValues,
  openMemoryStore,
  type PropertyDescriptor,
  Service,
  type ServiceDefinition,
  systemClock,
  uuidv7Ids,
} from "@temperc/runtime";
import { principalTypes } from "../../compiler/index.ts";
import { visibleLine } from "../terminal.ts";

/** Nobody in particular. */
const principalId = "alice";

interface Step {
  readonly comment: string;
  readonly path: string;
  /** Absent for a read. */
  readonly body?: object;
}

interface Trial {
  readonly definition: ServiceDefinition;
  readonly principalType: string;
  /** True where the service does it. */
  readonly works: (step: Step) => Promise<boolean>;
}

/** Shell lines and `#` comments: a key for a caller, then what that caller can do. */
export async function walkthrough(
  definition: ServiceDefinition,
  url: string,
  operatorKey: string,
): Promise<readonly string[]> {
  for (const principalType of principalTypes) {
    const steps = await stepsAs(definition, principalType);
    if (steps.length > 0)
      return [...keyLines(principalType, url, operatorKey), ...steps.flatMap((step) => curl(step, url))];
  }
  return [
    "# No policy of this spec permits anyone to create an entity. A first one, in a *.cedar file of the spec folder:",
    "#   permit(principal, action, resource);",
  ];
}

async function stepsAs(definition: ServiceDefinition, principalType: string): Promise<readonly Step[]> {
  const principal = { type: principalType, id: principalId, tenant: defaultTenant, roles: [] };
  const world = {
    store: openMemoryStore(),
    authorizer: cedarAuthorizer,
    clock: systemClock,
    ids: uuidv7Ids,
    delivers: false,
  };
  const service = await Service.open(definition, "walkthrough", world);
  const app = await buildServer({ service, authenticate: () => ({ principal, kind: "caller" }) });
  const works = async ({ path, body }: Step): Promise<boolean> => {
    const method = body === undefined ? "GET" : "POST";
    const { statusCode } = await app.inject({ method, url: path, ...(body === undefined ? {} : { payload: body }) });
    return statusCode < 300;
  };
  try {
    return await firstSteps({ definition, principalType, works });
  } finally {
    await app.close();
    await service.close();
  }
}

/** The caller's own entity where there is one, then one that has a life, an action on it, and a look at all of them. */
async function firstSteps(trial: Trial): Promise<readonly Step[]> {
  const { entitySets, entityTypes } = trial.definition;
  const typed = entitySets.flatMap((set) => {
    const type = entityTypes.find(({ name }) => name === set.entityType);
    return type === undefined ? [] : [{ set, type }];
  });
  const own = typed.filter(({ type }) => type.name === trial.principalType && type.automaton === undefined);
  const steps: Step[] = [];
  for (const { set, type } of own) steps.push(...(await working(trial, [creation(set, type, trial.principalType)])));
  for (const { set, type } of typed.filter(({ type }) => type.automaton !== undefined)) {
    const created = await working(trial, [creation(set, type, trial.principalType)]);
    if (created.length === 0) continue;
    const inputs = (type.automaton?.actions ?? []).filter(({ kind }) => kind === "input");
    const [performed] = await working(
      trial,
      inputs.map((action) => performance(set, type, action)),
      1,
    );
    const list: Step = { comment: `every ${type.name} that this key may read`, path: `/tdata/${set.name}` };
    return [...steps, ...created, ...(performed === undefined ? [] : [performed]), ...(await working(trial, [list]))];
  }
  return steps;
}

/** The steps that the service does, tried in order; no more than `stepsMax` of them are done. */
async function working(trial: Trial, steps: readonly Step[], stepsMax = steps.length): Promise<readonly Step[]> {
  const done: Step[] = [];
  for (const step of steps) {
    if (done.length < stepsMax && (await trial.works(step))) done.push(step);
  }
  return done;
}

function creation(set: EntitySetDescriptor, type: EntityTypeDescriptor, principalType: string): Step {
  const needed = type.properties.filter(isNeeded).map((property): [string, unknown] => {
    return [property.name, isCaller(property, type, principalType) ? principalId : sampleOf(property, type)];
  });
  return {
    comment: `a new ${type.name}`,
    path: `/tdata/${set.name}`,
    body: nestedValues(type, Object.fromEntries(needed)),
  };
}

function isNeeded({ role, nullable, defaultValue, collection, isHidden }: PropertyDescriptor): boolean {
  if (isHidden === true) return false;
  return (
    role === "key" || role === "part" || (role === "field" && !nullable && !collection && defaultValue === undefined)
  );
}

/** The key of the caller's own entity, and properties such as `CustomerId` that say whose an entity is. */
function isCaller({ name, role }: PropertyDescriptor, type: EntityTypeDescriptor, principalType: string): boolean {
  return (role === "key" && type.name === principalType) || name === `${principalType}Id`;
}

function performance(set: EntitySetDescriptor, type: EntityTypeDescriptor, action: ActionDescriptor): Step {
  const key = type.properties.find(({ role }) => role === "key");
  const id = key === undefined ? "" : sampleOf(key, type);
  const quoted = typeof id === "string" && key?.type === "Edm.String" ? `'${id}'` : `${id}`;
  const body = Object.fromEntries(action.params.map(({ name, type: kind }) => [name, sampleParameter(name, kind)]));
  const comment = action.hint ?? `an action of its automaton`;
  return { comment, path: `/tdata/${set.name}(${quoted})/${action.name}`, body };
}

function sampleParameter(name: string, type: ActionDescriptor["params"][number]["type"]): unknown {
  switch (type) {
    case "counter":
    case "int":
    case "float":
      return 1;
    case "bool":
      return true;
    case "list":
    case "set":
      return [name];
    case "string":
    case "ref":
      return sampleText(name);
  }
}

/** `ProductId` gives `p-1`, `Street` gives `Street`. */
function sampleText(name: string): string {
  return /Id$/.test(name) ? `${name.slice(0, 1).toLowerCase()}-1` : name;
}

function sampleOf(property: PropertyDescriptor, owner: EntityTypeDescriptor): unknown {
  const { name, type, role, members, maxLength } = property;
  if (property.complexType !== undefined) return true;
  switch (type) {
    case "Edm.String":
      return (role === "key" ? sampleText(`${owner.name}Id`) : sampleText(name.split("/").at(-1) ?? name)).slice(
        0,
        maxLength,
      );
    case "enum":
      return members?.[0];
    case "Edm.Boolean":
      return true;
    case "Edm.Guid":
      return "00000000-0000-4000-8000-000000000001";
    case "Edm.Date":
      return "2026-01-01";
    case "Edm.DateTimeOffset":
      return "2026-01-01T00:00:00Z";
    case "Edm.TimeOfDay":
      return "12:00:00";
    case "Edm.Duration":
      return "PT1H";
    case "Edm.Binary":
      return "";
    case "Edm.Byte":
    case "Edm.SByte":
    case "Edm.Int16":
    case "Edm.Int32":
    case "Edm.Int64":
    case "Edm.Decimal":
    case "Edm.Double":
    case "Edm.Single":
      return 1;
  }
}

function keyLines(principalType: string, url: string, operatorKey: string): readonly string[] {
  const body = shell(JSON.stringify({ principal: `${principalType}::${JSON.stringify(principalId)}` }));
  return [
    `# Try it, in another terminal. A key for ${principalType}::"${principalId}", kept in the variable KEY:`,
    `KEY=$(curl -s ${url}/api/keys -H 'Authorization: Bearer ${operatorKey}' -H 'Content-Type: application/json' \\`,
    `  -d ${body} | sed 's/.*"secret":"\\([^"]*\\)".*/\\1/')`,
  ];
}

function curl({ comment, path, body }: Step, url: string): readonly string[] {
  const address = shell(`${url}${path}`);
  const sent = body === undefined ? "" : ` -H 'Content-Type: application/json' -d ${shell(JSON.stringify(body))}`;
  // The second line of a hint would be a command of whoever wrote the spec.
  return [`# ${visibleLine(comment)}`, `curl ${address} -H "Authorization: Bearer $KEY"${sent}`];
}

/** One word of a shell, whatever is in it; spec text is somebody else's. */
function shell(text: string): string {
  if (/^[\w:/.()'-]+$/.test(text) && text.includes("'")) return `"${text}"`;
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
