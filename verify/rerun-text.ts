/** How a run that failed is made again: the command that was given, and what it has to be given besides. */

export interface Rerun {
  /** `temperc verify examples/ecommerce`; absent where nobody typed one. */
  readonly command?: string;
  /** What was chosen that changes the run, as options of the command. */
  readonly chosen: readonly string[];
}

export function rerunText({ command, chosen }: Rerun, own: readonly string[]): string {
  const options = [...own, ...chosen].join(" ");
  return command === undefined ? `with ${options}` : `with ${command} ${options}`;
}
