/** What can be broken, and mended, in a cluster as it is now. */
import { DEFAULT_FSYNC_MICROS } from '#cluster/kernel/world.ts'
import type { Frame, MachineView, ProcessView } from '../simulation/protocol.ts'
import type { Fault } from './story.ts'
import type { PlaygroundWords } from './words.ts'

export interface Target {
  /** A machine's name, or a process's id. */
  readonly id: string
  readonly kind: 'machine' | 'process'
}

export interface Deed {
  readonly label: string
  readonly fault: Fault
}

const SLOW_MICROS = 200_000

export const machinesOf = ({ machines }: Frame): readonly MachineView[] =>
  machines.filter(({ name }) => name !== 'laptop')

/** Programs of machines; containers, plugins and the kernel itself are not for hands. */
export const programsOf = (machine: MachineView): readonly ProcessView[] =>
  machine.processes.filter(({ isChild, name }) => !isChild && name !== 'linux')

export function deedsFor(frame: Frame, id: string, text: PlaygroundWords): readonly Deed[] {
  const machine = frame.machines.find(({ name }) => name === id)
  if (machine) return machineDeeds(frame, machine, text)
  const process = frame.machines.flatMap(({ processes }) => processes).find((one) => one.id === id)
  return process ? processDeeds(process, text) : []
}

function machineDeeds(frame: Frame, { name, up }: MachineView, text: PlaygroundWords): readonly Deed[] {
  if (!up) return [{ label: text.powerOn, fault: { type: 'powerOn', machine: name } }]
  const others = frame.machines.map((one) => one.name).filter((one) => one !== name)
  return [
    { label: text.powerOff, fault: { type: 'powerOff', machine: name } },
    { label: text.cut, fault: { type: 'partition', groups: [[name], others] } },
    { label: text.slowDisk, fault: { type: 'slowDisk', machine: name, fsyncMicros: SLOW_MICROS } },
    { label: text.fastDisk, fault: { type: 'slowDisk', machine: name, fsyncMicros: DEFAULT_FSYNC_MICROS } },
  ]
}

function processDeeds({ id, state }: ProcessView, text: PlaygroundWords): readonly Deed[] {
  switch (state) {
    case 'gone':
      return [{ label: text.startIt, fault: { type: 'start', process: id } }]
    case 'paused':
      return [{ label: text.thaw, fault: { type: 'resume', process: id } }]
    case 'up':
      return [
        { label: text.crash, fault: { type: 'crash', process: id } },
        { label: text.freeze, fault: { type: 'pause', process: id } },
      ]
  }
}
