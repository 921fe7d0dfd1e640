/**
 * JSON Web Tokens: claims that their signer knows again.
 *
 * What we model: the compact form; RS256, which anybody can check who has the public key; and HS256, for clusters that were given no such
 * key (a page's), where only the servers can.
 * What we leave out: ES256.
 * Where to read upstream: kubernetes/kubernetes `pkg/serviceaccount/jwt.go`; RFC 7515, RFC 7519.
 */
import { hmacSha256 } from '#cluster/kernel/sha256.ts'
import { isSignedBy, keyIdOf, type RsaPrivateKey, type RsaPublicKey, sign } from './rsa.ts'

const asText = (bytes: Iterable<number>): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')

const encode = (bytes: string): string => btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

const json = (value: unknown): string => encode(asText(new TextEncoder().encode(JSON.stringify(value))))

const HEADER = json({ alg: 'HS256', typ: 'JWT' })

const signature = (key: string, text: string): string => encode(asText(hmacSha256(key, text)))

export function signToken(key: string, claims: object): string {
  const text = `${HEADER}.${json(claims)}`
  return `${text}.${signature(key, text)}`
}

/** The name by which a token says which key has signed it, and a set of keys which one is meant. */
export const keyId = (key: RsaPublicKey): string => encode(asText(keyIdOf(key)))

/** Signed by RS256. */
export function signTokenWith(key: RsaPrivateKey, claims: object): string {
  const text = `${json({ alg: 'RS256', kid: keyId(key) })}.${json(claims)}`
  return `${text}.${encode(asText(sign(key, text)))}`
}

/** A number of a key as sets of keys write it. @param digits hexadecimal */
export const numberOf = (digits: string): string =>
  encode(asText((digits.match(/../g) ?? []).map((byte) => parseInt(byte, 16))))

/** What it says, if this key has signed it. */
export function readToken(key: string, token: string): unknown {
  const [header, payload, signed, ...rest] = token.split('.')
  if (header !== HEADER || payload === undefined || rest.length > 0) return undefined
  if (signed !== signature(key, `${header}.${payload}`)) return undefined
  return JSON.parse(new TextDecoder().decode(decode(payload)))
}

/** @throws Error where it is no base64 */
const decode = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))

/** What it says, if one of these keys has signed it by RS256. */
export function readSignedToken(
  keys: readonly RsaPublicKey[],
  token: string,
): Readonly<Record<string, unknown>> | undefined {
  const [header = '', payload = '', signed = '', ...rest] = token.split('.')
  if (keys.length === 0 || rest.length > 0) return undefined
  try {
    const json = (part: string): unknown => JSON.parse(new TextDecoder().decode(decode(part)))
    if ((json(header) as { alg?: unknown } | null)?.alg !== 'RS256') return undefined
    const signature = decode(signed)
    if (!keys.some((key) => isSignedBy(key, `${header}.${payload}`, signature))) return undefined
    const claims = json(payload)
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** Whether a bearer's token is one at all, whoever signed it. */
export const isJwt = (token: string): boolean => token.startsWith('eyJ') && token.split('.').length === 3
