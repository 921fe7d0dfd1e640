/** What pictures say of the API server's own: whom it is a front for, and what its watch cache holds for whom. */

/** An APIService: which group and version another server answers for, and what is known of that server. */
export interface ApiServiceView {
  readonly name: string
  readonly group: string
  readonly version: string
  /** `namespace/name` */
  readonly service: string
  /** The condition Available; `Unknown` before it was looked at. */
  readonly available: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

export interface CopiedObject {
  readonly name: string
  /** Of the last change that is known. */
  readonly revision: number
}

export interface CopiedChange {
  readonly revision: number
  readonly namespace: string
  readonly name: string
  readonly verb: 'put' | 'delete'
}

/** A program that keeps a copy of a namespace's ConfigMaps, and where that comes from. */
export interface ReaderView {
  readonly namespace: string
  readonly phase: 'stopped' | 'listing' | 'watching' | 'waiting'
  /** Where its watch goes on from; 0: it has to list. */
  readonly revision: number
  readonly copy: readonly CopiedObject[]
  readonly stored: readonly CopiedObject[]
  /** Every change of a ConfigMap that etcd retains, oldest first. */
  readonly changes: readonly CopiedChange[]
  /** The API server's watch cache: a watch may begin after `oldest`. Undefined: there is none at the moment. */
  readonly cache: { readonly oldest: number; readonly revision: number } | undefined
}
