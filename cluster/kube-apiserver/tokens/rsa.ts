/**
 * RSA signatures: who has the private key signs, and whoever has the public one can tell. Where keys come from is the host's business.
 *
 * What we model: RSASSA-PKCS1-v1_5 over SHA-256, which JSON Web Tokens call RS256. In whole numbers of any length, exact everywhere; the
 * same text and key always make the same signature.
 * What we leave out: blinding. It takes as long as it takes, which in a simulation nobody can measure.
 * Where to read upstream: RFC 8017, sections 5.1, 8.2 and 9.2.
 */
import { sha256 } from '#cluster/kernel/sha256.ts'

/** Both in hexadecimal digits. */
export interface RsaPublicKey {
  readonly modulus: string
  readonly exponent: string
}

/** What is left of the private exponent where the two primes are known: all in hexadecimal digits. */
export interface RsaPrivateKey extends RsaPublicKey {
  readonly prime1: string
  readonly prime2: string
  readonly exponent1: string
  readonly exponent2: string
  readonly coefficient: string
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

/** @param text one character for each byte @returns as many bytes as the modulus has */
export function sign(key: RsaPrivateKey, text: string): Uint8Array {
  const length = Math.ceil(key.modulus.length / 2)
  const message = BigInt(`0x${encoded(text, length)}`)
  const [p, q, dP, dQ, qInv] = [key.prime1, key.prime2, key.exponent1, key.exponent2, key.coefficient].map((digits) => BigInt(`0x${digits}`)) as [bigint, bigint, bigint, bigint, bigint] // prettier-ignore
  const [m1, m2] = [power(message, dP, p), power(message, dQ, q)]
  const signature = m2 + ((((m1 - m2) % p) + p) % p) * qInv % p * q // prettier-ignore
  return fromHex(signature.toString(16).padStart(length * 2, '0'))
}

const fromHex = (digits: string): Uint8Array =>
  Uint8Array.from({ length: digits.length / 2 }, (_, at) => parseInt(digits.slice(at * 2, at * 2 + 2), 16))

/** The name of a key: the SHA-256 of the public half as a certificate would carry it (SubjectPublicKeyInfo). */
export function keyIdOf({ modulus, exponent }: RsaPublicKey): Uint8Array {
  const rsaEncryption = '300d06092a864886f70d0101010500'
  const key = der('30', integer(modulus) + integer(exponent))
  return sha256(String.fromCharCode(...fromHex(der('30', rsaEncryption + der('03', `00${key}`)))))
}

/** One value of DER: its tag, its length, its content. */
function der(tag: string, content: string): string {
  const bytes = content.length / 2
  const digits = bytes.toString(16)
  const even = digits.length % 2 === 0 ? digits : `0${digits}`
  return tag + (bytes < 128 ? even : (128 + even.length / 2).toString(16) + even) + content
}

/** A positive one: the first bit is a sign, so that a byte of zeros may have to stand before it. */
function integer(digits: string): string {
  const bare = digits.replace(/^(00)+(?=..)/, '')
  return der('02', parseInt(bare[0]!, 16) < 8 ? bare : `00${bare}`)
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let left = exponent, square = base % modulus; left > 0n; left >>= 1n, square = (square * square) % modulus)
    if (left & 1n) result = (result * square) % modulus
  return result
}
