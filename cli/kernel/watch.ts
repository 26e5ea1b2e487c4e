/** Watches a spec folder and tells when it has come to rest after a save. */
import { watch } from "chokidar";

/** Editors write, rename and touch in bursts; one save is what happens within this time. */
const quietMs = 30;

export interface Watcher {
  readonly close: () => Promise<void>;
}

/**
 * Calls `onSave` after each burst of changes, never twice at once: what changes meanwhile is told when it has ended. It is
 * called once at the start too, for what was saved before the watch began.
 */
export async function watchFolder(folder: string, onSave: () => Promise<unknown>): Promise<Watcher> {
  const watcher = watch(folder, { ignoreInitial: true, ignored: isIgnored });
  const bursts = new Bursts(onSave);
  watcher.on("all", () => bursts.touch());
  await new Promise<void>((resolve) => watcher.once("ready", () => resolve()));
  bursts.touch();
  return {
    close: async () => {
      bursts.end();
      await watcher.close();
      await bursts.settled;
    },
  };
}

function isIgnored(path: string): boolean {
  return /[\\/](node_modules|dist|\.[^\\/]+)$/.test(path) || /\.db(-shm|-wal)?$/.test(path);
}

/** Turns many touches into few calls. */
class Bursts {
  readonly #onSave: () => Promise<unknown>;
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #again = false;
  #ended = false;
  /** Resolves when no call runs any more. */
  settled: Promise<void> = Promise.resolve();

  constructor(onSave: () => Promise<unknown>) {
    this.#onSave = onSave;
  }

  touch(): void {
    if (this.#ended) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fire(), quietMs);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #fire(): void {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    this.settled = this.#run();
  }

  async #run(): Promise<void> {
    await this.#onSave();
    this.#running = false;
    if (!this.#again) return;
    this.#again = false;
    this.touch();
  }
}
