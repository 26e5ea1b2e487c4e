/** Entities that are stopped, because their history cannot be read: kept until their tables are made anew from a history that can. */
import type { EntityRef } from "./store.ts";

export interface StoppedEntity extends EntityRef {
  /** Of the event that cannot be read, or does not follow from those before it. */
  readonly sequence: number;
  readonly reason: string;
}

export interface StoppedQuery {
  readonly tenant: string;
  readonly top: number;
  readonly skip: number;
}

export interface Quarantine {
  /** Durable when it resolves. What is known of an entity that is stopped already stays as it is. */
  put(stopped: StoppedEntity): Promise<void>;
  find(ref: EntityRef): Promise<StoppedEntity | undefined>;
  /** By type and id. */
  list(query: StoppedQuery): Promise<readonly StoppedEntity[]>;
  /** Over all tenants. */
  count(): Promise<number>;
}
