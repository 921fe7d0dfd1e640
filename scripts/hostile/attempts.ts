/** What is tried with one hostile program, in any host: alone in the sandbox, and handed in to every exercise. */
import type { Engine } from '#grader/sandbox/engine.ts'
import { fuelRow, tablePrograms } from '#grader/sandbox/fuel-table.ts'
import type { FuelRow } from '#grader/sandbox/fuel-table.ts'
import type { Exercise } from '#grader/verdict/exercise.ts'
import { grade } from '#grader/verdict/grade.ts'
import type { Status } from '#grader/verdict/verdict.ts'

export interface SandboxRow extends FuelRow {
  /** What in the host is not as it was. */
  readonly changed: readonly string[]
}

export interface SubmissionRow {
  readonly name: string
  readonly verdicts: readonly { readonly exercise: string; readonly status: Status }[]
  readonly changed: readonly string[]
}

/** Names of everything that code which got out would change first. */
export function hostNames(): Record<string, string> {
  const places = {
    globalThis,
    'Object.prototype': Object.prototype,
    'Array.prototype': Array.prototype,
    'Function.prototype': Function.prototype,
    'String.prototype': String.prototype,
    'Promise.prototype': Promise.prototype,
    JSON,
    Object,
    Reflect,
  }
  // Sorted: Firefox makes its globals when they are first used, and lists those that it has made after the others.
  const namesOf = (place: object): string => Reflect.ownKeys(place).map(String).sort().join()
  return Object.fromEntries(Object.entries(places).map(([name, place]) => [name, namesOf(place)]))
}

const changes = (before: Record<string, string>): string[] => {
  const now = hostNames()
  return Object.keys(before).filter((name) => now[name] !== before[name])
}

export const inSandbox = (engine: Engine, index: number, before: Record<string, string>): SandboxRow => ({
  ...fuelRow(engine, tablePrograms[index]!),
  changed: changes(before),
})

/** Where a budget ends does not matter here, only how. */
const limits = { fuelPerCall: 100_000, fuel: 300_000, memoryBytes: 9 << 20 }

/**
 * Hands it in under every name that an exercise may call: the examples of all exercises, and for one of them, which is another
 * from program to program, every check with one seed. A submission passes only where all examples do.
 */
export function handIn(
  engine: Engine,
  exercises: readonly Exercise[],
  index: number,
  before: Record<string, string>,
): SubmissionRow {
  const { name, code } = tablePrograms[index]!
  const compiled = { code: underEveryName(code), diagnostics: [], runnable: true }
  const verdicts = exercises.map((exercise, at) => {
    const mode = at === index % exercises.length ? 'submit' : 'run'
    const { status } = grade({ exercise: { ...exercise, limits }, compiled, mode, engine, seeds: 1 })
    return { exercise: exercise.id, status }
  })
  return { name, verdicts, changed: changes(before) }
}

/** The program as an answer to whatever function is asked for. One without a default export stays as it is. */
function underEveryName(code: string): string {
  if (!/^export default /m.test(code)) return code
  return `${code.replace(/^export default /m, 'const attack = ')}
const held = typeof attack === 'function' && /^class/.test(Function.prototype.toString.call(attack)) ? new attack() : attack
const host = { store: { get: async (...given) => given } }
export default new Proxy({}, {
  get: (target, key) => (typeof key === 'symbol' || key === 'then' ? undefined : () => held.run(host)),
})
`
}
