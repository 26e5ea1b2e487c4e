/** A principal as Cedar spells it: `Customer::"alice"`, in API keys, on the command line and in the journal. */

const textLengthMax = 256;

/** The type and the id of `Customer::"alice"`; undefined where the text is no such thing or is too long. */
export function parsePrincipal(text: string): { readonly type: string; readonly id: string } | undefined {
  const match = /^([A-Za-z_]\w*)::"((?:[^"\\]|\\["\\])*)"$/.exec(text.length > textLengthMax ? "" : text);
  const type = match?.[1];
  const id = match?.[2]?.replace(/\\(["\\])/g, "$1");
  return type === undefined || id === undefined || id === "" || id.includes("\0") ? undefined : { type, id };
}

/** An agent operates nothing: it would decide about itself. */
export function mayOperate({ type }: { readonly type: string }): boolean {
  return type !== "Agent";
}
