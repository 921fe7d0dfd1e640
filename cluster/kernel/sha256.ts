/**
 * SHA-256, and the code by which two who share a key know each other's messages.
 *
 * In plain arithmetic, since what the hosts offer is asynchronous or Node's alone. A text is one character for each byte.
 */

const INITIAL = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]
const ROUND_CONSTANTS = roundConstants()

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes, by whole-number search. */
function roundConstants(): number[] {
  const constants: number[] = []
  for (let candidate = 2; constants.length < 64; candidate++) {
    let prime = true
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) prime = false
    if (prime) constants.push(cubeRootFraction(BigInt(candidate)))
  }
  return constants
}

/** floor(cbrt(n) * 2^32) mod 2^32. */
function cubeRootFraction(n: bigint): number {
  const target = n << 96n
  let low = 0n
  let high = 1n << 40n
  while (low < high) {
    const middle = (low + high + 1n) >> 1n
    if (middle * middle * middle <= target) low = middle
    else high = middle - 1n
  }
  return Number(low & 0xffffffffn)
}

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

/** @param text one character for each byte */
export function sha256(text: string): Uint8Array {
  const padded = new Uint8Array((((text.length + 8) >> 6) + 1) << 6)
  for (let i = 0; i < text.length; i++) padded[i] = text.charCodeAt(i)
  padded[text.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 4, text.length * 8)
  const hash = INITIAL.slice()
  const words = new Int32Array(64)
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(block + i * 4)
    for (let i = 16; i < 64; i++) {
      const a = words[i - 15]!
      const b = words[i - 2]!
      const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)
      const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10)
      words[i] = words[i - 16]! + s0 + words[i - 7]! + s1
    }
    compress(hash, words)
  }
  const result = new Uint8Array(32)
  hash.forEach((word, i) => new DataView(result.buffer).setUint32(i * 4, word))
  return result
}

function compress(hash: number[], words: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = hash as [number, number, number, number, number, number, number, number]
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[i]! + words[i]!) | 0
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0]
  }
  ;[a, b, c, d, e, f, g, h].forEach((word, i) => (hash[i] = (hash[i]! + word) | 0))
}

const HMAC_BLOCK = 64

const asText = (bytes: Iterable<number>): string => String.fromCharCode(...bytes)

/** RFC 2104, with SHA-256. @param key of at most 64 characters, one for each byte, as the message has */
export function hmacSha256(key: string, message: string): Uint8Array {
  const pad = (mask: number): string =>
    asText(Array.from({ length: HMAC_BLOCK }, (_, i) => (i < key.length ? key.charCodeAt(i) : 0) ^ mask))
  return sha256(pad(0x5c) + asText(sha256(pad(0x36) + message)))
}
