/** Our own examples for `aggregation-router`: together they catch every wrong solution that examples can catch. */
import type { APIService, APIServiceCondition, Route } from 'clusterwright/aggregation'
import type { AggregationExample } from 'clusterwright/aggregation-tests'

interface More {
  readonly service?: string
  readonly port?: number
  readonly conditions?: readonly APIServiceCondition[]
  readonly group?: number
  readonly version?: number
}

/** Built in and available, unless something is said. `v1.apps` */
function claim(id: string, { service, port, conditions, group: g = 1000, version: v = 15 }: More = {}): APIService {
  const dot = id.indexOf('.')
  const [version, group] = [id.slice(0, dot), id.slice(dot + 1)]
  const [namespace = '', name = ''] = service?.split('/') ?? []
  return {
    metadata: { name: id },
    spec: {
      ...{ group, version },
      ...(service !== undefined && { service: { namespace, name, ...(port !== undefined && { port }) } }),
      ...{ groupPriorityMinimum: g, versionPriority: v },
    },
    status: { conditions: conditions ?? [condition('Degraded', 'False'), condition('Available', 'True')] },
  }
}

const condition = (type: string, status: APIServiceCondition['status']): APIServiceCondition => ({ type, status })
const said = (...conditions: readonly APIServiceCondition[]): More => ({ service: 'shop/api', conditions })

const CORE = claim('v1.', { group: 18_000 })
const APPS = claim('v1.apps', { group: 17_800 })
const METRICS = claim('v1beta1.metrics.k8s.io', { service: 'kube-system/metrics-server' })
const SHOP = claim('v1.apps.example.com', { service: 'shop/api', port: 8443 })
const ALL = [CORE, SHOP, METRICS, APPS]

const to = (service: string, port = 443): Route => {
  const [namespace = '', name = ''] = service.split('/')
  return { to: 'service', namespace, name, port }
}
const local: Route = { to: 'local' }
const route = (
  name: string,
  path: string,
  expect: Route,
  apiServices: readonly APIService[] = ALL,
): AggregationExample => ({
  ...{ name, path, expect, apiServices },
})
const discovers = (name: string, apiServices: readonly APIService[], groups: Record<string, readonly string[]>) => ({
  ...{ name, apiServices },
  discovers: Object.entries(groups).map(([group, versions]) => ({ group, versions })),
})

const examples: AggregationExample[] = [
  route('to its Service', '/apis/metrics.k8s.io/v1beta1/nodes', to('kube-system/metrics-server')),
  route('the version alone', '/apis/metrics.k8s.io/v1beta1/', to('kube-system/metrics-server')),
  route('a port of its own', '/apis/apps.example.com/v1/carts', to('shop/api', 8443)),
  route('a group that is built in', '/apis/apps/v1/deployments', local),
  route('a version that only begins alike', '/apis/metrics.k8s.io/v1/nodes', { status: 404 }),
  route('a version that goes on', '/apis/apps.example.com/v1beta1/carts', { status: 404 }),
  route('the end of a group is another group', '/apis/k8s.io/v1beta1/nodes', { status: 404 }),
  route('the end of a group is not there', '/apis/k8s.io', { status: 404 }),
  route('another case is another group', '/apis/Metrics.K8s.io/v1beta1/nodes', { status: 404 }),
  route('another case is another version', '/apis/metrics.k8s.io/V1beta1/nodes', { status: 404 }),
  route('a group that nobody has', '/apis/shop.example.com', { status: 404 }),
  route('the versions of a group', '/apis/metrics.k8s.io', local),
  route('the versions of a group, with a slash', '/apis/apps/', local),
  route('the versions of a group that is down', '/apis/apps.example.com', local, [
    claim('v1.apps.example.com', said(condition('Available', 'False'))),
  ]),
  route('the core API', '/api/v1/nodes', local, [claim('v1.', { service: 'shop/api' }), METRICS]),
  route('api is no group', '/api/v1/nodes', local),
  route('all groups', '/apis', local),
  route('no API', '/healthz', local),
  route(
    'an object that is called like a group',
    '/api/v1/namespaces/x/services/y/proxy/apis/metrics.k8s.io/v1beta1/z',
    local,
  ),
  route('a path that only begins alike', '/apisx/metrics.k8s.io/v1beta1/z', local),
  route('a path without a known beginning', '/openapi/v3/apis/metrics.k8s.io/v1beta1', local),
  route('a group in the second place alone', '/x/metrics.k8s.io/v1beta1', local),

  route('who is down', '/apis/apps.example.com/v1/carts', { status: 503 }, [
    claim('v1.apps.example.com', said(condition('Degraded', 'True'), condition('Available', 'False'))),
    claim('v2.apps.example.com', { service: 'shop/api' }),
  ]),
  route('who is not known to be up', '/apis/apps.example.com/v1/carts', { status: 503 }, [
    claim('v1.apps.example.com', said(condition('Available', 'Unknown'))),
  ]),
  route('of whom nothing is said', '/apis/apps.example.com/v1/carts', { status: 503 }, [{ ...SHOP, status: {} }]),
  route('of whom something else is said', '/apis/apps.example.com/v1/carts', { status: 503 }, [
    claim('v1.apps.example.com', said(condition('Degraded', 'True'))),
  ]),
  route('what is local is never down', '/apis/apps/v1/deployments', local, [
    claim('v1.apps', { conditions: [condition('Available', 'False')] }),
  ]),

  discovers('the highest group first, the core group never', ALL, {
    apps: ['v1'],
    'apps.example.com': ['v1'],
    'metrics.k8s.io': ['v1beta1'],
  }),
  {
    name: 'a group whose name is a number',
    apiServices: [claim('v1.1024'), claim('v1.a', { group: 2000 })],
    discovers: [
      { group: 'a', versions: ['v1'] },
      { group: '1024', versions: ['v1'] },
    ],
  },
  route('a name divided at another dot', '/apis/example.com/v1.apps/carts', { status: 404 }),
  route('what is said last', '/apis/apps.example.com/v1', to('shop/api'), [
    claim('v1.apps.example.com', said(condition('Available', 'True'), condition('Migrating', 'False'))),
  ]),
  discovers('who is down is listed', [claim('v1.apps.example.com', said(condition('Available', 'False')))], {
    'apps.example.com': ['v1'],
  }),
  discovers(
    'a group has its highest priority, wherever that stands',
    [
      claim('v1beta1.b', { group: 100 }),
      claim('v1.b', { group: 3000 }),
      claim('v2.b', { group: 100 }),
      claim('v1.a', { group: 2000 }),
    ],
    { b: ['v2', 'v1', 'v1beta1'], a: ['v1'] },
  ),
  discovers('equals by the name of the APIService', [claim('v2.a'), claim('v1.b')], { b: ['v1'], a: ['v2'] }),
  discovers('versions by priority', [claim('v1.a', { version: 1 }), claim('v1beta1.a', { version: 9 })], {
    a: ['v1beta1', 'v1'],
  }),
  discovers('versions that are equal', [claim('v1beta1.a'), claim('v10.a'), claim('v2.a')], {
    a: ['v10', 'v2', 'v1beta1'],
  }),
]

export default examples
