/** What shipping costs: the app's own rule, which its own route and the service's function share. */

const pricePerCountry: ReadonlyMap<string, number> = new Map([
  ["DE", 4.9],
  ["GB", 9.5],
  ["US", 14],
]);
const priceElsewhere = 19;
const pricePerItem = 0.5;

/** In EUR, rounded to cents. */
export function quoteShipping(country: string, items: number): number {
  const price = (pricePerCountry.get(country) ?? priceElsewhere) + pricePerItem * items;
  return Math.round(price * 100) / 100;
}
