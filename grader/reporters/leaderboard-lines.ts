/** A leaderboard as a table of text. */
import type { Locale, Said, Texts } from '../verdict/said.ts'
import { speak } from '../verdict/say.ts'
import type { Leaderboard, LeaderboardRow } from '../verdict/leaderboard.ts'
import { cut, oneLine, readable } from './readable.ts'
import { words } from './report-texts.ts'

const NAME_MAX = 32

export function leaderboardLines(board: Leaderboard, locale: Locale, texts: Texts | undefined): string[] {
  const { measures, references, rows, check } = board
  const title = ({ title: message, said }: { readonly title: string; readonly said?: Said }): string =>
    said === undefined || locale === 'en' ? message : speak(said, locale, texts)
  const head = [
    ...[
      '#',
      words('place-span', locale),
      words('submission', locale),
      words('share-of', locale, { who: references[0]!.title }),
    ],
    ...measures.map(({ name }) => name),
    ...references.map((_, index) => `vs ${letterOf(index)}`),
  ]
  const table = [head, ...rows.map((row) => cellsOf(row, board))]
  const widths = head.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)))
  const isText = (column: number): boolean => column === 2
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => (isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  )
  const notes = measures.map((measure) => `${measure.name}: ${title(measure)}`).join(' · ')
  const legend = references.map((reference, index) => `${letterOf(index)}: ${title(reference)}`).join(' · ')
  return [check, ...lines, notes, `${words('won-tied-lost', locale)} vs ${legend}`, words('leaderboard-note', locale)]
}

/** Their names are long, and the table would be wider than a terminal. */
const letterOf = (index: number): string => String.fromCharCode(0x41 + index)

function cellsOf(
  { place, span, name, share, measures, against, status }: LeaderboardRow,
  board: Leaderboard,
): string[] {
  return [
    place === undefined ? '–' : String(place),
    span === undefined ? status : span.best === span.worst ? String(span.best) : `${span.best}–${span.worst}`,
    cut(oneLine(readable(name)), NAME_MAX),
    `${share.median.toFixed(2)} (${share.low.toFixed(2)}–${share.high.toFixed(2)})`,
    ...board.measures.map((measure) => measures[measure.name]!.toFixed(measure.digits)),
    ...against.map(({ wins, ties, losses }) => `${wins}–${ties}–${losses}`),
  ]
}
