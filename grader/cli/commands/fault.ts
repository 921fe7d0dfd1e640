/** `clusterwright fault`: breaks what `clusterwright up` has brought up, while clients are attached. */
import type { Fault, FaultList } from '../../../ports/control.ts'
import { defineCommand, EXIT } from '../command.ts'
import { ConfigurationError, UsageError } from '../errors.ts'
import { KUBECONFIG_DEFAULT } from '../up-node.ts'

const UNITS = { ms: 1e3, s: 1e6, m: 60e6, h: 3600e6 }
const DAY_MICROS = 86_400e6

export const fault = defineCommand({
  name: 'fault',
  summary: 'breaks and mends parts of the cluster that is up',
  usage: [
    'fault list',
    'fault crash|restart|stop|start|pause|resume <process>… [--for 30s]',
    'fault stop-node|start-node <machine>… [--for 30s]',
    'fault partition <machine,machine>… [--for 30s]',
    'fault slow|slow-disk|skew <machine>… [--by 500ms] [--for 30s]',
    'fault heal',
  ],
  options: {
    for: { type: 'string', value: 'TIME', help: 'undoes it after so much virtual time: 500ms, 30s, 5m' },
    by: { type: 'string', value: 'TIME', help: 'how slow, or how far off' },
    kubeconfig: {
      type: 'string',
      value: 'FILE',
      help: `of the cluster (default that of KUBECONFIG, or ${KUBECONFIG_DEFAULT})`,
    },
  },
  details:
    'A process is named as in fault list: cp-1/kube-apiserver, or kubelet where there is one. crash leaves it to its supervisor, which starts it again after 10 seconds. partition cuts the groups that it is given off from each other, or one group from everybody else; heal mends every cut and every slow link.',
  async run({ positionals: [verb, ...targets], values, out, env }) {
    if (verb === undefined) throw new UsageError('say what is to happen, or list')
    const { askControl, kubeconfigMeant } = await import('../../../ports/control.ts')
    const kubeconfig = kubeconfigMeant(values.kubeconfig, env, KUBECONFIG_DEFAULT)
    const ask = (method: string, body?: Fault): Promise<string> =>
      askControl(kubeconfig, method, '/faults', body).catch((error: Error) => {
        throw new ConfigurationError(error.message)
      })
    if (verb === 'list') {
      if (targets.length > 0) throw new UsageError('list takes no target')
      out.write(listed(JSON.parse(await ask('GET')) as FaultList))
      return EXIT.pass
    }
    const asked = {
      ...{ verb, targets },
      ...(values.for !== undefined && { forMicros: micros('--for', values.for) }),
      ...(values.by !== undefined && { byMicros: micros('--by', values.by) }),
    }
    const { said } = JSON.parse(await ask('POST', asked)) as { said: string }
    out.write(`${said}\n`)
    return EXIT.pass
  },
})

/** `1.5s`, `5m30s`. */
function micros(option: string, text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  const sum = parts.reduce((so, [, number, unit]) => so + Math.round(Number(number) * UNITS[unit as 's']), 0)
  if (parts.length > 0 && parts.map(([part]) => part).join('') === text && sum <= DAY_MICROS) return sum
  throw new UsageError(`${option} is "${text}": write a time such as 500ms, 30s or 5m30s, up to 24h`)
}

/** A cluster may have thousands of nodes. */
const LINES_MAX = 60

function listed({ processes, machines, inForce }: FaultList): string {
  const part = (title: string, lines: readonly string[]): string => {
    const shown = lines.slice(0, LINES_MAX)
    const more = lines.length > shown.length ? [`… and ${lines.length - shown.length} more`] : []
    const all = lines.length === 0 ? ['nothing'] : [...shown, ...more]
    return `${title}\n${all.map((line) => `  ${line}\n`).join('')}`
  }
  return part('Out of order:', inForce) + part('Machines:', machines) + part('Processes:', processes)
}
