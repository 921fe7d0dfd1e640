/**
 * What a controller sees: requests to reconcile, a client and a context. The shapes are controller-runtime's
 * (sigs.k8s.io/controller-runtime `pkg/reconcile`, `pkg/client`), in TypeScript.
 */
import type {
  ConfigMap,
  Deployment,
  EndpointSlice,
  KubernetesObject,
  LabelSelector,
  Lease,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  Service,
} from 'clusterwright/api'

/** The kinds that a client knows, by name. */
export interface Kinds {
  ConfigMap: ConfigMap
  Deployment: Deployment
  EndpointSlice: EndpointSlice
  Lease: Lease
  Namespace: Namespace
  Node: Node
  Pod: Pod
  ReplicaSet: ReplicaSet
  Service: Service
}
export type Kind = keyof Kinds

/** Which object. Objects without a namespace, such as Nodes, have none here. */
export interface ObjectKey {
  readonly namespace?: string
  readonly name: string
}

/** What is to be reconciled. It says where to look, never what happened: several changes may arrive as one request. */
export interface Request {
  readonly namespace: string
  readonly name: string
}

/** When to come back, apart from changes of what is watched. */
export interface Result {
  readonly requeueAfterMs?: number
}

export interface ReadOptions {
  /** Ask the API server instead of the cache. Slower, and never behind. */
  readonly live?: boolean
}

export interface ListOptions extends ReadOptions {
  readonly namespace?: string
  readonly selector?: LabelSelector
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  /** Refuse with `Conflict` when the object is not this very one. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/**
 * Speaks with the API server. Each call takes time, and your process may die during any of them.
 *
 * Reads come from a cache that lags behind: an object that you created a moment ago may not be in it yet. Mostly it lags by
 * milliseconds, by many seconds when a watch breaks, and what came and went meanwhile it never shows. What reads return is
 * frozen; make a copy to change it. Writes go to the API server, which refuses an update whose `resourceVersion` is not
 * the newest (`Conflict`). A refusal arrives as a thrown {@link ApiError}.
 */
export interface Client {
  /** The object, or undefined when there is none. */
  get<K extends Kind>(kind: K, key: ObjectKey, options?: ReadOptions): Promise<Kinds[K] | undefined>
  list<K extends Kind>(kind: K, options?: ListOptions): Promise<readonly Kinds[K][]>
  /** Returns the object as stored, with `uid` and `resourceVersion`. */
  create<T extends KubernetesObject>(object: T): Promise<T>
  /** Replaces the object, but not its status. */
  update<T extends KubernetesObject>(object: T): Promise<T>
  /** Replaces the object's status alone. */
  updateStatus<T extends KubernetesObject>(object: T): Promise<T>
  /**
   * Merges `patch` into the object (RFC 7386: null removes, lists are replaced). Needs no `resourceVersion`; with one in
   * `metadata` of the patch it is refused (`Conflict`) unless it is the newest.
   */
  patch<K extends Kind>(kind: K, key: ObjectKey, patch: unknown): Promise<Kinds[K]>
  delete(kind: Kind, key: ObjectKey, options?: DeleteOptions): Promise<void>
}

/** What a refused call throws. Test `error.reason`, not the message. */
export interface ApiError extends Error {
  /** HTTP status, 0 when no answer came: the server may have done it, or not. */
  readonly code: number
  /** `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, `Forbidden`, `Timeout` … */
  readonly reason: string
}

/** Time, chance and words. */
export interface Context {
  /** Virtual time in milliseconds since 1970. It stands still between two awaits. */
  now(): number
  /** Uniform in [0, 1), from the run's seed. */
  random(): number
}

/**
 * A controller: brings the world closer to what one object says. It is called again after each change of what it watches,
 * after a failure (a thrown error) with back-off, and after `requeueAfterMs`. It must not rely on being called once.
 *
 * Variables of the module, or of the class, survive from call to call, so expectations may be kept there. A crash forgets
 * them; the cache is then filled anew before the first call. One key is never reconciled twice at a time.
 */
export interface Reconciler {
  reconcile(request: Request, client: Client, ctx: Context): Promise<Result | undefined | void>
}
