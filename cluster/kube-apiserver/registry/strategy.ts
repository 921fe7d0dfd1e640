/**
 * What is special about a kind: its defaults, what the server sets itself, what it refuses.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/<group>/<resource>/strategy.go`, apiserver
 * `pkg/registry/rest/{create,update,delete}.go`.
 */
import type { UserInfo } from '#cluster/api/http.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { FieldError } from '../status.ts'

/** What of the metadata is the clients' own. */
export const STATUS_METADATA = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const
export type StatusMetadata = (typeof STATUS_METADATA)[number]

export interface Strategy<T extends KubernetesObject = any> {
  /** Fills in what the client left out. Returns the same object where nothing is missing. */
  readonly defaults?: (object: T) => T
  /** `user` is who asks; undefined: the server itself. */
  readonly prepareForCreate?: (object: T, now: Micros, user?: UserInfo) => T
  /** On an update of the object itself; the status is taken from the old one already. */
  readonly prepareForUpdate?: (object: T, old: T, now: Micros) => T
  /** On an update through `status`; everything but the status is the old one's. */
  readonly prepareForStatusUpdate?: (object: T, old: T, now: string) => T
  /** What of the metadata an update through `status` leaves as it was; the rest of what clients write there may change with it. */
  readonly keptByStatus?: readonly StatusMetadata[]
  readonly validate?: (object: T) => FieldError[]
  readonly validateUpdate?: (object: T, old: T) => FieldError[]
  readonly validateStatusUpdate?: (object: T, old: T) => FieldError[]
  /** On an update through `finalize`. */
  readonly validateFinalize?: (object: T) => FieldError[]
  /** On an update through `approval`. */
  readonly validateApproval?: (object: T, old: T) => FieldError[]
  /** Rules for names; default: DNS subdomains. */
  readonly nameRule?: 'subdomain' | 'label' | 'label-1035' | 'path-segment'
  /** Finalizers of a single word are the clients' own business. */
  readonly plainFinalizers?: boolean
  /** Counts changes of the spec in `metadata.generation`. */
  readonly hasGeneration: boolean
  /** Changes of the status count too, where it has no subresource of its own. */
  readonly countsStatus?: boolean
  /** It is 1, and stays so. */
  readonly keepsGeneration?: boolean
  /** Changes of the annotations count too. */
  readonly countsAnnotations?: boolean
  /** The status is written through its own subresource only. */
  readonly hasStatus: boolean
  /** A PUT to a name that does not exist creates it. */
  readonly allowCreateOnUpdate?: boolean
  /** A PUT without resourceVersion is refused. */
  readonly requiresResourceVersion?: boolean
  /** A deletion answers with the object, not with a Status. */
  readonly returnsDeletedObject?: boolean
  /** Seconds that a deletion leaves the object to end by itself; undefined: it goes at once. */
  readonly gracePeriodSeconds?: (object: T, asked: number | undefined) => number
}
