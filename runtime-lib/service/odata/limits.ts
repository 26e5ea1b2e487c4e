/** The limits of the OData surface, by name, with their defaults. Reaching one is a 4xx that names it. */

export interface ODataLimits {
  /** The size of a request body. */
  readonly bodyBytesMax: number;
  /** The size of what is put at a stream, and so of a request that puts it there. */
  readonly mediaBytesMax: number;
  /** How deep arrays and objects may nest in a request body. */
  readonly bodyDepthMax: number;
  /** The length of a request URL, in characters as sent. */
  readonly urlLengthMax: number;
  /** The length of an entity's key, in UTF-16 units. */
  readonly keyLengthMax: number;
  readonly filterLengthMax: number;
  /** How deep parentheses, `not` and calls may nest in a `$filter`. */
  readonly filterDepthMax: number;
  /** How many navigation properties and lambdas may stand within each other in a `$filter`. */
  readonly filterWaysMax: number;
  /** How many conditions may stand as values within each other: `case(…)`, `(A eq 1) eq B`, `cast` to a small integer. */
  readonly filterCasesMax: number;
  /**
   * How large the patterns of a `$filter` may be together: characters, classes, groups and repetitions, as often as they repeat.
   * A database may be at each of them at once, for each character of a text: it takes as long as the square of this.
   */
  readonly filterPatternMax: number;
  /** How many aliases may stand for each other, one in what another one stands for. */
  readonly aliasDepthMax: number;
  /** How many literals the list of one `in` may have. */
  readonly inValuesMax: number;
  /** How many words and phrases a `$search` may have. */
  readonly searchTermsMax: number;
  readonly orderByMax: number;
  /** How many properties a `$compute` may add. */
  readonly computeMax: number;
  /** How deep `$expand` may nest, `$levels` included. */
  readonly expandDepthMax: number;
  /** How many navigation properties one request may expand, at all depths together. */
  readonly expandItemsMax: number;
  /** How many entities the expanded navigation properties of one answer may bring. */
  readonly expandedMax: number;
  /** How many entities a path may go over on its way. */
  readonly pathStepsMax: number;
  /** How many entities one request may create or change together: by a deep insert. */
  readonly deepInsertMax: number;
  /** How many entities one request may change by `$each`. */
  readonly eachMax: number;
  /** How many requests a `$batch` may have, all groups together. */
  readonly batchRequestsMax: number;
  /** The size of a `$batch`'s body. */
  readonly batchBytesMax: number;
  /** The size of an answer that is fetched later. */
  readonly asyncAnswerBytesMax: number;
  /** Entities in one answer where the caller does not say. */
  readonly pageSizeDefault: number;
  /** Entities in one answer at most; the rest follows by `@odata.nextLink`. */
  readonly pageSizeMax: number;
  /** Events of the journal that the answer to one delta link looks at; the rest follows by `@odata.nextLink`. */
  readonly deltaEventsMax: number;
  readonly skipMax: number;
  /** A request that has not started by then is dropped, not run. */
  readonly deadlineMs: number;
}

export const defaultODataLimits: ODataLimits = {
  bodyBytesMax: 1_048_576,
  mediaBytesMax: 8_388_608,
  bodyDepthMax: 32,
  urlLengthMax: 8_192,
  keyLengthMax: 256,
  filterLengthMax: 4_096,
  filterDepthMax: 40,
  filterWaysMax: 5,
  filterCasesMax: 4,
  filterPatternMax: 60,
  aliasDepthMax: 4,
  inValuesMax: 200,
  searchTermsMax: 50,
  orderByMax: 8,
  computeMax: 8,
  expandDepthMax: 5,
  expandItemsMax: 20,
  expandedMax: 10_000,
  pathStepsMax: 8,
  deepInsertMax: 100,
  eachMax: 1_000,
  batchRequestsMax: 100,
  batchBytesMax: 4_194_304,
  asyncAnswerBytesMax: 16_777_216,
  pageSizeDefault: 100,
  pageSizeMax: 1_000,
  deltaEventsMax: 10_000,
  skipMax: 1_000_000,
  deadlineMs: 30_000,
};
