/**
 * `kubectl edit`: an object as YAML in an editor, and what was changed there as a patch.
 *
 * What the real one does: writes a temporary file, runs the editor of KUBE_EDITOR or EDITOR on it, and reads it again.
 * What we model: an editor that is a line of `sed -i s/…/…/`, as scripts have it: `KUBE_EDITOR='sed -i s/1/2/' kubectl edit …`.
 * Where there is none, the object is handed to whoever shows the transcript (`opens`), as a file that `replace` takes.
 * What we leave out: opening the file again with what the server did not like; `-f`, `--output-patch`.
 * Where to read upstream: kubectl `pkg/cmd/util/editor/editoptions.go`.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { formatYaml, parseYaml } from '#cluster/api/yaml.ts'
import { getRequest, isOk, patchRequest, reasonOf } from '#cluster/client/api-client.ts'
import type { Invocation, Outcome, Steps } from '../command.ts'
import { ask, failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { FlagSpec } from '../flags.ts'
import { splitLine, valueOf } from '../flags.ts'
import type { Target } from '../resource-arguments.ts'
import { parseTargets, printedName } from '../resource-arguments.ts'
import { threeWayPatch } from '../three-way.ts'
import { patchTypeOf } from './apply.ts'
import { namespaceFor } from './outcome.ts'

export const editFlags: FlagSpec = { values: ['subresource', 'field-manager'] }

const HEAD = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`
const UNCHANGED = 'Edit cancelled, no changes made.\n'

export function* edit({ args, flags, environment = {} }: Invocation): Steps {
  const targets = yield* parseTargets(args)
  const [target, ...more] = targets
  if (!target || more.length > 0 || target.name === undefined)
    throw new CommandError('error: here one object is edited at a time: kubectl edit TYPE/NAME')
  const { resource, name } = target
  const namespace = namespaceFor(target, flags)
  const found = (yield* need(getRequest(resource, namespace, name))).body as KubernetesObject
  const { managedFields: _, ...metadata } = found.metadata
  const before = { ...found, metadata }
  const text = HEAD + formatYaml(before)
  const editor = environment['KUBE_EDITOR'] ?? environment['EDITOR']
  if (editor === undefined) return opened(target, text)
  const after = read(run(editor, text))
  if (after === undefined) return { errors: 'Edit cancelled, saved file was empty.\n' }
  const patch = threeWayPatch(before, after, before, patchTypeOf(resource))
  if (patch === undefined) return { errors: UNCHANGED }
  const object = { metadata: { name, ...(namespace && { namespace }) } }
  const request = patchRequest(resource, object, patchTypeOf(resource), patch, valueOf(flags, 'subresource'))
  const answer = (yield* ask(request)).answers[0]!
  if (isOk(answer)) return { output: `${printedName(resource, name)} edited\n` }
  const said = reasonOf(answer) === 'Invalid' ? `error: ${resource.resource} "${name}" is invalid\n` : ''
  return { errors: `${said}${failureText(answer)}\nerror: Edit cancelled, no valid changes were saved.\n`, exitCode: 1 }
}

function opened({ resource, name = '' }: Target, text: string): Outcome {
  const file = `${resource.singular}-${name}.yaml`
  return {
    output: `${printedName(resource, name)} is now the file ${file}: change it there, then: kubectl replace -f ${file}\n`,
    opens: { name: file, text },
  }
}

function read(text: string): unknown {
  const isEmpty = text.split('\n').every((line) => line.trim() === '' || line.startsWith('#'))
  return isEmpty ? undefined : parseYaml(text)
}

const SUBSTITUTION = /^s(.)((?:\\.|(?!\1).)*)\1((?:\\.|(?!\1).)*)\1(g?)$/

/** What `sed -i` with substitutions makes of the text, line by line. */
function run(editor: string, text: string): string {
  const [program, ...words] = splitLine(editor)
  const scripts = words.filter((word) => word !== '-i' && word !== '-e' && word !== '-E')
  if (program !== 'sed' || !words.includes('-i') || scripts.length === 0)
    throw new CommandError(`error: there is no editor "${editor}" here: use KUBE_EDITOR='sed -i s/OLD/NEW/'`)
  const substitutions = scripts.flatMap((script) => script.split(/;(?=s)/)).map(substitution)
  return text
    .split('\n')
    .map((line) => substitutions.reduce((so, change) => change(so), line))
    .join('\n')
}

function substitution(script: string): (line: string) => string {
  const [whole, , from = '', to = '', all] = SUBSTITUTION.exec(script) ?? []
  if (whole === undefined) throw new CommandError(`sed: -e expression #1: unknown command: "${script}"`)
  let pattern: RegExp
  try {
    pattern = new RegExp(from, all ? 'g' : '')
  } catch {
    throw new CommandError(`sed: -e expression #1: invalid regular expression: "${from}"`)
  }
  return (line) => line.replace(pattern, () => to.replaceAll(/\\(.)/g, '$1'))
}
