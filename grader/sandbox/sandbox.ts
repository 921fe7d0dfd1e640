/**
 * The sandbox: runs a learner's module behind a wall, on a budget that is counted and never timed.
 *
 * What the real one does: web judges run submissions in containers with a wall-clock limit, so the same program may pass on
 * one machine and time out on another.
 * What we model: one QuickJS virtual machine per run, compiled to WebAssembly and metered (`meter.ts`): fuel, stack depth,
 * memory and output are bounded, and the bound is reached at the same instruction in every host. Nothing of the host is
 * visible inside; the clock, chance, time zone and language are pinned. Values cross as JSON text. Synchronous functions are
 * called (`guest.call`); asynchronous ones are begun and fed with answers (`guest.begin`, `guest.deliver`), all their state
 * in the VM. A guest can be rebuilt from the log of its inputs (`replay`), so a checkpoint of a world can contain one.
 * What we leave out: timers inside the guest; more than one module per submission; a promise that rejects with nobody
 * waiting for it goes unnoticed; classes of errors other than Error for answers from the host.
 * Where to read upstream: QuickJS (bellard.org/quickjs), quickjs-emscripten's `c/interface.c`, the WebAssembly specification.
 *
 * This file has the types that the grader works with. The parts: `engine.ts` (prepares VMs), `guest.ts` (one VM with a
 * learner's module), `machine.ts` (QuickJS's C interface), `guest-code/` (what runs inside), `compile.ts` (TypeScript in).
 */
import type { Said } from '../verdict/said.ts'
import type { Budget, Position } from '../verdict/verdict.ts'

export interface Limits {
  /** Units of fuel (function entries and loop turns of the engine) that one call, begin or deliver may spend. */
  fuelPerCall: number
  /** Units of fuel that the guest may spend in all, the evaluation of its module included. */
  fuel: number
  /** Units of fuel that all guests of one check may spend together, over all its seeds, places and schedules. */
  checkFuel: number
  /** Calls that one task (an invocation of a plugin, a reconcile) may make to its host before it ends. */
  calls: number
  /** Bytes of the VM's whole memory, the engine's own 5 MB included. At least 8 MiB; rounded up to 64 KiB. */
  memoryBytes: number
  /** Units of native stack; see `meter.ts`. More than 200,000 might overflow the real stack of some browser. */
  stackUnits: number
  /** Size of the JSON of one result, or of the arguments of one request; a character counts as one byte. */
  outputBytes: number
  /** Size of the console output that is kept in all, counted in the same way. */
  consoleBytes: number
}

export const defaultLimits: Readonly<Limits> = {
  fuelPerCall: 50_000_000,
  fuel: 500_000_000,
  checkFuel: 2_000_000_000,
  calls: 1000,
  memoryBytes: 32 * 1024 * 1024,
  stackUnits: 200_000,
  outputBytes: 1_000_000,
  consoleBytes: 64_000,
}

/**
 * Why something did not give a result.
 * `threw`: the learner's code threw. `fuel`, `memory`, `stack`, `output`: a budget ran out. `wrong-type`: a value that is not
 * JSON data, or of another shape than asked for. `not-a-function`: nothing to call there. `deadlock`: it waits, and nothing
 * that was asked for is outstanding. `engine`: QuickJS itself failed; never the learner's fault to explain.
 */
export type FailureKind =
  'threw' | 'fuel' | 'memory' | 'stack' | 'output' | 'wrong-type' | 'not-a-function' | 'deadlock' | 'engine'

export interface Failure {
  ok: false
  kind: FailureKind
  /** For the learner: what happened and, for a budget, how much it was and what to do. */
  message: string
  /** The same as a key, where the words are ours. */
  said?: Said
  /** Which budget ran out, where one did. */
  budget?: Budget
  /** The innermost place in the learner's own file, where one is known. */
  position?: Position
  /** The guest's own stack, one call per line. */
  stack?: string
}

/** `value` is JSON data; absent when the function returned undefined. */
export type Outcome = { ok: true; value?: unknown } | Failure

/** A budget ran out, or the engine failed: the VM is gone and answers nothing more. */
export type Trap = Failure & { kind: 'fuel' | 'memory' | 'stack' | 'engine' }

export interface ConsoleLine {
  level: 'log' | 'warn' | 'error'
  text: string
}

/** A call that the guest makes to its host; answered with `guest.deliver(id, …)`. */
export interface Request {
  id: number
  method: string
  args: unknown[]
}

/** What one entry into the guest led to. */
export interface Turn {
  /** New calls to the host, in the order they were made. */
  requests: Request[]
  /** Tasks that ended in this turn, in the order they ended. */
  settled: { task: number; outcome: Outcome }[]
  /**
   * Tasks that still run while no request is outstanding: unless the host begins another task that wakes them, they wait for
   * ever. Each comes with the outcome (kind `deadlock`) that a host which has nothing more to begin may give it.
   */
  stuck: { task: number; outcome: Failure }[]
  console: ConsoleLine[]
  trap?: Trap
}

/** What the host answers to a request. `fields` beside name and message arrive as properties of the Error. */
export type Answer = { value?: unknown } | { error: GuestError }

export interface GuestError {
  name: string
  message: string
  [field: string]: unknown
}

/** Fuel that several guests share; what each spends is taken from it. May end a little below nothing. */
export interface Purse {
  left: number
}

export interface GuestOptions {
  /** The learner's module, types erased. */
  code: string
  /** Its name in stacks; `main.ts` unless told. */
  fileName?: string
  limits?: Partial<Limits>
  /**
   * Source of a module of ours whose default export is `(learner, tools) => functions`. Its functions are then what
   * `guest.call` and `guest.begin` reach, and the learner's default export is reached only through it: one call can loop over
   * a thousand nodes inside the VM, or keep a cache there. `tools` has `request(method, ...args)` (a promise),
   * `wrongType(message)`, `notAFunction(message)` (both throw) and `host` (see `hostMethods`). A class is handed over as it
   * is; without an adapter one object of it is made when the guest starts. Its module is evaluated before any learner's, once for
   * all, at nobody's cost; what its function does is paid by the guest. Where the module throws, so does `Engine.start`.
   */
  adapter?: string
  /** Dotted names of calls to the host, such as `client.get`. Without an adapter they come as the last argument, as one object. */
  hostMethods?: readonly string[]
  /** Beside its own budgets. It is asked once the module is loaded, which is paid from it all the same. */
  purse?: Purse
}

/** One entry of a guest's log. Replaying the log on a fresh guest gives the same state, to the unit of fuel. */
export type GuestInput =
  | { type: 'call'; path: string[]; args: string }
  | { type: 'begin'; path: string[]; args: string }
  | { type: 'deliver'; id: number; answer: string }
