/**
 * What `request-pipeline` hands over and wants back: one request, and the parts of the API server that it passes. After
 * `k8s.io/apiserver` `pkg/server/config.go` and `pkg/endpoints/handlers/create.go`.
 */

export type Verb = 'get' | 'list' | 'create' | 'update' | 'delete'

export interface ConfigMap {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly labels?: Readonly<Record<string, string>>
    readonly resourceVersion?: string
  }
  readonly data?: Readonly<Record<string, string>>
}

/** A request for ConfigMaps, already parsed. */
export interface ApiRequest {
  readonly verb: Verb
  readonly namespace: string
  /** Absent in `list`. */
  readonly name?: string
  /** In `create` and `update`. */
  readonly object?: ConfigMap
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
  readonly namespace: string
  readonly name?: string
}

/** What an admission plugin is asked. There is no object in `delete`. */
export interface Review extends Attributes {
  readonly object?: ConfigMap
  readonly dryRun: boolean
}

/** What it answers. A mutating plugin may hand back another object; what a validating one hands back does not count. */
export type Admission =
  | { readonly allowed: true; readonly object?: ConfigMap }
  | { readonly allowed: false; readonly code: number; readonly reason: string }

/** How this API server is set up. */
export interface Settings {
  /** Tokens must be made for it. */
  readonly audience: string
  /** Seconds since 1970. */
  readonly now: number
  /** Admission plugins by name, in their order. */
  readonly mutating: readonly string[]
  readonly validating: readonly string[]
}

/** The parts. Each call takes time. One that throws is out of order. */
export interface Parts {
  /** What the token says, if its signature is good; else undefined. */
  verify(token: string): Promise<Claims | undefined>
  /** The UID of a Pod or ServiceAccount that exists. */
  uidOf(kind: 'Pod' | 'ServiceAccount', namespace: string, name: string): Promise<string | undefined>
  authorize(attributes: Attributes): Promise<boolean>
  admit(plugin: string, review: Review): Promise<Admission>
  /** What is wrong with an object, whoever wants it. */
  validate(object: ConfigMap): Promise<readonly string[]>
  read(namespace: string, name: string): Promise<ConfigMap | undefined>
  list(namespace: string): Promise<readonly ConfigMap[]>
  /** Writes once; the object as stored, or why not: 404 or 409. */
  write(verb: 'create' | 'update', object: ConfigMap): Promise<ConfigMap | { readonly refused: Refusal }>
  remove(namespace: string, name: string): Promise<undefined | { readonly refused: Refusal }>
}

export interface Refusal {
  readonly code: number
  readonly reason: string
}

export type Response =
  /** 200, or 201 for what was created. */
  { readonly code: 200 | 201; readonly object?: ConfigMap; readonly items?: readonly ConfigMap[] } | Refusal

export interface Pipeline {
  handle(request: ApiRequest, settings: Settings, parts: Parts): Promise<Response>
}
