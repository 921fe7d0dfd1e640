/**
 * What an object tells though nobody has said it: Go writes what a type must have, structs that are no pointers, lists that it
 * does not leave out, and times that are none, as they are when nothing was put there.
 *
 * What we model: the fields that are told so since 1.20, and those of newer types that must be there. A list without anything in
 * it is as none, for that is how it comes back from the store. When something was made is left out where it is not known.
 * What we leave out: lists that validation wants something in, for such an object is refused anyway.
 * Where to read upstream: kubernetes/kubernetes `staging/src/k8s.io/api/<group>/<version>/types.go` (fields without `omitempty`).
 */
import { requiredPointers } from '#cluster/api/schema/empty-values.ts'
import type { Field, ObjectType, Schemas } from '#cluster/api/schema/schema.ts'
import { toldLists, toldQuantities, toldStructs } from './told-fields.ts'

type Json = Readonly<Record<string, unknown>>
type Zeros = readonly (readonly [name: string, zero: unknown])[]

const zerosOfTypes = new WeakMap<ObjectType, Zeros>()

/** Types whose times are no pointers: an empty one is told. */
const WITH_TIMES = /(?:Condition|ContainerState(?:Running|Terminated)|VolumeError)$/

/** The same object where nothing is missing. */
export function withZeros(schemas: Schemas, type: ObjectType, object: Json): Json {
  let zeros = zerosOfTypes.get(type)
  if (zeros === undefined) zerosOfTypes.set(type, (zeros = zerosOf(schemas, type)))
  let next: Record<string, unknown> | undefined
  for (const [name, zero] of zeros) {
    const value = object[name]
    if (value === undefined || (zero === null && isEmptyList(value))) (next ??= { ...object })[name] = zero
  }
  return next ?? object
}

const bareOfTypes = new WeakMap<ObjectType, Json>()

/** What there is of an object before anything has been put into it: as above, and the lists that validation wants something in. */
export function bare(schemas: Schemas, type: ObjectType): Json {
  let made = bareOfTypes.get(type)
  if (made === undefined) {
    const told = toldStructs(type)
    const fields = [...type.fields.values()].flatMap((field): (readonly [string, unknown])[] => {
      if (field.type.is === 'object') return told.has(field.name) ? [[field.name, bare(schemas, schemas.typeNamed(field.type.name))]] : [] // prettier-ignore
      return field.required && field.type.is !== 'scalar' ? [[field.name, null]] : []
    })
    bareOfTypes.set(type, (made = { ...withZeros(schemas, type, NO_OBJECT), ...Object.fromEntries(fields) }))
  }
  return made
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0

const NO_OBJECT = Object.freeze({})

/** Types that tell of more than they must. */
const TOLD: Readonly<Record<string, Zeros>> = {
  'core/v1.Event': [
    ['involvedObject', NO_OBJECT],
    ['source', NO_OBJECT],
    ['firstTimestamp', null],
    ['lastTimestamp', null],
    ['eventTime', null],
    ['reportingComponent', ''],
    ['reportingInstance', ''],
  ],
  'core/v1.EventSeries': [['lastObservedTime', null]],
}

function zerosOf(schemas: Schemas, type: ObjectType): Zeros {
  const [structs, lists, quantities] = [toldStructs(type), toldLists(type.name), toldQuantities(type.name)]
  return [
    ...(Object.hasOwn(TOLD, type.name) ? TOLD[type.name]! : []),
    ...[...type.fields.values()].flatMap((field): Zeros => {
      const { name } = field
      if (requiredPointers(type.name).has(name)) return []
      if (structs.has(name) && field.type.is === 'object') {
        return [[name, Object.freeze(withZeros(schemas, schemas.typeNamed(field.type.name), NO_OBJECT))]]
      }
      if (lists.has(name)) return [[name, null]]
      if (quantities.has(name)) return [[name, '0']]
      const zero = zeroOf(field, WITH_TIMES.test(type.name))
      return zero === undefined ? [] : [[name, zero]]
    }),
  ]
}

/** Undefined: it is left out. */
function zeroOf({ type, required }: Field, tellsTimes: boolean): unknown {
  if (type.is !== 'scalar') return undefined
  const { scalar } = type
  if (scalar === 't' || scalar === 'u') return required || tellsTimes ? null : undefined
  if (!required) return undefined
  if (scalar === 's') return ''
  if (scalar === 'b') return false
  return 'nil'.includes(scalar) ? 0 : undefined
}
