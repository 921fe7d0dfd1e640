/**
 * A class's leaderboard: submissions by where they stand. Each was measured on cases of its own, so what is compared is the share of
 * the first reference's value, case by case; a hard draw is hard for the reference too. Places are told with the span that the
 * intervals leave open, and whoever has the same share has the same place. Without a pass there is no place.
 */
import type { Said } from './said.ts'
import type { Pairing, Standing } from './standing.ts'
import type { Verdict } from './verdict.ts'

export interface LeaderboardRow {
  readonly name: string
  readonly status: Verdict['status']
  /** 1 is the best; equals share it, and the next place is left out. Absent without a pass. */
  readonly place?: number
  /** Between which places it is, as far as the intervals tell. */
  readonly span?: { readonly best: number; readonly worst: number }
  /** Of the first reference's value. */
  readonly share: Pairing['ratio']
  /** Medians by measure. */
  readonly measures: Readonly<Record<string, number>>
  readonly against: readonly Pick<Pairing, 'name' | 'wins' | 'ties' | 'losses' | 'verdict'>[]
  readonly digest: string
}

export interface Leaderboard {
  readonly schema: 1
  readonly exercise: string
  readonly exerciseVersion: string
  /** The check that ranks. */
  readonly check: string
  readonly measures: Standing['measures']
  readonly references: readonly { readonly name: string; readonly title: string; readonly said?: Said }[]
  readonly rows: readonly LeaderboardRow[]
}

/** Undefined where nobody has a standing. Of several rankings of an exercise, the first counts. */
export function leaderboardOf(graded: Iterable<{ name: string; verdict: Verdict }>): Leaderboard | undefined {
  const all: { name: string; verdict: Verdict; standing: Standing; check: string }[] = []
  for (const { name, verdict } of graded) {
    const check = verdict.checks.find(({ standing }) => standing !== undefined)
    if (check) all.push({ name, verdict, standing: check.standing!, check: check.name })
  }
  const [first] = all
  if (!first) return undefined
  const { measures, entrants } = first.standing
  const sign = measures[0]!.better === 'less' ? 1 : -1
  const shareOf = ({ standing }: { standing: Standing }) => standing.pairings[0]!.ratio
  const inOrder = all.sort(
    (a, b) =>
      Number(b.verdict.status === 'pass') - Number(a.verdict.status === 'pass') ||
      sign * (shareOf(a).median - shareOf(b).median) ||
      (a.name < b.name ? -1 : 1),
  )
  const placed = inOrder.filter(({ verdict }) => verdict.status === 'pass').map(shareOf)
  return {
    schema: 1,
    exercise: first.verdict.exercise,
    exerciseVersion: first.verdict.exerciseVersion,
    check: first.check,
    measures,
    references: entrants.slice(1).map(({ name, title, said }) => ({ name, title, ...(said && { said }) })),
    rows: inOrder.map(({ name, verdict, standing }) => ({
      ...{ name, status: verdict.status, ...(verdict.status === 'pass' && placeOf(standing, placed, sign)) },
      share: shareOf({ standing }),
      measures: Object.fromEntries(
        measures.map((measure) => [measure.name, standing.entrants[0]!.quantiles[measure.name]!.median]),
      ),
      against: standing.pairings.map(({ name: reference, wins, ties, losses, verdict: clear }) => ({
        ...{ name: reference, wins, ties, losses, verdict: clear },
      })),
      digest: verdict.digest,
    })),
  }
}

function placeOf(standing: Standing, placed: readonly Pairing['ratio'][], sign: number) {
  const mine = standing.pairings[0]!.ratio
  const count = (holds: (other: Pairing['ratio']) => boolean): number => placed.filter(holds).length
  const isClearlyBetter = (a: Pairing['ratio'], b: Pairing['ratio']): boolean =>
    sign > 0 ? a.high < b.low : a.low > b.high
  return {
    place: 1 + count((other) => sign * (other.median - mine.median) < 0),
    span: {
      best: 1 + count((other) => isClearlyBetter(other, mine)),
      worst: placed.length - count((other) => isClearlyBetter(mine, other)),
    },
  }
}
