/**
 * A standing: where a submission is among references, over many cases, and how sure that is.
 *
 * What the real one does: leaderboards show the best of many runs, on cases that everybody knows.
 * What we model: every case is measured with the submission and with each reference, so that a hard case is hard for all of them;
 * what is compared are pairs. The verdict on a pair is an exact sign test, and the ratio's interval is made of order statistics:
 * neither supposes anything of how the values are distributed, and neither draws any lots. The level is 95 % for all references
 * together (Bonferroni), so a rank is a span: who is not clearly behind may be ahead.
 * What we leave out: means. One bad case in twenty should not decide, nor should one lucky one.
 * Where to read upstream: Conover, "Practical Nonparametric Statistics", on the sign test and quantile intervals.
 */
import type { Said } from './said.ts'

export interface StandingMeasure {
  readonly name: string
  /** For people, in English; `said` has the key. */
  readonly title: string
  readonly said?: Said
  readonly better: 'less' | 'more'
  /** How many digits after the point are shown. */
  readonly digits: number
}

export interface Quantiles {
  readonly least: number
  readonly p25: number
  readonly median: number
  readonly p75: number
  readonly greatest: number
}

export interface Entrant {
  /** `submission`, or the reference's name. */
  readonly name: string
  readonly title: string
  readonly said?: Said
  /** By measure: a value per case, in the order of the seeds. */
  readonly values: Readonly<Record<string, readonly number[]>>
  readonly quantiles: Readonly<Record<string, Quantiles>>
}

/** The submission against one reference, case by case, by the measure that decides. */
export interface Pairing {
  readonly name: string
  readonly wins: number
  readonly ties: number
  readonly losses: number
  /** How likely so lopsided a result is if neither is the better one: the two-sided sign test. */
  readonly chance: number
  /** The submission's value for each 1 of the reference's: the median over the cases, and its interval at the level. */
  readonly ratio: { readonly median: number; readonly low: number; readonly high: number }
  /** What can be said at the level. */
  readonly verdict: 'better' | 'even' | 'worse'
}

export interface Standing {
  readonly seeds: readonly number[]
  /** Where the seeds are from: the submission's own text, or whoever graded chose them. */
  readonly drawnFrom: 'submission' | 'grader'
  /** The first one decides. */
  readonly measures: readonly StandingMeasure[]
  /** The submission, then the references; the first reference is what others are told as a share of. */
  readonly entrants: readonly Entrant[]
  /** In the order of the references. */
  readonly pairings: readonly Pairing[]
  /** Of how many, and between which places: 1 is the best. */
  readonly rank: { readonly best: number; readonly likely: number; readonly worst: number; readonly of: number }
  /** Units of fuel for one decision; like all fuel, no part of the digest. */
  readonly fuelPerDecision?: number
}

export type StandingDraft = Omit<Standing, 'entrants' | 'pairings' | 'rank'> & {
  readonly entrants: readonly Omit<Entrant, 'quantiles'>[]
}

/** All statements about the references together are wrong in at most so many of 1 cases. */
const ERROR = 0.05

export function standingOf(draft: StandingDraft): Standing {
  const { measures } = draft
  const entrants = draft.entrants.map((entrant) => ({
    ...entrant,
    quantiles: Object.fromEntries(measures.map(({ name }) => [name, quantilesOf(entrant.values[name]!)])),
  }))
  const [submission, ...references] = entrants
  const { name, better } = measures[0]!
  const level = ERROR / Math.max(1, references.length)
  const pairings = references.map((reference) =>
    pairingOf(reference.name, submission!.values[name]!, reference.values[name]!, better, level),
  )
  const count = (holds: (pairing: Pairing) => boolean): number => pairings.filter(holds).length
  return {
    ...draft,
    entrants,
    pairings,
    rank: {
      best: 1 + count(({ verdict }) => verdict === 'worse'),
      likely: 1 + count(({ wins, losses }) => losses > wins),
      worst: entrants.length - count(({ verdict }) => verdict === 'better'),
      of: entrants.length,
    },
  }
}

export function pairingOf(
  name: string,
  mine: readonly number[],
  theirs: readonly number[],
  better: StandingMeasure['better'],
  level: number,
): Pairing {
  const sign = better === 'less' ? 1 : -1
  const gains = mine.map((value, index) => sign * (theirs[index]! - value))
  const wins = gains.filter((gain) => gain > 0).length
  const losses = gains.filter((gain) => gain < 0).length
  const chance = signTest(wins, losses)
  const ratios = mine.map((value, index) => ratioOf(value, theirs[index]!)).sort((a, b) => a - b)
  const edge = intervalEdge(ratios.length, level)
  return {
    name,
    wins,
    ties: mine.length - wins - losses,
    losses,
    chance: rounded(chance),
    ratio: {
      median: rounded(medianOf(ratios)),
      low: rounded(ratios[edge]!),
      high: rounded(ratios[ratios.length - 1 - edge]!),
    },
    verdict: chance > level ? 'even' : wins > losses ? 'better' : 'worse',
  }
}

function ratioOf(mine: number, theirs: number): number {
  if (mine === theirs) return 1
  if (theirs > 0 && mine >= 0) return mine / theirs
  throw new Error(
    `the measure that decides must be above 0 for every reference, and is ${theirs}: measure another thing`,
  )
}

/** How likely a result at least so lopsided is with fair coins; ties say nothing. */
export function signTest(wins: number, losses: number): number {
  return Math.min(1, 2 * atMost(Math.min(wins, losses), wins + losses))
}

/** The chance of at most `heads` heads in `tosses` of a fair coin. */
function atMost(heads: number, tosses: number): number {
  let one = 1
  for (let i = 0; i < tosses; i++) one /= 2
  let all = 0
  for (let k = 0; k <= heads; k++) {
    all += one
    one = (one * (tosses - k)) / (k + 1)
  }
  return all
}

/** How many of the sorted values are cut off at each end, so that the rest spans the median at this level; few: none. */
function intervalEdge(count: number, level: number): number {
  let edge = 0
  while (edge + 1 < count / 2 && 2 * atMost(edge, count) <= level) edge++
  return Math.max(0, edge - 1)
}

function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!
  return { least: at(0), p25: at(0.25), median: rounded(medianOf(sorted)), p75: at(0.75), greatest: at(1) }
}

function medianOf(sorted: readonly number[]): number {
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000
