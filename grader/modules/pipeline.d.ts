/**
 * What `request-pipeline` hands over and wants back: one request, and the parts of the API server that it passes. After
 * `k8s.io/apiserver` `pkg/server/config.go` and `pkg/endpoints/handlers/create.go`.
 */

export type Verb = 'get' | 'list' | 'create' | 'update' | 'delete'

/** An object of any kind. */
export interface KubernetesObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: {
    readonly name: string
    /** Absent where the kind is none of namespaces, such as Nodes. */
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly resourceVersion?: string
  }
  readonly data?: Readonly<Record<string, string>>
  readonly spec?: object
  readonly status?: object
  // … and whatever else its kind has.
}

/** A request, already parsed. */
export interface ApiRequest {
  readonly verb: Verb
  /** As roles name it: `configmaps`, `pods/status` … */
  readonly resource: string
  /** Empty where the kind is none of namespaces. */
  readonly namespace: string
  /** Absent in `list`, and in `create`: there the object has it. */
  readonly name?: string
  /** In `create` and `update`. */
  readonly object?: KubernetesObject
  /** Whom the client certificate names, if there is one; whether it is sound has been looked at. */
  readonly certificate?: User
  /** What came as `Authorization: Bearer …`. */
  readonly token?: string
  /** Go through everything, and write nothing. */
  readonly dryRun?: boolean
}

/** What a ServiceAccount's token says. Times are in seconds since 1970. */
export interface Claims {
  readonly audiences: readonly string[]
  readonly expiresAt: number
  readonly namespace: string
  readonly serviceAccount: { readonly name: string; readonly uid: string }
  /** Present where the token was made for one Pod. */
  readonly pod?: { readonly name: string; readonly uid: string }
}

export interface User {
  readonly name: string
  readonly groups: readonly string[]
}

/** What an authorizer is asked. */
export interface Attributes {
  readonly user: User
  readonly verb: Verb
  readonly resource: string
  readonly namespace: string
  readonly name?: string
}

/** What an admission plugin is asked. There is no object in `delete`. */
export interface Review extends Attributes {
  readonly object?: KubernetesObject
  readonly dryRun: boolean
}

/** What it answers. A mutating plugin may hand back another object; what a validating one hands back does not count. */
export type Admission =
  | { readonly allowed: true; readonly object?: KubernetesObject }
  | { readonly allowed: false; readonly code: number; readonly reason: string }

/** How this API server is set up. */
export interface Settings {
  /** Tokens must be made for it. */
  readonly audience: string
  /** Seconds since 1970. */
  readonly now: number
  /** Admission plugins for such a request by name, in their order; ResourceQuota is the last, since it counts what it lets pass. */
  readonly mutating: readonly string[]
  readonly validating: readonly string[]
}

/** The parts of the server, for this one request. Each call takes time. One that throws is out of order. */
export interface Parts {
  /** What the token says, if its signature is good; else undefined. */
  verify(token: string): Promise<Claims | undefined>
  /** The UID of a Pod or ServiceAccount that exists. */
  uidOf(kind: 'Pod' | 'ServiceAccount', namespace: string, name: string): Promise<string | undefined>
  authorize(attributes: Attributes): Promise<boolean>
  admit(plugin: string, review: Review): Promise<Admission>
  /** What is wrong with an object, whoever wants it. */
  validate(object: KubernetesObject): Promise<readonly string[]>
  read(namespace: string, name: string): Promise<KubernetesObject | undefined>
  list(namespace: string): Promise<readonly KubernetesObject[]>
  /** Writes once; the object as stored, or why not: 404, 409 … */
  write(verb: 'create' | 'update', object: KubernetesObject): Promise<KubernetesObject | { readonly refused: Refusal }>
  remove(namespace: string, name: string): Promise<undefined | { readonly refused: Refusal }>
}

export interface Refusal {
  readonly code: number
  readonly reason: string
}

export type Response =
  /** 200, or 201 for what was created. */
  | { readonly code: 200 | 201; readonly object?: KubernetesObject; readonly items?: readonly KubernetesObject[] }
  | Refusal

export interface Pipeline {
  handle(request: ApiRequest, settings: Settings, parts: Parts): Promise<Response>
}
