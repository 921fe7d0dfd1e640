/**
 * What a hostile program is: a whole submission, and the one outcome that it must have. A class of them is a file beside this
 * one; `programs.ts` lists them all. `run` is called once with no arguments; where it is `asynchronous`, it is begun as a task.
 */
import type { FailureKind, Limits } from '../sandbox.ts'

export interface HostileProgram {
  name: string
  code: string
  /** `ok` where the program does no harm and simply has a result. */
  outcome: FailureKind | 'ok'
  value?: unknown
  /** What the message must say. */
  message?: RegExp
  /** The learner's line that must be named. */
  line?: number
  asynchronous?: boolean
  limits?: Partial<Limits>
  /** Calls that it may make to its host, as its last argument's methods. Each is answered with the arguments that came. */
  hostMethods?: readonly string[]
  /** Where the outcome is not what one would expect: why it is right all the same. */
  why?: string
}

export interface HostileClass {
  name: string
  programs: readonly HostileProgram[]
}

/** A module whose `run` has this body, on line 3. */
export const run = (body: string): string => `export default {\n  run() {\n    ${body}\n  },\n}\n`
export const runAsync = (body: string): string => `export default {\n  async run(host) {\n    ${body}\n  },\n}\n`
