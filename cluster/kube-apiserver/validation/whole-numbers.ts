/** A parameter of a query that is to be a whole number, as Go reads one of 64 bits. */

const MAX = 2n ** 63n

/** Undefined: it is one, or is not there. An empty text is none. */
export function int64Problem(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const refuse = (why: string): string => `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`
  if (!/^[+-]?\d+$/.test(text)) return refuse('invalid syntax')
  const value = BigInt(text.replace('+', ''))
  return value >= MAX || value < -MAX ? refuse('value out of range') : undefined
}
