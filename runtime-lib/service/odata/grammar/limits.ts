/** The limits of the URL grammar, by name: reaching one is an error that names it, at the character where it is reached. */

export interface GrammarLimits {
  /** UTF-16 units of the whole text. */
  readonly lengthMax: number;
  /** Parentheses, brackets and braces around one another, and prefix operators in a row. */
  readonly depthMax: number;
  /** Tokens, which bounds the nodes of the tree. */
  readonly nodesMax: number;
}

export const defaultGrammarLimits: GrammarLimits = { lengthMax: 8_192, depthMax: 40, nodesMax: 4_000 };
