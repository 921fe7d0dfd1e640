/**
 * `kubectl cp`: a file into a container, or out of it, as an archive through `tar` on the other side.
 *
 * What we leave out: folders of one's own, for the files here lie side by side; `--retries`, `--no-preserve`.
 * Where to read upstream: kubectl `pkg/cmd/cp/cp.go`.
 */
import { pathOf } from '#cluster/api/resources.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { Answer, ApiRequest } from '#cluster/client/api-client.ts'
import { getRequest } from '#cluster/client/api-client.ts'
import { packTar, unpackTar } from '#cluster/kernel/tar.ts'
import type { Ask, Invocation, Outcome, Round, Steps } from '../command.ts'
import { need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { Flags, FlagSpec } from '../flags.ts'
import { namespaceOf } from '../flags.ts'
import { containerIn, ending, fromBytes, listenRaw, toBytes } from './logs.ts'

export const cpFlags: FlagSpec = {
  values: ['container', 'retries'],
  switches: ['no-preserve'],
  shorts: { c: 'container' },
}

/** `[[namespace/]pod:]path` */
interface Place {
  readonly pod?: { readonly namespace?: string; readonly name: string }
  readonly path: string
}

export function* cp({ args, flags, files }: Invocation): Steps {
  const [from, to, ...more] = args
  if (from === undefined || to === undefined || more.length > 0)
    throw new CommandError('error: source and destination are required')
  const [source, target] = [placeOf(from), placeOf(to)]
  if (source.pod && target.pod) throw new CommandError('error: one of src or dest must be a local file specification')
  if (source.path === '' || target.path === '') throw new CommandError('error: filepath can not be empty')
  if (target.pod) return yield* upload(source.path, target, files, flags)
  if (source.pod) return yield* download(source, target.path, flags)
  throw new CommandError('error: one of src or dest must be a remote file specification')
}

function placeOf(word: string): Place {
  const colon = word.indexOf(':')
  if (colon < 0) return { path: word }
  const [name = '', namespace, ...more] = word.slice(0, colon).split('/').reverse()
  if (name === '' || more.length > 0)
    throw new CommandError('error: filespec must match the canonical format: [[namespace/]pod:]file/path')
  return { pod: { name, ...(namespace !== undefined && { namespace }) }, path: word.slice(colon + 1) }
}

const lastOf = (path: string): string => path.split('/').findLast((part) => part !== '') ?? ''
const folderOf = (path: string): string => {
  const parts = path.split('/').filter((part) => part !== '')
  return `${path.startsWith('/') ? '/' : ''}${parts.slice(0, -1).join('/')}` || '.'
}

function* upload(name: string, { pod: asked, path }: Place, files: Invocation['files'], flags: Flags): Steps {
  const content = files[name.replace(/^\.\//, '')]
  if (content === undefined) throw new CommandError(`error: ${name} doesn't exist in local filesystem`)
  const run = yield* runnerIn(asked!, flags)
  const tested = yield* run(['test', '-d', path])
  const isFolder = (tested.ended.body as { status?: string } | undefined)?.status !== 'Failure'
  const target = !isFolder ? path : `${path.replace(/\/$/, '')}/${lastOf(name)}`
  const archive = packTar([[lastOf(target), toBytes(content)]], 0)
  const told = yield* run(['tar', '-xmf', '-', '-C', folderOf(target)], archive)
  const [errors, ended] = [tested.errors + told.errors, told.ended]
  return { ...(errors && { errors }), ...ending(ended, errors) }
}

function* download({ pod: asked, path }: Place, to: string, flags: Flags): Steps {
  const run = yield* runnerIn(asked!, flags)
  const { raw, errors, ended } = yield* run(['tar', 'cf', '-', path])
  const told = ending(ended, errors)
  if (told.exitCode) return told
  const [found, ...others] = unpackTar(raw) ?? []
  if (!found) return { errors: `${errors}error: ${path}: no such file or directory\n`, exitCode: 1 }
  if (others.length > 0) throw new CommandError(`error: ${path} is a folder, and here files lie side by side: copy one file at a time`) // prettier-ignore
  const isFolder = to === '.' || to.endsWith('/')
  const name = (isFolder ? lastOf(found[0]) : to).replace(/^\.\//, '')
  return { ...(errors && { errors }), saves: { name, text: fromBytes(found[1]) } } satisfies Outcome
}

type Run = (
  command: readonly string[],
  input?: string,
) => Generator<Ask, { raw: string; errors: string; ended: Answer }, Round>

/** Runs programs in the container that is meant. */
function* runnerIn({ namespace, name }: NonNullable<Place['pod']>, flags: Flags): Generator<Ask, Run, Round> {
  const where = namespace ?? namespaceOf(flags)
  const { body } = yield* need(getRequest('pods', where, name))
  const { container, said } = containerIn(body as Pod, flags)
  const path = pathOf('pods', where, name, 'exec')
  let before = said
  return (command, input) => {
    const query = { container, stdout: 'true', stderr: 'true', ...(input !== undefined && { stdin: 'true' }) }
    const request: ApiRequest = { method: 'POST', path, query, body: { command } }
    const told = before
    before = ''
    return listenRaw(request, told, input)
  }
}
