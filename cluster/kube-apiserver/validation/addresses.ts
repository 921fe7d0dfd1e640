/** Addresses and ranges as the API writes them. */

export function parseIPv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (!match) return undefined
  let value = 0
  for (const part of match.slice(1)) {
    const byte = Number(part)
    if (byte > 255 || (part.length > 1 && part.startsWith('0'))) return undefined
    value = value * 256 + byte
  }
  return value
}

export const isIPv4 = (text: string): boolean => parseIPv4(text) !== undefined

const HEX = /^[0-9a-fA-F]{1,4}$/

export function isIPv6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2 || !text.includes(':')) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  if (!groups.every((group) => HEX.test(group))) return false
  return halves.length === 2 ? groups.length < 8 : groups.length === 8
}

export const isIP = (text: string): boolean => isIPv4(text) || isIPv6(text)

/** `10.0.0.0/8`, of either family. */
export function isRange(text: string): boolean {
  const [address = '', length = '', ...more] = text.split('/')
  if (!/^\d{1,3}$/.test(length) || more.length > 0) return false
  return isIPv4(address) ? Number(length) <= 32 : isIPv6(address) && Number(length) <= 128
}

/** Whether a range is a part of another and not the whole of it; both are ranges. */
export function isWithin(part: string, whole: string): boolean {
  const [address, length] = bitsOf(part)
  const [network, shorter] = bitsOf(whole)
  return address.length === network.length && shorter < length && address.startsWith(network.slice(0, shorter))
}

/** The address, bit by bit, and how many of them are the network's. */
function bitsOf(range: string): [bits: string, length: number] {
  const [address = '', length = ''] = range.split('/')
  const binary = (value: number, width: number): string => value.toString(2).padStart(width, '0')
  const four = parseIPv4(address)
  if (four !== undefined) return [binary(four, 32), Number(length)]
  const [head = [], tail] = address.split('::').map((half) => (half === '' ? [] : half.split(':')))
  const missing = tail === undefined ? 0 : 8 - head.length - tail.length
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...(tail ?? [])]
  return [groups.map((group) => binary(Number.parseInt(group, 16), 16)).join(''), Number(length)]
}

export const formatIPv4 = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')

/** As it is written where every bit beyond the network's is zero; the text is a range. */
export function canonicalRange(text: string): string {
  const [bits, length] = bitsOf(text)
  const network = bits.slice(0, length).padEnd(bits.length, '0')
  if (bits.length === 32) return `${formatIPv4(Number.parseInt(network, 2))}/${length}`
  return `${formatIPv6(network)}/${length}`
}

/** The longest run of zeros, from two on, is left out. */
function formatIPv6(bits: string): string {
  const groups = Array.from({ length: 8 }, (_, at) =>
    Number.parseInt(bits.slice(at * 16, at * 16 + 16), 2).toString(16),
  )
  const runs = groups.map((_, at) => groups.slice(at).findIndex((group) => group !== '0')).map((run, at) => (run < 0 ? 8 - at : run)) // prettier-ignore
  const longest = Math.max(...runs)
  if (longest < 2) return groups.join(':')
  const at = runs.indexOf(longest)
  return `${groups.slice(0, at).join(':')}::${groups.slice(at + longest).join(':')}`
}

/** A range of IPv4 that has addresses to give; undefined: it has none. */
export function allocatableRange(text: string): Range | undefined {
  const length = Number(text.split('/')[1])
  return isRange(text) && !text.includes(':') && length >= 1 && length <= 30 ? parseCIDR(text) : undefined
}

export interface Range {
  /** The network's own address. */
  readonly first: number
  readonly size: number
}

/** `10.96.0.0/12`; throws where it is no range, for options are an author's. */
export function parseCIDR(text: string): Range {
  const [address, bits] = text.split('/')
  const value = parseIPv4(address ?? '')
  const length = Number(bits)
  if (value === undefined || !Number.isInteger(length) || length < 1 || length > 30) {
    throw new Error(`"${text}" is no IPv4 range; write address/bits, such as 10.96.0.0/12`)
  }
  const size = 2 ** (32 - length)
  return { first: Math.floor(value / size) * size, size }
}
