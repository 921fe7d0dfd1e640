import type { APIService } from 'clusterwright/aggregation'
import type { AggregationExample } from 'clusterwright/aggregation-tests'

/** Where must a request go, and what must discovery say? */
const examples: AggregationExample[] = [
  {
    name: 'metrics come from the metrics server',
    apiServices: [claim('metrics.k8s.io', 'v1beta1', 'kube-system/metrics-server'), claim('apps', 'v1')],
    path: '/apis/metrics.k8s.io/v1beta1/nodes',
    expect: { to: 'service', namespace: 'kube-system', name: 'metrics-server', port: 443 },
  },
  {
    name: 'one group, two versions',
    apiServices: [claim('batch', 'v1beta1'), claim('batch', 'v1')],
    discovers: [{ group: 'batch', versions: ['v1', 'v1beta1'] }],
  },
  // TODO one more: which path would somebody send to the wrong server who has not understood?
]

export default examples

// ── given: a short way to write an APIService ───────────────────────────────────────────────────────────────────────

function claim(group: string, version: string, service?: string, available: 'True' | 'False' = 'True'): APIService {
  const [namespace = '', name = ''] = service?.split('/') ?? []
  return {
    metadata: { name: `${version}.${group}` },
    spec: {
      group,
      version,
      ...(service && { service: { namespace, name } }),
      groupPriorityMinimum: 1000,
      versionPriority: 15,
    },
    status: { conditions: [{ type: 'Available', status: available }] },
  }
}
