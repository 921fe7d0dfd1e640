/**
 * JSON Web Tokens: claims that their signer knows again.
 *
 * What we model: the compact form and HS256, whose signature follows from key and claims alone.
 * What we leave out: RS256 and ES256, by which anybody could check a token who has the public key, and so
 * `/openid/v1/jwks`.
 * Where to read upstream: kubernetes/kubernetes `pkg/serviceaccount/jwt.go`; RFC 7515, RFC 7519.
 */
import { hmacSha256 } from '#cluster/kernel/sha256.ts'

const asText = (bytes: Iterable<number>): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')

const encode = (bytes: string): string => btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

const json = (value: unknown): string => encode(asText(new TextEncoder().encode(JSON.stringify(value))))

const HEADER = json({ alg: 'HS256', typ: 'JWT' })

const signature = (key: string, text: string): string => encode(asText(hmacSha256(key, text)))

export function signToken(key: string, claims: object): string {
  const text = `${HEADER}.${json(claims)}`
  return `${text}.${signature(key, text)}`
}

/** What it says, if this key has signed it. */
export function readToken(key: string, token: string): unknown {
  const [header, payload, signed, ...rest] = token.split('.')
  if (header !== HEADER || payload === undefined || rest.length > 0) return undefined
  if (signed !== signature(key, `${header}.${payload}`)) return undefined
  const bytes = atob(payload.replaceAll('-', '+').replaceAll('_', '/'))
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0))))
}

/** Whether a bearer's token is one at all, whoever signed it. */
export const isJwt = (token: string): boolean => token.startsWith('eyJ') && token.split('.').length === 3
