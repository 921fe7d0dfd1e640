/** Places in objects: `spec.template.spec.containers[].image`, where `[]` means each item. */
import { podTemplateKinds } from './kinds.ts'

export type Json = Record<string, any>

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Changes what stands at a place. @param change is handed what is there, and the object around it
 * @param makes objects that are missing on the way; without it nothing is done where there is none
 */
export function changeAt(
  object: Json,
  path: string,
  change: (value: any, around: Json) => unknown,
  makes = false,
): void {
  const [step = '', ...rest] = path.split('.')
  const isList = step.endsWith('[]')
  const field = isList ? step.slice(0, -2) : step
  if (rest.length === 0 && !isList) {
    if (makes || Object.hasOwn(object, field)) object[field] = change(object[field], object)
    return
  }
  if (!isRecord(object[field]) && !Array.isArray(object[field])) {
    if (!makes || isList) return
    object[field] = {}
  }
  const below = isList ? (object[field] as unknown[]) : [object[field]]
  if (!Array.isArray(below)) return
  for (const [index, item] of below.entries()) {
    if (rest.length === 0) below[index] = change(item, object)
    else if (isRecord(item)) changeAt(item, rest.join('.'), change, makes)
  }
}

/** Where a kind has the spec of its Pods; undefined: it has none. */
export const podSpecOf = (kind: string): string | undefined => podTemplateKinds[kind]
