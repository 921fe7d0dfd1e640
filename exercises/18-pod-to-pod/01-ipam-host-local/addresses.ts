/**
 * Addresses as numbers, ranges with everything filled in, and which address comes next: what the checks hold answers against.
 * Written apart from our solution, so that a mistake in one shows in the other.
 */
import type { Range, RangeSet } from 'clusterwright/cni'

/** A range with everything filled in. `network` and `broadcast` are never given out (IPv6 has no broadcast). */
export interface Span {
  readonly range: Range
  readonly isV6: boolean
  readonly bits: number
  readonly network: bigint
  readonly broadcast: bigint | undefined
  readonly first: bigint
  readonly last: bigint
  readonly gateway: bigint
}

/** The number of an address; undefined when it is none. */
export function numberOf(address: string): bigint | undefined {
  return address.includes(':') ? numberOfV6(address) : numberOfV4(address)
}

function numberOfV4(address: string): bigint | undefined {
  const parts = address.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined
  return BigInt(parts.reduce((sum, part) => sum * 256 + Number(part), 0))
}

function numberOfV6(address: string): bigint | undefined {
  const halves = address.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  if (!groups.flat().every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  const missing = 8 - groups.flat().length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const [before = [], after = []] = groups
  const zeros = Array.from({ length: missing }, () => '0')
  return BigInt(`0x${[...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join('')}`)
}

/** The canonical text of an address (RFC 5952: the longest run of zeros is shortened). */
export function textOf(number: bigint, isV6: boolean): string {
  if (!isV6) return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join('.')
  const groups = Array.from({ length: 8 }, (_, index) => (number >> BigInt(112 - 16 * index)) & 0xffffn)
  let [start, length] = [-1, 1]
  for (let i = 0; i < 8; i++) {
    let end = i
    while (end < 8 && groups[end] === 0n) end++
    if (end - i > length) [start, length] = [i, end - i]
  }
  const words = (some: bigint[]) => some.map((group) => group.toString(16)).join(':')
  return start < 0 ? words(groups) : `${words(groups.slice(0, start))}::${words(groups.slice(start + length))}`
}

export function spanOf(range: Range): Span {
  const [address = '', prefix = ''] = range.subnet.split('/')
  const isV6 = address.includes(':')
  const bits = Number(prefix)
  const size = 1n << BigInt((isV6 ? 128 : 32) - bits)
  const network = (numberOf(address)! / size) * size
  const broadcast = isV6 ? undefined : network + size - 1n
  const lowest = network + 1n
  const highest = isV6 ? network + size - 1n : network + size - 2n
  const least = (a: bigint, b: bigint) => (a < b ? a : b)
  const most = (a: bigint, b: bigint) => (a > b ? a : b)
  const number = (text: string | undefined, otherwise: bigint) => (text === undefined ? otherwise : numberOf(text)!)
  const first = most(lowest, number(range.rangeStart, lowest))
  const last = least(highest, number(range.rangeEnd, highest))
  return { range, isV6, bits, network, broadcast, first, last, gateway: number(range.gateway, lowest) }
}

export const isWithin = ({ first, last, isV6 }: Span, address: string): boolean => {
  const number = numberOf(address)
  return number !== undefined && address.includes(':') === isV6 && number >= first && number <= last
}

/** The address that comes next in a set: the first free one after the last that was reserved, round and round. */
export function nextAddress(
  set: RangeSet,
  isTaken: (address: string) => boolean,
  last: string | undefined,
): { readonly address: string; readonly span: Span } | undefined {
  const spans = set.map(spanOf)
  const at = last === undefined ? -1 : spans.findIndex((span) => isWithin(span, last))
  let index = Math.max(at, 0)
  let number = at < 0 ? spans[0]!.first : numberOf(last!)! + 1n
  let left = spans.reduce((sum, span) => sum + span.last - span.first + 1n, 0n)
  for (; left > 0n; left--, number++) {
    if (number > spans[index]!.last) {
      index = (index + 1) % spans.length
      number = spans[index]!.first
    }
    const span = spans[index]!
    const address = textOf(number, span.isV6)
    if (number !== span.gateway && !isTaken(address)) return { address, span }
  }
  return undefined
}
