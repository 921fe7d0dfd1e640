/**
 * RSA signatures, looked at: whoever has the public key can tell who has signed. Signing takes the other key, which nothing in the
 * simulation has.
 *
 * What we model: RSASSA-PKCS1-v1_5 over SHA-256, which JSON Web Tokens call RS256. In whole numbers of any length, exact everywhere.
 * Where to read upstream: RFC 8017, sections 8.2.2 and 9.2.
 */
import { sha256 } from '#cluster/kernel/sha256.ts'

/** Both in hexadecimal digits. */
export interface RsaPublicKey {
  readonly modulus: string
  readonly exponent: string
}

/** DigestInfo of SHA-256, before the digest itself. */
const DIGEST_INFO = '3031300d060960864801650304020105000420'

const hex = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** What a signature of a text turns into by the public key. @param text one character for each byte */
function encoded(text: string, length: number): string {
  const digest = DIGEST_INFO + hex(sha256(text))
  return `0001${'ff'.repeat(length - 3 - digest.length / 2)}00${digest}`
}

/** @param text one character for each byte @param signature as long as the modulus */
export function isSignedBy({ modulus, exponent }: RsaPublicKey, text: string, signature: Uint8Array): boolean {
  const length = Math.ceil(modulus.length / 2)
  if (signature.length !== length || length < 64) return false
  const n = BigInt(`0x${modulus}`)
  const s = BigInt(`0x${hex(signature)}`)
  if (s >= n) return false
  return power(s, BigInt(`0x${exponent}`), n) === BigInt(`0x${encoded(text, length)}`)
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let left = exponent, square = base % modulus; left > 0n; left >>= 1n, square = (square * square) % modulus)
    if (left & 1n) result = (result * square) % modulus
  return result
}
