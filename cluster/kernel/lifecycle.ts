/** How processes come and go: created, started, ended, supervised. */
import type { Body, Event, Micros } from './component.ts'
import * as disks from './disk.ts'
import type { Host } from './host.ts'
import { LOCAL_MICROS } from './network.ts'
import type { Process, ProcessSpec } from './process.ts'
import { hashString } from './random.ts'

/** Exit code of a process that was killed (128 + SIGKILL). */
const KILLED = 137

export function createProcess(host: Host, spec: ProcessSpec, parent: number): Process {
  const component = host.options.components[spec.component]
  if (!component) throw new Error(`no component "${spec.component}" in this world; add it to \`components\``)
  if (!host.network.machines.has(spec.machine)) throw new Error(`no machine "${spec.machine}"; add it first`)
  const id = `${spec.machine}/${spec.name}`
  if (host.index.has(id)) throw new Error(`process ${id} exists already; give it another name`)
  const process: Process = {
    id,
    index: host.processes.length,
    spec,
    component,
    parent,
    owner: host.token,
    state: undefined,
    up: false,
    paused: false,
    incarnation: 0,
    busyUntil: 0,
    inbox: [],
    draining: false,
    timers: undefined,
    chance: undefined,
    latencyCounter: hashString(id, host.options.seed ^ 0x51ed270b),
    disk: undefined,
    held: undefined,
  }
  host.processes.push(process)
  host.index.set(id, process.index)
  return process
}

export function startProcess(host: Host, process: Process): void {
  process.up = true
  process.incarnation++
  process.busyUntil = host.now
  process.state = process.component.init(process.spec.options)
  const event: Event = { type: 'booted', disk: disks.imageOf(process.disk), incarnation: process.incarnation }
  host.enqueue(host.now, process.index, -1, event, process.incarnation)
}

/** Removes a child that has ended for good. */
export function forget(host: Host, process: Process): void {
  host.processes[process.index] = undefined
  host.index.delete(process.id)
}

/** An exit or a kill: a child is forgotten and its parent told; anything else stays, as a process that is down. */
export function endProcess(
  host: Host,
  process: Process,
  code: number,
  body: Body | undefined,
  at: Micros,
  cause: number,
): void {
  takeDown(host, process)
  if (process.parent < 0) return restartLater(host, process)
  const parent = host.processes[process.parent]
  forget(host, process)
  if (!parent) return
  const event: Event = { type: 'childExited', child: process.id, code, ...(body && { body }) }
  host.enqueue(at + LOCAL_MICROS, parent.index, process.index, event, -1, cause)
}

/** Killed from outside. */
export function crash(host: Host, process: Process): void {
  endProcess(host, process, KILLED, undefined, host.now, host.tick)
}

/** It dies on the spot: state and unsynced writes are lost, and streams are reset. */
export function takeDown(host: Host, process: Process): void {
  process.up = false
  process.paused = false
  process.state = undefined
  process.inbox = []
  process.timers = undefined
  process.held = undefined
  if (process.disk) disks.loseUnsynced(process.disk)
  host.dropStreams(process)
}

function restartLater(host: Host, process: Process): void {
  const { restartAfterMicros } = process.spec
  if (restartAfterMicros === undefined) return
  const data = { process: process.index, incarnation: process.incarnation }
  host.enqueue(host.now + restartAfterMicros, -1, -1, { type: 'kernel', action: 'restart', data }, -1)
}

/** The supervisor's time has come: starts it unless somebody else has. */
export function restart(host: Host, index: number, incarnation: number): void {
  const process = host.processes[index]
  if (!process || process.up || process.incarnation !== incarnation) return
  if (host.network.machines.get(process.spec.machine)?.up) startProcess(host, host.own(index))
}
