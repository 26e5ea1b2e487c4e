/** Finds the names of an OData URL that the types there do not have: each is asked of what stands before it, as a server would. */
import type {
  Expression,
  OptionSyntax,
  PathSyntax,
  Segment,
  SelectItem,
  Transformation,
  UrlSyntax,
} from "@temperc/runtime";
import { nearest, type Program } from "../../compiler/index.ts";

type Contract = Program["contract"];
type Entity = Contract["entities"][number];

/** A name that is not there, where it ends, and one that was perhaps meant. */
export interface WrongName {
  readonly name: string;
  readonly at: number;
  readonly message: string;
  readonly hint?: string;
}

/** What names are asked of: an entity, or a value of a complex type within it. Undefined is what this does not follow. */
type Subject = { readonly entity: Entity; readonly within: string } | undefined;

interface Scope {
  readonly contract: Contract;
  readonly automata: Program["automata"];
  /** What bare names are asked of. */
  readonly root: Subject;
  /** The entity of the outermost question. */
  readonly it: Subject;
  readonly variables: ReadonlyMap<string, Subject>;
  /** Names that the URL itself gives, in `$compute` and `$apply`. */
  readonly given: ReadonlySet<string>;
}

/** In the order of the tree, but for what stands in aliases: these have their names where they are used. What a function gives and what `$root` leads to is not looked at. */
export function wrongNames(
  url: UrlSyntax,
  { contract, automata }: Program,
  given: ReadonlySet<string>,
): readonly WrongName[] {
  const outside: Scope = { contract, automata, root: undefined, it: undefined, variables: new Map(), given };
  const { subject, wrong } = resource(url.path, outside);
  const scope = { ...outside, root: subject, it: subject };
  return [...wrong, ...url.options.flatMap((option) => inOption(option, scope))];
}

interface Walked {
  readonly subject: Subject;
  readonly wrong: readonly WrongName[];
}

const followed = (subject: Subject, wrong: readonly WrongName[] = []): Walked => ({ subject, wrong });

/** What the path of a resource leads to. */
function resource({ segments: [first, ...rest] }: PathSyntax, scope: Scope): Walked {
  if (first?.kind !== "name") return followed(undefined);
  const { entitySets, singletons, imports } = scope.contract;
  const set = entitySets.find(({ name }) => name === first.name);
  const found = set ?? singletons.find(({ name }) => name === first.name);
  if (found === undefined) {
    if (imports.some(({ name }) => name === first.name)) return followed(undefined);
    const names = [...entitySets, ...singletons, ...imports].map(({ name }) => name);
    return followed(undefined, [wrongName(first, `there is no entity set ${first.name}`, names)]);
  }
  const subject = entityNamed(found.entity, scope);
  const asSegments = set !== undefined && first.arguments === undefined && rest[0] !== undefined && isKeyOf(rest[0]);
  const steps = asSegments ? rest.slice(keySize(subject)) : rest;
  const within = inside(steps, subject, { ...scope, root: subject, it: subject });
  return followed(within.subject, [...inKey(first, subject, scope), ...within.wrong]);
}

function keySize(subject: Subject): number {
  return subject?.entity.identity?.parts.length ?? 1;
}

/** `Rates(Kind='a',Nr=1)`: the names in a key are properties. */
function inKey(segment: Segment, subject: Subject, scope: Scope): readonly WrongName[] {
  if (segment.kind !== "name" || subject === undefined) return [];
  return (segment.arguments ?? []).flatMap(({ name, at }) => {
    if (name === undefined || propertyAt(subject, name) !== undefined) return [];
    const place = { name, nameEnd: at + name.length };
    return [wrongName(place, `${subject.entity.name} has nothing called ${name}`, namesOf(subject, scope))];
  });
}

/** What the segments of a resource lead to, keys among them. */
function inside(segments: readonly Segment[], start: Subject, scope: Scope): Walked {
  let walked = followed(start);
  let keysLeft = 0;
  for (const segment of segments) {
    if (keysLeft > 0 && isKeyOf(segment)) {
      keysLeft -= 1;
      continue;
    }
    const isBare = segment.kind === "name" && segment.arguments === undefined;
    const navigation = isBare ? navigationAt(walked.subject, segment.name) : undefined;
    walked = onwards(walked, segment, scope);
    keysLeft = navigation?.collection === true ? keySize(walked.subject) : 0;
  }
  return walked;
}

/** Behind a collection stands a key, or the type again. */
function isKeyOf(segment: Segment): boolean {
  return segment.kind === "key" || (segment.kind === "name" && !segment.name.includes("."));
}

function step(segment: Segment, subject: Subject, scope: Scope): Walked {
  switch (segment.kind) {
    case "name":
      return member(segment, subject, scope);
    case "lambda": {
      const variables = new Map(scope.variables).set(segment.variable ?? "", subject);
      return followed(undefined, segment.condition && inExpression(segment.condition, { ...scope, variables }));
    }
    case "count":
      return followed(undefined, inOptions(segment.options, { ...scope, root: subject }));
    case "filter":
      return followed(subject, inExpression(segment.condition, { ...scope, root: subject }));
    case "key":
    case "star":
    case "at":
    case "word":
    case "aggregate":
      return followed(undefined);
  }
}

type Name = Segment & { readonly kind: "name" };

function member(segment: Name, subject: Subject, scope: Scope): Walked {
  const { name } = segment;
  if (subject === undefined) return followed(undefined);
  if (name.includes(".")) return followed(name.endsWith(`.${subject.entity.name}`) ? subject : undefined);
  const property = propertyAt(subject, name);
  if (property?.complexType !== undefined) return followed({ ...subject, within: `${subject.within}${name}/` });
  if (property !== undefined || operationsOf(subject, scope).includes(name)) return followed(undefined);
  const navigation = navigationAt(subject, name);
  if (navigation !== undefined) {
    const target = entityNamed(navigation.target, scope);
    return followed(target, inKey(segment, target, scope));
  }
  const whose = subject.within === "" ? subject.entity.name : subject.within.slice(0, -1);
  return followed(undefined, [wrongName(segment, `${whose} has nothing called ${name}`, namesOf(subject, scope))]);
}

function entityNamed(name: string, { contract }: Scope): Subject {
  const entity = contract.entities.find((each) => each.name === name);
  return entity && { entity, within: "" };
}

function propertyAt(subject: Subject, name: string): Entity["properties"][number] | undefined {
  return subject?.entity.properties.find((each) => each.name === `${subject.within}${name}` && isShown(each));
}

function isShown({ isHidden, role }: Entity["properties"][number]): boolean {
  return isHidden !== true || role === "stream";
}

function navigationAt(subject: Subject, name: string): Entity["navigations"][number] | undefined {
  return subject?.within === "" ? subject.entity.navigations.find((each) => each.name === name) : undefined;
}

/** Actions and functions of the spec; each ends a path, as what it gives is not followed. */
function operationsOf({ entity, within }: NonNullable<Subject>, { contract, automata }: Scope): readonly string[] {
  if (within !== "") return [];
  const actions = automata.find((each) => each.name === entity.automaton)?.actions ?? [];
  const bound = contract.operations.filter(({ boundTo }) => boundTo === entity.name);
  return [...actions, ...bound].map(({ name }) => name);
}

/** Every name that a subject has. */
function namesOf(subject: NonNullable<Subject>, scope: Scope): readonly string[] {
  const { entity, within } = subject;
  const inside = entity.properties.filter((each) => isShown(each) && each.name.startsWith(within));
  const names = inside.map(({ name }) => name.slice(within.length)).filter((name) => !name.includes("/"));
  const navigations = within === "" ? entity.navigations.map(({ name }) => name) : [];
  return [...names, ...navigations, ...operationsOf(subject, scope)];
}

function wrongName(
  { name, nameEnd }: Pick<Name, "name" | "nameEnd">,
  message: string,
  names: Iterable<string>,
): WrongName {
  const near = nearest(name, names);
  return { name, at: nameEnd, message, ...(near !== undefined && { hint: `did you mean ${near}?` }) };
}

function inOptions(options: readonly OptionSyntax[], scope: Scope): readonly WrongName[] {
  return options.flatMap((option) => inOption(option, scope));
}

function inOption(option: OptionSyntax, scope: Scope): readonly WrongName[] {
  switch (option.kind) {
    case "filter":
      return inExpression(option.condition, scope);
    case "orderby":
    case "compute":
      return option.items.flatMap(({ expression }) => inExpression(expression, scope));
    case "select":
    case "expand":
      return option.items.flatMap((item) => inItem(item, scope));
    case "apply":
      return option.transformations.flatMap((each) => inTransformation(each, scope));
    case "alias":
    case "search":
    case "plain":
    case "custom":
      return [];
  }
}

function inItem({ segments, options }: SelectItem, scope: Scope): readonly WrongName[] {
  const [first] = segments;
  const isGiven = first?.kind === "name" && scope.given.has(first.name);
  const { subject, wrong } = isGiven ? followed(undefined) : along(segments, scope.root, scope);
  return [...wrong, ...inOptions(options, { ...scope, root: subject })];
}

function along(segments: readonly Segment[], start: Subject, scope: Scope): Walked {
  return segments.reduce((walked, segment) => onwards(walked, segment, scope), followed(start));
}

function onwards({ subject, wrong }: Walked, segment: Segment, scope: Scope): Walked {
  const next = step(segment, subject, scope);
  return followed(next.subject, [...wrong, ...next.wrong]);
}

/** Only what comes first is asked of the entities: what follows a grouping has the names that this gives. */
function inTransformation(each: Transformation, scope: Scope): readonly WrongName[] {
  switch (each.kind) {
    case "filter":
      return inExpression(each.condition, scope);
    case "aggregate":
      return each.items.flatMap(({ expression }) => inExpression(expression, scope));
    case "groupby": {
      const by = each.by.flatMap((item) => (item.kind === "property" ? inExpression(item.path, scope) : []));
      return [...by, ...each.then.flatMap((then) => inTransformation(then, scope))];
    }
    case "compute":
    case "orderby":
      return each.items.flatMap(({ expression }) => inExpression(expression, scope));
    case "rank":
    case "concat":
    case "join":
    case "nest":
    case "hierarchy":
    case "function":
    case "search":
    case "limit":
    case "identity":
      return [];
  }
}

function inExpression(tree: Expression, scope: Scope): readonly WrongName[] {
  switch (tree.kind) {
    case "literal":
      return [];
    case "path":
      return inPath(tree.segments, scope);
    case "call": {
      const values = tree.name === "cast" || tree.name === "isof" ? tree.arguments.slice(0, -1) : tree.arguments;
      return values.flatMap((value) => inExpression(value, scope));
    }
    case "binary":
      return [...inExpression(tree.left, scope), ...inExpression(tree.right, scope)];
    case "unary":
      return inExpression(tree.operand, scope);
    case "list":
      return tree.items.flatMap((item) => inExpression(item, scope));
    case "object":
      return tree.members.flatMap(({ value }) => inExpression(value, scope));
  }
}

/** A path of an expression begins with a variable, with `$it`, with a name that the URL gives, or with one of what is asked. */
function inPath(segments: readonly Segment[], scope: Scope): readonly WrongName[] {
  const [first, ...rest] = segments;
  if (first?.kind === "name" && scope.variables.has(first.name))
    return along(rest, scope.variables.get(first.name), scope).wrong;
  if (first?.kind === "name" && scope.given.has(first.name)) return [];
  if (first?.kind === "word") return first.word === "$it" ? along(rest, scope.it, scope).wrong : [];
  return along(segments, scope.root, scope).wrong;
}
