/** What `aggregation-router` hands over and wants back: who serves which part of the API. Names are apiregistration.k8s.io/v1's. */

/** Says that requests for one version of one group are for that Service, or that this server answers them itself. */
export interface APIService {
  /** The version, a dot and the group: `v1beta1.metrics.k8s.io`. */
  readonly metadata: { readonly name: string }
  readonly spec: {
    /** Empty for the core API. */
    readonly group: string
    readonly version: string
    /** Absent: this API server itself. */
    readonly service?: {
      readonly namespace: string
      readonly name: string
      /** Default: 443. */
      readonly port?: number
    }
    readonly groupPriorityMinimum: number
    readonly versionPriority: number
  }
  readonly status?: { readonly conditions?: readonly APIServiceCondition[] }
}

export interface APIServiceCondition {
  /** `Available`, or what others have put there. */
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason?: string
}

/** Where a request goes. */
export type Route =
  | { readonly to: 'local' }
  | { readonly to: 'service'; readonly namespace: string; readonly name: string; readonly port: number }
  | { readonly status: 404 | 503 }

/** One group of the discovery document. */
export interface DiscoveredGroup {
  readonly group: string
  /** The first is the one to be preferred. */
  readonly versions: readonly string[]
}

/** The front of an API server, after kube-aggregator `pkg/apiserver/handler_proxy.go` and `handler_apis.go`. */
export interface Aggregator {
  /** Where a request for this path (without its query) goes. */
  route(path: string, apiServices: readonly APIService[]): Route
  /** What `/apis` lists. */
  discover(apiServices: readonly APIService[]): readonly DiscoveredGroup[]
}
