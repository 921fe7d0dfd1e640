/** What is no JSON is told in Go's words, and what `JSON.parse` takes has no problem. */
import { describe, expect, it } from 'vitest'
import { jsonProblem, summary } from './json-problem.ts'

const problem = (text: string): string | undefined => jsonProblem(Buffer.from(text))

it.each([
  ['', 'unexpected end of JSON input'],
  ['x', "invalid character 'x' looking for beginning of value"],
  ['{bad', "invalid character 'b' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"', `invalid character '"' after object key:value pair`],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['[1 2]', "invalid character '2' after array element"],
  ['[1,]', "invalid character ']' looking for beginning of value"],
  ['{} x', "invalid character 'x' after top-level value"],
  ['tru', 'unexpected end of JSON input'],
  ['trux', "invalid character 'x' in literal true (expecting 'e')"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ['"a\u0001"', "invalid character '\\x01' in string literal"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
  ['"open', 'unexpected end of JSON input'],
  ['-x', "invalid character 'x' in numeric literal"],
  ['1.x', "invalid character 'x' after decimal point in numeric literal"],
  ['1ex', "invalid character 'x' in exponent of numeric literal"],
  ['1e+', 'unexpected end of JSON input'],
  ['01', "invalid character '1' after top-level value"],
  ["'a'", "invalid character '\\'' looking for beginning of value"],
  ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
  ['{"a":', 'unexpected end of JSON input'],
])('%j: %s', (text, expected) => {
  expect(problem(text)).toBe(expected)
})

describe('agrees with JSON.parse', () => {
  const PIECES = ['{', '}', '[', ']', ',', ':', '"a"', '"\\n"', '1', '-0.5e3', 'true', 'null', ' ', 'x', '"', '\\', '0', '.', 'é'] // prettier-ignore
  it('about some ten thousand texts', () => {
    let seed = 1
    const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below
    for (let i = 0; i < 10_000; i++) {
      const text = Array.from({ length: 1 + next(7) }, () => PIECES[next(PIECES.length)]).join('')
      let sound = true
      try {
        JSON.parse(text)
      } catch {
        sound = false
      }
      expect([text, problem(text) === undefined]).toEqual([text, sound])
    }
  })
})

it('shows what could not be read: as it is where it looks like JSON, else in hexadecimal', () => {
  expect(summary(Buffer.from('{bad'))).toBe('{bad')
  expect(summary(Buffer.from('bad'))).toBe('626164')
  expect(summary(Buffer.from(`{${'a'.repeat(40)}`))).toBe(`{${'a'.repeat(29)} ...`)
})
