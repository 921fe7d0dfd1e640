/**
 * Numbers as Go prints them.
 *
 * Where to read upstream: Go `strconv/ftoa.go` (`%g`).
 */

/** The shortest digits that mean this number, with an exponent where it is far from one: `0.1`, `1e+06`. */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < EXPONENT_FROM) return String(value)
  const size = String(Math.abs(exponent)).padStart(2, '0')
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${size}`
}

const EXPONENT_FROM = 6
