// Columns of numbers: typed arrays that are read and written by row, without the question whether the row exists.

/** Whole numbers up to 31 bits: row numbers, job numbers, places on a shelf. */
export class Int32Column {
  readonly array: Int32Array

  constructor(array: Int32Array) {
    this.array = array
  }

  static zeros(length: number): Int32Column {
    return new Int32Column(new Int32Array(length))
  }

  /** 0, 1, 2, ... */
  static counting(length: number): Int32Column {
    return Int32Column.from(length, (row) => row)
  }

  static from(length: number, valueAt: (row: number) => number): Int32Column {
    const array = new Int32Array(length)
    for (let row = 0; row < length; row++) array[row] = valueAt(row)
    return new Int32Column(array)
  }

  get length(): number {
    return this.array.length
  }

  /** The row has to exist: an index past the end is a bug of the caller, and is not looked for in inner loops. */
  get(row: number): number {
    return this.array[row] as number
  }

  set(row: number, value: number): void {
    this.array[row] = value
  }

  add(row: number, amount: number): void {
    this.array[row] = this.get(row) + amount
  }

  /** The values of these rows, in their order. */
  pick(rows: Int32Column): Int32Column {
    const picked = new Int32Array(rows.length)
    for (let at = 0; at < picked.length; at++) picked[at] = this.get(rows.get(at))
    return new Int32Column(picked)
  }
}

/** Times in milliseconds, sums, ranks. */
export class Float64Column {
  readonly array: Float64Array

  constructor(array: Float64Array) {
    this.array = array
  }

  static zeros(length: number): Float64Column {
    return new Float64Column(new Float64Array(length))
  }

  get length(): number {
    return this.array.length
  }

  /** As for `Int32Column`, the row has to exist. */
  get(row: number): number {
    return this.array[row] as number
  }

  set(row: number, value: number): void {
    this.array[row] = value
  }
}
