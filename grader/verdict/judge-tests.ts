/**
 * From a learner's compiled tests to a verdict on them. Isomorphic, as `grade.ts` is.
 *
 * Order: what the compiler refused · do they load · can each example be read · do our solution and the other right ones do as
 * it says · which wrong solutions do otherwise. Only an example that holds for every right solution catches anybody. The
 * tests run behind the same wall as all that a learner writes, on the exercise's own budgets, and so does each solution.
 */
import { type Ending, endingOf, isOurs } from '../kit/attempt.ts'
import type { LearnerTests } from '../kit/learner-tests.ts'
import { Malformed, Reader } from '../kit/reader.ts'
import { Crash, Violation } from '../kit/stop.ts'
import { Trial } from '../kit/trial.ts'
import type { Engine } from '../sandbox/engine.ts'
import { canonicalJson } from './canonical.ts'
import { engineId } from './engine-id.ts'
import type { Exercise } from './exercise.ts'
import type { Said, Sayable } from './said.ts'
import { speak } from './say.ts'
import { sha256 } from './sha256.ts'
import type {
  Caught,
  ExampleResult,
  OwnResult,
  Solutions,
  TestsVerdict,
  ToldFinding,
  WrongSolution,
} from './tests-verdict.ts'
import type { Compiled, ConsoleEntry } from './verdict.ts'

export interface JudgeOptions {
  readonly exercise: Exercise
  readonly tests: LearnerTests
  readonly solutions: Solutions
  /** The learner's tests. */
  readonly compiled: Compiled
  /** The learner's code, where the tests are to be run against that. */
  readonly mine?: Compiled
  readonly engine: Engine
  /** Solutions tried so far, of how many. */
  readonly onProgress?: (done: number, total: number) => void
}

const EXAMPLES_MAX = 50

/** Judges a learner's tests. Does not throw for anything that the learner wrote. */
export function judgeTests(options: JudgeOptions): TestsVerdict {
  const run = new Judgement(options)
  try {
    return run.verdict()
  } catch (thrown) {
    if (thrown instanceof Ended) return run.ended(thrown)
    throw thrown
  }
}

/** A verdict that the grader itself could not come to. */
export function brokenTestsVerdict(exercise: string, against: TestsVerdict['against'], error: unknown): TestsVerdict {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const said: Said = { key: 'grader.broke', params: { words } }
  return sealed({
    ...{ schema: 1, engine: engineId, exercise, exerciseVersion: '', solutionsVersion: '', against },
    ...{ status: 'internal', message: speak(said, 'en'), said, ...NOTHING },
  })
}

const NOTHING = {
  ...{ diagnostics: [], examples: [], caught: [], uncaught: [], possible: 0, threshold: 0 },
  ...{ console: [], consoleTruncated: false, fuel: 0 },
} as const

function sealed(verdict: Omit<TestsVerdict, 'digest'>): TestsVerdict {
  const { fuel: _fuel, console: _console, consoleTruncated: _truncated, engine: _engine, ...rest } = verdict
  return { ...verdict, digest: sha256(canonicalJson(rest)) }
}

/** The judgement is over before any example could be run. */
class Ended extends Error {
  readonly said: Said
  readonly more: Pick<TestsVerdict, 'status'> & Partial<Pick<TestsVerdict, 'budget' | 'position'>>
  constructor(said: Said, more: Ended['more']) {
    super(said.key)
    this.said = said
    this.more = more
  }
}

/** An example on its way to its result. */
interface Running {
  readonly name: string
  /** What `read` made of it; absent where it is malformed. */
  readonly example?: unknown
  status: ExampleResult['status']
  told: ToldFinding
  catches: number
  mine?: OwnResult
}

class Judgement {
  readonly #options: JudgeOptions
  readonly #reach: readonly WrongSolution[]
  readonly #total: number
  #done = 0
  #fuel = 0
  #console: readonly ConsoleEntry[] = []
  #isCut = false

  constructor(options: JudgeOptions) {
    this.#options = options
    const { solutions, tests, mine } = options
    this.#reach = solutions.wrong.filter(({ name }) => !tests.beyond.includes(name))
    this.#total = 1 + solutions.accepted.length + (mine ? 1 : this.#reach.length)
  }

  verdict(): TestsVerdict {
    const { compiled, mine } = this.#options
    if (!compiled.runnable) throw new Ended(refusalOf(compiled), { status: 'error' })
    const all = this.#examples()
    this.#tryRight(all)
    const caught = mine ? (this.#tryMine(all, mine), []) : this.#tryWrong(all)
    return this.#conclude(all, caught)
  }

  ended({ said, more }: Ended): TestsVerdict {
    return this.#seal({ ...more, message: speak(said, 'en'), said })
  }

  #conclude(all: readonly Running[], caught: readonly Caught[]): TestsVerdict {
    const { tests, mine } = this.#options
    const count = (holds: (one: Running) => boolean): number => all.filter(holds).length
    const malformed = count(({ status }) => status === 'malformed')
    const wrong = count(({ status }) => status === 'wrong' || status === 'too-strict')
    const failing = count((one) => one.mine !== undefined && one.mine.status !== 'pass')
    const lacking = this.#threshold(tests) - caught.length
    const of = (status: TestsVerdict['status'], key: string, params: Said['params']) => {
      const said: Said = { key: `grader.tests.${key}`, ...(params && { params }) }
      return { status, said, message: speak(said, 'en', tests.texts) }
    }
    const { length: possible } = this.#reach
    const ending =
      malformed > 0
        ? of('error', 'malformed-count', { count: malformed })
        : wrong > 0
          ? of('fail', 'wrong-count', { count: wrong })
          : failing > 0
            ? of('fail', 'mine-fails', { count: failing })
            : !mine && lacking > 0
              ? of('fail', 'too-few', { count: lacking, caught: caught.length, possible })
              : ({ status: 'pass' } as const)
    return this.#seal({ ...ending, examples: all.map(resultOf), caught, uncaught: mine ? [] : this.#uncaught(caught) })
  }

  #threshold({ threshold }: LearnerTests): number {
    return Math.min(threshold, this.#reach.length)
  }

  #uncaught(caught: readonly Caught[]): TestsVerdict['uncaught'] {
    const counts = new Map<string, number>()
    const known = new Set(caught.map(({ text }) => text.en))
    for (const { text, hint } of this.#reach) if (!known.has(text.en)) counts.set(hint, (counts.get(hint) ?? 0) + 1)
    return [...counts].map(([hint, count]) => ({ hint, count })).sort((a, b) => (a.hint < b.hint ? -1 : 1))
  }

  #seal(ending: Pick<TestsVerdict, 'status'> & Partial<TestsVerdict>): TestsVerdict {
    const { exercise, solutions, compiled, tests, mine } = this.#options
    return sealed({
      ...NOTHING,
      ...{ schema: 1, engine: engineId, exercise: exercise.id, exerciseVersion: exercise.version },
      solutionsVersion: sha256(canonicalJson(solutions)).slice(0, 16),
      against: mine ? 'mine' : 'solutions',
      ...{ diagnostics: compiled.diagnostics, possible: this.#reach.length, threshold: this.#threshold(tests) },
      ...{ console: this.#console, consoleTruncated: this.#isCut, fuel: this.#fuel },
      ...ending,
    })
  }

  // ── the tests themselves ──────────────────────────────────────────────────────────────────────────────────────────

  /** Starts the learner's module and takes its examples: JSON, whatever it is made of. */
  #examples(): Running[] {
    const { tests } = this.#options
    const value = this.#exported()
    if (!Array.isArray(value)) throw new Ended({ key: 'grader.tests.no-list' }, { status: 'error' })
    const { length: count } = value
    if (count === 0) throw new Ended({ key: 'grader.tests.none' }, { status: 'fail' })
    if (count > EXAMPLES_MAX)
      throw new Ended({ key: 'grader.tests.too-many', params: { count, most: EXAMPLES_MAX } }, { status: 'error' })
    const names = new Set<string>()
    return value.map((given: unknown, index) => readExample(new Reader(given), index, names, tests))
  }

  #exported(): unknown {
    const { engine, compiled, exercise } = this.#options
    const trial = new Trial({
      ...{ engine, code: compiled.code, limits: exercise.limits, seed: 0 },
      ...{ guest: { adapter: ADAPTER }, check: { name: 'tests' } },
    })
    try {
      return trial.call(trial.start(), 'examples', [])
    } catch (thrown) {
      if (!(thrown instanceof Crash)) throw thrown
      const { kind, said, message, position, budget } = thrown.failure
      throw new Ended(
        { key: 'grader.tests.does-not-load', params: { what: said ?? message } },
        { status: kind === 'engine' ? 'internal' : 'error', ...(position && { position }), ...(budget && { budget }) },
      )
    } finally {
      trial.finish()
      this.#console = trial.console
      this.#isCut = trial.consoleTruncated
      this.#fuel += trial.fuel()
    }
  }

  // ── what they are held against ────────────────────────────────────────────────────────────────────────────────────

  /** Our solution first, then the others that are right. What does not hold for all of them is out. */
  #tryRight(all: readonly Running[]): void {
    const { solution, accepted } = this.#options.solutions
    for (const code of [solution, ...accepted]) {
      const isOurOwn = code === solution
      for (const one of all) {
        if (one.status !== 'accepted') continue
        const ending = this.#try(code, one)
        if (!ending) continue
        one.status = isOurOwn ? 'wrong' : 'too-strict'
        one.told = this.#told(ending, isOurOwn ? 'grader.tests.wrong' : 'grader.tests.too-strict')
      }
      this.#step()
    }
  }

  #tryWrong(all: readonly Running[]): Caught[] {
    const good = all.filter(({ status }) => status === 'accepted')
    return this.#reach.flatMap(({ code, text, hint }): Caught[] => {
      const by = good.find((one) => this.#try(code, one) !== undefined)
      this.#step()
      if (!by) return []
      by.catches++
      return [{ text, hint, by: by.name }]
    })
  }

  #tryMine(all: readonly Running[], mine: Compiled): void {
    if (!mine.runnable) {
      const what = mine.diagnostics.find(({ severity }) => severity === 'syntax')?.message ?? ''
      throw new Ended({ key: 'grader.tests.mine-does-not-run', params: { what } }, { status: 'error' })
    }
    for (const one of all) {
      if (one.status !== 'accepted') continue
      const ending = this.#try(mine.code, one)
      one.mine = ending ? this.#own(ending) : { status: 'pass' }
    }
    this.#step()
  }

  #step(): void {
    this.#options.onProgress?.(++this.#done, this.#total)
  }

  /** One example against one submission; nothing when it does as the example says. */
  #try(code: string, { example, name }: Running): Ending | undefined {
    const { engine, exercise, tests } = this.#options
    const { guest, world } = tests
    const trial = new Trial({
      engine,
      code,
      guest,
      limits: exercise.limits,
      seed: 1,
      check: { name, ...(world && { world }) },
    })
    trial.plan = example
    const ending = endingOf(trial, example, () => tests.run(trial, example))
    this.#fuel += trial.fuel()
    if (ending && isOurs(ending.thrown)) throw ending.thrown
    if (ending?.thrown instanceof Crash && ending.thrown.failure.kind === 'engine')
      throw new Ended(ending.thrown.failure.said ?? { key: 'grader.engine', params: { where: '', cause: '' } }, {
        status: 'internal',
      })
    return ending
  }

  #own(ending: Ending): OwnResult {
    const { thrown } = ending
    if (!(thrown instanceof Crash)) return { status: 'fail', ...this.#told(ending) }
    const { position } = thrown.failure
    return { status: 'error', ...this.#told(ending), ...(position && { position }) }
  }

  /** `lead` is a text that the finding is put into. */
  #told({ thrown }: Ending, lead?: string): ToldFinding {
    const { texts } = this.#options.tests
    if (thrown instanceof Violation) {
      const { message: finding, expected, actual } = thrown.finding
      const message = lead === undefined ? finding : { key: lead, params: { finding } }
      return toldIn({ message, expected, actual }, texts)
    }
    const { failure, during } = thrown as Crash
    const words = failure.said ?? failure.message
    const what: Sayable = during === undefined ? words : { key: 'grader.during', params: { what: words, during } }
    return toldIn({ message: lead === undefined ? what : { key: 'grader.tests.broke-down', params: { what } } }, texts)
  }
}

/** The learner's default export is all that is asked for: a list, or a function that returns it. */
const ADAPTER = `export default (learner) => ({
  examples: () => (typeof learner === 'function' ? learner() : learner),
})`

function refusalOf({ diagnostics }: Compiled): Said {
  const first = diagnostics.find(({ severity }) => severity === 'syntax')
  if (!first) return { key: 'grader.does-not-compile', params: { what: { key: 'grader.refused' } } }
  return { key: 'grader.does-not-compile-at', params: { line: String(first.line), what: first.message } }
}

function readExample(given: Reader, index: number, names: Set<string>, tests: LearnerTests): Running {
  let name = `#${index + 1}`
  try {
    const text = given.at('name').text()
    if (names.has(text)) given.at('name').refuse({ key: 'grader.tests.want-name' })
    names.add((name = text))
    return { name, example: tests.read(given), status: 'accepted', told: {}, catches: 0 }
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown
    const { path, found, remedy } = thrown
    const field: Sayable = path === '' ? { key: 'grader.tests.whole' } : path
    const message: Said = { key: 'grader.tests.malformed', params: { example: name, field, found, remedy } }
    return { name, status: 'malformed', told: toldIn({ message }, tests.texts), catches: 0 }
  }
}

const resultOf = ({ name, status, told, catches, mine }: Running): ExampleResult => ({
  ...{ name, status, ...told, catches },
  ...(mine && { mine }),
})

function toldIn(
  finding: Partial<Record<'message' | 'expected' | 'actual', Sayable | undefined>>,
  texts: LearnerTests['texts'],
): ToldFinding {
  const parts = (['message', 'expected', 'actual'] as const).flatMap((part) => {
    const what = finding[part]
    return what === undefined ? [] : [[part, what] as const]
  })
  const said = Object.fromEntries(parts.filter(([, what]) => typeof what !== 'string')) as ToldFinding['said']
  const words = Object.fromEntries(parts.map(([part, what]) => [part, speak(what, 'en', texts)]))
  return { ...words, ...(said && Object.keys(said).length > 0 && { said }) }
}
