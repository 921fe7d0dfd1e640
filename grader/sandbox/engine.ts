/**
 * An engine: the metered QuickJS, compiled once, and a snapshot of a virtual machine in which the prelude has run. Starting a
 * guest is a new instance plus a copy of half a megabyte; nothing is ever shared between two guests.
 * Runs in Node and in a Worker alike; `engine-node.ts` reads the module from disk, a page fetches it.
 */
import { preludeFileName, preludeSource } from './guest-code/prelude.ts'
import { startGuest } from './guest.ts'
import type { Started } from './guest.ts'
import { Machine } from './machine.ts'
import type { Snapshot } from './machine.ts'
import type { GuestOptions } from './sandbox.ts'

/** Less would leave a learner's code next to nothing beside the engine's own 5 MB. */
const smallestMemoryBytes = 8 * 1024 * 1024
/** Far more than the prelude needs. */
const preparationUnits = 0x7fffffff

export class Engine {
  private readonly module: WebAssembly.Module
  private readonly prepared: Snapshot

  constructor(module: WebAssembly.Module) {
    this.module = module
    const machine = new Machine(module, smallestMemoryBytes)
    machine.refill(preparationUnits, preparationUnits, -1)
    machine.prepare(preludeSource, preludeFileName)
    this.prepared = machine.snapshot(new Machine(module, smallestMemoryBytes))
  }

  /** A machine as the prelude left it. */
  private newMachine(memoryBytes: number): Machine {
    if (memoryBytes < smallestMemoryBytes) {
      throw new Error(`limits.memoryBytes is ${memoryBytes}: at least ${smallestMemoryBytes} bytes are needed`)
    }
    const machine = new Machine(this.module, memoryBytes)
    machine.restore(this.prepared)
    return machine
  }

  /**
   * Starts a guest: a fresh VM in which the learner's module has been evaluated. Synchronous, so that a simulated process can
   * be restarted in the middle of a step. A module that throws, loops or has no usable default export is a failure.
   */
  start(options: GuestOptions): Started {
    return startGuest((memoryBytes) => this.newMachine(memoryBytes), options)
  }
}

/** Compiles the metered module (see `build-engine.ts`), or takes it compiled, and prepares a virtual machine. */
export async function loadEngine(source: BufferSource | WebAssembly.Module): Promise<Engine> {
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source)
  return new Engine(module)
}
