/**
 * The head of a wrong solution: what it gets wrong, which check must catch it, and the hint it must give.
 *
 *     // check: a Pod fits down to the last thousandth of a CPU     (once or more)
 *     // hint: room
 *     // Compares with <, so that a full node refuses what fits exactly.
 *     // es: Compara con <, y un nodo lleno rechaza lo que cabe justo.
 *
 * The sentence is the misconception, in words that a learner who has it would understand; it is shown when a submission
 * fails exactly the checks that this one fails, for the same reasons.
 */
import type { Misconception } from '../verdict/exercise.ts'

export interface Mistake {
  readonly checks: readonly string[]
  readonly hint: string | undefined
  /** Absent languages are empty. */
  readonly text: { readonly en: string; readonly es: string }
}

export function readMistake(source: string): Mistake {
  const lines: string[] = []
  for (const line of source.split(/\r?\n/)) {
    const [, text] = /^\/\/ ?(.*)$/.exec(line) ?? []
    if (text === undefined) break
    lines.push(text.trim())
  }
  const valuesOf = (key: string): string[] =>
    lines.filter((line) => line.startsWith(`${key}: `)).map((line) => line.slice(key.length + 2).trim())
  const isKeyed = (line: string): boolean => /^(check|hint|es): /.test(line)
  const prose = lines.filter((line) => line !== '' && !isKeyed(line)).join(' ')
  return { checks: valuesOf('check'), hint: valuesOf('hint')[0], text: { en: prose, es: valuesOf('es').join(' ') } }
}

/** A row of `misconceptions.json`. Throws when the head lacks its hint or its sentence: the proof says so before. */
export function misconceptionOf(
  name: string,
  { hint, text }: Mistake,
  { failed, says }: Pick<Misconception, 'failed' | 'says'>,
): Misconception {
  if (hint === undefined || text.en === '') throw new Error(`the wrong solution ${name} lacks its hint or its sentence`)
  return { name, text: { en: text.en, es: text.es || text.en }, hint, failed, ...(says && { says }) }
}

/** As it is written: one row a line, so that a diff shows the rows that changed. */
export const misconceptionsText = (rows: readonly Misconception[]): string =>
  `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`
