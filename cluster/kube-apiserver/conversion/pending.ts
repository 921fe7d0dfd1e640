/** Conversions by a webhook that are under way, as plain data. */
import type { Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Effect } from '#cluster/kernel/component.ts'
import type { View } from '../handlers/views.ts'

/** A question that is out. */
export interface Conversion {
  readonly uid: string
  /** `stable.example.com/v2`: the version in which they are wanted. */
  readonly version: string
  readonly objects: readonly KubernetesObject[]
}

export type Outgoing = Extract<Effect, { type: 'close' | 'write' }>

/** A stream of which what goes out is converted. */
export interface Translation {
  readonly asked: Resource
  readonly view: View | undefined
  /** The question that is out; undefined: none is. */
  readonly conversion: Conversion | undefined
  /** What is held back: the first is what the question is about. */
  readonly waiting: readonly Outgoing[]
  /** Something has been told. */
  readonly begun: boolean
}
