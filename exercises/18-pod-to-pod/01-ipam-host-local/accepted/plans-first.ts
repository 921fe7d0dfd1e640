// Works out all addresses first and writes then, last address before reservation; writes IPv6 at full length.
import type { CniError, IpamConfig, IpamPlugin, Range, Store } from 'clusterwright/cni'

const plugin: IpamPlugin = {
  add: async (config, { containerID, ifname }, store) => {
    const spans = config.ipam.ranges.map((set) => set.map(lookOver))
    if (spans.flat().includes(undefined)) return refuse(config, 7, 'a range that cannot be')
    await store.lock()
    const written: string[] = []
    try {
      const [files, ...lasts] = await Promise.all([store.list(), ...spans.map((_, index) => store.lastReserved(index))])
      if (files.some((file) => file.containerID === containerID && file.ifname === ifname)) {
        return refuse(config, 101, 'there already')
      }
      const taken = new Set(files.map(({ address }) => toNumber(address)))
      const chosen = spans.map((set, index) => choose(set as Span[], taken, lasts[index]))
      if (chosen.includes(undefined)) return refuse(config, 11, 'full')
      for (const [index, one] of chosen.entries()) {
        const address = long(one!.number, one!.span.isV6)
        written.push(address)
        await store.setLastReserved(index, address)
        await store.reserve(address, { containerID, ifname })
      }
      const ips = chosen.map((one) => {
        const { isV6, bits, gateway } = one!.span
        return { address: `${long(one!.number, isV6)}/${bits}`, gateway: long(gateway, isV6), interface: 0 }
      })
      return { cniVersion: config.cniVersion, ips, routes: [], dns: {} }
    } catch (error) {
      await Promise.all(written.map((address) => store.release(address)))
      throw error
    } finally {
      await store.unlock()
    }
  },

  del: (_, { containerID, ifname }, store) =>
    clean(store, (file) => file.containerID === containerID && file.ifname === ifname),

  async check(config, { containerID, ifname }, store) {
    const files = await store.list()
    for (const [index, set] of config.ipam.ranges.entries()) {
      const isHeld = files.some((file) => {
        if (file.containerID !== containerID || file.ifname !== ifname) return false
        return set.some((range) => within(lookOver(range)!, toNumber(file.address)))
      })
      if (!isHeld) return refuse(config, 120, `nothing of set ${index}`)
    }
    return undefined
  },

  gc: (_, valid, store) =>
    clean(
      store,
      (file) => !valid.find(({ containerID, ifname }) => containerID === file.containerID && ifname === file.ifname),
    ),
}

export default plugin

async function clean(store: Store, isStale: (file: { containerID: string; ifname: string }) => boolean): Promise<void> {
  await store.lock()
  for (const file of await store.list()) if (isStale(file)) await store.release(file.address)
  await store.unlock()
}

type Span = NonNullable<ReturnType<typeof lookOver>>

function lookOver(range: Range) {
  const span = spanOf(range)
  const { network, end, start, stop, lowest, highest, bits, isV6 } = span
  if (bits > (isV6 ? 126 : 30)) return undefined
  if (start > stop || start < network || stop > end) return undefined
  return { ...span, first: start < lowest ? lowest : start, last: stop > highest ? highest : stop }
}

const within = ({ first, last }: Span, number: bigint): boolean => first <= number && number <= last

function choose(set: readonly Span[], taken: ReadonlySet<bigint>, last: string | undefined) {
  const from = last === undefined ? undefined : toNumber(last)
  const at = set.findIndex((span) => from !== undefined && within(span, from))
  const count = Math.max(at, 0)
  const turned = [...set.slice(count), ...set.slice(0, count)]
  const pieces = turned.map((span) => ({ span, low: span.first, high: span.last }))
  if (at >= 0) pieces.push({ ...pieces[0]!, high: from! })
  if (at >= 0) pieces[0] = { ...pieces[0]!, low: from! + 1n }
  for (const { span, low, high } of pieces) {
    for (let number = low; number <= high; number++) {
      if (number !== span.gateway && !taken.has(number)) return { number, span }
    }
  }
  return undefined
}

function long(number: bigint, isV6: boolean): string {
  if (!isV6) return toText(number, isV6)
  const digits = number.toString(16).padStart(32, '0')
  return digits.match(/.{4}/g)!.join(':')
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
