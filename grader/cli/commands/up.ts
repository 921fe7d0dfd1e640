/** `clusterwright up`: the simulated cluster in step with the clock, for real clients. */
import { REPLACEABLE } from '#cluster/cluster-options.ts'
import { defineCommand } from '../command.ts'
import { oneOf, UsageError, wholeNumber } from '../errors.ts'
import { bringUpAndWait, DOOR_OPTIONS, doorsOf } from '../up-node.ts'

const NODES_DEFAULT = 2
/** As Kubernetes is tested. */
const NODES_MAX = 5_000
/** Each has a member of etcd when it is stacked, and more than seven only make it slower. */
const CONTROL_PLANES_MAX = 7

export const up = defineCommand({
  name: 'up',
  summary: 'brings the simulated cluster up for real clients',
  usage: ['up [--nodes N] [--control-planes N] [--etcd stacked|external] [--port P] [--kubeconfig FILE]'],
  options: {
    nodes: { type: 'string', value: 'N', help: `worker nodes (default ${NODES_DEFAULT})` },
    'control-planes': {
      type: 'string',
      value: 'N',
      help: 'API servers, behind a load balancer if several (default 1)',
    },
    etcd: { type: 'string', value: 'WHERE', help: 'stacked on the control planes (the default), or external' },
    without: {
      type: 'string',
      value: 'NAMES',
      help: 'leaves out kube-scheduler, kube-controller-manager or both (with a comma), for your own to do their work',
    },
    ...DOOR_OPTIONS,
    'etcd-alone': {
      type: 'boolean',
      help: 'etcd and nothing else, as many members as the cluster would have, with an empty store',
    },
    seed: { type: 'string', value: 'N', help: 'the seed of the world (default 1)' },
  },
  details:
    'The API server speaks HTTPS on 127.0.0.1, for an unmodified kubectl, helm or client library; the kubeconfig has a context for each of four people, and is removed in the end. A kube-scheduler or kube-controller-manager of your own needs --kubernetes-dir, and either takes over when ours is stopped or has the place to itself with --without. etcd speaks gRPC without TLS, for an unmodified etcdctl: give it endpoints without a scheme. Each member has a port of its own: the first the one you name, the others those after it. While it is up, clusterwright fault breaks things and clusterwright world save keeps all of it; Ctrl-C ends it, and without --save nothing is kept.',
  async run({ positionals, values, ...streams }) {
    if (positionals.length > 0) throw new UsageError('up takes no arguments')
    if (values['etcd-alone'] && values.nodes !== undefined)
      throw new UsageError('--etcd-alone does not go with --nodes: there are none')
    if (values['etcd-alone'] && values.without !== undefined)
      throw new UsageError('--etcd-alone does not go with --without: there is nothing but etcd')
    if (values['etcd-alone'] && values['kubernetes-dir'] !== undefined)
      throw new UsageError('--etcd-alone does not go with --kubernetes-dir: nobody asks an API server')
    const options = {
      seed: wholeNumber('--seed', values.seed) ?? 1,
      nodes: values['etcd-alone'] ? undefined : (wholeNumber('--nodes', values.nodes, NODES_MAX) ?? NODES_DEFAULT),
      controlPlanes: wholeNumber('--control-planes', values['control-planes'], CONTROL_PLANES_MAX) ?? 1,
      etcd: oneOf('--etcd', values.etcd ?? 'stacked', ['stacked', 'external']),
      without: values.without?.split(',').map((name) => oneOf('--without', name.trim(), REPLACEABLE)),
      ...doorsOf(values),
    }
    return bringUpAndWait(options, streams)
  },
})
