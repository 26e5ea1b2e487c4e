/** A list of numbers from 0 to 2^32 − 1 that grows, at four bytes each. */

export class GrowingNumbers {
  length = 0;
  private numbers = new Uint32Array(1024);

  get storeBytes(): number {
    return this.numbers.byteLength;
  }

  push(number: number): void {
    if (this.length === this.numbers.length) {
      const larger = new Uint32Array(this.numbers.length * 2);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[this.length++] = number;
  }

  at(index: number): number {
    return this.numbers[index] ?? 0;
  }
}
