/**
 * SHA-256, synchronous and the same in every host. The platform's own is asynchronous in a page and absent without https.
 * Where to read upstream: FIPS 180-4.
 */
const ROUND_CONSTANTS = new Uint32Array(64)
const INITIAL = new Uint32Array(8)

/** The first 32 bits of the fractional part of a root of each of the first primes, found by integer arithmetic. */
function fillConstants(): void {
  const primes: bigint[] = []
  for (let candidate = 2n; primes.length < 64; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0n)) primes.push(candidate)
  }
  const low32 = (value: bigint): number => Number(value & 0xffffffffn)
  primes.forEach((prime, index) => {
    if (index < 8) INITIAL[index] = low32(integerRoot(prime << 64n, 2n))
    ROUND_CONSTANTS[index] = low32(integerRoot(prime << 96n, 3n))
  })
}

/** The largest integer whose power is not above `value`. */
function integerRoot(value: bigint, power: bigint): bigint {
  let low = 0n
  let high = 1n << 40n
  while (low < high) {
    const middle = (low + high + 1n) >> 1n
    if (middle ** power <= value) low = middle
    else high = middle - 1n
  }
  return low
}
fillConstants()

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

/** Hex digest of a text's UTF-8 bytes. */
export function sha256(text: string): string {
  const bytes = padded(new TextEncoder().encode(text))
  const state = INITIAL.slice()
  const words = new Uint32Array(64)
  const view = new DataView(bytes.buffer)
  for (let offset = 0; offset < bytes.length; offset += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(offset + i * 4)
    compress(state, words)
  }
  return [...state].map((word) => word.toString(16).padStart(8, '0')).join('')
}

function padded(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = Math.ceil((message.length + 9) / 64) * 64
  const bytes = new Uint8Array(length)
  bytes.set(message)
  bytes[message.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setUint32(length - 8, Math.floor(message.length / 0x20000000))
  view.setUint32(length - 4, (message.length << 3) >>> 0)
  return bytes
}

function compress(state: Uint32Array, words: Uint32Array): void {
  for (let i = 16; i < 64; i++) {
    const a = words[i - 15]!
    const b = words[i - 2]!
    const small0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)
    const small1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10)
    words[i] = words[i - 16]! + small0 + words[i - 7]! + small1
  }
  let [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!]
  let [e, f, g, h] = [state[4]!, state[5]!, state[6]!, state[7]!]
  for (let i = 0; i < 64; i++) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const first = (h + big1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[i]! + words[i]!) | 0
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  ;[a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = state[i]! + word))
}
