/**
 * Styles say start and end, not left and right, so that the site can be laid out from right to left. Pictures are outside this
 * rule: a drawing of a network has its own directions, whatever the language beside it.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** `padding-left: …`, `left: …`, `text-align: right` … */
const PHYSICAL =
  /(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)(?:-[a-z]+)?|left|right|border-(?:top|bottom)-(?:left|right)-radius)\s*:|(?:text-align|float|clear):\s*(?:left|right)/

/** Four sides in one line, of which the second and the last are not alike; nor are the corners. */
const FOUR = /(?<![\w-])(margin|padding|inset|border-width|border-radius): (\S+) (\S+) (\S+) (\S+);/

/** Draws by coordinates, from left to right. */
const PICTURES = ['src/components/Diagram.astro']

function isOneSided(line: string): boolean {
  const [, property, first, second, third, fourth] = FOUR.exec(line) ?? []
  if (property === undefined) return false
  return property === 'border-radius' ? first !== second || third !== fourth : second !== fourth
}

function complaints(path: string, text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) => (PHYSICAL.test(line) || isOneSided(line) ? [`${path}:${index + 1} ${line.trim()}`] : []))
}

it('every style names the sides by the direction of the text', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((name) => join('src', name).replaceAll('\\', '/'))
    .filter((path) => /\.(?:css|astro)$/.test(path) && !PICTURES.includes(path))
  expect(files.length).toBeGreaterThan(50)
  expect(files.flatMap((path) => complaints(path, readFileSync(path, 'utf8')))).toEqual([])
})

it.each([
  'padding-left: 1rem;',
  '  left: 0;',
  'text-align: right;',
  'margin: 0 1rem 0 0;',
  'border-radius: 4px 0 0 4px;',
])('“%s” would be found', (line) => expect(complaints('a.css', line)).toHaveLength(1))

it.each(['padding-inline-start: 1rem;', 'inset: 0 auto 0 auto;', 'border-radius: 4px 4px 0 0;'])(
  '“%s” is fine',
  (line) => expect(complaints('a.css', line)).toEqual([]),
)
