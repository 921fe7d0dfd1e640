/**
 * What an IPAM plugin sees: its configuration, a store and a lock. Shapes follow the CNI specification 1.1.0 and the
 * `host-local` plugin (containernetworking/plugins `plugins/ipam/host-local`), in TypeScript.
 */

/** One range of addresses. Addresses and subnets are text: `10.244.1.7`, `10.244.1.0/24`, `fd00::/64`. */
export interface Range {
  readonly subnet: string
  /** First address to give out; default: the one after the network's own. */
  readonly rangeStart?: string
  /** Last address to give out; default: the last but broadcast (IPv4), the last (IPv6). */
  readonly rangeEnd?: string
  /** Never given out; default: the first usable address of the subnet. */
  readonly gateway?: string
}

/** A set of ranges; an attachment gets one address from each set (two sets, IPv4 and IPv6: dual-stack). */
export type RangeSet = readonly Range[]

export interface IpamConfig {
  readonly cniVersion: string
  /** Name of the network: the store keeps networks apart. */
  readonly name: string
  readonly ipam: {
    readonly type: 'host-local'
    readonly ranges: readonly RangeSet[]
  }
}

/** One attachment: a container and the name of the interface in it. */
export interface Attachment {
  readonly containerID: string
  readonly ifname: string
}

/** A file of the store: who holds an address. */
export interface Reservation extends Attachment {
  readonly address: string
}

/**
 * The store on this node's disk, shared by all invocations of the plugin. Each call takes time, and the process may die
 * during any of them: what was done stays done. A lock is let go when its holder ends, however it ends. A call that the disk
 * refuses (no space left, for instance) rejects with an Error.
 */
export interface Store {
  /** Waits until nobody else holds the lock. Whoever holds it already goes on at once. */
  lock(): Promise<void>
  unlock(): Promise<void>
  /** All reservations, in no particular order. */
  list(): Promise<readonly Reservation[]>
  /** Makes the file of one address; false when it exists already. */
  reserve(address: string, attachment: Attachment): Promise<boolean>
  /** Removes the file of one address; nothing happens when there is none. */
  release(address: string): Promise<void>
  /** The address that was reserved last in a range set (by its index), or undefined. */
  lastReserved(rangeSet: number): Promise<string | undefined>
  setLastReserved(rangeSet: number, address: string): Promise<void>
}

export interface IpConfig {
  /** With the subnet's prefix length: `10.244.1.7/24`. */
  readonly address: string
  readonly gateway?: string
}

export interface AddResult {
  readonly cniVersion: string
  /** One per range set, in their order. */
  readonly ips: readonly IpConfig[]
}

/** A CNI error. Well-known codes: 4 invalid environment, 6 decoding failure, 7 invalid configuration, 11 try again later; from 100: the plugin's own. */
export interface CniError {
  readonly cniVersion: string
  readonly code: number
  readonly msg: string
  readonly details?: string
}

/** Errors are returned, not thrown: `{error: …}`. */
export type Answer<T> = T | { readonly error: CniError }

/** An IPAM plugin in the manner of host-local. Each call is a process of its own: nothing in memory outlives it. */
export interface IpamPlugin {
  /** Reserves one address from each range set, or none. A second call for the same attachment is an error. */
  add(config: IpamConfig, attachment: Attachment, store: Store): Promise<Answer<AddResult>>
  /** Must succeed when there is nothing left to release. */
  del(config: IpamConfig, attachment: Attachment, store: Store): Promise<Answer<void>>
  /** Succeeds when the attachment holds an address in each range set. */
  check(config: IpamConfig, attachment: Attachment, store: Store): Promise<Answer<void>>
  /** Releases what belongs to none of the valid attachments. */
  gc(config: IpamConfig, valid: readonly Attachment[], store: Store): Promise<Answer<void>>
}
