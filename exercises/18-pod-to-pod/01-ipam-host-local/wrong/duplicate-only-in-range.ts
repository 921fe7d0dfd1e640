// check: ADD gives the right addresses, whatever the store holds
// hint: idempotent
// Looks for a second ADD only among the addresses of its present ranges.
// es: Busca un segundo ADD solo entre las direcciones de sus rangos de ahora.
/** host-local: addresses from this node's own ranges, one file per address, under a lock. */
import type {
  Answer,
  Attachment,
  CniError,
  IpamConfig,
  IpamPlugin,
  IpConfig,
  Range,
  Reservation,
  Store,
} from 'clusterwright/cni'

/** Codes below 100 belong to the specification. */
const INVALID_CONFIG = 7
const NO_ADDRESS = 100
const ALREADY_THERE = 101
const NOT_THERE = 102
const STORE_BROKEN = 103

const plugin: IpamPlugin = {
  async add(config, attachment, store) {
    // parse
    const sets = parse(config)
    // validate
    if (typeof sets === 'string') return refuse(config, INVALID_CONFIG, sets)
    return locked(config, store, async () => {
      const reservations = await store.list()
      const old = reservations.find(
        (one) =>
          isHolder(one, attachment) && sets.some((set) => set.some((span) => isWithin(span, toNumber(one.address)))),
      )
      if (old) return refuse(config, ALREADY_THERE, `${attachment.containerID} holds ${old.address} already`)
      // do
      const done: string[] = []
      try {
        const taken = new Set(reservations.map(({ address }) => toNumber(address)))
        const ips: IpConfig[] = []
        for (const [index, set] of sets.entries()) {
          const last = await store.lastReserved(index)
          const found = await reserveNext(set, last, taken, attachment, store, done)
          if (!found) {
            // undo on error
            await releaseAll(store, done)
            return refuse(config, NO_ADDRESS, `no IP addresses available in range set ${index}`)
          }
          const { isV6, bits, gateway } = found.span
          const address = toText(found.number, isV6)
          await store.setLastReserved(index, address)
          ips.push({ address: `${address}/${bits}`, gateway: toText(gateway, isV6) })
        }
        // result
        return { cniVersion: config.cniVersion, ips }
      } catch (error) {
        await releaseAll(store, done)
        throw error
      }
    })
  },

  async del(config, attachment, store) {
    return locked(config, store, async () => {
      const mine = (await store.list()).filter((one) => isHolder(one, attachment))
      await releaseAll(
        store,
        mine.map(({ address }) => address),
      )
    })
  },

  async check(config, attachment, store) {
    const sets = parse(config)
    if (typeof sets === 'string') return refuse(config, INVALID_CONFIG, sets)
    return locked(config, store, async () => {
      const mine = (await store.list())
        .filter((one) => isHolder(one, attachment))
        .map(({ address }) => toNumber(address))
      const lacking = sets.findIndex((set) => !set.some((span) => mine.some((number) => isWithin(span, number))))
      if (lacking >= 0)
        return refuse(config, NOT_THERE, `${attachment.containerID} holds no address of range set ${lacking}`)
      return undefined
    })
  },

  async gc(config, valid, store) {
    return locked(config, store, async () => {
      const stale = (await store.list()).filter((one) => !valid.some((attachment) => isHolder(one, attachment)))
      await releaseAll(
        store,
        stale.map(({ address }) => address),
      )
    })
  },
}

export default plugin

// ── the store ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Does something while nobody else holds the lock. What the store itself refuses becomes an error value. */
async function locked<T>(config: IpamConfig, store: Store, act: () => Promise<Answer<T>>): Promise<Answer<T>> {
  await store.lock()
  try {
    return await act()
  } catch (error) {
    return refuse(config, STORE_BROKEN, (error as Error).message)
  } finally {
    await store.unlock()
  }
}

/** The first address after the last reserved that is free. It is reserved, and noted in `done`, on return. */
async function reserveNext(
  set: readonly Span[],
  last: string | undefined,
  taken: ReadonlySet<bigint>,
  attachment: Attachment,
  store: Store,
  done: string[],
): Promise<Candidate | undefined> {
  for (const candidate of candidates(set, last === undefined ? undefined : toNumber(last))) {
    const { number, span } = candidate
    if (number === span.gateway || taken.has(number)) continue
    const address = toText(number, span.isV6)
    done.push(address)
    if (await store.reserve(address, attachment)) return candidate
    done.pop()
  }
  return undefined
}

async function releaseAll(store: Store, addresses: readonly string[]): Promise<void> {
  for (const address of addresses) await store.release(address)
}

const isHolder = (reservation: Reservation, { containerID, ifname }: Attachment): boolean =>
  reservation.containerID === containerID && reservation.ifname === ifname

// ── ranges ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A range that has been looked over: all from `first` to `last` may be given out, but the gateway. */
interface Span {
  readonly first: bigint
  readonly last: bigint
  readonly gateway: bigint
  readonly bits: number
  readonly isV6: boolean
}

interface Candidate {
  readonly number: bigint
  readonly span: Span
}

const isWithin = ({ first, last }: Span, number: bigint): boolean => number >= first && number <= last

/** Every address of the set once, beginning after the last one that was given out. */
function* candidates(set: readonly Span[], last: bigint | undefined): Iterable<Candidate> {
  const at = last === undefined ? -1 : set.findIndex((span) => isWithin(span, last))
  if (last === undefined || at < 0) {
    for (const span of set) yield* numbers(span, span.first, span.last)
    return
  }
  const span = set[at]!
  yield* numbers(span, last + 1n, span.last)
  for (const next of [...set.slice(at + 1), ...set.slice(0, at)]) yield* numbers(next, next.first, next.last)
  yield* numbers(span, span.first, last)
}

function* numbers(span: Span, from: bigint, to: bigint): Iterable<Candidate> {
  for (let number = from; number <= to; number++) yield { number, span }
}

/** The sets of ranges, or what is wrong with them. */
function parse({ ipam: { ranges } }: IpamConfig): Span[][] | string {
  const sets: Span[][] = []
  for (const rangeSet of ranges) {
    const set: Span[] = []
    for (const range of rangeSet) {
      const span = parseRange(range)
      if (typeof span === 'string') return span
      set.push(span)
    }
    sets.push(set)
  }
  return sets
}

function parseRange(range: Range): Span | string {
  const { isV6, bits, network, end, lowest, highest, start, stop, gateway } = spanOf(range)
  if (lowest > highest || bits > (isV6 ? 126 : 30)) return `network ${range.subnet} is too small to allocate from`
  const isInside = (number: bigint): boolean => number >= network && number <= end
  if (!isInside(start) || !isInside(stop)) return `a range is not within its network ${range.subnet}`
  if (start > stop) return `range ${range.rangeStart}-${range.rangeEnd} ends before it begins`
  const first = start > lowest ? start : lowest
  const last = stop < highest ? stop : highest
  return { first, last, gateway, bits, isV6 }
}

// ── given ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** An error is returned, not thrown. Code 7 is for a bad configuration; your own begin at 100. */
function refuse({ cniVersion }: IpamConfig, code: number, msg: string): { error: CniError } {
  return { error: { cniVersion, code, msg } }
}

/** A subnet as numbers. IPv6 has no broadcast address: there, the last one may be given out. */
function spanOf({ subnet, rangeStart, rangeEnd, gateway }: Range) {
  const [address = '', prefix = ''] = subnet.split('/')
  const isV6 = address.includes(':')
  const bits = Number(prefix)
  const size = 1n << BigInt((isV6 ? 128 : 32) - bits)
  const network = (toNumber(address) / size) * size
  const end = network + size - 1n
  const lowest = network + 1n
  const highest = isV6 ? end : end - 1n
  return {
    ...{ isV6, bits, network, end, lowest, highest },
    start: rangeStart === undefined ? lowest : toNumber(rangeStart),
    stop: rangeEnd === undefined ? highest : toNumber(rangeEnd),
    gateway: gateway === undefined ? lowest : toNumber(gateway),
  }
}

/** An address as a number: 10.0.0.1 is 167772161. A bigint, for IPv6 needs 128 bits. */
function toNumber(address: string): bigint {
  if (!address.includes(':')) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  const [head = '', tail] = address.split('::')
  const parts = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const before = parts(head)
  const after = tail === undefined ? [] : parts(tail)
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].reduce((sum, part) => sum * 65536n + BigInt(`0x${part}`), 0n)
}

/** A number as an address, in the canonical form. */
function toText(number: bigint, isV6: boolean): string {
  const [count, size] = isV6 ? [8, 65536n] : [4, 256n]
  const parts: bigint[] = []
  for (let rest = number, i = 0; i < count; i++, rest /= size) parts.unshift(rest % size)
  if (!isV6) return parts.join('.')
  const text = parts.map((part) => part.toString(16)).join(':')
  const zeros = (text.match(/(?:^|:)0(?::0)+(?=:|$)/g) ?? []).sort((a, b) => b.length - a.length)[0]
  return zeros === undefined ? text : text.replace(zeros, '::').replace(/:{3,}/, '::')
}
