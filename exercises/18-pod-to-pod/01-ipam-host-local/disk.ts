/**
 * The store that all invocations of the plugin on a node share: one file per address, one per range set with the address that
 * was reserved last, and a lock which is let go when its holder ends.
 */
import type { AsyncProcess, Chance, HostCall } from 'clusterwright/kit'
import type { Attachment, Reservation } from 'clusterwright/cni'
import { numberOf, textOf } from './addresses.ts'

/** Plain data, for plans. */
export interface DiskPlan {
  readonly reservations: readonly Reservation[]
  /** By the index of the range set. */
  readonly last: readonly (string | null)[]
}

/** The so-manieth call (from 1) that the disk refuses. */
export interface Broken {
  readonly call: number
}

export const NO_SPACE = 'ENOSPC: no space left on device'

export class Disk {
  readonly reservations = new Map<string, Attachment>()
  readonly last = new Map<number, string>()
  /** What happened to files of addresses, in order, and by whom. */
  readonly deeds: { readonly did: 'reserve' | 'release'; readonly address: string; readonly by: string }[] = []
  broken: Broken | undefined
  /** Set once the disk has refused a call. */
  hasRefused = false
  #calls = 0
  #holder: AsyncProcess | undefined
  #waiting: HostCall[] = []
  readonly #chance: Chance

  constructor({ reservations, last }: DiskPlan, chance: Chance) {
    for (const { address, containerID, ifname } of reservations) this.reservations.set(address, { containerID, ifname })
    last.forEach((address, index) => address !== null && this.last.set(index, address))
    this.#chance = chance
  }

  /** The addresses that an attachment holds. */
  heldBy({ containerID, ifname }: Attachment): string[] {
    return [...this.reservations]
      .filter(([, holder]) => holder.containerID === containerID && holder.ifname === ifname)
      .map(([address]) => address)
  }

  /** Who holds what, as text, for comparison. */
  contents(): string[] {
    return [...this.reservations]
      .map(([address, { containerID, ifname }]) => `${address} ${containerID}/${ifname}`)
      .sort()
  }

  /** Who holds what and what was last, by the names of the files. */
  shown(): Record<string, string> {
    const held = [...this.reservations].map(([address, { containerID, ifname }]) => [
      address,
      `${containerID}/${ifname}`,
    ])
    const last = [...this.last].map(([index, address]) => [`last_reserved_ip.${index}`, address])
    return Object.fromEntries([...held, ...last, ['lock', this.#holder?.name ?? 'nobody']]) as Record<string, string>
  }

  /** Everything in it, and all that has happened to it, as text. */
  state(): string {
    const waiting = this.#waiting.map(({ process }) => process.name)
    return JSON.stringify([
      [...this.reservations],
      [...this.last],
      this.#holder?.name,
      waiting,
      this.deeds.map(({ did, address, by }) => [did, address, by]),
    ])
  }

  /** Somebody else holds the lock. */
  isLockedTo(process: AsyncProcess): boolean {
    return this.#holder !== undefined && this.#holder !== process
  }

  perform(call: HostCall): void {
    if (call.method === 'lock') return this.#lock(call)
    if (call.method === 'unlock') {
      if (this.#holder === call.process) this.#letGo()
      return call.reply()
    }
    if (++this.#calls === this.broken?.call) {
      this.hasRefused = true
      return call.refuse({ name: 'StoreError', message: NO_SPACE })
    }
    this.#file(call)
  }

  ended(process: AsyncProcess): void {
    this.#waiting = this.#waiting.filter((call) => call.process !== process)
    if (this.#holder === process) this.#letGo()
  }

  #lock(call: HostCall): void {
    if (this.#holder && this.#holder !== call.process) return void this.#waiting.push(call)
    this.#holder = call.process
    call.reply()
  }

  #letGo(): void {
    this.#holder = undefined
    const next = this.#waiting.shift()
    if (next) this.#lock(next)
  }

  #file(call: HostCall): void {
    const { method, args } = call
    if (method === 'list') {
      const all = [...this.reservations].map(([address, holder]) => ({ address, ...holder }))
      return call.reply(this.#chance.shuffle(all))
    }
    const isLast = method === 'lastReserved' || method === 'setLastReserved'
    if (isLast && !Number.isInteger(args[0])) {
      const message = `store.${method}: ${JSON.stringify(args[0] ?? null)} is no index of a range set; the first is 0`
      return call.refuse({ name: 'TypeError', message })
    }
    if (method === 'lastReserved') return call.reply(this.last.get(args[0] as number))
    const address = canonical(args[method === 'setLastReserved' ? 1 : 0])
    if (address === undefined) {
      const given = JSON.stringify(args[method === 'setLastReserved' ? 1 : 0] ?? null)
      return call.refuse({
        name: 'TypeError',
        message: `store.${method}: ${given} is no address; write it like 10.244.1.7`,
      })
    }
    if (method === 'release') this.#release(call, address)
    else if (method === 'setLastReserved') this.last.set(args[0] as number, address)
    else return this.#reserve(call, address)
    call.reply()
  }

  #release(call: HostCall, address: string): void {
    if (!this.reservations.delete(address)) return
    this.deeds.push({ did: 'release', address, by: call.process.name })
  }

  #reserve(call: HostCall, address: string): void {
    const { containerID, ifname } = (call.args[1] ?? {}) as Partial<Attachment>
    if (typeof containerID !== 'string' || typeof ifname !== 'string') {
      const message = 'store.reserve: the second argument is the attachment, {containerID, ifname}'
      return call.refuse({ name: 'TypeError', message })
    }
    if (this.reservations.has(address)) return call.reply(false)
    this.reservations.set(address, { containerID, ifname })
    this.deeds.push({ did: 'reserve', address, by: call.process.name })
    call.reply(true)
  }
}

function canonical(value: unknown): string | undefined {
  const number = typeof value === 'string' ? numberOf(value) : undefined
  return number === undefined ? undefined : textOf(number, (value as string).includes(':'))
}
