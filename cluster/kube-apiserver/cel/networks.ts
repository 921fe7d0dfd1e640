/**
 * Addresses, networks and URLs (`ip`, `cidr`, `url`).
 *
 * What we leave out: of a URL, user names, and what Go would still call valid beyond `scheme://host/path?query#fragment`,
 * `scheme:anything` and `/path`; zones of addresses, which Kubernetes refuses too.
 * Where to read upstream: apiserver `pkg/cel/library/{ip,cidr,urls}.go`, `pkg/cel/{ip,cidr,url}.go`; Go `net/netip`, `net/url`.
 */
import type { Overload } from './signatures.ts'
import { def } from './signatures.ts'
import { fail, LiteralMap, Opaque } from './values.ts'

// ── addresses ───────────────────────────────────────────────────────────────────────────────────────────────────────

const IP = 'net.IP'
const CIDR = 'net.CIDR'
const URL_TYPE = 'kubernetes.URL'

export class Address extends Opaque {
  readonly type = IP
  /** Four or sixteen. */
  readonly bytes: readonly number[]
  constructor(bytes: readonly number[]) {
    super()
    this.bytes = bytes
  }
  equals(other: Opaque): boolean {
    return other instanceof Address && String(other.bytes) === String(this.bytes)
  }
}

export class Network extends Opaque {
  readonly type = CIDR
  readonly address: Address
  readonly bits: number
  constructor(address: Address, bits: number) {
    super()
    this.address = address
    this.bits = bits
  }
  equals(other: Opaque): boolean {
    return other instanceof Network && other.bits === this.bits && this.address.equals(other.address)
  }
}

function version4(text: string): number[] | undefined {
  const parts = text.split('.')
  const isRight = parts.length === 4 && parts.every((one) => /^(?:0|[1-9]\d{0,2})$/.test(one) && Number(one) < 256)
  return isRight ? parts.map(Number) : undefined
}

function version6(text: string): number[] | undefined {
  const dotted = /^(.*:)(\d[\d.]*\.\d+)$/.exec(text)
  const last = dotted && version4(dotted[2]!)
  if (dotted && !last) return undefined
  const hex = (bytes: number[], i: number) => ((bytes[i]! << 8) | bytes[i + 1]!).toString(16)
  const plain = last ? `${dotted[1]}${hex(last, 0)}:${hex(last, 2)}` : text
  const halves = plain.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head!.length - (tail?.length ?? 0)
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...head!, ...Array.from({ length: missing }, () => '0'), ...(tail ?? [])]
  if (!groups.every((one) => /^[\da-fA-F]{1,4}$/.test(one))) return undefined
  return groups.flatMap((one) => [Number.parseInt(one, 16) >> 8, Number.parseInt(one, 16) & 255])
}

/** IPv4 in the clothes of IPv6. */
const isMapped = (bytes: readonly number[]): boolean =>
  bytes.length === 16 && bytes.slice(0, 10).every((one) => one === 0) && bytes[10] === 255 && bytes[11] === 255

/** A text: what is wrong with it. */
function parseAddress(text: string): Address | string {
  const bytes = text.includes(':') ? version6(text) : version4(text)
  if (!bytes) return `ParseAddr(${JSON.stringify(text)}): unable to parse IP`
  return isMapped(bytes) ? `IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed` : new Address(bytes)
}

function parseNetwork(text: string): Network | string {
  const slash = text.lastIndexOf('/')
  const problem = (why: string) => `netip.ParsePrefix(${JSON.stringify(text)}): ${why}`
  if (slash < 0) return problem("no '/'")
  const address = parseAddress(text.slice(0, slash))
  if (typeof address === 'string') return address.startsWith('ParseAddr') ? problem(address) : address
  const bits = text.slice(slash + 1)
  if (!/^(?:0|[1-9]\d*)$/.test(bits)) return problem(`bad bits after slash: ${JSON.stringify(bits)}`)
  return Number(bits) > address.bytes.length * 8 ? problem('prefix length out of range') : new Network(address, Number(bits)) // prettier-ignore
}

export function showAddress({ bytes }: Address): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16))
  let best = { from: 0, length: 0 }
  for (let from = 0; from < 8; from++) {
    let length = 0
    while (groups[from + length] === '0') length++
    if (length > best.length) best = { from, length }
  }
  if (best.length < 2) return groups.join(':')
  return `${groups.slice(0, best.from).join(':')}::${groups.slice(best.from + best.length).join(':')}`
}

const showNetwork = ({ address, bits }: Network): string => `${showAddress(address)}/${bits}`

function masked({ address, bits }: Network): Network {
  const bytes = address.bytes.map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - i * 8))) & 255)
  return new Network(new Address(bytes), bits)
}

function contains(network: Network, address: Address): boolean {
  if (network.address.bytes.length !== address.bytes.length) return false
  return masked(new Network(address, network.bits)).equals(masked(network))
}

const ip = (text: string): Address => {
  const address = parseAddress(text)
  return typeof address === 'string' ? fail(`IP Address ${JSON.stringify(text)} parse error during conversion from string: ${address}`) : address // prettier-ignore
}
const cidr = (text: string): Network => {
  const network = parseNetwork(text)
  return typeof network === 'string' ? fail(`network address parse error during conversion from string: ${network}`) : network // prettier-ignore
}
const isCanonical = (text: string): boolean => showAddress(ip(text)) === text
const containsCidr = (network: Network, other: Network): boolean =>
  other.bits >= network.bits && contains(network, other.address)

const isLoopback = ({ bytes }: Address): boolean => (bytes.length === 4 ? bytes[0] === 127 : String(bytes) === String([...zeros(15), 1])) // prettier-ignore
const isUnspecified = ({ bytes }: Address): boolean => bytes.every((one) => one === 0)
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0)
const isMulticast = ({ bytes }: Address): boolean => (bytes.length === 4 ? bytes[0]! >> 4 === 14 : bytes[0] === 255)
const isLinkLocalMulticast = ({ bytes }: Address): boolean =>
  bytes.length === 4 ? bytes[0] === 224 && bytes[1] === 0 && bytes[2] === 0 : bytes[0] === 255 && (bytes[1]! & 15) === 2
const isLinkLocalUnicast = ({ bytes }: Address): boolean =>
  bytes.length === 4 ? bytes[0] === 169 && bytes[1] === 254 : bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80
const isGlobalUnicast = (one: Address): boolean =>
  !isUnspecified(one) && !isLoopback(one) && !isMulticast(one) && !isLinkLocalUnicast(one) && String(one.bytes) !== '255,255,255,255' // prettier-ignore

// ── URLs ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export class Url extends Opaque {
  readonly type = URL_TYPE
  readonly text: string
  readonly scheme: string
  readonly host: string
  readonly path: string
  readonly query: string
  constructor(text: string, [scheme = '', host = '', path = '', query = '']: readonly (string | undefined)[]) {
    super()
    this.text = text
    this.scheme = scheme
    this.host = host
    this.path = path
    this.query = query
  }
  equals(other: Opaque): boolean {
    return other instanceof Url && other.text === this.text
  }
}

const URL_FORM = /^(?:([a-zA-Z][-+.a-zA-Z0-9]*):\/\/(?:[^/?#@]*@)?([^/?#]*))?(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/
/** `mailto:a@b.example`: a scheme, and what nobody looks into. */
const OPAQUE = /^([a-zA-Z][-+.a-zA-Z0-9]*):(?!\/)[^?\p{Cc}]*(?:\?(\P{Cc}*))?$/u
const HOST = /^(?:\[[\da-fA-F:.%]+\]|[^[\]:\s]*)(?::\d*)?$/

function parseUrl(text: string): Url | undefined {
  const opaque = OPAQUE.exec(text)
  if (opaque) return new Url(text, [opaque[1], '', '', opaque[2]])
  const match = URL_FORM.exec(text)
  if (!match || text === '' || (match[1] === undefined && match[3] === undefined)) return undefined
  if (/[\s\p{Cc}]/u.test(match[2] ?? '') || !HOST.test(match[2] ?? '')) return undefined
  return new Url(text, match.slice(1))
}

export const url = (text: string): Url => parseUrl(text) ?? fail(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`) // prettier-ignore
const port = ({ host }: Url): string => /:(\d*)$/.exec(host.replace(/^\[.*\]/, ''))?.[1] ?? ''
const hostname = ({ host }: Url): string => /^\[(.*)\]/.exec(host)?.[1] ?? host.replace(/:\d*$/, '')

/** What `%41` and `+` stand for; left as it is where it is no such thing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function queryOf({ query }: Url): LiteralMap {
  const all = new Map<string, string[]>()
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const [key = '', ...value] = pair.split('=')
    const name = decoded(key)
    all.set(name, [...(all.get(name) ?? []), decoded(value.join('='))])
  }
  return new LiteralMap(all)
}

export const NETWORKS: readonly Overload[] = [
  def('ip', `(string) -> ${IP}`, ip),
  def('isIP', '(string) -> bool', (text: string) => typeof parseAddress(text) !== 'string'),
  def('ip.isCanonical', '(string) -> bool', isCanonical),
  def('family', `${IP}.() -> int`, ({ bytes }: Address) => (bytes.length === 4 ? 4n : 6n)),
  def('isUnspecified', `${IP}.() -> bool`, isUnspecified),
  def('isLoopback', `${IP}.() -> bool`, isLoopback),
  def('isLinkLocalMulticast', `${IP}.() -> bool`, isLinkLocalMulticast),
  def('isLinkLocalUnicast', `${IP}.() -> bool`, isLinkLocalUnicast),
  def('isGlobalUnicast', `${IP}.() -> bool`, isGlobalUnicast),
  def('string', `(${IP}) -> string`, showAddress),
  def('cidr', `(string) -> ${CIDR}`, cidr),
  def('isCIDR', '(string) -> bool', (text: string) => typeof parseNetwork(text) !== 'string'),
  def('containsIP', `${CIDR}.(string) -> bool`, (network: Network, text: string) => contains(network, ip(text))),
  def('containsIP', `${CIDR}.(${IP}) -> bool`, contains),
  def('containsCIDR', `${CIDR}.(string) -> bool`, (network: Network, text: string) => containsCidr(network, cidr(text))), // prettier-ignore
  def('containsCIDR', `${CIDR}.(${CIDR}) -> bool`, containsCidr),
  def('ip', `${CIDR}.() -> ${IP}`, ({ address }: Network) => address),
  def('masked', `${CIDR}.() -> ${CIDR}`, masked),
  def('prefixLength', `${CIDR}.() -> int`, ({ bits }: Network) => BigInt(bits)),
  def('string', `(${CIDR}) -> string`, showNetwork),
  def('url', `(string) -> ${URL_TYPE}`, url),
  def('isURL', '(string) -> bool', (text: string) => parseUrl(text) !== undefined),
  def('getScheme', `${URL_TYPE}.() -> string`, ({ scheme }: Url) => scheme.toLowerCase()),
  def('getHost', `${URL_TYPE}.() -> string`, ({ host }: Url) => host),
  def('getHostname', `${URL_TYPE}.() -> string`, hostname),
  def('getPort', `${URL_TYPE}.() -> string`, port),
  def('getEscapedPath', `${URL_TYPE}.() -> string`, ({ path }: Url) => path),
  def('getQuery', `${URL_TYPE}.() -> map<string, list<string>>`, queryOf),
]
