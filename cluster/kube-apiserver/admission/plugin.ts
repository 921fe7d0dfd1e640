/**
 * The shape of an admission plugin: pure, and about one write.
 *
 * It may change what is wished (`mutate`), and has the last word on it (`validate`). What it looks up comes from the watch
 * caches of the kinds that it names in `reads`, which are there before the request is let in.
 * Where to read upstream: apiserver `pkg/admission/interfaces.go`.
 */
import type { UserInfo } from '#cluster/api/http.ts'
import { keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, Status } from '#cluster/api/types.ts'
import type { Context } from '#cluster/kernel/component.ts'
import type { Ask } from '../cel/authorizers.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { State } from '../state.ts'
import { forbidden } from '../status.ts'

/** What is known of a write, beside the object. */
export interface Attributes {
  readonly info: RequestInfo
  readonly user: UserInfo
  /** As messages call it: the name that was asked for, or what a name is made from. */
  readonly name: string
  /** The object as it is; undefined where there is none yet. */
  readonly old: KubernetesObject | undefined
  readonly isDryRun: boolean
  readonly caches: State['caches']
  /** The types of the API, where the server has them. */
  readonly schemas: State['schemas']
  readonly ctx: Context
  /** What is missing may come yet: the write is tried again a little later, a few times, before it is refused. */
  wait(): void
  /** Adds a text to the warnings of the answer. */
  warn(text: string): void
  /** Adds a remark to the audit event. */
  annotate(key: string, value: string): void
  /** Whether somebody may do something: for plugins that ask the authorizer. */
  readonly mayUser: (info: RequestInfo) => boolean
  /** The same for expressions. */
  readonly authority: Ask
}

/** A kind of request; all that are of one pass the same plugins. */
export type RequestKind = Pick<RequestInfo, 'resource' | 'verb' | 'subresource'>

export interface AdmissionPlugin {
  /** As in `--enable-admission-plugins`. */
  readonly name: string
  /** Whether it has anything to say about such a request. */
  readonly handles: (info: RequestKind) => boolean
  /** Kinds, by plural, that it looks up. */
  readonly reads?: readonly string[]
  /** The same object where it has nothing to change; a Status refuses. */
  readonly mutate?: (object: any, attributes: Attributes) => KubernetesObject | Status
  /** Undefined: it may be. On a deletion the object is undefined. */
  readonly validate?: (object: any, attributes: Attributes) => Status | undefined
}

export const forbid = ({ info, name }: Attributes, why: string): Status => forbidden(info.resource, name, why)

/** An object by its key (`namespace/name` or `name`), as the cache has it. */
export const lookUp = <T extends KubernetesObject>({ caches }: Attributes, resource: string, key: string) =>
  caches[resource]?.objects.get(key) as T | undefined

export const isPodCreation = ({ resource, verb, subresource }: RequestKind): boolean =>
  keyOf(resource) === 'pods' && verb === 'create' && subresource === ''

/** A create or a write to the object itself, of that kind. */
export const isWriteOf =
  (kind: string, verbs: readonly string[]) =>
  ({ resource, verb, subresource }: RequestKind): boolean =>
    keyOf(resource) === kind && subresource === '' && verbs.includes(verb)
