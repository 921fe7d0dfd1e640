/**
 * An engine: the metered QuickJS, compiled once, and a snapshot of a virtual machine in which the prelude has run. Starting a
 * guest is a new instance plus a copy of half a megabyte; nothing is ever shared between two guests.
 * Runs in Node and in a Worker alike; `engine-node.ts` reads the module from disk, a page fetches it.
 */
import { preludeFileName, preludeSource } from './guest-code/prelude.ts'
import { resumeGuest, startGuest } from './guest.ts'
import type { Guest, Started, StartedState } from './guest.ts'
import { Machine } from './machine.ts'
import type { Snapshot } from './machine.ts'
import { defaultLimits } from './sandbox.ts'
import type { GuestOptions } from './sandbox.ts'

/** Less would leave a learner's code next to nothing beside the engine's own 5 MB. */
const smallestMemoryBytes = 8 * 1024 * 1024
/** Far more than the prelude needs. */
const preparationUnits = 0x7fffffff

/** A grader starts one submission hundreds of times: from the second time on, its module is evaluated no more. */
interface KeptStart {
  snapshot: Snapshot
  state: StartedState
}
/** One submission at a time, with a few adapters. A kept start is about a megabyte. */
const keptStartsMax = 4

export class Engine {
  private readonly module: WebAssembly.Module
  private readonly prepared: Snapshot
  /** By options; undefined where a start was seen once. In order of last use. */
  private readonly kept = new Map<string, KeptStart | undefined>()

  constructor(module: WebAssembly.Module) {
    this.module = module
    const machine = new Machine(module, smallestMemoryBytes)
    machine.refill(preparationUnits, preparationUnits, -1)
    machine.prepare(preludeSource, preludeFileName)
    this.prepared = machine.snapshot(new Machine(module, smallestMemoryBytes))
  }

  /**
   * Starts a guest: a fresh VM in which the learner's module has been evaluated. Synchronous, so that a simulated process can
   * be restarted in the middle of a step. A module that throws, loops or has no usable default export is a failure.
   */
  start(options: GuestOptions): Started {
    const { memoryBytes } = { ...defaultLimits, ...options.limits }
    if (memoryBytes < smallestMemoryBytes) {
      throw new Error(`limits.memoryBytes is ${memoryBytes}: at least ${smallestMemoryBytes} bytes are needed`)
    }
    const machine = new Machine(this.module, memoryBytes)
    const key = JSON.stringify(options)
    const kept = this.kept.get(key)
    if (kept !== undefined) {
      this.kept.delete(key)
      this.kept.set(key, kept)
      machine.restore(kept.snapshot)
      return resumeGuest(machine, options, kept.state)
    }
    machine.restore(this.prepared)
    const started = startGuest(machine, options)
    if (started.ok) this.keep(key, started.guest)
    return started
  }

  /** Nothing may have entered the guest since its start. */
  private keep(key: string, guest: Guest): void {
    const seenBefore = this.kept.delete(key)
    const fresh = () => new Machine(this.module, smallestMemoryBytes)
    this.kept.set(key, seenBefore ? { snapshot: guest.snapshot(fresh()), state: guest.startedState() } : undefined)
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= keptStartsMax) break
      this.kept.delete(oldest)
    }
  }
}

/** Compiles the metered module (see `build-engine.ts`), or takes it compiled, and prepares a virtual machine. */
export async function loadEngine(source: BufferSource | WebAssembly.Module): Promise<Engine> {
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source)
  return new Engine(module)
}
