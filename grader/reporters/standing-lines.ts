/**
 * A standing as lines of text: who is where, and how the values of the measure that decides are distributed, on one scale for
 * all. `╶` and `╴` are the ends, `▒` the middle half, `█` the median: a submission is not its luckiest run.
 */
import type { Locale, Texts } from '../verdict/said.ts'
import type { Entrant, Pairing, Quantiles, Standing, StandingMeasure } from '../verdict/standing.ts'
import { spoken } from './cases.ts'
import { words } from './report-texts.ts'

const WIDTH = 32

export interface StandingRow {
  readonly title: string
  readonly median: string
  readonly strip: string
  /** Absent for the submission itself. */
  readonly against?: { readonly score: string; readonly ratio: string; readonly verdict: Pairing['verdict'] }
}

export interface StandingTable {
  readonly heading: string
  /** What the rows are about, with both ends of the scale. */
  readonly scale: string
  readonly rows: readonly StandingRow[]
  /** The other measures, a line each: medians of all. */
  readonly others: readonly string[]
}

export function standingTable(standing: Standing, locale: Locale, texts: Texts | undefined): StandingTable {
  const { measures, entrants, pairings, rank, seeds, drawnFrom } = standing
  const title = ({ title: message, said }: StandingMeasure | Entrant): string =>
    spoken({ message, said }, locale, texts)
  const [first, ...rest] = measures
  const span = spanOf(standing)
  const shown = (measure: StandingMeasure, value: number): string => value.toFixed(measure.digits)
  const place = rank.best === rank.worst ? String(rank.best) : `${rank.best}–${rank.worst}`
  const better = words(first!.better === 'less' ? 'less-is-better' : 'more-is-better', locale)
  return {
    heading: `${words('rank', locale, { place, of: rank.of })} · ${words(`drawn-from-${drawnFrom}`, locale, { count: seeds.length })}`,
    scale: `${title(first!)} (${better}), ${shown(first!, span.from)} … ${shown(first!, span.to)}`,
    rows: entrants.map((entrant, index): StandingRow => {
      const quantiles = entrant.quantiles[first!.name]!
      const pairing = index === 0 ? undefined : pairings[index - 1]!
      return {
        title: title(entrant),
        median: shown(first!, quantiles.median),
        strip: strip(quantiles, span),
        ...(pairing && { against: againstOf(pairing) }),
      }
    }),
    others: rest.map((measure) => {
      const values = entrants.map(
        (entrant, index) =>
          `${index === 0 ? '' : `${title(entrant)} `}${shown(measure, entrant.quantiles[measure.name]!.median)}`,
      )
      return `${title(measure)}: ${values.join(' · ')}`
    }),
  }
}

export function standingLines(standing: Standing, locale: Locale, texts: Texts | undefined): string[] {
  const { heading, scale, rows, others } = standingTable(standing, locale, texts)
  const width = Math.max(...rows.map(({ title }) => title.length))
  const medians = Math.max(...rows.map(({ median }) => median.length))
  const lines = rows.map(({ title, median, strip: drawn, against }) => {
    const pairing = against
      ? `  ${against.score.padEnd(8)}  ${against.ratio}  ${words(`stands-${against.verdict}`, locale)}`
      : ''
    return `  ${title.padEnd(width)}  ${median.padStart(medians)}  ${drawn}${pairing}`.trimEnd()
  })
  return [heading, scale, ...lines, ...others]
}

const againstOf = ({ wins, ties, losses, ratio, verdict }: Pairing) => ({
  score: `${wins}–${ties}–${losses}`,
  ratio: `×${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`,
  verdict,
})

interface Span {
  readonly from: number
  readonly to: number
}

function spanOf({ measures, entrants }: Standing): Span {
  const all = entrants.map(({ quantiles }) => quantiles[measures[0]!.name]!)
  return { from: Math.min(...all.map(({ least }) => least)), to: Math.max(...all.map(({ greatest }) => greatest)) }
}

function strip({ least, p25, median, p75, greatest }: Quantiles, { from, to }: Span): string {
  const at = (value: number): number => (to === from ? 0 : Math.round(((value - from) / (to - from)) * (WIDTH - 1)))
  const cells: string[] = Array(WIDTH).fill(' ')
  for (let i = at(least); i <= at(greatest); i++) cells[i] = '─'
  cells[at(least)] = '╶'
  cells[at(greatest)] = '╴'
  for (let i = at(p25); i <= at(p75); i++) cells[i] = '▒'
  cells[at(median)] = '█'
  return cells.join('')
}
