/**
 * What an object tells though nobody has said it: Go writes what a type must have, and times that are none, as they are when
 * nothing was put there.
 *
 * Where to read upstream: kubernetes/kubernetes `staging/src/k8s.io/api/<group>/<version>/types.go` (fields without `omitempty`).
 */
import { requiredPointers } from '#cluster/api/schema/empty-values.ts'
import type { Field, ObjectType } from '#cluster/api/schema/schema.ts'

type Json = Readonly<Record<string, unknown>>
type Zeros = readonly (readonly [name: string, zero: unknown])[]

const zerosOfTypes = new WeakMap<ObjectType, Zeros>()

/** Types whose times are no pointers: an empty one is told. */
const WITH_TIMES = /(?:Condition|ContainerState(?:Running|Terminated))$/

/** The same object where nothing is missing. */
export function withZeros(type: ObjectType, object: Json): Json {
  let zeros = zerosOfTypes.get(type)
  if (zeros === undefined) zerosOfTypes.set(type, (zeros = zerosOf(type)))
  let next: Record<string, unknown> | undefined
  for (const [name, zero] of zeros) {
    if (object[name] === undefined) (next ??= { ...object })[name] = zero
  }
  return next ?? object
}

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

const zerosOf = (type: ObjectType): Zeros => [
  ...(Object.hasOwn(TOLD, type.name) ? TOLD[type.name]! : []),
  ...[...type.fields.values()].flatMap((field): Zeros => {
    if (requiredPointers(type.name).has(field.name)) return []
    const zero = zeroOf(field, WITH_TIMES.test(type.name))
    return zero === undefined ? [] : [[field.name, zero]]
  }),
]

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
