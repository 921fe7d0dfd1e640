/** IPv4 addresses and prefixes as numbers. The text forms are kept, because the trace shows an address at every hop. */

/** An IPv4 address as an unsigned 32-bit number. */
export type Ip = number

export interface Cidr {
  /** Masked: no bit set past the prefix. */
  readonly network: Ip
  readonly bits: number
}

const parsed = new Map<string, Ip>()
const formatted = new Map<Ip, string>()
/** Both memo tables are emptied at this size, so that a long soak does not grow them for ever. */
const MEMO_MAX = 65_536

/** Throws on text that is not four decimal numbers of 0-255. */
export function parseIp(text: string): Ip {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const ip = tryParseIp(text)
  if (ip === undefined)
    throw new Error(`"${text}" is not an IPv4 address; write four numbers of 0-255 with dots between`)
  if (parsed.size >= MEMO_MAX) parsed.clear()
  parsed.set(text, ip)
  return ip
}

/** Undefined for anything but four decimal numbers of 0-255. */
export function tryParseIp(text: string): Ip | undefined {
  let ip = 0
  let part = 0
  let digits = 0
  let dots = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === DOT && digits > 0) {
      ip = ip * 256 + part
      part = digits = 0
      dots++
      continue
    }
    part = part * 10 + code - ZERO
    if (code < ZERO || code > ZERO + 9 || ++digits > 3 || part > 255) return undefined
  }
  return dots === 3 && digits > 0 ? ip * 256 + part : undefined
}

const DOT = '.'.charCodeAt(0)
const ZERO = '0'.charCodeAt(0)

export function formatIp(ip: Ip): string {
  let text = formatted.get(ip)
  if (text === undefined) {
    text = `${(ip >>> 24) & 255}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`
    if (formatted.size >= MEMO_MAX) formatted.clear()
    formatted.set(ip, text)
  }
  return text
}

/** The netmask of so many bits. */
export function maskOf(bits: number): Ip {
  return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
}

export function networkOf(ip: Ip, bits: number): Ip {
  return (ip & maskOf(bits)) >>> 0
}

/** `10.244.1.0/24`; a bare address counts as /32. Bits past the prefix are cut off. */
export function parseCidr(text: string): Cidr {
  const { ip, bits } = parseInterfaceAddress(text)
  return { network: networkOf(ip, bits), bits }
}

/** `10.244.1.7/24`: an address together with the length of its network's prefix. */
export function parseInterfaceAddress(text: string): { ip: Ip; bits: number } {
  const slash = text.indexOf('/')
  const ip = parseIp(slash < 0 ? text : text.slice(0, slash))
  const bits = slash < 0 ? 32 : Number(text.slice(slash + 1))
  if (!Number.isInteger(bits) || bits < 0 || bits > 32) {
    throw new Error(`"${text}" has no prefix length of 0-32 after the slash`)
  }
  return { ip, bits }
}

export function formatCidr({ network, bits }: Cidr): string {
  return `${formatIp(network)}/${bits}`
}

export function contains({ network, bits }: Cidr, ip: Ip): boolean {
  return networkOf(ip, bits) === network
}

/** The last address of the prefix: the broadcast address of a subnet. */
export function lastOf({ network, bits }: Cidr): Ip {
  return (network | ~maskOf(bits)) >>> 0
}
