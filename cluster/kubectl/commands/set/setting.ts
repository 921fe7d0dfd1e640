/** What one of the commands of `kubectl set` makes of its words. */
import type { Chosen } from '../../chosen-objects.ts'
import type { Ask, Invocation, Round } from '../../command.ts'

/** What of the words of a line is about objects, and what is changed of each. */
export interface Setting {
  /** As messages call it: `image updated`. */
  readonly done: string
  readonly about: readonly string[]
  /** A part of the object, to be merged by names; undefined: nothing changes. */
  readonly change: (object: any, chosen: Chosen) => object | undefined
  /** Merged by names of elements, or as JSON. Default: by names. */
  readonly type?: 'merge'
  /** What is said meanwhile. */
  readonly warnings?: string
  /** In place of a change: what is printed of each object. */
  readonly list?: (object: any, chosen: Chosen) => string
}

/** @param rest the words after the name of what is set */
export type SettingOf = (invocation: Invocation, rest: readonly string[]) => Setting

/** The same where the cluster has to be asked first. */
export type AskedSetting = (invocation: Invocation, rest: readonly string[]) => Generator<Ask, Setting, Round>
