/** Lists of numbers that grow, at four bytes a number or eight. */

/** Integers of 32 bits. */
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

  /** What was pushed as a number below zero is one again. */
  signedAt(index: number): number {
    return this.at(index) | 0;
  }

  copy(): Uint32Array<ArrayBuffer> {
    return this.numbers.slice(0, this.length);
  }
}

/** Integers of 53 bits. */
export class GrowingKeys {
  length = 0;
  private keys = new Float64Array(1024);

  push(key: number): void {
    if (this.length === this.keys.length) {
      const larger = new Float64Array(this.keys.length * 2);
      larger.set(this.keys);
      this.keys = larger;
    }
    this.keys[this.length++] = key;
  }

  copy(): Float64Array<ArrayBuffer> {
    return this.keys.slice(0, this.length);
  }
}
