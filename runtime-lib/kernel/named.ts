/** Objects for names that a spec or a caller has chosen: they inherit nothing, so that `__proto__` is a name as any other. */

/**
 * What `Object.create(null)` makes is a hash table to V8, and copying one of sixteen values costs a hundred times what it costs
 * where objects that got the same names in the same order share their shape. These do. The constructor's names are never there:
 * V8 counts them, and keeps so many places in each object; without them an object of more than a dozen is a hash table again.
 */
class Named<T> {
  [name: string]: T;

  constructor(places?: { readonly each: T }) {
    if (places === undefined) return;
    const { each } = places;
    this.a = each;
    this.b = each;
    this.c = each;
    this.d = each;
    this.e = each;
    this.f = each;
    this.g = each;
    this.h = each;
    this.i = each;
    this.j = each;
    this.k = each;
    this.l = each;
    this.m = each;
    this.n = each;
    this.o = each;
    this.p = each;
    this.q = each;
    this.r = each;
    this.s = each;
    this.t = each;
    this.u = each;
    this.v = each;
    this.w = each;
    this.x = each;
  }
}

Reflect.deleteProperty(Named.prototype, "constructor");
Object.setPrototypeOf(Named.prototype, null);
Object.freeze(Named.prototype);

/** V8 takes back the places that the first objects leave empty. */
const firstObjects = 10;
for (let made = 0; made < firstObjects; made += 1) {
  const full = new Named<number>();
  for (let name = 0; name < 32; name += 1) full[`place${name}`] = name;
}

/** An object that has no property, not even an inherited one. */
export function named<T>(): Record<string, T> {
  return new Named<T>();
}
