/** The strongly connected components of a graph, by Tarjan's algorithm (1972), without recursion. */

export interface Graph {
  /** Nodes are numbers from 0 up to this. */
  readonly length: number;
  /** Moves of a node are numbers from `startOf` up to `endOf`. */
  startOf(node: number): number;
  endOf(node: number): number;
  targetOf(move: number): number;
}

/** For each node the number of its component, or −1 where `isIn` is false: components with smaller numbers end the runs of larger ones. */
export function componentsOf(graph: Graph, isIn: (node: number) => boolean): Int32Array {
  const tarjan = new Tarjan(graph, isIn);
  for (let node = 0; node < graph.length; node++) if (isIn(node)) tarjan.visit(node);
  return tarjan.components;
}

class Tarjan {
  readonly components: Int32Array;
  private readonly graph: Graph;
  private readonly isIn: (node: number) => boolean;
  /** When each node was met, from 1; 0 where it was not yet. */
  private readonly met: Uint32Array;
  /** The earliest node on the stack that each can get back to, as far as is known. */
  private readonly low: Uint32Array;
  private readonly nextMove: Uint32Array;
  private readonly open: number[] = [];
  private readonly path: number[] = [];
  private time = 0;
  private count = 0;

  constructor(graph: Graph, isIn: (node: number) => boolean) {
    this.graph = graph;
    this.isIn = isIn;
    this.components = new Int32Array(graph.length).fill(-1);
    this.met = new Uint32Array(graph.length);
    this.low = new Uint32Array(graph.length);
    this.nextMove = new Uint32Array(graph.length);
  }

  /** Follows every run from the node that was not met yet. */
  visit(root: number): void {
    if (this.met[root] !== 0) return;
    this.enter(root);
    for (let node = this.path.at(-1); node !== undefined; node = this.path.at(-1)) {
      const move = this.nextMove[node] ?? 0;
      if (move === this.graph.endOf(node)) this.leave(node);
      else {
        this.nextMove[node] = move + 1;
        this.follow(node, this.graph.targetOf(move));
      }
    }
  }

  private enter(node: number): void {
    this.met[node] = ++this.time;
    this.low[node] = this.time;
    this.nextMove[node] = this.graph.startOf(node);
    this.open.push(node);
    this.path.push(node);
  }

  private follow(node: number, target: number): void {
    if (target >= this.graph.length || !this.isIn(target)) return;
    if (this.met[target] === 0) this.enter(target);
    else if (this.components[target] === -1) this.lower(node, this.met[target] ?? 0);
  }

  private leave(node: number): void {
    this.path.pop();
    const low = this.low[node] ?? 0;
    if (low === this.met[node]) {
      let member = this.open.pop();
      while (member !== undefined && member !== node) {
        this.components[member] = this.count;
        member = this.open.pop();
      }
      this.components[node] = this.count++;
    }
    const parent = this.path.at(-1);
    if (parent !== undefined) this.lower(parent, low);
  }

  private lower(node: number, time: number): void {
    this.low[node] = Math.min(this.low[node] ?? 0, time);
  }
}
