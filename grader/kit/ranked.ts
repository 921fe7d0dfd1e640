/** What a ranking measures, against whom, and what is enough: plain data and functions, as an exercise writes them down. */
import type { Sayable } from '../verdict/said.ts'
import type { Standing, StandingMeasure } from '../verdict/standing.ts'
import type { Finding } from './stop.ts'

export interface MeasureSpec {
  readonly name: string
  readonly title: Sayable
  /** Default: less. */
  readonly better?: StandingMeasure['better']
  /** Digits after the point. Default 2. */
  readonly digits?: number
}

export interface ReferenceSpec<Plan> {
  readonly name: string
  /** Default: the name. */
  readonly title?: Sayable
  /** Measures one case; a function of the two alone. */
  measure(plan: Plan, seed: number): Readonly<Record<string, number>>
}

export interface Ranked<Plan = any> {
  /** The first one decides; it is above 0. */
  readonly measures: readonly MeasureSpec[]
  /** The first one is what others are told as a share of. */
  readonly references: readonly ReferenceSpec<Plan>[]
  /** What is not good enough for a pass. */
  bar(standing: Standing): Finding | undefined
}
