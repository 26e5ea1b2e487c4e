/** Checks that given values are of their declared types, and spells them canonically: the last gate before a delta. */
import {
  type ActionDescriptor,
  breaks,
  canonicalBinary,
  canonicalInstant,
  canonicalTimeOfDay,
  canonicalValue,
  constraintText,
  durationScale,
  durationSecondsMax,
  flagsNumber,
  initialOf,
  isCalendarDate,
  named,
  octetsIn,
  ownValue,
  type PropertyDescriptor,
  shiftDecimal,
  type Value,
  type Values,
  type VariableType,
  valuesOfId,
} from "../kernel/index.ts";
import type { Failed } from "./call.ts";
import { failed } from "./failures.ts";
import type { EntityType } from "./revision.ts";

export type Checked = { readonly kind: "checked"; readonly values: Values } | Failed;

/** The values of a new entity: given fields, defaults, and the automaton's initial status and variables. */
export function newValues(type: EntityType, entityId: string, given: Values): Checked {
  const identity = identityFrom(type, entityId, given);
  if (identity.kind === "failed") return identity;
  const key = identity.values[type.key.name] ?? null;
  const fields = Object.fromEntries(Object.entries(given).filter(([name]) => !Object.hasOwn(identity.values, name)));
  const idField = idProperty(type);
  const unset = idField?.role === "field" && !Object.hasOwn(fields, idField.name) ? idField : undefined;
  const checked = fieldValues(type, unset === undefined ? fields : { ...fields, [unset.name]: key });
  if (checked.kind === "failed") return checked;
  const values = named<Value>();
  for (const property of type.descriptor.properties) {
    const own = ownValue(checked.values, property.name);
    const value = identity.values[property.name] ?? own ?? initialOf(type.descriptor, property);
    if (value === null && own === undefined && !property.nullable) return invalid(property.name, "is required");
    values[property.name] = value;
  }
  return { kind: "checked", values };
}

/** The values that the id says; what is given of them says the same. */
function identityFrom(type: EntityType, entityId: string, given: Values): Checked {
  const values = valuesOfId(type.descriptor, entityId);
  const name = type.key.name;
  if (values === undefined) return invalid(name, type.descriptor.identity ? "is no id" : `is no ${type.key.type}`);
  for (const [part, value] of Object.entries(values)) {
    const property = type.properties.get(part);
    if (property === undefined || value === null) continue;
    const fault = valueFault(property, value);
    if (fault !== undefined) return invalid(part, fault);
    const own = ownValue(given, part);
    if (own !== undefined && own !== null && canonicalValue(property, own) !== value) {
      return invalid(part, `differs from the entity's id ${JSON.stringify(entityId)}`);
    }
  }
  return { kind: "checked", values };
}

/** What gives an entity its id has the id's value, as soon as it has one (`[[key]]` with `entity_id`). */
export function idFault(type: EntityType, values: Values): Failed | undefined {
  const name = idProperty(type)?.name;
  const value = name === undefined ? undefined : values[name];
  if (name === undefined || value === undefined || value === null || value === "") return undefined;
  const id = values[type.key.name];
  return String(value) === String(id)
    ? undefined
    : invalid(name, `is the id, ${JSON.stringify(id)}, and never changes`);
}

/** A value of a complex type is there with all that it must have, or is not there, and then none of its members is. */
export function complexFault(type: EntityType, values: Values): Failed | undefined {
  for (const { presence, members } of type.complexes) {
    const isThere = values[presence.name] === true;
    for (const member of members) {
      const value = values[member.name] ?? null;
      const isEmpty = value === null || (Array.isArray(value) && value.length === 0);
      if (isThere && value === null && member.isNeeded === true) return invalid(member.name, "is required");
      if (!isThere && !isEmpty) return invalid(member.name, `is within ${presence.name}, which is null`);
    }
  }
  return undefined;
}

/** The property that gives entities their id, where the spec names one. */
function idProperty(type: EntityType): PropertyDescriptor | undefined {
  const key = type.descriptor.reactions?.keys.find(({ isEntityId }) => isEntityId);
  return type.properties.get(key?.properties[0] ?? "");
}

/** Given fields, each declared, writable and of its type. */
export function fieldValues(type: EntityType, given: Values): Checked {
  const values = named<Value>();
  for (const [name, value] of Object.entries(given)) {
    const property = type.properties.get(name);
    if (property === undefined) return invalid(name, `is no property of ${type.descriptor.name}`);
    if (property.role !== "field") return unwritten(name, property.role);
    const fault = valueFault(property, value);
    if (fault !== undefined) return invalid(name, fault);
    values[name] = canonicalValue(property, value);
  }
  return { kind: "checked", values };
}

/** All fields of an entity that is replaced: what is not given is as in a new one. What only actions change must not differ. */
export function writableFields(type: EntityType, before: Values, given: Values): Checked {
  const fields = named<Value>();
  for (const property of type.descriptor.properties) {
    const { name, role } = property;
    const own = ownValue(given, name);
    if (role !== "field") {
      const isAsItIs = own === undefined || sameValue(own, before[name] ?? null);
      if (!isAsItIs) return unwritten(name, role);
    } else {
      const value = own ?? (isIdProperty(type, name) ? (before[name] ?? null) : initialOf(type.descriptor, property));
      if (value === null && own === undefined && !property.nullable) return invalid(name, "is required");
      fields[name] = value;
    }
  }
  return { kind: "checked", values: fields };
}

/** The same, for an entity that a put makes: status and variables may be there as a new entity has them. */
export function newFields({ descriptor, properties }: EntityType, given: Values): Values {
  const isAsNew = ([name, value]: readonly [string, Value]) => {
    const property = properties.get(name);
    const isOwned = property?.role === "status" || property?.role === "variable";
    return isOwned && sameValue(value, initialOf(descriptor, property));
  };
  return Object.fromEntries(Object.entries(given).filter((entry) => !isAsNew(entry)));
}

/** True for two values that are one and the same to whoever reads them. */
export function sameValue(left: Value, right: Value): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return left === right;
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

function isIdProperty(type: EntityType, name: string): boolean {
  return idProperty(type)?.name === name;
}

const unwritable = {
  key: "is the key and never changes",
  part: "is part of the key and never changes",
  status: "changes by actions only",
  variable: "changes by actions only",
  stream: "is a stream: its bytes are put at its own URL",
};

function unwritten(name: string, role: keyof typeof unwritable): Failed {
  return { ...invalid(name, unwritable[role]), isReach: true };
}

function invalid(target: string, fault: string): Failed {
  return failed("InvalidParameter", `${target} ${fault}`, { target });
}

/** What is wrong with a value for a property, or undefined. */
export function valueFault(property: PropertyDescriptor, value: Value): string | undefined {
  if (value === null) return property.nullable ? undefined : "must not be null";
  if (property.complexType !== undefined) return value === true ? undefined : "is true where it is there, or null";
  if (!property.collection) return Array.isArray(value) ? "is not a collection" : singleFault(property, value);
  if (!Array.isArray(value)) return "is a collection";
  return value.map((item) => singleFault(property, item)).find((fault) => fault !== undefined);
}

function singleFault(property: PropertyDescriptor, value: Value): string | undefined {
  switch (property.type) {
    case "Edm.Boolean":
      return typeof value === "boolean" ? undefined : "is a boolean";
    case "Edm.Byte":
      return integerFault(value, 0, 255);
    case "Edm.SByte":
      return integerFault(value, -128, 127);
    case "Edm.Int16":
      return integerFault(value, -32_768, 32_767);
    case "Edm.Int32":
      return integerFault(value, -2_147_483_648, 2_147_483_647);
    case "Edm.Int64":
      return integerFault(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    case "Edm.Decimal":
      return decimalFault(property, value);
    case "Edm.Duration":
      return durationFault(property, value);
    case "Edm.Double":
    case "Edm.Single":
      return typeof value === "number" && Number.isFinite(value) ? undefined : "is a finite number";
    default:
      return typeof value === "string" ? textFault(property, value) : "is a text";
  }
}

function integerFault(value: Value, least: number, most: number): string | undefined {
  const fits = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
  return fits ? undefined : `is an integer from ${least} to ${most}`;
}

const decimalDigitsMax = 15;

function decimalFault(property: PropertyDescriptor, value: Value): string | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return "is a number";
  const scale = property.scale ?? 0;
  const scaled = shiftDecimal(value, scale);
  if (!Number.isInteger(scaled)) return `has at most ${scale} digits after the point`;
  const digits = property.precision ?? decimalDigitsMax;
  return Math.abs(scaled) < 10 ** digits ? undefined : `has at most ${digits} digits`;
}

function durationFault({ precision = durationScale }: PropertyDescriptor, value: Value): string | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return "is a number of seconds";
  const digits = Math.min(precision, durationScale);
  if (!Number.isInteger(shiftDecimal(value, digits))) return tooFine(digits);
  return Math.abs(value) < durationSecondsMax ? undefined : "is a duration of less than 31 years";
}

/** Zeros at the end say nothing. Without a `Precision` of the contract's own, there may be as many digits as the type has. */
function fractionFault({ precision }: PropertyDescriptor, text: string): string | undefined {
  const [, fraction = ""] = /\.(\d+?)0*(?:\D|$)/.exec(text) ?? [];
  return precision === undefined || fraction.replace(/^0$/, "").length <= precision ? undefined : tooFine(precision);
}

function tooFine(digits: number): string {
  return `has at most ${digits} digits after the point of its seconds`;
}

const guidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function textFault(property: PropertyDescriptor, text: string): string | undefined {
  if (!storableText(text)) return "has a character that cannot be stored (U+0000 or half a surrogate pair)";
  if (property.type === "Edm.Guid") return guidPattern.test(text) ? undefined : "is a GUID";
  if (property.type === "Edm.Date") return isCalendarDate(text) ? undefined : "is a date, YYYY-MM-DD";
  if (property.type === "Edm.DateTimeOffset") {
    return canonicalInstant(text) === undefined ? "is an instant, YYYY-MM-DDThh:mm:ssZ" : fractionFault(property, text);
  }
  if (property.type === "Edm.TimeOfDay") {
    return canonicalTimeOfDay(text) === undefined ? "is a time of day, hh:mm:ss" : fractionFault(property, text);
  }
  if (property.type === "Edm.Binary") return binaryFault(property, text);
  if (property.flags !== undefined) {
    const known = (property.members ?? []).join(", ");
    return flagsNumber(property, text) === undefined ? `is made of ${known}, with commas between them` : undefined;
  }
  if (property.type === "enum") {
    return property.members?.includes(text) ? undefined : `is one of ${(property.members ?? []).join(", ")}`;
  }
  const longest = property.maxLength ?? Number.POSITIVE_INFINITY;
  return text.length <= longest ? undefined : `has at most ${longest} characters`;
}

function binaryFault({ maxLength = Number.POSITIVE_INFINITY }: PropertyDescriptor, text: string): string | undefined {
  const binary = canonicalBinary(text);
  if (binary === undefined) return "is base64url";
  return octetsIn(binary) <= maxLength ? undefined : `has at most ${maxLength} octets`;
}

/** True for a text that every store gives back as it was. */
export function storableText(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text);
}

/** What is wrong with the parameters of an action, by their declared types and constraints; what else it needs the step judges. */
export function paramsFault(type: EntityType, action: ActionDescriptor, params: Values): Failed | undefined {
  const takesUndeclared = type.descriptor.automaton?.takesUndeclaredParams === true;
  const mistyped = typeFault(action, takesUndeclared ? declaredParams(action, params) : params);
  if (mistyped !== undefined) return mistyped;
  const broken = type.descriptor.reactions?.constraints.find(
    (constraint) => constraint.action === action.name && breaks(ownValue(params, constraint.param) ?? null, constraint),
  );
  return broken && failed("InvalidParameter", broken.message ?? constraintText(broken), { target: broken.param });
}

/** Those of the parameters that the action declares. */
export function declaredParams(action: ActionDescriptor, params: Values): Values {
  return Object.fromEntries(
    Object.entries(params).filter(([name]) => action.params.some((param) => param.name === name)),
  );
}

/** Fields that undeclared parameters set, for a spec that takes such; those that name no field are recorded and do nothing. */
export function undeclaredFields(type: EntityType, action: ActionDescriptor, params: Values): Checked {
  if (type.descriptor.automaton?.takesUndeclaredParams !== true) return { kind: "checked", values: {} };
  const declared = declaredParams(action, params);
  const fields = Object.entries(params).filter(
    ([name]) => !Object.hasOwn(declared, name) && type.properties.get(name)?.role === "field",
  );
  return fieldValues(type, Object.fromEntries(fields));
}

function typeFault(action: ActionDescriptor, params: Values): Failed | undefined {
  for (const [name, value] of Object.entries(params)) {
    const declared = action.params.find((param) => param.name === name);
    if (declared === undefined) return invalid(name, `is no parameter of ${action.name}`);
    if (value !== null && !isOfType(declared.type, value)) return invalid(name, `is of type ${declared.type}`);
  }
  const missing = action.params.find((param) => param.required && (ownValue(params, param.name) ?? null) === null);
  return missing === undefined ? undefined : invalid(missing.name, "is required");
}

function isOfType(type: VariableType, value: Value): boolean {
  switch (type) {
    case "bool":
      return typeof value === "boolean";
    case "counter":
      return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
    case "int":
      return typeof value === "number" && Number.isSafeInteger(value);
    case "float":
      return typeof value === "number" && Number.isFinite(value);
    case "string":
    case "ref":
      return typeof value === "string" && storableText(value);
    case "list":
    case "set":
      return Array.isArray(value) && value.every((item) => typeof item === "string" && storableText(item));
  }
}
