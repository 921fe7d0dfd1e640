/**
 * The fault matrix: classes of faults on one side, the places where each can strike on the other. Places are what a run without
 * faults shows: its calls, its news, the moments of its writes. Every class is tried at every place, one fault at a time;
 * pairs are too many, so as many as wanted are drawn by the seed.
 */
import type { Said } from '../verdict/said.ts'
import type { Chance } from './chance.ts'
import type { Check, FaultPlan, FaultsSpec, TellLine } from './checks.ts'
import { faults } from './checks.ts'
import type { Trial } from './trial.ts'

export interface FaultClass<Sites, Fault> {
  readonly name: string
  /** Where it can strike. */
  places(sites: Sites): readonly Fault[]
}

export interface MatrixSpec<Plan, Sites, Fault> extends Omit<
  FaultsSpec<Plan, readonly Fault[]>,
  'faults' | 'run' | 'tell'
> {
  readonly classes: readonly FaultClass<Sites, Fault>[]
  /** How many pairs of faults are tried beside each alone. Default 0. */
  readonly pairs?: number
  /** Runs without a fault and says what there was. */
  sites(trial: Trial<any>, plan: Plan): Sites
  run(trial: Trial<FaultPlan<Plan, readonly Fault[]>>, plan: Plan, found: readonly Fault[]): void
  /** The fault in words. */
  inWords(fault: Fault): Said
  /** The rest of the case in words. */
  tell?(plan: Plan): readonly TellLine[]
}

export function faultMatrix<Plan, Sites, Fault>(name: string, spec: MatrixSpec<Plan, Sites, Fault>): Check {
  const { classes, pairs = 0, sites, inWords, tell, run, ...rest } = spec
  return faults<Plan, readonly Fault[]>(name, {
    ...rest,
    faults(trial, plan) {
      const singles = placesOf(classes, sites(trial, plan))
      return [...singles.map((one) => [one]), ...pairsOf(singles, pairs, trial.chance('pairs'))]
    },
    run: (trial, plan, found) => run(trial, plan, found),
    tell: ({ plan, fault: found = [] }) => [
      ...found.map((one): TellLine => ({ kind: 'fault', what: inWords(one) })),
      ...(tell?.(plan) ?? []),
    ],
  })
}

const placesOf = <Sites, Fault>(classes: readonly FaultClass<Sites, Fault>[], sites: Sites): Fault[] =>
  classes.flatMap((one) => [...one.places(sites)])

/** Different pairs of different faults, as many as there are or are wanted. */
export function pairsOf<Fault>(singles: readonly Fault[], wanted: number, chance: Chance): [Fault, Fault][] {
  const count = (singles.length * (singles.length - 1)) / 2
  const drawn = new Set<number>()
  while (drawn.size < Math.min(wanted, count)) drawn.add(chance.int(count))
  return [...drawn].map((index) => {
    // The so-manieth of (0,1), (0,2), (1,2), (0,3) …
    const second = Math.floor((1 + Math.sqrt(1 + 8 * index)) / 2)
    return [singles[index - (second * (second - 1)) / 2]!, singles[second]!]
  })
}
