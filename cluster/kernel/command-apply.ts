/** Carries out one command on a host. Unknown names are an error that names them: a fault plan must not miss silently. */
import type { Command } from './command.ts'
import { diskWith } from './disk.ts'
import { type Host, indexOf } from './host.ts'
import type { Machine } from './network.ts'
import type { Process } from './process.ts'
import { setMachine } from './network.ts'
import { crash, forget, startProcess, takeDown } from './lifecycle.ts'

export function applyCommand(host: Host, command: Command): void {
  const { network } = host
  switch (command.type) {
    case 'crash': {
      const process = find(host, command.process)
      if (process.up) crash(host, process)
      return
    }
    case 'stop': {
      const process = find(host, command.process)
      if (process.up) takeDown(host, process)
      return
    }
    case 'start': {
      const process = find(host, command.process)
      if (!process.up && machineOf(host, process.spec.machine).up) startProcess(host, process)
      return
    }
    case 'pause':
      find(host, command.process).paused = true
      return
    case 'resume':
      return resume(host, find(host, command.process))
    case 'powerOff':
      return powerOff(host, machineOf(host, command.machine))
    case 'powerOn':
      return powerOn(host, machineOf(host, command.machine))
    case 'partition':
      for (const group of command.groups) {
        for (const other of command.groups) {
          if (group !== other) for (const a of group) for (const b of other) network.blocked.set(`${a}>${b}`, true)
        }
      }
      return host.networkChanged()
    case 'block':
      network.blocked.set(`${machineOf(host, command.from).name}>${machineOf(host, command.to).name}`, true)
      return host.networkChanged()
    case 'unblock':
      network.blocked.delete(`${command.from}>${command.to}`)
      return host.networkChanged()
    case 'heal':
      network.blocked.clear()
      return host.networkChanged()
    case 'link': {
      const key = `${machineOf(host, command.from).name}>${machineOf(host, command.to).name}`
      if (command.link) network.links.set(key, command.link)
      else network.links.delete(key)
      return
    }
    case 'skew':
      setMachine(network, { ...machineOf(host, command.machine), skewMicros: command.skewMicros })
      return
    case 'slowDisk':
      setMachine(network, { ...machineOf(host, command.machine), fsyncMicros: command.fsyncMicros })
      return
    case 'replaceDisk': {
      const process = find(host, command.process)
      if (process.up) throw new Error(`${command.process} is up, and writes to its disk: stop it first`)
      process.disk = diskWith(command.files)
      return
    }
    case 'tell': {
      const process = find(host, command.process)
      const event = { type: 'message', from: 'outside', body: command.body } as const
      host.enqueue(host.now, process.index, -1, event, -1)
    }
  }
}

function find(host: Host, id: string): Process {
  const index = indexOf(host, id)
  if (index < 0) throw new Error(`no process "${id}" in this world; there are: ${[...host.index.keys()].join(', ')}`)
  return host.own(index)
}

function machineOf(host: Host, name: string): Machine {
  const machine = host.network.machines.get(name)
  if (!machine) throw new Error(`no machine "${name}"; there are: ${[...host.network.machines.keys()].join(', ')}`)
  return machine
}

function resume(host: Host, process: Process): void {
  if (!process.paused) return
  process.paused = false
  if (process.inbox.length === 0 || process.draining) return
  process.draining = true
  const event = { type: 'kernel', action: 'drain', data: { process: process.index } } as const
  host.enqueue(host.now, -1, -1, event, -1)
}

function powerOff(host: Host, machine: Machine): void {
  if (!machine.up) return
  setMachine(host.network, { ...machine, up: false })
  for (const shared of host.processes) {
    if (!shared || shared.spec.machine !== machine.name) continue
    const process = host.own(shared.index)
    if (process.up) takeDown(host, process)
    if (process.parent >= 0) forget(host, process)
  }
  host.networkChanged()
}

function powerOn(host: Host, machine: Machine): void {
  if (machine.up) return
  setMachine(host.network, { ...machine, up: true, boots: machine.boots + 1 })
  for (const shared of host.processes) {
    if (shared && shared.spec.machine === machine.name && !shared.up) startProcess(host, host.own(shared.index))
  }
  host.networkChanged()
}
