/**
 * Rankings: a check that measures, and says where a submission stands among references, over seeds that are drawn from the
 * submission's own essence: nobody can know them before, and nobody can tune to them.
 *
 * It passes where `bar` finds nothing wrong with the standing. Set the bar modestly, at what whoever has understood the task reaches;
 * the rest is for those who want to be better.
 */
import type { Sayable, Texts } from '../verdict/said.ts'
import { speak } from '../verdict/say.ts'
import type { Entrant, Standing } from '../verdict/standing.ts'
import { standingOf } from '../verdict/standing.ts'
import { sha256 } from '../verdict/sha256.ts'
import type { Check, PropertySpec } from './checks.ts'
import { property } from './checks.ts'
import type { Ranked } from './ranked.ts'
import type { Measured, Trial } from './trial.ts'

export interface RankingSpec<Plan> extends Omit<PropertySpec<Plan>, 'run' | 'shrink' | 'per200'>, Ranked<Plan> {
  /** How many of 200 seeds. Default 20: the least with which one may lose some and still be told apart. */
  readonly per200?: number
  /** Measures one case with the submission, and fails the trial where its answers are none. */
  measure(trial: Trial<Plan>, plan: Plan): Measured
}

export function ranking<Plan>(name: string, spec: RankingSpec<Plan>): Check {
  const { measures, references, bar, measure, ...rest } = spec
  const run = (trial: Trial<Plan>, plan: Plan): void => {
    trial.measured = measure(trial, plan)
  }
  return {
    ...property<Plan>(name, { per200: 20, ...rest, run }),
    kind: 'ranking',
    rank: { measures, references, bar },
  }
}

/** The seed of one case. Whoever names a first seed of his own (`--seed`) gets that one and those that follow it. */
export function seedAt(check: Check, essence: () => string, first: number, index: number): number {
  if (!check.rank || first !== 1) return first + index
  return Number.parseInt(sha256(`${essence()}/${check.name}/${index}`).slice(0, 8), 16)
}

/** Gathers what is measured, case by case. */
export class RankingTable {
  readonly #rank: Ranked
  readonly #seeds: number[] = []
  readonly #rows: (readonly Measured['values'][])[] = []
  #fuel = 0
  #decisions = 0

  constructor(rank: Ranked) {
    this.#rank = rank
  }

  add(seed: number, plan: unknown, { values, fuel = 0, decisions = 0 }: Measured): void {
    this.#seeds.push(seed)
    this.#fuel += fuel
    this.#decisions += decisions
    this.#rows.push([values, ...this.#rank.references.map((reference) => reference.measure(plan, seed))])
  }

  standing(drawnFrom: Standing['drawnFrom'], texts: Texts | undefined): Standing {
    const { measures, references } = this.#rank
    const titled = (title: Sayable) => ({
      title: speak(title, 'en', texts),
      ...(typeof title !== 'string' && { said: title }),
    })
    const entrantOf = (name: string, title: Sayable, column: number): Omit<Entrant, 'quantiles'> => ({
      name,
      ...titled(title),
      values: Object.fromEntries(measures.map((measure) => [measure.name, this.#column(column, measure.name)])),
    })
    return standingOf({
      seeds: this.#seeds,
      drawnFrom,
      measures: measures.map(({ name, title, better = 'less', digits = 2 }) => ({
        ...{ name, ...titled(title), better, digits },
      })),
      entrants: [
        entrantOf('submission', { key: 'grader.standing.submission' }, 0),
        ...references.map(({ name, title = name }, index) => entrantOf(name, title, index + 1)),
      ],
      ...(this.#decisions > 0 && { fuelPerDecision: Math.round(this.#fuel / this.#decisions) }),
    })
  }

  #column(column: number, measure: string): number[] {
    return this.#rows.map((row) => {
      const value = row[column]![measure]
      if (value === undefined || !Number.isFinite(value))
        throw new Error(`the measure "${measure}" is ${value}: give a finite number for each case`)
      return value
    })
  }
}
