/** Values of enumerations with flags: texts such as `Red,Striped`, and the numbers that they are combined as (CSDL 4.01, 10.2). */

/** The members of such an enumeration with their values, in order. */
export interface FlagMembers {
  readonly members?: readonly string[];
  readonly flags?: readonly number[];
}

/** The number that members in commas, or their values, come to; undefined where one is none. */
export function flagsNumber({ members = [], flags = [] }: FlagMembers, text: string): number | undefined {
  let bits = 0n;
  for (const part of text.split(",").map((each) => each.trim())) {
    const named = flags[members.indexOf(part)];
    const value = named ?? (/^\d{1,16}$/.test(part) ? Number(part) : undefined);
    if (value === undefined || !Number.isSafeInteger(value)) return undefined;
    bits |= BigInt(value);
  }
  const number = Number(bits);
  return flagsText({ members, flags }, number) === undefined ? undefined : number;
}

/** The member of that value, or the largest members that make it up, in their order; undefined where none do. */
export function flagsText({ members = [], flags = [] }: FlagMembers, number: number): string | undefined {
  const exact = members[flags.indexOf(number)];
  if (exact !== undefined) return exact;
  let rest = BigInt(number);
  const bySize = flags
    .map((value, at) => ({ value: BigInt(value), at }))
    .toSorted((one, other) => Number(other.value - one.value));
  const taken = new Set<number>();
  for (const { value, at } of bySize) {
    if (value === 0n || (rest & value) !== value) continue;
    rest ^= value;
    taken.add(at);
  }
  if (rest !== 0n) return undefined;
  return number === 0 ? "0" : members.filter((_, at) => taken.has(at)).join(",");
}

/** True where all these bits are set. */
export function hasFlags(number: number, bits: number): boolean {
  return (BigInt(number) & BigInt(bits)) === BigInt(bits);
}
