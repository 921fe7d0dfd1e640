/** What `up` and `world load` share: the doors of a simulated cluster, and waiting until somebody has had enough. */
import type { DoorOptions, UpOptions } from '../../ports/up.ts'
import type { Context, Options, Values } from './command.ts'
import { EXIT } from './command.ts'
import { ConfigurationError, UsageError, wholeNumber } from './errors.ts'

const ETCD_PORT_DEFAULT = 2_379
const PORT_DEFAULT = 6_443
export const KUBECONFIG_DEFAULT = 'clusterwright.kubeconfig'
const SPEED_MAX = 1_000
const PORT_MAX = 65_535

export const DOOR_OPTIONS = {
  port: { type: 'string', value: 'P', help: `where kubectl finds the API server (default ${PORT_DEFAULT})` },
  kubeconfig: { type: 'string', value: 'FILE', help: `the file of credentials (default ${KUBECONFIG_DEFAULT})` },
  speed: { type: 'string', value: 'X', help: `virtual seconds in a real one, up to ${SPEED_MAX} (default 1)` },
  paused: { type: 'boolean', help: 'time stands still, but for what an answer takes' },
  'etcd-port': {
    type: 'string',
    value: 'P',
    help: `where etcdctl finds the first member of etcd (default ${ETCD_PORT_DEFAULT})`,
  },
  'kubernetes-dir': {
    type: 'string',
    value: 'DIR',
    help: 'where to write what a control-plane program of your own needs, as kubeadm does in /etc/kubernetes',
  },
  save: { type: 'string', value: 'FILE', help: 'keeps the whole world in a file when it stops' },
} as const satisfies Options

export function doorsOf(values: Values<typeof DOOR_OPTIONS>): Omit<DoorOptions, 'warn'> {
  if (values.paused && values.speed !== undefined) throw new UsageError('--paused does not go with --speed')
  return {
    speed: values.paused ? 0 : speedOf(values.speed),
    etcdPort: wholeNumber('--etcd-port', values['etcd-port'], PORT_MAX) ?? ETCD_PORT_DEFAULT,
    port: wholeNumber('--port', values.port, PORT_MAX) ?? PORT_DEFAULT,
    kubeconfig: values.kubeconfig ?? KUBECONFIG_DEFAULT,
    kubernetesDir: values['kubernetes-dir'],
    save: values.save,
  }
}

function speedOf(text: string | undefined): number {
  if (text === undefined) return 1
  const speed = Number(text)
  if (speed > 0 && speed <= SPEED_MAX) return speed
  throw new UsageError(`--speed is "${text}": write a number above 0, up to ${SPEED_MAX}`)
}

/** Until Ctrl-C. Whatever fails meanwhile is told, and ends nothing. */
export async function bringUpAndWait(
  options: UpOptions,
  { out, err, interruption }: Pick<Context, 'out' | 'err' | 'interruption'>,
): Promise<number> {
  const signal = interruption()
  // gRPC and TLS are loaded by whoever needs them, and not by --help.
  const { bringUp, surviving } = await import('../../ports/up.ts')
  const warn = (text: string): void => void err.write(text)
  const running = await bringUp({ ...options, warn }).catch((error: Error) => {
    throw new ConfigurationError(error.message)
  })
  const survives = surviving(warn)
  out.write(running.greeting)
  if (!signal.aborted)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  try {
    running.stop()
  } catch (error) {
    throw new ConfigurationError(`the world could not be saved: ${(error as Error).message}`)
  } finally {
    survives.end()
  }
  if (options.save !== undefined)
    out.write(`The world is in ${options.save}: clusterwright world load ${options.save}\n`)
  return EXIT.interrupted
}
