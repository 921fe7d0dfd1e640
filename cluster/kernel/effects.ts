/**
 * Performs what a step returned, in order. This is the only place where a component acts on its world.
 *
 * What follows a `persist` in the same list waits until that sync is durable; later steps are not held up.
 */
import type { Effect, Event, Micros, ProcessId } from './component.ts'
import * as disks from './disk.ts'
import { chanceOf, type Host, indexOf, latencyOf, next } from './host.ts'
import { createProcess, endProcess, startProcess } from './lifecycle.ts'
import { isWhole, linkBetween, LOCAL_MICROS, passes } from './network.ts'
import type { Process } from './process.ts'
import type { StreamTable } from './stream.ts'
import { Timers } from './timers.ts'

/** A host whose streams can be written to. */
export interface EffectHost extends Host {
  readonly streams: StreamTable
}

/** Performs effects from index `start` on, as leaving at `at`. */
export function perform(
  host: EffectHost,
  process: Process,
  effects: readonly Effect[],
  start: number,
  at: Micros,
  cause: number,
): void {
  for (let i = start; i < effects.length; i++) {
    const effect = effects[i]!
    if (effect.type === 'persist') return persist(host, process, effect.id, effects.slice(i + 1), at, cause)
    performOne(host, process, effect, at, cause)
    if (!process.up) return
  }
}

type Immediate = Exclude<Effect, { type: 'persist' }>

function performOne(host: EffectHost, process: Process, effect: Immediate, at: Micros, cause: number): void {
  switch (effect.type) {
    case 'send':
      return send(host, process, effect.to, { type: 'message', from: process.id, body: effect.body }, at, cause)
    case 'open':
      return host.streams.open(host, process, effect, at, cause)
    case 'write':
      return host.streams.write(host, process, effect, at, cause)
    case 'close':
      return host.streams.close(host, process, effect, at, cause)
    case 'wake':
      return wake(host, process, effect, at, cause)
    case 'cancelWake':
      process.timers?.delete(effect.key)
      return
    case 'append':
      return disks.append((process.disk ??= disks.createDisk()), effect.file, effect.records)
    case 'remove':
      process.disk?.files.delete(effect.file)
      return
    case 'spawn': {
      const { child, component, options } = effect
      const spec = { machine: process.spec.machine, name: child, component, options }
      return startProcess(host, createProcess(host, spec, process.index))
    }
    case 'kill': {
      const index = indexOf(host, effect.child)
      if (index >= 0 && host.processes[index]!.up) {
        endProcess(host, host.own(index), effect.code, undefined, at, cause)
      }
      return
    }
    case 'exit':
      return endProcess(host, process, effect.code, effect.body, at, cause)
  }
}

function wake(
  host: Host,
  process: Process,
  effect: Extract<Effect, { type: 'wake' }>,
  at: Micros,
  cause: number,
): void {
  const { key, after, body } = effect
  const event: Event = body ? { type: 'timer', key, body } : { type: 'timer', key }
  process.timers ??= new Timers()
  process.timers.set(key, host.enqueue(at + after, process.index, process.index, event, process.incarnation, cause))
}

function send(host: Host, process: Process, to: ProcessId, event: Event, at: Micros, cause: number): void {
  const target = indexOf(host, to)
  if (target < 0) return
  const { machine } = process.spec
  const there = host.processes[target]!.spec.machine
  if (machine === there) {
    host.enqueue(at + LOCAL_MICROS, target, process.index, event, -1, cause)
    return
  }
  if (!isWhole(host.network) && !passes(host.network, machine, there)) return
  const link = linkBetween(host.network, machine, there)
  if (link.loss > 0 && next(chanceOf(host, process, 'loss')) < link.loss) return
  host.enqueue(at + latencyOf(process, link), target, process.index, event, -1, cause)
  if (link.duplicate > 0 && next(chanceOf(host, process, 'duplicate')) < link.duplicate) {
    host.enqueue(at + latencyOf(process, link), target, process.index, event, -1, cause)
  }
}

function persist(host: Host, process: Process, id: number, after: readonly Effect[], at: Micros, cause: number): void {
  const disk = (process.disk ??= disks.createDisk())
  if (after.length > 0) (process.held ??= new Map()).set(id, after)
  if (disk.syncing) disk.waiting = [...disk.waiting, id]
  else startSync(host, process, [id], at, cause)
}

function startSync(host: Host, process: Process, ids: readonly number[], at: Micros, cause: number): void {
  disks.startSync(process.disk!, ids)
  const data = { process: process.index, incarnation: process.incarnation }
  const { fsyncMicros } = host.network.machines.get(process.spec.machine)!
  host.enqueue(at + fsyncMicros, -1, -1, { type: 'kernel', action: 'synced', data }, -1, cause)
}

/** A sync is durable: what waited behind it leaves, and the process is told. */
export function synced(host: EffectHost, index: number, incarnation: number, cause: number): void {
  const current = host.processes[index]
  if (!current?.up || current.incarnation !== incarnation) return
  const process = host.own(index)
  const disk = process.disk!
  const ids = disks.finishSync(disk)
  if (disk.waiting.length > 0) startSync(host, process, disk.waiting, host.now, cause)
  for (const id of ids) {
    const after = process.held?.get(id)
    process.held?.delete(id)
    if (after) perform(host, process, after, 0, host.now, cause)
    if (!process.up) return
    host.enqueue(host.now, index, index, { type: 'persisted', id }, incarnation, cause)
  }
}
