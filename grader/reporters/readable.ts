/**
 * Learner-made text, made fit for every format and harmless for whoever reads it.
 *
 * What a submission throws, returns or logs may hold anything: escape sequences that repaint a terminal, characters that XML
 * forbids and databases refuse (NUL, half a surrogate pair), marks that reverse the reading order. They are shown instead of
 * obeyed: a control character as its picture (`␛`), the others as `\u202e`. What cannot be written at all becomes `�`.
 */
import type { Graded } from './reporter.ts'

const CONTROLS = '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f'
const READING_ORDER = '\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff'
const UNFIT = new RegExp(`[${CONTROLS}${READING_ORDER}\\ufffe\\uffff\\p{Surrogate}]`, 'gu')
const DELETE = 0x7f
const PICTURES = 0x2400

export function readable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNFIT, (character) => {
    const code = character.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(PICTURES + code)
    if (code === DELETE) return '␡'
    const isNoCharacter = (code >= 0xd800 && code <= 0xdfff) || code >= 0xfffe
    return isNoCharacter ? '\ufffd' : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** The same submission, every text in it readable. In the source each character keeps its column. */
export const readableGraded = (graded: Graded): Graded => ({
  ...graded,
  file: readable(graded.file),
  ...(graded.path !== undefined && { path: readable(graded.path) }),
  source: graded.source.replaceAll('\r\n', '\n').replace(UNFIT, '\ufffd'),
  verdict: deep(graded.verdict),
})

function deep<T>(value: T): T {
  if (typeof value === 'string') return readable(value) as T
  if (Array.isArray(value)) return value.map(deep) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [readable(key), deep(inner)])) as T
}

/** In one line. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** At most so many UTF-16 units, no pair cut apart; where something is lost the note stands at the end. */
export function cut(text: string, max: number, note = '…'): string {
  if (text.length <= max) return text
  const end = max - note.length
  const splits = /[\ud800-\udbff]/.test(text.charAt(end - 1))
  return `${text.slice(0, splits ? end - 1 : end)}${note}`
}
