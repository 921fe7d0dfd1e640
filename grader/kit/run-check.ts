/**
 * Runs one check over its seeds and says what came of it. The first failing seed ends it; its case is then made smaller.
 */
import { differences } from '../verdict/difference.ts'
import type { Said, Sayable, Texts } from '../verdict/said.ts'
import { speak } from '../verdict/say.ts'
import type { CheckResult, ConsoleEntry, Moment, Replay, Story, StoryEntry, Told } from '../verdict/verdict.ts'
import { type Bench, type Ending, endingOf, isOurs, isSameKind, newTrial, playCase, ranOut } from './attempt.ts'
import { withFullPurse } from './attempt.ts'
import { chanceFrom } from './chance.ts'
import type { Check, TellLine } from './checks.ts'
import { explain, type Explained } from './explain.ts'
import type { Explored } from './explore.ts'
import { RankingTable, seedAt } from './ranking.ts'
import { hasStruck, type Standing } from './forked-faults.ts'
import { exploreCase, together, undecided, withDeviations } from './run-exploration.ts'
import { shrink } from './shrink.ts'
import type { Finding } from './stop.ts'
import { Crash, Violation } from './stop.ts'
import { show, type Trial } from './trial.ts'

export interface RunSetup extends Bench {
  readonly texts?: Texts
  /** The first seed; the others follow it. */
  readonly firstSeed: number
  /** What a ranking draws its seeds from; asked for by rankings alone, because it takes time. */
  readonly essence: () => string
  /** How many seeds a check without `per200` runs. */
  readonly seeds: number
  readonly onSeed?: (check: Check, done: number, total: number, seed: number) => void
  /** Of fault checks only each so-manieth fault is tried: enough to see whether a grading repeats. Default 1, all. */
  readonly everyNthFault?: number
  /** What a run with that fault, of that seed, has spent; where there are no faults, fault 0. */
  readonly onSpent?: (check: Check, seed: number, fault: number, fuel: number) => void
}

export interface CheckRun {
  readonly result: CheckResult
  readonly console: readonly ConsoleEntry[]
  readonly consoleTruncated: boolean
}

/** Seeds for which this check is run, of `seeds` in all. */
function seedsOf(check: Check, seeds: number): number {
  if (check.kind === 'example' || check.kind === 'cost') return 1
  if (check.explore) return Math.min(seeds, check.explore.cases)
  return Math.min(seeds, Math.max(1, Math.ceil((check.per200 * seeds) / 200)))
}

const SHRINK_TRIES_DEFAULT = 120

export function runCheck(check: Check, given: RunSetup): CheckRun {
  const setup = withFullPurse(given)
  const total = seedsOf(check, setup.seeds)
  let fuel = 0
  let first: Wrote | undefined
  const explored: Explored<Ending>[] = []
  const table = check.rank && new RankingTable(check.rank)
  for (let index = 0; index < total; index++) {
    const seed = seedAt(check, setup.essence, setup.firstSeed, index)
    setup.onSeed?.(check, index, total, seed)
    const plan = check.generate ? check.generate(chanceFrom(seed, check.name), seed) : check.plan
    const trials = runSeed(check, setup, seed, plan)
    if (trials.explored) explored.push(trials.explored)
    fuel += trials.fuel
    first ??= trials.first
    if (!trials.ending) {
      table?.add(seed, plan, trials.first.measured!)
      continue
    }
    const { ending, fuel: shrinking } = smallest(check, withFullPurse(setup), seed, trials.ending)
    const sizes = { from: sizeOf(trials.ending.plan), to: sizeOf(ending.plan) }
    const shrunk = sizes.to < sizes.from ? { shrunk: sizes } : {}
    const { fuel: telling, ...told } = isOurs(ending.thrown)
      ? { fuel: 0 }
      : explain(check, withFullPurse(setup), seed, ending.plan, ending.thrown)
    const run = failed(check, setup, ending, told, { tried: index + 1, seed, ...shrunk }, fuel + shrinking + telling)
    return { ...run, result: { ...run.result, ...together(check, explored) } }
  }
  setup.onSeed?.(check, total, total, setup.firstSeed + total - 1)
  const status = table ? ranked(check, table, setup) : explorationStatus(explored, setup)
  const result: CheckResult = { ...headOf(check), ...status, fuel, ...together(check, explored) }
  if (check.generate) result.seeds = { tried: total }
  return { result, console: first?.console ?? [], consoleTruncated: first?.consoleTruncated ?? false }
}

function explorationStatus(explored: readonly Explored<Ending>[], { texts }: RunSetup) {
  const open = undecided(explored)
  return open ? { status: open.status, ...spoken({ message: open.message }, texts) } : { status: 'pass' as const }
}

/** Whether the standing is over the bar. */
function ranked({ rank, hint }: Check, table: RankingTable, { firstSeed, texts }: RunSetup) {
  const standing = table.standing(firstSeed === 1 ? 'submission' : 'grader', texts)
  const finding = rank!.bar(standing)
  if (!finding) return { status: 'pass' as const, standing }
  const told = { ...(hint !== undefined && { hint }), ...(finding.hint !== undefined && { hint: finding.hint }) }
  return { status: 'fail' as const, ...spoken(finding, texts), ...told, standing }
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

type Wrote = Pick<Trial, 'console' | 'consoleTruncated'> & Partial<Pick<Trial, 'measured'>>

interface SeedRun {
  readonly ending: Ending | undefined
  /** Of all its trials. */
  readonly fuel: number
  /** What the first of them wrote. */
  readonly first: Wrote
  readonly explored?: Explored<Ending>
}

/** One seed: one trial, or (explorations) one per schedule, or (fault checks) one without a fault and one per fault. */
function runSeed(check: Check, setup: RunSetup, seed: number, plan: unknown): SeedRun {
  const fresh = (use: unknown): Trial => newTrial(check, setup, seed, use)
  if (check.explore) {
    const explored = exploreCase<Ending>(check, plan, (use, act, goingOn) => {
      const trial = goingOn ?? fresh(use)
      trial.plan = use
      return { trial, ending: endingOf(trial, use, act) }
    })
    setup.onSpent?.(check, seed, 0, explored.fuel)
    return explored
  }
  let [fuel, first]: [number, Wrote | undefined] = [0, undefined]
  const attempt = (trial: Trial, use: unknown, act: (trial: Trial) => void, nth = 0): Ending | undefined => {
    const before = trial.fuel()
    trial.plan = use
    const ending = endingOf(trial, use, act)
    const spent = trial.fuel() - before
    fuel += spent
    const { consoleTruncated, measured } = trial
    first ??= { console: [...trial.console], consoleTruncated, measured }
    setup.onSpent?.(check, seed, nth, spent)
    return ending
  }
  const told = (ending?: Ending): SeedRun => ({ ending, fuel, first: first! })
  if (!check.faults) return told(attempt(fresh(plan), plan, (trial) => check.run(trial, plan)))
  let faults: readonly unknown[] = []
  const calm = fresh({ plan })
  calm.isLeaving = check.strikes !== undefined
  const listing = attempt(calm, { plan }, (trial) => void (faults = check.faults!(trial, plan)))
  if (listing) return told(listing)
  for (const [index, fault] of faults.entries()) {
    if (index % (setup.everyNthFault ?? 1) > 0) continue
    const use = { plan, fault }
    const strike = check.strikes?.(fault)
    const isAhead = (kept: unknown): boolean => !hasStruck((kept as Standing<unknown>).world, strike!)
    const trial = (strike && calm.backTo(isAhead, strike.options)) ?? fresh(use)
    const ending = attempt(trial, use, () => check.run(trial, use), index + 1)
    if (ending) return told(ending)
  }
  return told()
}

/** Shrinks the case. Budgets that ran out are not tried again: each try would cost the whole budget. */
function smallest(check: Check, setup: RunSetup, seed: number, ending: Ending): { ending: Ending; fuel: number } {
  if (!check.shrink || ranOut(ending.thrown) || isOurs(ending.thrown)) return { ending, fuel: 0 }
  let fuel = 0
  let { thrown } = ending
  const again = (plan: unknown): Ending | undefined => {
    const trial = newTrial(check, setup, seed, plan)
    const next = endingOf(trial, plan, (fresh) => playCase(check, fresh, plan))
    fuel += trial.fuel()
    if (next === undefined || !isSameKind(next.thrown, thrown)) return undefined
    thrown = next.thrown
    return next
  }
  const { triesMax = SHRINK_TRIES_DEFAULT } = check.shrink
  const rules = check.faults
    ? { ...check.shrink, fixed: [...(check.shrink.fixed ?? []), 'plan', 'fault'] }
    : check.shrink
  return { ending: shrink(ending.plan, ending, again, rules, triesMax).result, fuel }
}

function failed(
  check: Check,
  { texts }: RunSetup,
  ending: Ending,
  told: Partial<Explained>,
  { seed, ...seeds }: { tried: number; seed: number; shrunk?: { from: number; to: number } },
  fuel: number,
): CheckRun {
  const { console, consoleTruncated } = ending.trial
  const result = describeEnding(check, texts, ending, told, fuel)
  if (check.generate) result.seeds = { ...seeds, failing: seed }
  return { result, console, consoleTruncated }
}

/** How a trial ended, as a verdict has it. */
export function describeEnding(
  check: Check,
  texts: Texts | undefined,
  ending: Ending,
  told: Partial<Explained>,
  fuel: number,
): CheckResult {
  const head = { ...headOf(check), fuel }
  try {
    return { ...head, ...described(check, texts, ending, told) }
  } catch (error) {
    // A text that lacks a parameter, a case that cannot be told: the check's own mistake, and no reason for no verdict.
    return { ...head, ...brokeDown(error, ending.trial, texts) }
  }
}

type Described = Omit<CheckResult, Head | 'fuel'>

function brokeDown(reason: unknown, { seed }: Trial<any>, texts: Texts | undefined): Described {
  const words = reason instanceof Error ? `${reason.name}: ${reason.message}` : show(reason)
  return { status: 'internal', ...spoken({ message: { key: 'grader.check-broke', params: { seed, words } } }, texts) }
}

function described(
  check: Check,
  texts: Texts | undefined,
  { thrown, trial, plan, at: end }: Ending,
  { story, divergence }: Partial<Explained>,
): Described {
  const hint = check.hint === undefined ? {} : { hint: check.hint }
  const faults = check.tell?.(plan).map((line) => toldOf(line, texts)) ?? []
  const tale = {
    ...(story && { story: withSteps(story, faults, end.atMicros) }),
    ...(divergence && { divergence }),
    ...(check.tell && { faults }),
  }
  return describe(thrown)

  function describe(reason: unknown): Described {
    if (reason instanceof Violation) {
      const { message, expected, actual, values, ...finding } = withThrown(reason.finding, trial)
      const told = spoken({ message: withDeviations(message, trial), expected, actual }, texts)
      const difference = values && differences(values.expected, values.actual)
      // A whole that differs is told by expected and actual already.
      const places = difference?.some(({ path }) => path !== '') ? { difference } : {}
      const at = finding.at ?? (trial.clock && end)
      return {
        ...{ status: 'fail', ...hint, ...told, ...tale, ...finding, ...(at && { at }), ...places },
        ...replayOf(check, trial, plan, at ?? end),
      }
    }
    if (reason instanceof Crash) {
      const { failure, during } = reason
      const what = failure.said ?? failure.message
      if (failure.kind === 'engine') return { status: 'internal', ...spoken({ message: what }, texts) }
      const inWords = during === undefined ? what : { key: 'grader.during', params: { what, during } }
      const message = withDeviations(inWords, trial)
      const budget = failure.budget && { ...failure.budget, ...(during !== undefined && { where: during }) }
      const place = { ...(budget && { budget }), ...(failure.position && { position: failure.position }) }
      const told = { ...spoken({ message }, texts), ...hint, ...place, ...tale }
      return { status: 'error', ...told, ...replayOf(check, trial, plan, end) }
    }
    return brokeDown(reason, trial, texts)
  }
}

/** What was done to the run, as a lane of its own above the others. */
function withSteps({ lanes }: Story, told: readonly Told[], until: number): Story {
  const entries = told.flatMap(({ atMicros, text, said }): StoryEntry[] =>
    atMicros === undefined || atMicros > until ? [] : [{ atMicros, label: text, tone: 'plain', ...(said && { said }) }],
  )
  const name: Said = { key: 'grader.lane.around' }
  return entries.length === 0 ? { lanes } : { lanes: [{ name: speak(name, 'en'), said: name, entries }, ...lanes] }
}

const toldOf = ({ what, kind, atMicros }: TellLine, texts?: Texts): Told => ({
  ...{ kind, text: speak(what, 'en', texts) },
  ...(typeof what !== 'string' && { said: what }),
  ...(atMicros !== undefined && { atMicros }),
})

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

/** Every run can be told again; one with a world can be opened, too: at the tick of the finding, or where it stood. */
function replayOf(check: Check, trial: Trial, plan: unknown, at: Moment): { replay: Replay } {
  const { tick, atMicros } = at
  const isOpen = check.world !== undefined && trial.built !== undefined
  const replay = { check: check.name, seed: trial.seed, plan: plan ?? null, tick, atMicros }
  return { replay: isOpen ? replay : { ...replay, isWorldless: true } }
}
