/**
 * The forms of a check, as an exercise's `checks.ts` writes them down. Pure data and functions: `run-check.ts` runs them.
 */
import type { World } from '#cluster/kernel/world.ts'
import type { Sayable, Texts } from '../verdict/said.ts'
import type { CheckKind } from '../verdict/verdict.ts'
import type { Chance } from './chance.ts'
import { Choices } from './choices.ts'
import type { Bound, Budget } from './explore.ts'
import type { Strike } from './learner-controller-options.ts'
import type { GuestShape } from './guest-shape.ts'
import type { Ranked } from './ranked.ts'
import type { ShrinkRules } from './shrink.ts'
import type { Trial } from './trial.ts'

interface Common {
  /** Key of the hint in `hints.mdx` that helps when this fails. */
  readonly hint?: string
  /** Which of the task's `stages` it belongs to. */
  readonly stage?: string
  /** What it counts for where credit is partial. Default 1. */
  readonly weight?: number
  /** It advises: where it fails the verdict says so, and passes all the same. */
  readonly advisory?: true
  /** Said when a submit passes as a whole: what of it was not a matter of course. */
  readonly praise?: Sayable
}

/** A line of a case in words: a fault that was put in, or a step that is a matter of course. */
export interface TellLine {
  readonly kind: 'fault' | 'step'
  readonly what: Sayable
  readonly atMicros?: number
}

/** What tells a failing case; see `explain.ts`. */
interface Telling<Plan> {
  /** The same case without its faults: what a failing run is compared with. */
  calm?(plan: Plan): Plan
  /** The case in words, faults first, then steps in order of time. */
  tell?(plan: Plan): readonly TellLine[]
}

/** One case, written out; shown to the learner, and run at each press of Run. */
export interface ExampleSpec<Plan = any> extends Common, Telling<Plan> {
  run(trial: Trial<Plan>): void
  /** For examples that play in a world: the plan that `world` gets. */
  readonly plan?: Plan
  readonly world?: WorldBuilder<Plan>
}

/** Builds the world of a case and runs nothing. Called again, with the same arguments, for a replay. */
export type WorldBuilder<Plan> = (plan: Plan, trial: Trial<Plan>) => World

/** Many cases, one per seed. */
export interface PropertySpec<Plan> extends Common, Telling<Plan> {
  /** How many of 200 seeds it runs (default all): for checks that are dear. More seeds in all, more here. */
  readonly per200?: number
  generate(chance: Chance, seed: number): Plan
  run(trial: Trial<Plan>, plan: Plan): void
  readonly world?: WorldBuilder<Plan>
  /** How to make a failing case smaller; without it the case stays as generated. */
  readonly shrink?: ShrinkRules & { readonly triesMax?: number }
}

/** Cases, each run once without a fault and once per point where one can strike. */
export interface FaultsSpec<Plan, Fault> extends Common, Telling<FaultPlan<Plan, Fault>> {
  readonly per200?: number
  generate(chance: Chance, seed: number): Plan
  /** Runs without a fault and returns every fault that is worth trying, for instance a crash at each await. */
  faults(trial: Trial<Plan>, plan: Plan): readonly Fault[]
  run(trial: Trial<FaultPlan<Plan, Fault>>, plan: Plan, fault: Fault): void
  /**
   * Where the run without a fault leaves standpoints: what the fault is, so that its run goes on from the last of them before it
   * strikes. See `forked-faults.ts`.
   */
  strikes?(fault: Fault): Strike
  readonly world?: WorldBuilder<FaultPlan<Plan, Fault>>
  readonly shrink?: ShrinkRules & { readonly triesMax?: number }
}

/** What a replay of a fault check has as its plan. */
export interface FaultPlan<Plan, Fault> {
  readonly plan: Plan
  /** Absent where the case fails before any fault is put in. */
  readonly fault?: Fault
}

/** Small cases, each run in every order that the bound allows. */
export interface ExplorationSpec<Plan> extends Common, Telling<ExploredPlan<Plan>> {
  readonly cases: readonly Plan[]
  /** How far is looked, as part of what the check claims. Absent: all schedules there are. */
  readonly bound?: Bound
  /** Where it ends without a result, per case. */
  readonly budget?: Budget
  /** Asks `trial.choose()` wherever it could go on in more than one way, itself or by a host that does. */
  run(trial: Trial<ExploredPlan<Plan>>, plan: Plan): void
  readonly world?: WorldBuilder<ExploredPlan<Plan>>
}

/** What a replay of an exploration has as its plan: the case, and the choices up to the last that is not the usual one. */
export interface ExploredPlan<Plan> {
  readonly plan: Plan
  readonly choices: readonly number[]
}

export interface Check extends Common, Telling<any> {
  readonly name: string
  readonly kind: CheckKind
  readonly per200: number
  /** Absent in examples, whose plan is fixed. */
  generate?(chance: Chance, seed: number): any
  readonly plan?: unknown
  run(trial: Trial<any>, plan: any): void
  /** Present in fault checks: `run` then gets a `FaultPlan`. */
  faults?(trial: Trial<any>, plan: any): readonly unknown[]
  strikes?(fault: any): Strike
  /** Present in explorations: `run` then gets an `ExploredPlan`. */
  /** Present in rankings: what is measured, and against whom. */
  readonly rank?: Ranked
  readonly explore?: { readonly cases: number; readonly bound: Bound; readonly budget: Budget }
  readonly world?: WorldBuilder<any>
  readonly shrink?: ShrinkRules & { readonly triesMax?: number }
}

export interface CheckSet {
  readonly guest: GuestShape
  readonly checks: readonly Check[]
  /** What the findings are said with; see `defineTexts`. */
  readonly texts?: Texts
}

/** The default export of an exercise's `checks.ts`. Names are unique; the order is the order of the verdict. */
export function defineChecks(guest: GuestShape, checks: readonly Check[], texts?: Texts): CheckSet {
  const twice = checks.find((check, index) => checks.some((other, at) => at < index && other.name === check.name))
  if (twice) throw new Error(`two checks are named "${twice.name}": results are told apart by name, rename one`)
  return { guest, checks, ...(texts && { texts }) }
}

export function example<Plan = undefined>(name: string, spec: ExampleSpec<Plan>): Check {
  return { name, kind: 'example', per200: 1, ...spec }
}

export function property<Plan>(name: string, spec: PropertySpec<Plan>): Check {
  return { per200: 200, ...spec, name, kind: 'property' }
}

/** A property whose rule is "the same as the reference". */
export function differential<Plan>(name: string, spec: PropertySpec<Plan>): Check {
  return { per200: 200, ...spec, name, kind: 'differential' }
}

export function faults<Plan, Fault>(name: string, spec: FaultsSpec<Plan, Fault>): Check {
  const { run, ...rest } = spec
  return {
    per200: 20,
    ...rest,
    name,
    kind: 'faults',
    run: (trial: Trial<FaultPlan<Plan, Fault>>, { plan, fault }: FaultPlan<Plan, Fault>) =>
      run(trial, plan, fault as Fault),
  }
}

const SCHEDULES_DEFAULT = 1000

export function exploration<Plan>(name: string, spec: ExplorationSpec<Plan>): Check {
  const { run, cases, bound = {}, budget = { schedules: SCHEDULES_DEFAULT }, ...rest } = spec
  return {
    per200: 200,
    // In calm weather everything goes its usual way.
    calm: ({ plan }: ExploredPlan<Plan>): ExploredPlan<Plan> => ({ plan, choices: [] }),
    ...rest,
    name,
    kind: 'exploration',
    explore: { cases: cases.length, bound, budget },
    generate: (_, seed) => cases[(((seed - 1) % cases.length) + cases.length) % cases.length],
    run(trial: Trial<ExploredPlan<Plan>>, { plan, choices }: ExploredPlan<Plan>) {
      trial.choices ??= new Choices(choices)
      run(trial, plan)
    },
  }
}

/** A bound on work: fuel, calls, writes. One run, no chance. */
export function cost<Plan = undefined>(name: string, spec: ExampleSpec<Plan>): Check {
  return { name, kind: 'cost', per200: 1, ...spec }
}
