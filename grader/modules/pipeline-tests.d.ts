/** Your own examples for `request-pipeline`: a request, how the server is set up, and what comes of it. */
import type { Verb } from 'clusterwright/pipeline'

export interface ExamplePlugin {
  name: string
  /** Sets the label `tier`. */
  sets?: string
  /** Refuses with this code; with `unless`, only where the label `tier` is another. */
  refuses?: number
  unless?: string
}

export interface PipelineExample {
  name: string
  /** About the ConfigMap `web` in `default`; in a list, about all. */
  verb: Verb
  /** The label `tier` of the object that is sent. */
  tier?: string
  dryRun?: boolean
  /** Default: a good one of the ServiceAccount `builder`, made for its Pod. */
  token?:
    | 'none'
    | 'good'
    | 'forged'
    | 'expired'
    | 'for-others'
    /** Made for no audience at all. */
    | 'for-nobody'
    | 'without-pod'
    | 'pod-deleted'
    | 'pod-made-anew'
    | 'account-deleted'
    | 'account-made-anew'
    /** No token: a client certificate. */
    | 'certificate'
    /** A client certificate, and a token that is forged. */
    | 'certificate-and-forged'
  /** Whether the authorizer lets this user do it. Default: yes. */
  allowed?: boolean
  mutating?: readonly ExamplePlugin[]
  validating?: readonly ExamplePlugin[]
  /** The schema wants the label `tier` to be this. */
  schema?: string
  /** Whether `web` exists. Default: yes, but for `create`. */
  exists?: boolean
  /** The part that is out of order. */
  broken?: 'verify' | 'uidOf' | 'authorize' | 'admit' | 'validate' | 'read' | 'list' | 'write' | 'remove'
  expect: {
    code?: number
    /** The calls in their order: `verify`, `authorize`, `admit LimitRanger`, `validate`, `write` …; not those of `uidOf`. */
    calls?: readonly string[]
    /** The label `tier` of what was written; null: nothing was. */
    written?: string | null
  }
}
