/**
 * Commands that need something which is not beside this kubectl: a port, a browser. Each says what does it here, in the words that do it.
 *
 * With a kubectl of one's own, against the same simulated cluster (`npx clusterwright up`), all of them work.
 */
import { pathOf } from '#cluster/api/resources.ts'
import type { Command, Invocation } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { namespaceOf } from '../flags.ts'

const OWN = '; with a kubectl of your own it works: npx clusterwright up'

const refuse = (why: (invocation: Invocation) => string): Command =>
  // oxlint-disable-next-line require-yield
  function* (invocation) {
    throw new CommandError(`error: there is no port here to listen on: ${why(invocation)}${OWN}`)
  }

const SERVICES = ['svc', 'service', 'services']

/** What is behind the port that was meant, as the API server passes it on. */
export const portForward = refuse(({ args: [target = 'POD', ports = 'PORT'], flags }) => {
  const slash = target.indexOf('/')
  const kind = SERVICES.includes(target.slice(0, Math.max(slash, 0))) ? 'services' : 'pods'
  const port = ports.slice(ports.lastIndexOf(':') + 1)
  const path = pathOf(kind, namespaceOf(flags), `${target.slice(slash + 1)}:${port}`, 'proxy')
  return `kubectl get --raw ${path}/ asks through the API server`
})
export const proxy = refuse(() => 'kubectl get --raw /PATH asks the API server')
