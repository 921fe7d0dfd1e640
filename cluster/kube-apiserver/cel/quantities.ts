/**
 * Quantities (`quantity('1.5Gi')`), exact to a thousand millionth of the unit.
 *
 * Where to read upstream: apiserver `pkg/cel/library/quantity.go`; apimachinery `pkg/api/resource/quantity.go`.
 */
import type { Overload } from './signatures.ts'
import { def } from './signatures.ts'
import { fail, INT_MAX, INT_MIN, Opaque } from './values.ts'

const NANO = 1_000_000_000n

const TYPE = 'kubernetes.Quantity'

class Quantity extends Opaque {
  readonly type = TYPE
  readonly nanos: bigint
  constructor(nanos: bigint) {
    super()
    this.nanos = nanos
  }
  equals(other: Opaque): boolean {
    return other instanceof Quantity && other.nanos === this.nanos
  }
}

/** What a unit is worth, in thousand millionths. */
const SUFFIXES: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 1000n,
  m: 1_000_000n,
  '': NANO,
  k: NANO * 1000n,
  ...Object.fromEntries(['M', 'G', 'T', 'P', 'E'].map((letter, i) => [letter, NANO * 1000n ** BigInt(i + 2)])),
  ...Object.fromEntries(['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((text, i) => [text, NANO * 1024n ** BigInt(i + 1)])),
}

const FORM = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/

function parse(text: string): Quantity | undefined {
  const match = FORM.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent, suffix = ''] = match
  if (whole === '' && fraction === '') return undefined
  const power = Number(exponent ?? 0)
  if (Math.abs(power) > 100) return undefined
  const numerator = BigInt(whole + fraction) * SUFFIXES[suffix]! * 10n ** BigInt(Math.max(power, 0))
  const denominator = 10n ** BigInt(fraction.length + Math.max(-power, 0))
  // What is finer than the finest unit is rounded away from zero.
  const nanos = (numerator + denominator - 1n) / denominator
  return new Quantity(sign === '-' ? -nanos : nanos)
}

const WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

const isWhole = ({ nanos }: Quantity): boolean =>
  nanos % NANO === 0n && nanos / NANO >= INT_MIN && nanos / NANO <= INT_MAX
const compareTo = (a: Quantity, b: Quantity): bigint => (a.nanos < b.nanos ? -1n : a.nanos > b.nanos ? 1n : 0n)
const withNumber = (name: string, of: (a: bigint, b: bigint) => bigint): Overload[] => [
  def(name, `${TYPE}.(${TYPE}) -> ${TYPE}`, (a: Quantity, b: Quantity) => new Quantity(of(a.nanos, b.nanos))),
  def(name, `${TYPE}.(int) -> ${TYPE}`, (a: Quantity, b: bigint) => new Quantity(of(a.nanos, b * NANO))),
]

export const QUANTITIES: readonly Overload[] = [
  def('quantity', `(string) -> ${TYPE}`, (text: string) => parse(text) ?? fail(WRONG)),
  def('isQuantity', '(string) -> bool', (text: string) => parse(text) !== undefined),
  def('sign', `${TYPE}.() -> int`, (a: Quantity) => compareTo(a, new Quantity(0n))),
  def('isInteger', `${TYPE}.() -> bool`, isWhole),
  def('asInteger', `${TYPE}.() -> int`, (a: Quantity) => isWhole(a) ? a.nanos / NANO : fail('cannot convert value to integer')), // prettier-ignore
  def('asApproximateFloat', `${TYPE}.() -> double`, ({ nanos }: Quantity) => Number(nanos / NANO) + Number(nanos % NANO) / 1e9), // prettier-ignore
  def('isGreaterThan', `${TYPE}.(${TYPE}) -> bool`, (a: Quantity, b: Quantity) => a.nanos > b.nanos),
  def('isLessThan', `${TYPE}.(${TYPE}) -> bool`, (a: Quantity, b: Quantity) => a.nanos < b.nanos),
  def('compareTo', `${TYPE}.(${TYPE}) -> int`, compareTo),
  ...withNumber('add', (a, b) => a + b),
  ...withNumber('sub', (a, b) => a - b),
]
