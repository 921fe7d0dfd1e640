/** Small rules that many kinds share. */
import { isEqual } from '#cluster/api/meta.ts'
import type { FieldError } from '../status.ts'
import { invalidValue, notSupported, required } from '../status.ts'

export const atLeast = (least: number, value: number | undefined, field: string): FieldError[] =>
  value === undefined || value >= least ? [] : [invalidValue(field, value, `must be greater than or equal to ${least}`)]

/** @param needed whether it must be there at all */
export function oneOf(
  values: readonly string[],
  value: string | undefined,
  field: string,
  needed = false,
): FieldError[] {
  if (value === undefined || value === '') return needed ? [required(field)] : []
  return values.includes(value) ? [] : [notSupported(field, value, values.toSorted())]
}

export const needed = (value: unknown, field: string): FieldError[] =>
  value === undefined || value === '' ? [required(field)] : []

export const unchanged = (value: unknown, old: unknown, field: string, detail = 'field is immutable'): FieldError[] =>
  isEqual(value, old) ? [] : [invalidValue(field, value, detail)]

const PERCENT = /^\d+%$/

/** A whole number, or a share such as `25%`. @param most whether a share must not be more than all */
export function numberOrPercent(value: number | string | undefined, field: string, most = true): FieldError[] {
  if (value === undefined) return []
  if (typeof value === 'number') return atLeast(0, value, field)
  if (!PERCENT.test(value)) {
    const detail = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')" // prettier-ignore
    return [invalidValue(field, value, detail)]
  }
  return most ? atMostAll(value, field) : []
}

export const atMostAll = (value: number | string | undefined, field: string): FieldError[] =>
  typeof value === 'string' && PERCENT.test(value) && Number(value.slice(0, -1)) > 100
    ? [invalidValue(field, value, 'must not be greater than 100%')]
    : []
