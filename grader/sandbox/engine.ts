/**
 * An engine: the metered QuickJS, compiled once, and a snapshot of a virtual machine in which the prelude has run. Starting a
 * guest is a machine whose memory is written from a snapshot: a new one, or one that an earlier guest has left in order. To
 * the guest there is no difference; nothing is ever shared between two guests.
 * Runs in Node and in a Worker alike; `engine-node.ts` reads the module from disk, a page fetches it.
 */
import { preludeFileName, preludeSource } from './guest-code/prelude.ts'
import { resumeGuest, startGuest } from './guest.ts'
import type { Guest, GuestCopy, Started } from './guest.ts'
import { Machine, pagesFor } from './machine.ts'
import { defaultLimits } from './sandbox.ts'
import type { GuestOptions } from './sandbox.ts'
import type { Snapshot } from './snapshot.ts'
import { GuestThrew, MachineTrap } from './stops.ts'

/** Less would leave a learner's code next to nothing beside the engine's own 5 MB. */
const smallestMemoryBytes = 8 * 1024 * 1024
/** Far more than the prelude needs. */
const preparationUnits = 0x7fffffff

/** A machine in which an adapter has been evaluated. It has met no learner: one for all submissions of an exercise. */
interface PreparedAdapter {
  readonly source: string
  readonly prepared: Snapshot
}
/** One exercise has one adapter, or two. Each is half a megabyte. */
const preparedAdaptersMax = 4
/** As stacks name it. */
const adapterFileName = 'adapter.js'

/** A grader starts one submission many times: from the second time on, its module is evaluated no more. */
interface KeptStart {
  options: GuestOptions
  copy: GuestCopy
}
/** One submission at a time, with a few adapters. A kept start is about a megabyte. */
const keptStartsMax = 4
/** Machines that wait for the next guest: as many as the largest check has at once. Of the 6 MB of each, half of one is in use. */
const idleMachinesMax = 24

export class Engine {
  private readonly module: WebAssembly.Module
  private readonly prepared: Snapshot
  /** A machine that nothing has run in. */
  private readonly untouched: Machine
  private adapters: PreparedAdapter[] = []
  /** In order of last use, the latest first. */
  private kept: KeptStart[] = []
  private readonly idle: Machine[] = []

  constructor(module: WebAssembly.Module) {
    this.module = module
    this.untouched = new Machine(module, smallestMemoryBytes)
    this.prepared = this.prepare((machine) => machine.prepare(preludeSource, preludeFileName))
  }

  /**
   * Starts a guest: a fresh VM in which the learner's module has been evaluated. Synchronous, so that a simulated process can
   * be restarted in the middle of a step. A module that throws, loops or has no usable default export is a failure.
   */
  start(options: GuestOptions): Started {
    const machine = this.machine(options)
    const known = this.known(options)
    if (known !== undefined) return { ok: true, guest: resumeGuest(machine, options, known.copy, true) }
    machine.restore(options.adapter === undefined ? this.prepared : this.preparedFor(options.adapter))
    const started = startGuest(machine, options)
    if (!started.ok) {
      this.takeBack(machine)
      return started
    }
    // Nothing has entered this guest since its start. Of the start that is forgotten, nobody else has the copy.
    const [forgotten] = this.kept.splice(keptStartsMax - 1, 1)
    const copy = started.guest.copy(this.untouched, forgotten?.copy.snapshot)
    this.kept.unshift({ options, copy })
    return started
  }

  /** A guest as it is now, at rest. It lives on; from the copy others go on, as often as wanted. */
  copyOf(guest: Guest): GuestCopy {
    return guest.copy(this.untouched)
  }

  /** A guest that goes on from a copy; `options` are those that the copied one was started with. */
  resume(options: GuestOptions, copy: GuestCopy): Guest {
    return resumeGuest(this.machine(options), options, copy, false)
  }

  /** Takes back the machine of a guest that nothing more will be asked of. The guest remembers what it used, and no more. */
  release(guest: Guest): void {
    const machine = guest.leave()
    if (machine?.module === this.module) this.takeBack(machine)
  }

  private prepare(act: (machine: Machine) => void): Snapshot {
    const machine = new Machine(this.module, smallestMemoryBytes)
    machine.refill(preparationUnits, preparationUnits, -1)
    act(machine)
    return machine.snapshot(this.untouched)
  }

  /** Throws when the adapter's module does not evaluate: it is ours or an author's, and no learner's fault. */
  private preparedFor(source: string): Snapshot {
    const known = this.adapters.find((adapter) => adapter.source === source)
    if (known) return known.prepared
    const prepared = this.prepare((machine) => {
      machine.restore(this.prepared)
      try {
        machine.prepareAdapter(source, adapterFileName)
      } catch (error) {
        if (!(error instanceof GuestThrew) && !(error instanceof MachineTrap)) throw error
        const why = error instanceof GuestThrew ? machine.ask('thrown', '', error.pointer) : error.message
        throw new Error(`the adapter does not load, and so no submission: ${why}`, { cause: error })
      }
    })
    this.adapters = [{ source, prepared }, ...this.adapters].slice(0, preparedAdaptersMax)
    return prepared
  }

  private takeBack(machine: Machine): void {
    if (!machine.isReusable) return
    this.idle.push(machine)
    // The one that has waited longest goes: other exercises have machines of other sizes, and nobody may ask for that one again.
    if (this.idle.length > idleMachinesMax) this.idle.shift()
  }

  private machine({ limits }: GuestOptions): Machine {
    const { memoryBytes } = { ...defaultLimits, ...limits }
    if (memoryBytes < smallestMemoryBytes) {
      throw new Error(`limits.memoryBytes is ${memoryBytes}: at least ${smallestMemoryBytes} bytes are needed`)
    }
    const index = this.idle.findLastIndex(({ pagesMax }) => pagesMax === pagesFor(memoryBytes))
    return index < 0 ? new Machine(this.module, memoryBytes) : this.idle.splice(index, 1)[0]!
  }

  private known(options: GuestOptions): KeptStart | undefined {
    const found = this.kept.find((start) => isSameStart(start.options, options))
    if (found && found !== this.kept[0]) this.kept = [found, ...this.kept.filter((start) => start !== found)]
    return found
  }
}

/** Asked at each start, so texts are compared as they are: in one grading they are the same objects. */
function isSameStart(a: GuestOptions, b: GuestOptions): boolean {
  const isSameText = a.code === b.code && a.adapter === b.adapter && a.fileName === b.fileName
  const rest = ({ limits, hostMethods }: GuestOptions): string => JSON.stringify([limits, hostMethods])
  return isSameText && rest(a) === rest(b)
}

/** Compiles the metered module (see `build-engine.ts`), or takes it compiled, and prepares a virtual machine. */
export async function loadEngine(source: BufferSource | WebAssembly.Module): Promise<Engine> {
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source)
  return new Engine(module)
}
