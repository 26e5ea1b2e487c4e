/** What a service is busy with at one moment. */

export interface Vitals {
  /** Actors in memory. */
  readonly actors: number;
  /** Requests that wait for their entity, and for admission before that. */
  readonly mailboxes: number;
  readonly admissions: number;
  /** Calls that wait for a swap. */
  readonly held: number;
  /** Deliveries under way. */
  readonly deliveries: number;
}
