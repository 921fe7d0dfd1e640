/** The language itself: what expressions come to, what is refused and in which words, and what a run costs. */
import { describe, expect, it } from 'vitest'
import { compile } from './cel.ts'
import type { Variables } from './checker.ts'
import { evaluate } from './evaluator.ts'
import { BOOL, DYN, INT, listOf, mapOf, objectOf, STRING } from './types.ts'
import type { Value } from './values.ts'
import { CelMap, Duration, isList, LiteralMap, Optional, Timestamp, TypeValue, Uint } from './values.ts'
import { showDuration, showTimestamp } from './time.ts'

const spec = objectOf('spec', [
  ['replicas', INT],
  ['name', STRING],
  ['tags', listOf(STRING)],
  ['labels', mapOf(STRING, STRING)],
])
const VARIABLES: Variables = new Map([
  ['spec', spec],
  ['any', DYN],
  ['on', BOOL],
])
const map = (values: Readonly<Record<string, Value>>): CelMap => new LiteralMap(Object.entries(values))
const VALUES: Readonly<Record<string, Value>> = {
  spec: map({ replicas: 3n, name: 'web', tags: ['a', 'b'], labels: map({ app: 'web', 'a.b/c': 'x' }) }),
  any: map({ n: 1n, text: 'hello', list: [1n, 2n, 3n], none: null, half: 0.5 }),
  on: true,
}

/** Values as one would write them down. */
function plain(value: Value): unknown {
  if (isList(value)) return value.map(plain)
  if (value instanceof CelMap)
    return Object.fromEntries(value.keys().map((key) => [String(key), plain(value.get(key)!)]))
  if (value instanceof Optional) return value.value === undefined ? 'none' : { some: plain(value.value) }
  if (value instanceof Uint) return `${value.value}u`
  if (value instanceof Timestamp) return showTimestamp(value)
  if (value instanceof Duration) return showDuration(value)
  if (value instanceof TypeValue) return value.name
  return typeof value === 'bigint' ? Number(value) : value
}

function run(source: string, limit?: number): { value?: unknown; error?: string; cost: number } {
  const program = compile(source, VARIABLES)
  if ('error' in program) return { error: program.error.replace(/^compilation failed: /, ''), cost: 0 }
  const outcome = evaluate(program.checked, (name) => VALUES[name], limit)
  return 'error' in outcome ? outcome : { value: plain(outcome.value), cost: outcome.cost }
}

describe('an expression', () => {
  it.each<[string, unknown]>([
    ['1 + 2 * 3 - 4 / 2 % 3', 5],
    ['-5 / 2', -2],
    ['-5 % 3', -2],
    ['0x1F + 1', 32],
    ['1.5 * 2.0', 3],
    ['3u + 4u', '7u'],
    ['1 < 2 && 2.0 <= 2.0 && "a" < "b"', true],
    ['1 == 2 ? "yes" : "no"', 'no'],
    ['!(1 in [2, 3])', true],
    ['"app" in spec.labels', true],
    ['dyn(1) == dyn(1.0) && dyn(1u) == dyn(1)', true],
    ['[1, 2] + [3]', [1, 2, 3]],
    ['{"a": 1, "b": 2}["b"]', 2],
    ['r"\\d" + \'\\x41\\u00e9\\t\'', '\\dAé\t'],
    ['b"\\xff" == b"\\377" && size(b"é") == 2', true],
    ['size("é😀") + size([1]) + {"a": 1}.size()', 4],
    ['spec.replicas > 2 && spec.name.startsWith("w")', true],
    ["any.text.matches('^h[a-z]+o$') && 'x'.matches('X') == false", true],
    ['any.none == null', true],
    ['spec.labels.`a.b/c`', 'x'],
    ['type(1) == int && type(spec.tags) == list && type("") == string', true],
    ['type(type(1))', 'type'],
    ['// why\n1 // because', 1],
  ])('%s is %j', (source, value) => expect(run(source)).toMatchObject({ value }))

  it.each<[string, unknown]>([
    ['has(spec.name) && !has(any.nothing)', true],
    ['[1, 2, 3].all(x, x > 0)', true],
    ['[1, 2, 3].exists(x, x > 2) && ![].exists(x, true)', true],
    ['[1, 2, 2].exists_one(x, x == 1) && ![1, 2, 2].existsOne(x, x == 2)', true],
    ['[1, 2, 3].map(x, x * 2)', [2, 4, 6]],
    ['[1, 2, 3].map(x, x > 1, x * 2)', [4, 6]],
    ['[1, 2, 3].filter(x, x != 2)', [1, 3]],
    ['spec.labels.all(k, k.size() > 1)', true],
    ['["a", "b"].all(i, v, i < 2 && v < "c")', true],
    ['{"a": 1, "b": 2}.exists(k, v, k == "b" && v == 2)', true],
    ['["x", "y"].transformList(i, v, v + string(i))', ['x0', 'y1']],
    ['{"a": 1, "b": 2}.transformMap(k, v, v > 1, v * 10)', { b: 20 }],
    ['["a"].transformMapEntry(i, v, {v: i})', { a: 0 }],
    ['[[1, 2], [3]].map(l, l.map(x, x + 1))', [[2, 3], [4]]],
    ['[1, 0].exists(x, 1 / x > 0) && ![0, 1].all(x, 1 / x > 5)', true],
    ['any.?text.orValue("x") + any.?nothing.orValue("!")', 'hello!'],
    ['any.?nothing.hasValue() || any[?"n"].value() == 1', true],
    ['any.list[?7].or(optional.of(9)).value()', 9],
    ['any.?text.optMap(t, t + "!").orValue("")', 'hello!'],
    ['any.?none.optFlatMap(t, optional.none()).hasValue()', false],
    ['[?any.?nothing, 1]', [1]],
    ['{?"a": any.?nothing, "b": 2}', { b: 2 }],
  ])('with a macro or an optional, %s is %j', (source, value) => expect(run(source)).toMatchObject({ value }))

  it.each<[string, unknown]>([
    ['"hello".indexOf("l") + "hello".lastIndexOf("l")', 5],
    ['"héllo".substring(1, 3) + "x".charAt(0)', 'élx'],
    ['"a,b,c".split(",", 2)', ['a', 'b,c']],
    ['["a", "b"].join("-") + " A ".trim().lowerAscii() + "b".upperAscii()', 'a-baB'],
    ['"a.b.c".replace(".", "-", 1)', 'a-b.c'],
    [
      '"%s has %d of %.2f, %x, %s".format(["x", dyn(3), dyn(1.5), dyn(255), dyn([1, 2])])',
      'x has 3 of 1.50, ff, [1, 2]',
    ],
    ['"ab12cd3".find("[0-9]+") + "," + "ab12cd3".findAll("[0-9]+").join("+")', '12,12+3'],
    ['strings.quote("a\\"b")', '"a\\"b"'],
    ['[1, 2, 2].isSorted() && ![2, 1].isSorted() && [3, 1, 2].max() == 3 && [3, 1].min() == 1', true],
    ['[1, 2].sum() + [1, 2, 1].lastIndexOf(1) + ["a"].indexOf("b")', 4],
    ['sets.contains([1, 2, 3], [2]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2])', true],
    ['string(1000000.0) + string(0.5) + string(12u) + string(true)', '1e+060.512true'],
    ['int("42") + int(3.9) + int(timestamp("1970-01-01T00:00:05Z"))', 50],
    ['double("1e3") == 1000.0 && bool("true") && string(b"é") == "é"', true],
    [
      'quantity("1.5Gi").isGreaterThan(quantity("1500M")) && quantity("500m").add(quantity("0.5")).asInteger() == 1',
      true,
    ],
    ['isQuantity("10Mi") && !isQuantity("10mi") && quantity("1k").compareTo(quantity("1000")) == 0', true],
    ['ip("10.0.0.1").family() == 4 && ip("::1").isLoopback() && isIP("1.2.3") == false', true],
    ['cidr("10.0.0.0/8").containsIP("10.9.8.7") && !cidr("10.0.0.0/8").containsCIDR("10.0.0.0/7")', true],
    ['string(cidr("10.1.2.3/16").masked()) + " " + string(ip("2001:DB8:0:0::1"))', '10.1.0.0/16 2001:db8::1'],
    ['ip.isCanonical("2001:db8::1") && !ip.isCanonical("2001:DB8::1")', true],
    ['url("https://a.example:8443/x/y?q=1&q=2&z=%20").getPort() + url("https://[::1]/").getHostname()', '8443::1'],
    ['url("https://a.example/x?q=1&q=2").getQuery()["q"]', ['1', '2']],
    ['isURL("/path") && !isURL("a b") && isURL("mailto:a@b.example")', true],
    [
      '[1, 2, 3, 4].slice(1, 3) + [[1], [2, 3]].flatten() + lists.range(2) + [1, 2].reverse()',
      [2, 3, 1, 2, 3, 0, 1, 2, 1],
    ],
    ['[dyn(1), dyn([2, dyn([3])])].flatten(1).size() + [dyn(1), dyn(1u), dyn(1.0), dyn(2)].distinct().size()', 5],
    ['["b", "c", "a"].sort().join() + [3, 1, 2].sortBy(x, -x).map(x, string(x)).join()', 'abc321'],
    ['any.list.sortBy(x, 0 - x)[0] == 3 && spec.tags.sort() == ["a", "b"]', true],
    ['semver("1.2.3").major() == 1 && semver("1.2.3").minor() == 2 && semver("1.2.3-a+b").patch() == 3', true],
    [
      'semver("1.0.0-alpha.2").isLessThan(semver("1.0.0-alpha.10")) && semver("1.0.0-1").isLessThan(semver("1.0.0-a"))',
      true,
    ],
    ['semver("1.0.0").isGreaterThan(semver("1.0.0-rc.1")) && semver("1.0.0+x") == semver("1.0.0+y")', true],
    ['semver("v1.02", true).compareTo(semver("1.2.0")) == 0 && isSemver("v1.0", true) && !isSemver("v1.0.0")', true],
    ['isSemver("1.2.3-beta.1+build.1") && !isSemver("") && type(semver("1.2.3")) == kubernetes.Semver', true],
    [
      'format.uuid().validate("x").value()[0] + format.date().validate("2024-02-30").value()[0]',
      'does not match the UUID formatinvalid date',
    ],
    ['format.dns1123Label().validate("web").hasValue()', false],
    ['format.named("dns1123Label").value().validate("Web").value().size()', 1],
  ])('with a function of the libraries, %s is %j', (source, value) => expect(run(source)).toMatchObject({ value }))

  it.each<[string, unknown]>([
    ['timestamp("2024-02-29T23:30:00.5Z") + duration("45m")', '2024-03-01T00:15:00.5Z'],
    ['timestamp("2024-03-01T00:00:00+02:00")', '2024-02-29T22:00:00Z'],
    ['timestamp("2024-12-31T00:00:00Z") - timestamp("2024-01-01T00:00:00Z")', '31536000s'],
    ['timestamp("2024-12-31T01:02:03Z").getDayOfYear()', 365],
    [
      'timestamp("2026-11-27T23:30:00Z").getDayOfWeek() * 100 + timestamp("2026-11-27T23:30:00Z").getHours("+02:00")',
      501,
    ],
    ['duration("1h30m").getMinutes() + duration("-1.5s").getMilliseconds()', -410],
    ['timestamp("1969-12-31T23:59:59.999Z").getMilliseconds()', 999],
  ])('about time, %s is %j wherever it runs', (source, value) => expect(run(source)).toMatchObject({ value }))

  it.each([
    ['1 / 0', 'division by zero'],
    ['5 % 0', 'modulus by zero'],
    ['9223372036854775807 + 1', 'integer overflow'],
    ['uint(-1)', 'unsigned integer overflow'],
    ['[1][3]', 'index out of bounds: 3'],
    ['any.nothing', 'no such key: nothing'],
    ['any.nothing.more', 'no such key: nothing'],
    ['any.text + any.n', 'no such overload'],
    ['any.n && true', 'no such overload'],
    ['int("x")', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['[].map(x, x).min()', 'min called on empty list'],
    ['any.?nothing.value()', 'optional.none() dereference'],
    ['"a".matches("(?=a" + ")")', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
    [
      'timestamp("2024-02-30T00:00:00" + "Z") == timestamp("2024-01-01T00:00:00Z")',
      'parsing time "2024-02-30T00:00:00Z"',
    ],
    ['duration("1" + "x").getHours() == 1', 'time: invalid duration "1x"'],
    ['[1, 2].slice(1, 3)', 'cannot slice(1, 3), list is length 2'],
    ['[1].slice(-1, 1)', 'cannot slice(-1, 1), negative indexes not supported'],
    ['[1].slice(1, 0)', 'cannot slice(1, 0), start index must be less than or equal to end index'],
    ['[dyn([1])].flatten(-1)', 'level must be non-negative'],
    ['lists.range(2000000).size()', 'lists.range: size 2000000 exceeds maximum allowed (1000000)'],
    ['[dyn(1), dyn("a")].sortBy(x, x)', 'list elements must have the same type'],
    ['semver("v1.0")', 'No Major.Minor.Patch elements found'],
    ['semver("1.02.3")', 'Minor number must not contain leading zeroes "02"'],
    ['semver("1.2.x")', 'Invalid character(s) found in patch number "x"'],
    ['semver("1.2.3-a_b")', 'Invalid character(s) found in prerelease "a_b"'],
    ['semver("1.2-rc", true)', 'short version cannot contain PreRelease/Build meta data'],
    ['timestamp("2024-02-03T00:00:00Z").getHours("Europe/Madrid")', 'unknown time zone Europe/Madrid'],
    ['quantity("x").isInteger()', 'quantities must match the regular expression'],
  ])('%s comes to nothing: %s', (source, message) => {
    const { error } = run(source)
    expect(error).toContain(message)
    expect(error).not.toContain('ERROR')
  })
})

describe('what does not compile', () => {
  it.each([
    ['spec.nothing > 0', "ERROR: <input>:1:5: undefined field 'nothing'\n | spec.nothing > 0\n | ....^"],
    ['spec.replicas == true', "ERROR: <input>:1:15: found no matching overload for '_==_' applied to '(int, bool)'\n | spec.replicas == true\n | ..............^"], // prettier-ignore
    ['nobody', "ERROR: <input>:1:1: undeclared reference to 'nobody' (in container '')\n | nobody\n | ^"],
    ['twice(1)', "ERROR: <input>:1:6: undeclared reference to 'twice' (in container '')\n | twice(1)\n | .....^"],
    ['spec.replicas.startsWith("a")', "found no matching overload for 'startsWith' applied to 'int.(string)'"],
    ['spec.replicas.more', "type 'int' does not support field selection"],
    ['[1, "a"]', "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, \"a\"]\n | ....^"],
    ['spec.replicas.all(x, true)', "expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)"], // prettier-ignore
    ['[1].all(x, 1)', "found no matching overload for '_&&_' applied to '(bool, int)'"],
    ['[1].all(1, true)', 'argument must be a simple name'],
    ['has(spec)', 'invalid argument to has() macro'],
    ['1 +', "ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | 1 +\n | ...^"], // prettier-ignore
    ['1 2', "Syntax error: extraneous input '2' expecting <EOF>"],
    ['1 & 2', "Syntax error: token recognition error at: '&'"],
    ['"open', "Syntax error: token recognition error at: '\"open'"],
    ['for', 'reserved identifier: for'],
    ['9223372036854775808', 'invalid int literal'],
    [
      '"a".find("(?=a)") == ""',
      'program instantiation failed: error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
    ],
    [
      '"a".matches("(?=a)")',
      'ERROR: <input>:1:13: invalid matches argument\n | "a".matches("(?=a)")\n | ............^',
    ],
    ['duration("1x") > duration("1s")', 'ERROR: <input>:1:10: invalid duration argument'],
    ['timestamp("yesterday").getFullYear()', 'ERROR: <input>:1:11: invalid timestamp argument'],
    ['"a".sortBy(x, x)', 'sortBy can only be applied to a list, identifier, comprehension, call or select expression'],
    ['[{}].sort()', "found no matching overload for 'sort' applied to 'list(map(dyn, dyn)).()'"],
    ['Pod{name: 1}', "undeclared reference to 'Pod' (in container '')"],
    [`${'('.repeat(300)}1${')'.repeat(300)}`, 'expression recursion limit exceeded: 250'],
  ])('%s', (source, message) => expect(run(source).error).toContain(message))

  it('is told of all at once, line by line', () => {
    expect(run('on &&\nspec.a == spec.b').error).toBe(
      "ERROR: <input>:2:5: undefined field 'a'\n | spec.a == spec.b\n | ....^\nERROR: <input>:2:15: undefined field 'b'\n | spec.a == spec.b\n | ..............^", // prettier-ignore
    )
  })
})

describe('the cost of a run', () => {
  it.each([
    ['on', 1],
    ['1 + 1', 1],
    ['spec.replicas > 2', 3],
    ['[1, 2]', 10],
    ['spec.name == "web"', 3],
    ['has(spec.name)', 1],
    ['"0123456789".contains("0123456789")', 1],
    ['"01234567890".contains("01234567890")', 4],
    // Of each item: the condition (2), what there is so far (1), the name (1), the comparison (1); at last the result (1).
    ['[1, 2, 3].all(x, x > 0)', 10 + 3 * 5 + 1],
  ])('%s: %i', (source, cost) => expect(run(source).cost).toBe(cost))

  it('has a limit, at which it ends wherever it is', () => {
    const cube = 'spec.tags.map(a, spec.tags.map(b, spec.tags.map(c, a + b + c))).size() > 0'
    expect(run(cube, 1000)).toMatchObject({ value: true })
    expect(run(cube, 100)).toMatchObject({ error: 'operation cancelled: actual cost limit exceeded' })
    expect(run('on || 1 == 2 || true', 0)).toMatchObject({ error: 'operation cancelled: actual cost limit exceeded' })
  })
})
