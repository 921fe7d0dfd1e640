/**
 * `kubectl attach`: what a container's main program prints, from now on, until it ends or Ctrl+C.
 *
 * What we leave out: standard input and terminals, for which there is nobody at the other end here.
 * Where to read upstream: kubectl `pkg/cmd/attach/attach.go`.
 */
import { pathOf } from '#cluster/api/resources.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { ApiRequest } from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { Flags, FlagSpec } from '../flags.ts'
import { isSet } from '../flags.ts'
import { containerIn, ending, listen, podOf } from './logs.ts'

export const attachFlags: FlagSpec = {
  values: ['container', 'pod-running-timeout'],
  switches: ['stdin', 'tty', 'quiet'],
  shorts: { c: 'container', i: 'stdin', t: 'tty', q: 'quiet' },
}

const RECORDED =
  'All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n'
const PROMPT = "If you don't see a command prompt, try pressing enter.\n"

export function* attach({ args, flags }: Invocation): Steps {
  const [word, name, ...more] = args
  if (word === undefined) throw new CommandError('error: at least 1 argument is required for attach')
  if (more.length > 0)
    throw new CommandError(`error: expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`) // prettier-ignore
  noTerminal(flags, 'kubectl exec POD -- COMMAND runs a program without one')
  const { pod, errors } = yield* podOf([name === undefined ? word : `${word}/${name}`], flags)
  const { phase } = pod.status ?? {}
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new CommandError(`error: cannot attach a container in a completed pod; current phase is ${phase}`)
  const { container, said } = chosen(pod, flags)
  const before = errors + said + (isSet(flags, 'quiet') ? '' : RECORDED + PROMPT)
  const { ended, ...printed } = yield* listen(attachTo(pod, container), before)
  return { ...printed, ...ending(ended, printed.errors) }
}

const attachTo = ({ metadata: { name, namespace } }: Pod, container: string): ApiRequest => ({
  method: 'POST',
  path: pathOf('pods', namespace, name, 'attach'),
  query: { container, stdout: 'true', stderr: 'true' },
})

function chosen(pod: Pod, flags: Flags): ReturnType<typeof containerIn> {
  try {
    return containerIn(pod, flags)
  } catch (error) {
    throw new CommandError((error as Error).message.replace(/^error: /, 'error: cannot attach to the container: '))
  }
}

/** @param remedy what does the same without a terminal */
export function noTerminal(flags: Flags, remedy: string): void {
  if (isSet(flags, 'stdin') || isSet(flags, 'tty'))
    throw new CommandError(`error: there is no terminal here for -i and -t: ${remedy}`)
}
