/** Messages that wait for one entity: each is decided on what those before it leave, and one commit makes all of it durable. */
import type { Commit } from "../ports/index.ts";
import type { Failed, Written } from "./call.ts";
import { decideWrite, tellOf } from "./handle.ts";
import type { Message } from "./permit.ts";
import type { Present } from "./readings.ts";
import type { World } from "./world.ts";

/** Decided, and not yet written: the answers are given when the commit is durable, refusals too, which rest on it. */
export interface Sharing {
  readonly replies: readonly (Written | Failed)[];
  readonly after: Present;
  /** Absent where every message is refused. */
  readonly commit?: Commit;
  /** Those that the commit is of. */
  readonly changing: readonly { readonly message: Message; readonly commit: Commit }[];
}

/** False for what is found again by its key, delivers, creates or deletes. */
export function mayShare({ write, delivering }: Message): boolean {
  const { kind } = write.change;
  return delivering === undefined && write.idempotency === undefined && (kind === "action" || kind === "patch");
}

/** Undefined where one of the messages wants more than an event of the entity recorded: then each is served by itself. */
export async function decideSharing(
  world: World,
  messages: readonly Message[],
  present: Present,
): Promise<Sharing | undefined> {
  const replies: (Written | Failed)[] = [];
  const changing: { message: Message; commit: Commit }[] = [];
  let after = present;
  for (const message of messages) {
    const decided = await decideWrite(world, message, after);
    replies.push(decided.reply);
    if (decided.kind === "answered") continue;
    if (!isEventAlone(decided.commit)) return undefined;
    changing.push({ message, commit: decided.commit });
    after = decided.after;
  }
  const [first, ...also] = changing.map(({ commit }) => commit);
  if (first === undefined) return { replies, after, changing };
  return { replies, after, changing, commit: also.length === 0 ? first : { ...first, also } };
}

/** True when it is durable; false where another writer was faster, and nothing of it was kept. */
export async function commitSharing(world: World, { commit, changing }: Sharing): Promise<boolean> {
  if (commit === undefined) return true;
  const begunAt = performance.now();
  const appended = await world.store.append(commit);
  if (appended !== "committed") return false;
  const commitMs = performance.now() - begunAt;
  for (const { message, commit: own } of changing) {
    if (message.trail === undefined) continue;
    message.trail.commitMs = commitMs;
    message.trail.committed = own;
  }
  tellOf(world, commit);
  return true;
}

function isEventAlone({ event: _event, row: _row, ...rest }: Commit): boolean {
  return Object.keys(rest).length === 0;
}
