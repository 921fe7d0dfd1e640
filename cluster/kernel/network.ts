/**
 * The machines' network: who can reach whom, how long it takes, and what gets lost on the way.
 *
 * What we model: latency with jitter; loss, duplication and reordering of datagrams per link and direction; partitions
 * of any shape (a set of blocked directions); machines without power.
 * What we leave out: bandwidth and queues inside switches.
 */
import type { Micros } from './component.ts'
import { Table } from './table.ts'

export interface Machine {
  readonly name: string
  readonly up: boolean
  /** Its wall clock minus true time. */
  readonly skewMicros: Micros
  /** How many times it has been switched on. */
  readonly boots: number
  /** How long an fsync takes on its disk. */
  readonly fsyncMicros: Micros
}

/** One direction between two machines. Probabilities are in [0, 1] and hold for datagrams only. */
export interface Link {
  readonly latencyMicros: Micros
  /** Added to the latency, uniform in [0, jitter). */
  readonly jitterMicros: Micros
  readonly loss: number
  readonly duplicate: number
}

export const LAN: Link = { latencyMicros: 200, jitterMicros: 100, loss: 0, duplicate: 0 }

/** Between processes of one machine: a socket or a syscall. */
export const LOCAL_MICROS: Micros = 2

/** HTTP/2 health check of client-go: ping after 30 s of silence, give up after 15 s more. */
export const STREAM_TIMEOUT_MICROS: Micros = 45_000_000
/** Dial timeout of Go's default transport. */
export const CONNECT_TIMEOUT_MICROS: Micros = 30_000_000

export interface Network {
  /** Written by `setMachine` alone. */
  machines: Table<string, Machine>
  /** How many of the machines have no power, and how many clocks are skewed: mostly none, so that nobody need be looked up. */
  down: number
  skewed: number
  /** Links that differ from the default, by `from>to`. */
  links: Table<string, Link>
  /** Blocked directions, `from>to`. */
  blocked: Table<string, true>
  defaultLink: Link
}

export function createNetwork(defaultLink: Link): Network {
  return { machines: new Table(), down: 0, skewed: 0, links: new Table(), blocked: new Table(), defaultLink }
}

export function forkNetwork(network: Network): Network {
  return {
    machines: network.machines.fork(),
    down: network.down,
    skewed: network.skewed,
    links: network.links.fork(),
    blocked: network.blocked.fork(),
    defaultLink: network.defaultLink,
  }
}

/** Adds a machine, or puts it in the place of the one with its name. */
export function setMachine(network: Network, machine: Machine): void {
  const old = network.machines.get(machine.name)
  network.down += Number(!machine.up) - Number(old !== undefined && !old.up)
  network.skewed += Number(machine.skewMicros !== 0) - Number(old !== undefined && old.skewMicros !== 0)
  network.machines.set(machine.name, machine)
}

export function skewOf(network: Network, machine: string): Micros {
  return network.skewed === 0 ? 0 : (network.machines.get(machine)?.skewMicros ?? 0)
}

/** Every packet between machines that exist arrives. */
export const isWhole = (network: Network): boolean => network.down === 0 && network.blocked.size === 0

export function linkBetween(network: Network, from: string, to: string): Link {
  return network.links.size === 0 ? network.defaultLink : (network.links.get(`${from}>${to}`) ?? network.defaultLink)
}

/** Whether a packet that leaves now arrives: the direction is open and the receiving machine has power. */
export function passes(network: Network, from: string, to: string): boolean {
  if (network.machines.get(to)?.up !== true) return false
  if (from === to || network.blocked.size === 0) return true
  return !network.blocked.has(`${from}>${to}`)
}

/** A stream needs both directions. */
export function reachable(network: Network, a: string, b: string): boolean {
  return passes(network, a, b) && passes(network, b, a)
}
