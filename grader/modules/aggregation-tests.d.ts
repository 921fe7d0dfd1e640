/** Your own examples for `aggregation-router`: what goes in, and what must come out. */
import type { APIService, DiscoveredGroup, Route } from 'clusterwright/aggregation'

/** Where a request for this path must go. */
export interface RouteExample {
  name: string
  apiServices: readonly APIService[]
  path: string
  expect: Route
}

/** What `/apis` must list, in order. */
export interface DiscoveryExample {
  name: string
  apiServices: readonly APIService[]
  discovers: readonly DiscoveredGroup[]
}

export type AggregationExample = RouteExample | DiscoveryExample
