/** A case told whole, as plain text: for every format that has room for more than a sentence. */
import type { Locale } from '../verdict/said.ts'
import type { Case } from './cases.ts'
import { cut } from './readable.ts'
import { words } from './report-texts.ts'
import type { Graded } from './reporter.ts'
import { unpainted } from './reporter.ts'
import { seconds, sourceLines, tellCheck } from './telling.ts'

export interface TextLimit {
  /** In UTF-16 units. */
  readonly max: number
  /** With ways to see it again, for those who have the terminal or the page. */
  readonly again?: true
}

/** Message, expected and got, the line, the story, how to see it again, and the hint. Empty for what passed. */
export function toldPlainly(one: Case, { again: ways, ...told }: Graded, locale: Locale, limit: TextLimit): string {
  const { max, again } = limit
  const graded: Graded = { ...told, ...(again && ways && { again: ways }) }
  const { check, message, position } = one
  if (message === undefined) return ''
  const lines = check
    ? tellCheck(check, graded, { locale, paint: unpainted })
    : [message, ...(position ? sourceLines(position, graded) : [])]
  const text = lines.join('\n')
  // A check that says nothing by itself is told by its status.
  return cutNoted(text.trim() === '' ? message : text, locale, { max })
}

/** What the learner's code wrote, a line per entry. */
export function consoleText({ console }: Pick<Case, 'console'>, locale: Locale, { max }: TextLimit): string {
  const lines = console.map(({ level, text, atMicros }) => {
    const time = atMicros === undefined ? '' : `${seconds(atMicros)} s  `
    return `${time}${level === 'log' ? '' : `${level}: `}${text}`
  })
  return cutNoted(lines.join('\n'), locale, { max })
}

const cutNoted = (text: string, locale: Locale, { max }: TextLimit): string =>
  cut(text, max, `\n${words('cut', locale)}`)
