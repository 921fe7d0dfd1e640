/** Carries out one command on a world. Unknown names are an error that names them: a fault plan must not miss silently. */
import type { Command } from './command.ts'
import type { Machine } from './network.ts'
import type { Process } from './process.ts'
import type { World } from './world.ts'

export function applyCommand(world: World, command: Command): void {
  const { network } = world
  switch (command.type) {
    case 'crash': {
      const process = find(world, command.process)
      if (process.up) world.crash(process)
      return
    }
    case 'stop': {
      const process = find(world, command.process)
      if (process.up) world.takeDown(process)
      return
    }
    case 'start': {
      const process = find(world, command.process)
      if (!process.up && machineOf(world, process.spec.machine).up) world.startProcess(process)
      return
    }
    case 'pause':
      find(world, command.process).paused = true
      return
    case 'resume':
      return resume(world, find(world, command.process))
    case 'powerOff':
      return powerOff(world, machineOf(world, command.machine))
    case 'powerOn':
      return powerOn(world, machineOf(world, command.machine))
    case 'partition':
      for (const group of command.groups) {
        for (const other of command.groups) {
          if (group !== other) for (const a of group) for (const b of other) network.blocked.set(`${a}>${b}`, true)
        }
      }
      return world.streams.networkChanged(world)
    case 'block':
      network.blocked.set(`${machineOf(world, command.from).name}>${machineOf(world, command.to).name}`, true)
      return world.streams.networkChanged(world)
    case 'unblock':
      network.blocked.delete(`${command.from}>${command.to}`)
      return world.streams.networkChanged(world)
    case 'heal':
      network.blocked.clear()
      return world.streams.networkChanged(world)
    case 'link': {
      const key = `${machineOf(world, command.from).name}>${machineOf(world, command.to).name}`
      if (command.link) network.links.set(key, command.link)
      else network.links.delete(key)
      return
    }
    case 'skew':
      network.machines.set(command.machine, { ...machineOf(world, command.machine), skewMicros: command.skewMicros })
      return
    case 'slowDisk':
      network.machines.set(command.machine, { ...machineOf(world, command.machine), fsyncMicros: command.fsyncMicros })
      return
    case 'tell': {
      const process = find(world, command.process)
      const event = { type: 'message', from: 'outside', body: command.body } as const
      world.enqueue(world.now, process.index, -1, event, -1)
    }
  }
}

function find(world: World, id: string): Process {
  const index = world.indexOf(id)
  if (index < 0) throw new Error(`no process "${id}" in this world; there are: ${world.processIds().join(', ')}`)
  return world.own(index)
}

function machineOf(world: World, name: string): Machine {
  const machine = world.network.machines.get(name)
  if (!machine) throw new Error(`no machine "${name}"; there are: ${[...world.network.machines.keys()].join(', ')}`)
  return machine
}

function resume(world: World, process: Process): void {
  if (!process.paused) return
  process.paused = false
  if (process.inbox.length === 0 || process.draining) return
  process.draining = true
  const event = { type: 'kernel', action: 'drain', data: { process: process.index } } as const
  world.enqueue(world.now, -1, -1, event, -1)
}

function powerOff(world: World, machine: Machine): void {
  if (!machine.up) return
  world.network.machines.set(machine.name, { ...machine, up: false })
  for (const shared of world.processes) {
    if (!shared || shared.spec.machine !== machine.name) continue
    const process = world.own(shared.index)
    if (process.up) world.takeDown(process)
    if (process.parent >= 0) world.forget(process)
  }
  world.streams.networkChanged(world)
}

function powerOn(world: World, machine: Machine): void {
  if (machine.up) return
  world.network.machines.set(machine.name, { ...machine, up: true, boots: machine.boots + 1 })
  for (const shared of world.processes) {
    if (shared && shared.spec.machine === machine.name && !shared.up) world.startProcess(world.own(shared.index))
  }
  world.streams.networkChanged(world)
}
