/**
 * Runs one check over its seeds and says what came of it. The first failing seed ends it; its case is then made smaller.
 */
import type { Engine } from '../sandbox/engine.ts'
import type { Limits } from '../sandbox/sandbox.ts'
import { differences } from '../verdict/difference.ts'
import type { Sayable, Texts } from '../verdict/said.ts'
import { speak } from '../verdict/say.ts'
import type { CheckResult, ConsoleEntry, Replay } from '../verdict/verdict.ts'
import { chanceFrom } from './chance.ts'
import type { Check } from './checks.ts'
import type { GuestShape } from './guest-shape.ts'
import { shrink } from './shrink.ts'
import type { Finding } from './stop.ts'
import { Crash, Violation } from './stop.ts'
import { show, Trial } from './trial.ts'

export interface RunSetup {
  readonly engine: Engine
  readonly code: string
  readonly guest: GuestShape
  readonly limits: Partial<Limits>
  readonly texts?: Texts
  /** The first seed; the others follow it. */
  readonly firstSeed: number
  /** How many seeds a check without `per200` runs. */
  readonly seeds: number
  readonly onSeed?: (check: Check, done: number, total: number, seed: number) => void
}

export interface CheckRun {
  readonly result: CheckResult
  readonly console: readonly ConsoleEntry[]
  readonly consoleTruncated: boolean
}

/** How one trial ended badly. */
interface Ending {
  readonly thrown: unknown
  readonly trial: Trial
  readonly plan: unknown
}

/** Seeds for which this check is run, of `seeds` in all. */
function seedsOf(check: Check, seeds: number): number {
  if (check.kind === 'example' || check.kind === 'cost') return 1
  return Math.min(seeds, Math.max(1, Math.ceil((check.per200 * seeds) / 200)))
}

const SHRINK_TRIES_DEFAULT = 120

export function runCheck(check: Check, setup: RunSetup): CheckRun {
  const total = seedsOf(check, setup.seeds)
  let fuel = 0
  let first: Trial | undefined
  for (let index = 0; index < total; index++) {
    const seed = setup.firstSeed + index
    setup.onSeed?.(check, index, total, seed)
    const plan = check.generate ? check.generate(chanceFrom(seed, check.name), seed) : check.plan
    const trials = runSeed(check, setup, seed, plan)
    for (const { trial } of trials.all) fuel += trial.fuel()
    first ??= trials.all[0]?.trial
    if (!trials.ending) continue
    const { ending, tries } = smallest(check, setup, seed, trials.ending, trials.isFaultPlan)
    const sizes = { from: sizeOf(trials.ending.plan), to: sizeOf(ending.plan) }
    const shrunk = sizes.to < sizes.from ? { shrunk: sizes } : {}
    return failed(check, setup, ending, { tried: index + 1, seed, ...shrunk }, fuel + tries)
  }
  setup.onSeed?.(check, total, total, setup.firstSeed + total - 1)
  const result: CheckResult = { ...headOf(check), status: 'pass', fuel }
  if (check.generate) result.seeds = { tried: total }
  return { result, console: first?.console ?? [], consoleTruncated: first?.consoleTruncated ?? false }
}

/** What is known of a check's result before it has run. */
export const headOf = ({ name, kind, weight = 1, advisory }: Check): Pick<CheckResult, Head> => ({
  name,
  kind,
  weight: advisory ? 0 : weight,
  ...(advisory && { advisory }),
})

type Head = 'name' | 'kind' | 'weight' | 'advisory'

const sizeOf = (plan: unknown): number => JSON.stringify(plan ?? null).length

/** One seed: one trial, or (fault checks) one without a fault and one per fault. */
function runSeed(check: Check, setup: RunSetup, seed: number, plan: unknown) {
  const all: { trial: Trial }[] = []
  const attempt = (use: unknown, act: (trial: Trial) => void): Ending | undefined => {
    const trial = newTrial(check, setup, seed, use)
    all.push({ trial })
    return endingOf(trial, use, act)
  }
  if (!check.faults) return { all, ending: attempt(plan, (trial) => check.run(trial, plan)), isFaultPlan: false }
  let faults: readonly unknown[] = []
  const calm = { plan, fault: undefined }
  const listing = attempt(calm, (trial) => void (faults = check.faults!(trial, plan)))
  if (listing) return { all, ending: listing, isFaultPlan: false }
  for (const fault of faults) {
    const use = { plan, fault }
    const ending = attempt(use, (trial) => check.run(trial, use))
    if (ending) return { all, ending, isFaultPlan: true }
  }
  return { all, ending: undefined, isFaultPlan: false }
}

function newTrial(check: Check, setup: RunSetup, seed: number, plan: unknown): Trial {
  const { engine, code, guest, limits } = setup
  const trial = new Trial({ engine, code, guest, limits, check, seed })
  trial.plan = plan
  return trial
}

function endingOf(trial: Trial, plan: unknown, act: (trial: Trial) => void): Ending | undefined {
  let ending: Ending | undefined
  try {
    act(trial)
  } catch (thrown) {
    ending = { thrown, trial, plan }
  }
  trial.finish()
  const isOurs = ending !== undefined && !(ending.thrown instanceof Violation) && !(ending.thrown instanceof Crash)
  if (!trial.trap || isOurs) return ending
  return { thrown: new Crash(trial.trap.failure, trial.trap.during), trial, plan }
}

/** Shrinks the case. Budgets that ran out are not tried again: each try would cost the whole budget. */
function smallest(check: Check, setup: RunSetup, seed: number, ending: Ending, isFaultPlan: boolean) {
  const ranOut =
    ending.thrown instanceof Crash &&
    ending.thrown.failure.kind !== 'threw' &&
    ending.thrown.failure.kind !== 'wrong-type'
  const isOurs = !(ending.thrown instanceof Violation) && !(ending.thrown instanceof Crash)
  if (!check.shrink || ranOut || isOurs || (check.faults && !isFaultPlan)) return { ending, tries: 0 }
  let fuel = 0
  const again = (plan: unknown): Ending | undefined => {
    const trial = newTrial(check, setup, seed, plan)
    const next = endingOf(trial, plan, (fresh) => check.run(fresh, plan))
    fuel += trial.fuel()
    return next !== undefined && isSameKind(next.thrown, ending.thrown) ? next : undefined
  }
  const { triesMax = SHRINK_TRIES_DEFAULT } = check.shrink
  const rules = isFaultPlan
    ? { ...check.shrink, fixed: [...(check.shrink.fixed ?? []), 'plan', 'fault'] }
    : check.shrink
  const best = shrink(ending.plan, ending, again, rules, triesMax)
  return { ending: best.result, tries: fuel }
}

/** While shrinking, a broken rule stays a broken rule, a crash a crash. */
function isSameKind(a: unknown, b: unknown): boolean {
  if (a instanceof Violation) return b instanceof Violation
  return a instanceof Crash && b instanceof Crash && a.failure.kind === b.failure.kind
}

function failed(
  check: Check,
  { texts }: RunSetup,
  { thrown, trial, plan }: Ending,
  { seed, ...seeds }: { tried: number; seed: number; shrunk?: { from: number; to: number } },
  fuel: number,
): CheckRun {
  const tried = check.generate ? { seeds: { ...seeds, failing: seed } } : {}
  const hint = check.hint === undefined ? {} : { hint: check.hint }
  const { console, consoleTruncated } = trial
  return { result: { ...headOf(check), fuel, ...describe(thrown), ...tried }, console, consoleTruncated }

  function describe(reason: unknown): Omit<CheckResult, Head | 'fuel'> {
    if (reason instanceof Violation) {
      const { message, expected, actual, values, ...finding } = withThrown(reason.finding, trial)
      const told = spoken({ message, expected, actual }, texts)
      const difference = values && differences(values.expected, values.actual)
      // A whole that differs is told by expected and actual already.
      const places = difference?.some(({ path }) => path !== '') ? { difference } : {}
      return { status: 'fail', ...hint, ...told, ...finding, ...places, ...replayOf(check, trial, plan, finding.at) }
    }
    if (reason instanceof Crash) {
      const { failure, during } = reason
      const what = failure.said ?? failure.message
      if (failure.kind === 'engine') return { status: 'internal', ...spoken({ message: what }, texts) }
      const message = during === undefined ? what : { key: 'grader.during', params: { what, during } }
      const budget = failure.budget && { ...failure.budget, ...(during !== undefined && { where: during }) }
      const place = { ...(budget && { budget }), ...(failure.position && { position: failure.position }) }
      return { status: 'error', ...spoken({ message }, texts), ...hint, ...place, ...replayOf(check, trial, plan) }
    }
    const words = reason instanceof Error ? `${reason.name}: ${reason.message}` : show(reason)
    return { status: 'internal', ...spoken({ message: { key: 'grader.check-broke', params: { seed, words } } }, texts) }
  }
}

type Spoken = Pick<CheckResult, 'message' | 'expected' | 'actual' | 'said'>

/** The texts of a finding in English, and the keys of those that have one. */
function spoken(
  finding: Partial<Record<'message' | 'expected' | 'actual', Sayable | undefined>>,
  texts?: Texts,
): Spoken {
  const told: Spoken = {}
  for (const part of ['message', 'expected', 'actual'] as const) {
    const what = finding[part]
    if (what === undefined) continue
    told[part] = speak(what, 'en', texts)
    if (typeof what !== 'string') told.said = { ...told.said, [part]: what }
  }
  return told
}

/** Where throwing is allowed (it leads to a retry), a rule is often broken because of what was thrown: say so. */
function withThrown(finding: Finding, { thrown }: Trial): Finding {
  if (!thrown) return finding
  const { failure, during } = thrown
  const params = { finding: finding.message, during, what: failure.said ?? failure.message }
  const position = finding.position ?? failure.position
  return { ...finding, message: { key: 'grader.thrown-before', params }, ...(position && { position }) }
}

/** A check with a world can be seen again: at the tick of the finding, or where the world stood. */
function replayOf(
  check: Check,
  trial: Trial,
  plan: unknown,
  at?: { tick: number; atMicros: number },
): { replay?: Replay } {
  const world = trial.built
  if (!check.world || !world) return {}
  const { tick, atMicros } = at ?? { tick: world.tick, atMicros: world.now }
  const replay: Replay = { check: check.name, seed: trial.seed, plan: plan ?? null, tick, atMicros }
  return { replay }
}
