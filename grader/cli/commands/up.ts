/** `clusterwright up`: the simulated cluster in step with the clock, for real clients. */
import { defineCommand, EXIT } from '../command.ts'
import { ConfigurationError, UsageError, wholeNumber } from '../errors.ts'

const ETCD_PORT_DEFAULT = 2_379
const NODES_DEFAULT = 2

export const up = defineCommand({
  name: 'up',
  summary: 'brings the simulated cluster up for real clients',
  usage: ['up [--etcd-port P]'],
  options: {
    'etcd-port': { type: 'string', value: 'P', help: `where etcdctl finds etcd (default ${ETCD_PORT_DEFAULT})` },
    'etcd-alone': { type: 'boolean', help: 'etcd and nothing else, with an empty store' },
    nodes: { type: 'string', value: 'N', help: `worker nodes (default ${NODES_DEFAULT})` },
    seed: { type: 'string', value: 'N', help: 'the seed of the world (default 1)' },
  },
  details:
    'etcd speaks gRPC without TLS on 127.0.0.1, for an unmodified etcdctl. Give it the endpoint without a scheme: ETCDCTL_API=3 etcdctl --endpoints 127.0.0.1:2379 get /registry --prefix --keys-only. Ctrl-C ends it; nothing is kept.',
  async run({ positionals, values, out, interruption }) {
    if (positionals.length > 0) throw new UsageError('up takes no arguments')
    const nodes = values['etcd-alone'] ? undefined : (wholeNumber('--nodes', values.nodes) ?? NODES_DEFAULT)
    const etcdPort = wholeNumber('--etcd-port', values['etcd-port']) ?? ETCD_PORT_DEFAULT
    const signal = interruption()
    // gRPC is loaded by whoever needs it, and not by --help.
    const { bringUp } = await import('../../../ports/up.ts')
    const running = await bringUp({
      seed: wholeNumber('--seed', values.seed) ?? 1,
      nodes,
      etcdPort,
    }).catch((error: Error) => {
      throw new ConfigurationError(`port ${etcdPort} cannot be served: ${error.message}`)
    })
    out.write(`etcd: ETCDCTL_API=3 etcdctl --endpoints ${running.etcdEndpoint}\n`)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    running.stop()
    return EXIT.interrupted
  },
})
