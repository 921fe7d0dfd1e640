/**
 * Semantic versions: `semver('1.2.3-rc.1').isLessThan(semver('1.2.3'))`, and `semver('v1.2', true)` for what people write.
 *
 * Where to read upstream: apiserver `pkg/cel/library/semverlib.go` (version 1); blang/semver `semver.go`; https://semver.org.
 */
import type { Overload } from './signatures.ts'
import { def, defs } from './signatures.ts'
import { CelError, fail, Opaque, UINT_MAX } from './values.ts'

export const SEMVER = 'kubernetes.Semver'

class Semver extends Opaque {
  readonly type = SEMVER
  readonly numbers: readonly [bigint, bigint, bigint]
  /** What comes before the version itself, part by part: numbers, or words. */
  readonly before: readonly (bigint | string)[]
  constructor(numbers: readonly [bigint, bigint, bigint], before: readonly (bigint | string)[]) {
    super()
    this.numbers = numbers
    this.before = before
  }
  equals(other: Opaque): boolean {
    return other instanceof Semver && compareTo(this, other) === 0n
  }
}

const DIGITS = /^\d*$/
const WORD = /^[0-9A-Za-z-]*$/
const quoted = (text: string): string => JSON.stringify(text)

function whole(text: string): bigint {
  if (text === '') return fail('strconv.ParseUint: parsing "": invalid syntax')
  const value = BigInt(text)
  return value > UINT_MAX ? fail(`strconv.ParseUint: parsing ${quoted(text)}: value out of range`) : value
}

function numberOf(text: string, name: string): bigint {
  if (!DIGITS.test(text)) return fail(`Invalid character(s) found in ${name} number ${quoted(text)}`)
  if (/^0\d/.test(text)) return fail(`${name[0]!.toUpperCase()}${name.slice(1)} number must not contain leading zeroes ${quoted(text)}`) // prettier-ignore
  return whole(text)
}

function beforeOf(text: string): bigint | string {
  if (text === '') return fail('Prerelease is empty')
  if (!DIGITS.test(text)) return WORD.test(text) ? text : fail(`Invalid character(s) found in prerelease ${quoted(text)}`) // prettier-ignore
  if (/^0\d/.test(text)) return fail(`Numeric PreRelease version must not contain leading zeroes ${quoted(text)}`)
  return whole(text)
}

function checkBuild(text: string): void {
  if (text === '') fail('Build meta data is empty')
  if (!WORD.test(text)) fail(`Invalid character(s) found in build meta data ${quoted(text)}`)
}

/** At the first of a sign; undefined: it is not there. */
function cut(text: string, sign: string): readonly [string, string | undefined] {
  const at = text.indexOf(sign)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** At the first two dots: what stands after them keeps its own. */
function threeOf(text: string): string[] {
  const [major = '', minor, ...patch] = text.split('.')
  return minor === undefined ? [major] : patch.length === 0 ? [major, minor] : [major, minor, patch.join('.')]
}

function parse(text: string): Semver {
  if (text === '') return fail('Version string empty')
  const [major = '', minor = '', rest] = threeOf(text)
  if (rest === undefined) return fail('No Major.Minor.Patch elements found')
  const first = [numberOf(major, 'major'), numberOf(minor, 'minor')] as const
  const [unbuilt, build] = cut(rest, '+')
  const [patch, before] = cut(unbuilt, '-')
  const version = new Semver([...first, numberOf(patch, 'patch')], before?.split('.').map(beforeOf) ?? [])
  build?.split('.').forEach(checkBuild)
  return version
}

/** No zeros in front, but one where nothing else is left. */
function unpadded(part: string): string {
  if (part.length <= 1) return part
  const bare = part.replace(/^0+/, '')
  return /^\d/.test(bare) ? bare : `0${bare}`
}

/** `v1.2` is `1.2.0`. */
function normalized(text: string): string {
  const parts = threeOf(text.replace(/^v/, '')).map(unpadded)
  if (parts.length < 3 && /[+-]/.test(parts.at(-1)!)) {
    return fail('short version cannot contain PreRelease/Build meta data')
  }
  while (parts.length < 3) parts.push('0')
  return parts.join('.')
}

const semver = (text: string, normalize = false): Semver => parse(normalize ? normalized(text) : text)

function isSemver(text: string, normalize = false): boolean {
  try {
    semver(text, normalize)
    return true
  } catch (error) {
    if (error instanceof CelError) return false
    throw error
  }
}

const order = <T>(a: T, b: T): -1n | 0n | 1n => (a < b ? -1n : a > b ? 1n : 0n)

/** Numbers come before words. */
function compareParts(a: bigint | string, b: bigint | string): bigint {
  if (typeof a === typeof b) return order(a, b)
  return typeof a === 'bigint' ? -1n : 1n
}

/** What has something before it is less than what has nothing; what was built how does not count. */
function compareTo(a: Semver, b: Semver): bigint {
  for (const [i, number] of a.numbers.entries()) {
    const way = order(number, b.numbers[i]!)
    if (way !== 0n) return way
  }
  if (a.before.length === 0 || b.before.length === 0) return order(b.before.length, a.before.length)
  for (const [i, part] of a.before.entries()) {
    if (i >= b.before.length) return 1n
    const way = compareParts(part, b.before[i]!)
    if (way !== 0n) return way
  }
  return order(a.before.length, b.before.length)
}

const number = (name: string, i: 0 | 1 | 2): Overload =>
  def(name, `${SEMVER}.() -> int`, ({ numbers }: Semver) => BigInt.asIntN(64, numbers[i]))

export const VERSIONS: readonly Overload[] = [
  ...defs('semver', [`(string) -> ${SEMVER}`, `(string, bool) -> ${SEMVER}`], semver),
  ...defs('isSemver', ['(string) -> bool', '(string, bool) -> bool'], isSemver),
  def('isGreaterThan', `${SEMVER}.(${SEMVER}) -> bool`, (a: Semver, b: Semver) => compareTo(a, b) === 1n),
  def('isLessThan', `${SEMVER}.(${SEMVER}) -> bool`, (a: Semver, b: Semver) => compareTo(a, b) === -1n),
  def('compareTo', `${SEMVER}.(${SEMVER}) -> int`, compareTo),
  number('major', 0),
  number('minor', 1),
  number('patch', 2),
]
