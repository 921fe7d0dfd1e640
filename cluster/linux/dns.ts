/**
 * DNS between a resolver and a server: the messages, and the names that a resolver tries.
 *
 * What we leave out: bytes; types other than A (a real resolver asks for AAAA too); TCP for long answers.
 * Where to read upstream: RFC 1035; man 5 `resolv.conf`.
 */
import type { ResolvConf } from './program.ts'

export interface DnsQuery {
  readonly id: number
  /** Without the dot at the end. */
  readonly name: string
  readonly type: string
}

export interface DnsRecord {
  readonly name: string
  readonly type: 'A'
  /** Seconds. */
  readonly ttl: number
  readonly address: string
}

export interface DnsAnswer {
  readonly id: number
  /** NOERROR without answers is NODATA: the name exists, but not with this type. */
  readonly code: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED'
  readonly answers: readonly DnsRecord[]
}

export const DNS_PORT = 53
/** `options timeout:5 attempts:2` */
export const DNS_TIMEOUT_MICROS = 5_000_000
export const DNS_ATTEMPTS = 2

/**
 * Full names in the order in which a resolver tries them: with fewer dots than `ndots` the search domains come first. A
 * name that ends with a dot is tried as it is.
 */
export function candidateNames(name: string, { search, ndots }: ResolvConf): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const dots = name.split('.').length - 1
  const searched = search.map((domain) => `${name}.${domain}`)
  return dots >= ndots ? [name, ...searched] : [...searched, name]
}
