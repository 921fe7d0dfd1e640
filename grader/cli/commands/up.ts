/** `clusterwright up`: the simulated cluster in step with the clock, for real clients. */
import { defineCommand, EXIT } from '../command.ts'
import { ConfigurationError, oneOf, UsageError, wholeNumber } from '../errors.ts'

const ETCD_PORT_DEFAULT = 2_379
const PORT_DEFAULT = 6_443
const NODES_DEFAULT = 2
const KUBECONFIG_DEFAULT = 'clusterwright.kubeconfig'
const SPEED_MAX = 1_000
const PORT_MAX = 65_535
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
    port: { type: 'string', value: 'P', help: `where kubectl finds the API server (default ${PORT_DEFAULT})` },
    kubeconfig: { type: 'string', value: 'FILE', help: `the file of credentials (default ${KUBECONFIG_DEFAULT})` },
    speed: { type: 'string', value: 'X', help: `virtual seconds in a real one, up to ${SPEED_MAX} (default 1)` },
    paused: { type: 'boolean', help: 'time stands still, but for what an answer takes' },
    'etcd-port': {
      type: 'string',
      value: 'P',
      help: `where etcdctl finds the first member of etcd (default ${ETCD_PORT_DEFAULT})`,
    },
    'etcd-alone': {
      type: 'boolean',
      help: 'etcd and nothing else, as many members as the cluster would have, with an empty store',
    },
    seed: { type: 'string', value: 'N', help: 'the seed of the world (default 1)' },
  },
  details:
    'The API server speaks HTTPS on 127.0.0.1, for an unmodified kubectl, helm or client library; the kubeconfig has a context for each of four people, and is removed in the end. etcd speaks gRPC without TLS, for an unmodified etcdctl: give it endpoints without a scheme. Each member has a port of its own: the first the one you name, the others those after it. Ctrl-C ends it; nothing is kept.',
  async run({ positionals, values, out, interruption }) {
    if (positionals.length > 0) throw new UsageError('up takes no arguments')
    const nodes = values['etcd-alone'] ? undefined : (wholeNumber('--nodes', values.nodes, NODES_MAX) ?? NODES_DEFAULT)
    const kubeconfig = values.kubeconfig ?? KUBECONFIG_DEFAULT
    const signal = interruption()
    // gRPC and TLS are loaded by whoever needs them, and not by --help.
    const { bringUp } = await import('../../../ports/up.ts')
    const running = await bringUp({
      seed: wholeNumber('--seed', values.seed) ?? 1,
      nodes,
      controlPlanes: wholeNumber('--control-planes', values['control-planes'], CONTROL_PLANES_MAX) ?? 1,
      etcd: oneOf('--etcd', values.etcd ?? 'stacked', ['stacked', 'external']),
      speed: values.paused ? 0 : speedOf(values.speed),
      etcdPort: wholeNumber('--etcd-port', values['etcd-port'], PORT_MAX) ?? ETCD_PORT_DEFAULT,
      port: wholeNumber('--port', values.port, PORT_MAX) ?? PORT_DEFAULT,
      kubeconfig,
    }).catch((error: Error) => {
      throw new ConfigurationError(error.message)
    })
    out.write(running.greeting)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    running.stop()
    return EXIT.interrupted
  },
})

function speedOf(text: string | undefined): number {
  if (text === undefined) return 1
  const speed = Number(text)
  if (speed > 0 && speed <= SPEED_MAX) return speed
  throw new UsageError(`--speed is "${text}": write a number above 0, up to ${SPEED_MAX}`)
}
