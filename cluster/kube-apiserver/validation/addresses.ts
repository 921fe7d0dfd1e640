/** IPv4 addresses and ranges as the API writes them. */

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

export const formatIPv4 = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')

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
