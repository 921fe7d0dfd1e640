/**
 * A small world for checks: etcd and the API server on `cp-1`, a hand that writes what the plan says, a witness that sees
 * every change, pretend nodes if wanted, and whatever the check adds, such as a scheduler or a learner's controller.
 */
import { etcd } from '#cluster/etcd/etcd.ts'
import type { Component, Micros, ProcessId } from '#cluster/kernel/component.ts'
import { World } from '#cluster/kernel/world.ts'
import { kubeApiserver } from '#cluster/kube-apiserver/kube-apiserver.ts'
import { apiHand } from './api-hand.ts'
import { pretendNodes } from './pretend-nodes.ts'
import { witness } from './witness.ts'

export const API_SERVER: ProcessId = 'cp-1/kube-apiserver'
/** 1 January 2026, 09:00 UTC. */
const EPOCH_MICROS: Micros = 1_767_258_000_000_000
/** By then the API server answers. */
export const READY_MICROS: Micros = 1_000_000

export interface ApiWorldOptions {
  readonly seed: number
  /** Further components, by name; start their processes with `addOn`. */
  readonly components?: Readonly<Record<string, Component>>
  /** Resources that the witness watches. Default: pods. */
  readonly watched?: readonly string[]
  /** Pretend nodes; `assign` where no scheduler runs. */
  readonly pretend?: { readonly assign?: readonly string[] }
}

/** Builds the world; nothing has run yet. */
export function apiWorld({ seed, components = {}, watched = ['pods'], pretend }: ApiWorldOptions): World {
  const own = { etcd, 'kube-apiserver': kubeApiserver, hand: apiHand, witness, 'pretend-nodes': pretendNodes }
  const world = new World({ seed, epochMicros: EPOCH_MICROS, components: { ...own, ...components } })
  world.addMachine('cp-1')
  world.addMachine('laptop')
  const servers = [API_SERVER]
  addOn(world, 'cp-1', 'etcd', {})
  addOn(world, 'cp-1', 'kube-apiserver', { etcd: ['cp-1/etcd'], serviceCIDR: '10.96.0.0/12' })
  const later = { startAtMicros: READY_MICROS }
  addOn(world, 'laptop', 'hand', { servers })
  addOn(world, 'laptop', 'witness', { servers, resources: watched }, later)
  if (pretend) addOn(world, 'laptop', 'pretend-nodes', { servers, ...pretend }, later)
  return world
}

/**
 * Adds a process whose name is its component's. It starts at once or at `startAtMicros`, and again a moment after it dies.
 * What needs the API server starts at `READY_MICROS`: earlier it would be refused and back off.
 */
export function addOn(
  world: World,
  machine: string,
  component: string,
  options: unknown,
  { startAtMicros = 0, restartAfterMicros = 500_000 }: { startAtMicros?: Micros; restartAfterMicros?: Micros } = {},
): ProcessId {
  const spec = { machine, name: component, component, options, restartAfterMicros }
  if (startAtMicros === 0) return world.addProcess(spec)
  const id = world.declareProcess(spec)
  world.command(startAtMicros, { type: 'start', process: id })
  return id
}
