/** Which wrong solution fails which check, and what each check costs: data for the page that authors look at. */
import type { Misconception } from '../verdict/exercise.ts'
import type { CheckResult } from '../verdict/verdict.ts'

/** What a check cost when the solution was graded. */
export interface CheckCost {
  readonly name: string
  readonly kind: CheckResult['kind']
  readonly seeds: number
  readonly fuel: number
}

export interface MatrixRow {
  readonly name: string
  readonly text: string
  /** Checks that it must fail. */
  readonly named: readonly string[]
  /** All that it failed, as far as is known. */
  readonly failed: readonly string[]
  /** How many wrong solutions fail the same checks for the same reasons, this one included: what is told of them together. */
  readonly alike: number
}

export interface Matrix {
  readonly id: string
  readonly title: string
  readonly costs: readonly CheckCost[]
  readonly rows: readonly MatrixRow[]
  readonly complaints: readonly string[]
}

export interface WrongRun {
  readonly name: string
  readonly text: string
  readonly named: readonly string[]
  readonly failed: readonly string[]
  /** What each check that it failed says, in keys. */
  readonly says: Readonly<Record<string, string>>
}

/** Joins what this run saw with what `misconceptions.json` knows of checks that it did not run. */
export function matrixOf(
  exercise: Pick<Matrix, 'id' | 'title' | 'complaints'>,
  costs: readonly CheckCost[],
  runs: readonly WrongRun[],
  known: readonly Misconception[] = [],
): Matrix {
  const order = costs.map(({ name }) => name)
  const whole = runs.map((run) => {
    const { failed = [], says = {} } = known.find(({ name }) => name === run.name) ?? {}
    return {
      ...{ ...run, failed: order.filter((name) => run.failed.includes(name) || failed.includes(name)) },
      says: { ...says, ...run.says },
    }
  })
  const signature = ({ failed, says }: WrongRun): string => JSON.stringify(failed.map((name) => [name, says[name]]))
  const alike = (run: WrongRun): number => whole.filter((other) => signature(other) === signature(run)).length
  return { ...exercise, costs, rows: whole.map((run) => ({ ...run, alike: alike(run) })) }
}

/** A check that fails exactly the wrong solutions that another one fails might be dropped, or is worth a wrong solution. */
export function twins({ costs, rows }: Matrix): [string, string][] {
  const column = (name: string): string => rows.map(({ failed }) => (failed.includes(name) ? '1' : '0')).join('')
  return costs.flatMap(({ name }, at) =>
    costs
      .slice(at + 1)
      .filter((other) => column(other.name) === column(name))
      .map((other): [string, string] => [name, other.name]),
  )
}
