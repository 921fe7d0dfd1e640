/** Patterns: what they find, what is none, and that no pattern takes for ever. */
import { describe, expect, it } from 'vitest'
import { Machine } from './machine.ts'

const found = (pattern: string, text: string): string | undefined => {
  const place = new Machine(pattern).find(text)
  return place && text.slice(place.start, place.end)
}

describe('a pattern', () => {
  it.each([
    ['b+', 'abbc', 'bb'],
    ['b+?', 'abbc', 'b'],
    ['a|ab', 'abc', 'a'],
    ['(?:a|ab)(?:c|bcd)', 'abcd', 'abcd'],
    ['(?i)straße', 'STRAßE', 'STRAßE'],
    ['(?i:A)b', 'ab', 'ab'],
    ['(?s).*', 'a\nb', 'a\nb'],
    ['(?m)^b$', 'a\nb\nc', 'b'],
    ['(?U)a+', 'aaa', 'a'],
    ['\\Aa\\z', 'a', 'a'],
    ['\\bfoo\\B', 'foox', 'foo'],
    ['[[:alpha:]_]+[^\\d-]', '1ab_c2', 'ab_c'],
    ['[^]a]', ']ab', 'b'],
    ['\\pL+\\p{Greek}\\PL', 'éλ1', 'éλ1'],
    ['\\x41\\x{1F600}\\101\\.', 'A😀A.', 'A😀A.'],
    ['(?P<year>\\d{4})-(?<month>\\d{2,})', 'on 2026-11', '2026-11'],
    ['\\Qa.b*\\E+', 'xa.b**', 'a.b**'],
    ['a{2}|a{3,4}?', 'aaaa', 'aa'],
    ['x*', 'aaa', ''],
  ])('%s finds in %j: %j', (pattern, text, expected) => expect(found(pattern, text)).toBe(expected))

  it.each([
    ['^a$', 'a\n'],
    ['.', '\n'],
    ['a{2}', 'a'],
    ['(?i)[^a]', 'A'],
    ['\\d', '٣'],
  ])('%s is not in %j', (pattern, text) => expect(found(pattern, text)).toBeUndefined())

  it.each([
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(a', 'missing closing ): `(a`'],
    ['a)', 'unexpected ): `a)`'],
    ['[a', 'missing closing ]: `[a`'],
    ['*a', 'missing argument to repetition operator: `*`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['a{2,1}', 'invalid repeat count: `{2,1}`'],
    ['\\1', 'invalid escape sequence: `\\1`'],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['[[:foo:]]', 'invalid character class range: `[:foo:]`'],
    ['a\\', 'trailing backslash at end of expression: ``'],
    ['((((a{100}){100}){100}){100})', 'expression too large'],
  ])('%s is none', (pattern, why) => expect(() => new Machine(pattern)).toThrow(`error parsing regexp: ${why}`))

  it('is done with a text in one go, however it repeats itself', () => {
    const evil = new Machine('^(a+)+$')
    expect(evil.test(`${'a'.repeat(2_000)}b`)).toBe(false)
    expect(evil.test('a'.repeat(2_000))).toBe(true)
  })
})
