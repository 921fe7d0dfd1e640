/** The text form of label selectors, and what the kubectl of 1.36 says of what it cannot read (`kubectl top pod -l`). */
import { describe, expect, it } from 'vitest'
import { matchesRequirement } from './labels.ts'
import { parseSelector } from './selector-syntax.ts'

describe('what can be read', () => {
  it.each([
    ['a in ()', [{ key: 'a', operator: 'In', values: [''] }]],
    ['a in (c,,b)', [{ key: 'a', operator: 'In', values: ['', 'b', 'c'] }]],
    ['a in (b,)', [{ key: 'a', operator: 'In', values: ['', 'b'] }]],
    [
      'a notin(b , c),d',
      [
        { key: 'a', operator: 'NotIn', values: ['b', 'c'] },
        { key: 'd', operator: 'Exists' },
      ],
    ],
    ['in', [{ key: 'in', operator: 'Exists' }]],
    ['a=in', [{ key: 'a', operator: 'In', values: ['in'] }]],
    ['a in (in)', [{ key: 'a', operator: 'In', values: ['in'] }]],
    [
      'a==,b',
      [
        { key: 'a', operator: 'In', values: [''] },
        { key: 'b', operator: 'Exists' },
      ],
    ],
    [
      'a<1,example.com/b',
      [
        { key: 'a', operator: 'Lt', values: ['1'] },
        { key: 'example.com/b', operator: 'Exists' },
      ],
    ],
    ['', []],
    [' ', []],
  ])('%s', (text, expected) => {
    expect(parseSelector(text)).toEqual(expected)
  })
})

describe('what cannot', () => {
  it.each([
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a=(', "unable to parse requirement: found '(', expected: identifier"],
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['=', "found '=', expected: !, identifier, or 'end of string'"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a,', "found '', expected: identifier after ','"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    [
      'a>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
    ['a!b', "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"],
    ['()', "found '(', expected: !, identifier, or 'end of string'"],
    ['!!a', "unable to parse requirement: found '!', expected: identifier"],
    ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ['a in (=)', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
    ['x===y', "unable to parse requirement: found '=', expected: identifier"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['a in', "unable to parse requirement: found '' expected: '('"],
    ['!a in (b)', "found 'in', expected: ',' or 'end of string'"],
  ])('%s', (text, message) => {
    expect(() => parseSelector(text)).toThrow(new Error(message))
  })

  it('says all that is wrong with a key or a value, in the words of whoever asks', () => {
    const rules = { key: (key: string) => (key === 'k' ? ['one', 'two'] : []), value: (value: string) => (value === 'v' ? ['three'] : []) } // prettier-ignore
    expect(() => parseSelector('k=1', rules)).toThrow(
      'unable to parse requirement: <nil>: Invalid value: "k": one; two',
    )
    expect(() => parseSelector('a in (v,b)', rules)).toThrow('unable to parse requirement: values[1][a]: Invalid value: "v": three') // prettier-ignore
  })
})

it('compares whole numbers, of any size', () => {
  const [above] = parseSelector('a>9007199254740993')
  expect(matchesRequirement(above!, { a: '9007199254740994' })).toBe(true)
  expect(matchesRequirement(above!, { a: '9007199254740993' })).toBe(false)
  expect(matchesRequirement(above!, { a: 'x' })).toBe(false)
  expect(matchesRequirement(above!, {})).toBe(false)
})
