/** `temperc odata --specs-dir`: each name of a URL is asked of the type that it is written behind. */
import { defaultGrammarLimits, readUrl } from "@temperc/runtime";
import { describe, expect, test } from "vitest";
import { namesGiven } from "../../cli/odata/print-tree.ts";
import { wrongNames } from "../../cli/odata/wrong-names.ts";
import { behaviour, contract } from "../emission/cargo.ts";
import { exampleProgram, goldenProgram, programOf } from "../emission/load.ts";

const programs = {
  shop: exampleProgram("ecommerce"),
  agency: goldenProgram("agency"),
  gallery: goldenProgram("gallery"),
  cargo: programOf({ "crate.ioa.toml": behaviour, "cargo.csdl.xml": contract }),
};
type Known = keyof typeof programs;

/** The first sentence, and the hint with it where there is one. */
function toldOf(known: Known, url: string): string | undefined {
  const read = readUrl(url, { limits: defaultGrammarLimits });
  if (read.kind === "error") return `character ${read.at + 1}: ${read.message}`;
  const [wrong] = wrongNames(read.tree, programs[known], namesGiven(read.tree));
  return wrong && [wrong.message, ...(wrong.hint === undefined ? [] : [wrong.hint])].join("; ");
}

describe("a name that is there", () => {
  test.each<[Known, string]>([
    ["shop", "Orders?$filter=Customer/Name eq 'x' and Items/any(i:i/Quantity gt 1 and i/Product/Price lt Total)"],
    ["shop", "Customers('c')/Orders('o')/Items?$orderby=Quantity"],
    ["shop", "Customers/c/Orders/o/Items?$expand=Product($select=Name)"],
    ["shop", "Orders('o')/Shop.SubmitOrder"],
    ["shop", "Orders?$compute=Total mul 2 as Twice&$filter=Twice gt 5&$select=Twice,Status"],
    ["shop", "Orders?$apply=groupby((Customer/Name),aggregate(Total with sum as Sum))/filter(Sum gt 3)&$orderby=Sum"],
    ["shop", "Orders?$filter=Items/$count($filter=Quantity gt 1) gt 2 and $it/Total gt 1"],
    ["shop", "Customers?$expand=Orders($filter=$it/Name eq 'x' and Total gt 1;$count=true)"],
    ["shop", "Orders/$filter(Total gt 1)/Shop.Order/$count"],
    ["agency", "Rates(Discipline='Code',Since=2030-01-01)/PerHour"],
    ["agency", "Rates/Code/2030-01-01/PerHour"],
    ["agency", "Projects('p')/Tasks(1)/Rate/PerHour"],
    ["agency", "Projects/p/Tasks/1/Rate/PerHour"],
    ["gallery", "Works('w')/Thumbnail"],
    ["gallery", "Front/Keeper/Works?$select=Title,Thumbnail"],
    ["cargo", "Notes?$filter=Home/Spot/Row gt 1&$select=Home($select=City,Spot($select=Row)),Size/Height"],
    ["cargo", "Notes(1)/Home/City/$value"],
    ["cargo", "Crates('c')/Reach(Days=3)"],
    ["cargo", "Count()"],
  ])("%s: %s", (known, url) => {
    expect(toldOf(known, url)).toBeUndefined();
  });
});

describe("a name of another type", () => {
  test.each<[Known, string, string]>([
    ["shop", "Order", "there is no entity set Order; did you mean Orders?"],
    ["shop", "Orders?$filter=Email eq 'x'", "Order has nothing called Email"],
    ["shop", "Orders?$filter=Customer/Total gt 1", "Customer has nothing called Total"],
    ["shop", "Orders?$filter=Items/any(i:i/Totl gt Total)", "OrderItem has nothing called Totl"],
    ["shop", "Orders?$expand=Customer($select=Total)", "Customer has nothing called Total"],
    ["shop", "Orders?$expand=Addresses", "Order has nothing called Addresses"],
    ["shop", "Customers/c/Orders/o/Items?$orderby=Total", "OrderItem has nothing called Total"],
    ["shop", "Orders('o')/SubmitOrdr", "Order has nothing called SubmitOrdr; did you mean SubmitOrder?"],
    ["shop", "Orders?$apply=groupby((Customer/Total))", "Customer has nothing called Total"],
    ["shop", "Orders/$filter(Quantity gt 1)", "Order has nothing called Quantity"],
    ["agency", "Rates(Disciplin='Code')", "Rate has nothing called Disciplin; did you mean Discipline?"],
    ["agency", "Projects/p/Tasks/1/Rate/Title", "Rate has nothing called Title"],
    ["gallery", "Front/Title", "Gate has nothing called Title"],
    ["cargo", "Notes?$filter=Home/Row gt 1", "Home has nothing called Row"],
    ["cargo", "Notes?$select=Home/Spot/City", "Home/Spot has nothing called City"],
  ])("%s: %s: %s", (known, url, told) => {
    expect(toldOf(known, url)).toBe(told);
  });
});
