import { describe, expect, it } from 'vitest'
import { readYaml } from './read-yaml.ts'

describe('a text that is no YAML', () => {
  // As a server of 1.20 answers.
  it.each([
    ['a: [b', "line 1: did not find expected ',' or ']'"],
    ['a: [b\n', "line 1: did not find expected ',' or ']'"],
    ['key: [a, b\nnext: c', "line 1: did not find expected ',' or ']'"],
    ['a: {b: c', "line 1: did not find expected ',' or '}'"],
    ['{a b: c', "line 1: did not find expected ',' or '}'"],
    ['{', 'line 1: did not find expected node content'],
    ['a: b: c', 'mapping values are not allowed in this context'],
    ['apiVersion: v1\nkind: ConfigMap\n metadata: x', 'line 3: mapping values are not allowed in this context'],
    ['a:\n\tb: c', 'line 2: found character that cannot start any token'],
    ['\ta: b', 'found character that cannot start any token'],
    ['a: @b', 'found character that cannot start any token'],
    ['a: "b', 'found unexpected end of stream'],
    ['a: "\\q"', 'found unknown escape character'],
    ['a: >x\n b', 'did not find expected comment or line break'],
    ['a: b\nc', "line 3: could not find expected ':'"],
    ['a: b\nc\nd: e', "line 3: could not find expected ':'"],
    ['a: |\n b\nc', "line 4: could not find expected ':'"],
    ['a: b\n- c', 'line 1: did not find expected key'],
    ['a:\n  b: c\n d: e', 'line 2: did not find expected key'],
    ['spec:\n  containers:\n  - name: a\n   image: b', 'line 3: did not find expected key'],
    ['- a\nb: c', "line 1: did not find expected '-' indicator"],
    ['a: ]', 'did not find expected node content'],
    ['x: -\n', 'block sequence entries are not allowed in this context'],
    ['a: *x', "unknown anchor 'x' referenced"],
  ])('%j: %s', (text, problem) => {
    expect(() => readYaml(text)).toThrow(new Error(`yaml: ${problem}`))
  })
})

it.each([
  ['a: b\n---\nc: d', { a: 'b' }],
  ['a: b\na: c', { a: 'c' }],
  ['', null],
])('%j says %j', (text, value) => {
  expect(readYaml(text)).toEqual(value)
})
