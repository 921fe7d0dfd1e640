/**
 * What expressions cost: before they run, from at least to at most, and when they have run. The numbers are those that upstream
 * holds its own libraries to (apiserver `pkg/cel/library/cost_test.go`), and what its rules make of the functions on lists.
 */
import { describe, expect, it } from 'vitest'
import { AUTHORIZER, authorizer } from './authorizers.ts'
import { compile } from './cel.ts'
import type { Variables } from './checker.ts'
import type { Decl } from './declarations.ts'
import { estimateCost } from './estimate.ts'
import { evaluate } from './evaluator.ts'
import { DYN, opaque } from './types.ts'

const VARIABLES: Variables = new Map([['authorizer', opaque(AUTHORIZER)]])
const NOTHING: Decl = { type: DYN, max: 0, min: 0, value: () => null }
const asked = authorizer(() => ({ allowed: true, reason: '' }))

function costOf(source: string): [min: number, max: number, run: number] {
  const program = compile(source, VARIABLES)
  if ('error' in program) throw new Error(program.error)
  const { min, max } = estimateCost(program.checked, NOTHING)
  return [min, max, evaluate(program.checked, () => asked).cost]
}

const TEXTS = `[${Array.from({ length: 5 }, () => "'012345678901'").join(', ')}]`
const TEXT = "'01234567890123456789012345678901234567890123456789'"
const LONG = 'spec.nodeName=example-node-name.fully.qualified.domain.name.example.com'

describe('the cost', () => {
  // Nobody knows how long the texts of a list are that has no schema: not even where they are written out.
  it.each<[string, number, number, number]>([
    ['[1, 2, 3, 4, 5].sum()', 15, 15, 15],
    ['[uint(1), uint(2), uint(3), uint(4), uint(5)].sum()', 20, 20, 20],
    ['[false, true, false, true, false].isSorted()', 15, 15, 15],
    [`${TEXTS}.max()`, 15, Infinity, 15],
    ["[duration('1s'), duration('2s'), duration('3s')].min()", 16, 16, 16],
    ['[1, 2, 3, 4, 5].indexOf(3)', 15, 15, 15],
    [`${TEXTS}.lastIndexOf('x')`, 15, Infinity, 15],
    [`${TEXT}.indexOf('123')`, 5, 5, 5],
    // Of lists that are made: 10 for the list, 1 for the call, and 1 for each item.
    ['[1, 2, 3, 4].slice(1, 3)', 23, 23, 23],
    ['lists.range(5)', 16, 16, 16],
    ['[1, 2, 3].reverse()', 24, 24, 24],
    ['[[1], [2, 3]].flatten()', 43, 43, 43],
    ['[dyn([1]), dyn([2, 3])].flatten(2)', 47, 47, 47],
    ['[1, 2, 2].distinct()', 39, 39, 39],
    ["['b', 'a'].sort()", 30, 30, 29],
    ['[2, 1].sort()', 29, 29, 29],
  ])('of lists: %s is %i to %i, and %i', (source, ...cost) => expect(costOf(source)).toEqual(cost))

  it.each<[string, number, number, number]>([
    ["url('https:://kubernetes.io/').getScheme()", 4, 4, 4],
    ["url('https:://kubernetes.io/').getQuery()", 4, 4, 4],
    ["url('https:://kubernetes.io/') == url('https:://kubernetes.io/')", 7, 9, 7],
    ["url('https:://kubernetes.io/') == url('http://x.b')", 5, 5, 5],
    ["ip('192.168.0.1')", 2, 2, 2],
    ["ip('2001:db8:3333:4444:5555:6666:7777:8888').family()", 5, 5, 5],
    ["ip('192.168.0.1') == ip('192.168.0.1')", 5, 5, 5],
    ["ip.isCanonical('2001:db8:3333:4444:5555:6666:7777:8888')", 8, 8, 8],
    ["cidr('192.168.0.0/16').masked()", 3, 3, 3],
    ["cidr('192.168.0.0/16') == cidr('2001:db8::/32')", 5, 5, 5],
    ["cidr('192.168.0.0/16').containsCIDR(cidr('192.0.0.0/30'))", 7, 11, 7],
    ["cidr('192.168.0.0/16').containsCIDR('192.168.0.0/16')", 7, 11, 7],
    ["cidr('192.168.0.0/16').containsIP(ip('192.0.0.1'))", 4, 7, 4],
    ["cidr('192.168.0.0/16').containsIP('192.169.0.1')", 5, 8, 5],
    ["cidr('2001:db8::/32').containsIP('2001:db8:3333:4444:5555:6666:7777:8888')", 7, 10, 7],
  ])('of networks: %s is %i to %i, and %i', (source, ...cost) => expect(costOf(source)).toEqual(cost))

  it.each<[string, number, number, number]>([
    ["'ABCDEFGHIJ abcdefghij'.lowerAscii()", 3, 3, 3],
    ["'ABCDEFGHIJ abcdefghij'.lowerAscii() == 'abcdefghij ABCDEFGHIJ'.lowerAscii()", 7, 9, 9],
    ["strings.quote('ABCDEFGHIJ abcdefghij')", 3, 3, 3],
    ["strings.quote('ABCDEFGHIJ abcdefghij') == strings.quote('ABCDEFGHIJ abcdefghij')", 7, 11, 9],
    ["'abc 123 def 123'.replace('123', '456')", 3, 3, 3],
    ["'abc 123 def 123'.split(' ', 1)", 3, 3, 3],
    ["'abc 123 def 123'.substring(5, 8)", 2, 2, 2],
    ["'  abc 123 def 123  '.trim()", 2, 2, 2],
    ["['aa', 'bb', 'cc', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].join(' ')", 11, Infinity, 15],
    ["['aa', 'bb', 'cc', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].join()", 10, Infinity, 13],
    ["'abc 123 def 123'.findAll('123', 1)", 2, 2, 2],
    ["jsonpatch.escapeKey('abc/def~ abc/def~')", 2, 2, 2],
  ])('of texts: %s is %i to %i, and %i', (source, ...cost) => expect(costOf(source)).toEqual(cost))

  it.each<[string, number, number, number]>([
    ["authorizer.path('/healthz')", 2, 2, 2],
    [
      "authorizer.group('apps').resource('deployments').subresource('status').namespace('test').name('backend')",
      6,
      6,
      6,
    ],
    [`authorizer.group('').resource('pods').fieldSelector('${LONG}')`, 1821, 1821, 1821],
    [`authorizer.group('').resource('pods').labelSelector('${LONG}')`, 1821, 1821, 1821],
    ["authorizer.path('/healthz').check('get').allowed()", 350_003, 350_003, 350_003],
    ['quantity("200M") == quantity("200M")', 3, 3, 3],
    ['quantity("200M") == quantity("0.2G") && quantity("0.2G") == quantity("200M")', 3, 6, 6],
    ['quantity("50k").add(20).sub(quantity("100k")).sub(-50000).asInteger() > 0', 7, 7, 7],
    ['format.named("dns1123Subdomain").value().validate("my-name")', 34, 34, 17],
    ['format.named("dns1123Label").value().validate("my-name")', 34, 34, 10],
    ['format.named("dns1123Label").value() == format.named("dns1123Label").value()', 5, 11, 5],
    ['semver("1.0.0")', 1, 1, 1],
    ['semver("1234.56789012345.67890123456789")', 4, 4, 4],
    ['isSemver("1.0.0")', 1, 1, 1],
    ['semver("1.2.3").minor()', 2, 2, 2],
    ['semver("1.0.0").isLessThan(semver("1.1.0"))', 3, 3, 3],
    ['semver("1.0.0") == semver("1.1.0")', 3, 3, 3],
  ])('of the libraries: %s is %i to %i, and %i', (source, ...cost) => expect(costOf(source)).toEqual(cost))

  it.each<[string, number, number, number]>([
    ['sets.contains([1, 2, 3, 4], [2, 3])', 29, 29, 29],
    ['sets.equivalent([1, 1], [1])', 25, 25, 25],
    ['!sets.intersects([1], [])', 22, 22, 22],
    ["{'a': 1, 'b': 2}.all(k, v, v > 0)", 37, 41, 41],
    ["{'a': 1, 'b': 2}.exists(k, v, v > 0)", 39, 43, 40],
    ["{'a': 1, 'b': 2}.existsOne(k, v, v > 0)", 38, 40, 40],
    ["{'a': 1, 'b': 2}.transformMap(k, v, v + 1)", 71, 71, 71],
    ["{'a': 1, 'b': 2}.transformMap(k, v, v < 5, v + 1)", 67, 75, 75],
    ["{'a': 1, 'b': 2}.transformMapEntry(k, v, {k: v + 1})", 131, 131, 131],
    ['[1, 2].all(i, v, v > 0)', 17, 21, 21],
    ['[1, 2].exists(i, v, v > 0)', 19, 23, 20],
    ['[1, 2].transformList(i, v, v + 1)', 49, 49, 49],
    ['[1, 2].transformList(i, v, v < 5, v + 1)', 27, 53, 53],
  ])('of sets and folds: %s is %i to %i, and %i', (source, ...cost) => expect(costOf(source)).toEqual(cost))
})
