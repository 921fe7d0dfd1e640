/**
 * The natural logarithm by + − × ÷ alone: `Math.log` may differ in its last digit from engine to engine, and then two
 * engines would choose different nodes.
 */
const { LN2 } = Math
/** Of the series of atanh: with a mantissa below 2, what follows is less than one part in 10¹⁶. */
const TERMS = 18

const known = new Map<number, number>()

/** `x` at least 1. Remembered, for few values ever occur. */
export function lnOf(x: number): number {
  let value = known.get(x)
  if (value === undefined) known.set(x, (value = compute(x)))
  return value
}

function compute(x: number): number {
  let mantissa = x
  let doublings = 0
  while (mantissa >= 2) {
    mantissa /= 2
    doublings++
  }
  // ln m = 2 atanh((m - 1) / (m + 1))
  const ratio = (mantissa - 1) / (mantissa + 1)
  let power = ratio
  let sum = 0
  for (let i = 0; i < TERMS; i++) {
    sum += power / (2 * i + 1)
    power *= ratio * ratio
  }
  return doublings * LN2 + 2 * sum
}
