/**
 * Reading and writing the numbers of a WebAssembly binary (LEB128), and nothing else.
 * Upstream: WebAssembly core specification, chapter 5 "Binary Format".
 */

/** A cursor over a module's bytes. `position` is an offset from the start of the module. */
export class ByteReader {
  readonly bytes: Uint8Array
  position: number

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes
    this.position = position
  }

  byte(): number {
    const value = this.bytes[this.position]
    if (value === undefined) throw new Error(`the WebAssembly module ends early, at byte ${this.position}`)
    this.position++
    return value
  }

  /** An unsigned number of up to 32 bits. */
  unsigned(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** shift
      if ((byte & 0x80) === 0) return value
    }
    throw new Error(`a number of the WebAssembly module is longer than 32 bits, at byte ${this.position}`)
  }

  /** Passes over one number of any width, signed or not. */
  skipNumber(): void {
    while ((this.byte() & 0x80) !== 0);
  }

  skip(count: number): void {
    this.position += count
  }

  name(): string {
    const length = this.unsigned()
    const text = new TextDecoder().decode(this.bytes.subarray(this.position, this.position + length))
    this.position += length
    return text
  }
}

/** Collects pieces of a module; pieces are copied only once, in `finish`. */
export class ByteWriter {
  private readonly pieces: Uint8Array[] = []
  private length = 0

  append(piece: Uint8Array | readonly number[]): void {
    const bytes = piece instanceof Uint8Array ? piece : Uint8Array.from(piece)
    this.pieces.push(bytes)
    this.length += bytes.length
  }

  finish(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.length)
    let offset = 0
    for (const piece of this.pieces) {
      all.set(piece, offset)
      offset += piece.length
    }
    return all
  }
}

export function encodeUnsigned(value: number): number[] {
  const bytes: number[] = []
  do {
    const low = value % 128
    value = Math.floor(value / 128)
    bytes.push(value > 0 ? low | 0x80 : low)
  } while (value > 0)
  return bytes
}

/** `value` must fit 32 bits. */
export function encodeSigned(value: number): number[] {
  const bytes: number[] = []
  for (;;) {
    const low = value & 0x7f
    value >>= 7
    const done = (value === 0 && (low & 0x40) === 0) || (value === -1 && (low & 0x40) !== 0)
    bytes.push(done ? low : low | 0x80)
    if (done) return bytes
  }
}

export function encodeName(text: string): number[] {
  const bytes = new TextEncoder().encode(text)
  return [...encodeUnsigned(bytes.length), ...bytes]
}
