/**
 * ConfigMaps and Secrets out of literals and files, and the end of their names, by which a change of their data makes another object.
 *
 * Where to read upstream: kubernetes-sigs/kustomize `api/internal/generators`, `api/hasher`.
 */
import { base64 } from '#cluster/api/base64.ts'
import { wordInHex } from '#cluster/api/hex.ts'
import { sortKeys } from '#cluster/api/yaml.ts'
import { sha256 } from '#cluster/kernel/sha256.ts'
import { CommandError } from '../command-error.ts'
import type { Json } from './fields.ts'
import { type Files, type Generator, type Kustomization, pathIn } from './kustomization.ts'

export interface Generated {
  readonly object: Json
  readonly behavior: NonNullable<Generator['behavior']>
  readonly hashed: boolean
}

export function generate(files: Files, folder: string, kustomization: Kustomization): Generated[] {
  const { configMapGenerator = [], secretGenerator = [] } = kustomization
  return [
    ...configMapGenerator.map((one) => generated('ConfigMap', one, files, folder, kustomization)),
    ...secretGenerator.map((one) => generated('Secret', one, files, folder, kustomization)),
  ]
}

function generated(
  kind: 'ConfigMap' | 'Secret',
  generator: Generator,
  files: Files,
  folder: string,
  { generatorOptions = {} }: Kustomization,
): Generated {
  const { name, namespace, behavior = 'create', type, options = {} } = generator
  if (!name) throw new CommandError('error: generator: missing metadata.name')
  if (!['create', 'merge', 'replace'].includes(behavior))
    throw new CommandError(`error: generator ${name}: unknown behavior "${behavior}": create, merge or replace`)
  const labels = { ...generatorOptions.labels, ...options.labels }
  const annotations = { ...generatorOptions.annotations, ...options.annotations }
  const entries = entriesOf(generator, files, folder)
  const data = kind === 'Secret' ? entries.map(([key, value]) => [key, base64(value)] as const) : entries
  const object = {
    ...{ apiVersion: 'v1', kind },
    metadata: {
      name,
      ...(namespace && { namespace }),
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    ...(data.length > 0 && { data: Object.fromEntries(data) }),
    ...(kind === 'Secret' && { type: type ?? 'Opaque' }),
    ...((options.immutable ?? generatorOptions.immutable) && { immutable: true }),
  }
  const hashed = !(options.disableNameSuffixHash ?? generatorOptions.disableNameSuffixHash ?? false)
  return { object, behavior, hashed }
}

function entriesOf({ name, literals = [], files: named = [], envs = [] }: Generator, files: Files, folder: string) {
  const read = (path: string): string => {
    const text = files[pathIn(folder, path)]
    if (text === undefined) throw new CommandError(`error: loading KV pairs: file sources: [${named.join(' ')}]: '${path}' doesn't exist`) // prettier-ignore
    return text
  }
  const fromLiteral = (literal: string): [string, string] => {
    const at = literal.indexOf('=')
    if (at < 1) throw new CommandError(`error: loading KV pairs: literal sources [${literals.join(' ')}]: invalid literal source ${literal}, expected key=value`) // prettier-ignore
    const value = literal.slice(at + 1)
    // Quotes around the whole are no part of it.
    return [literal.slice(0, at), /^(["']).*\1$/s.test(value) && value.length > 1 ? value.slice(1, -1) : value]
  }
  const entries = [
    ...envs.flatMap((path) => read(path).split('\n').flatMap(fromEnvironmentLine)),
    ...named.map((source): [string, string] => {
      const at = source.indexOf('=')
      const path = source.slice(at + 1)
      return [at < 0 ? path.slice(path.lastIndexOf('/') + 1) : source.slice(0, at), read(path)]
    }),
    ...literals.map(fromLiteral),
  ]
  const twice = entries.find(([key], index) => entries.findIndex(([other]) => other === key) < index)
  if (twice)
    throw new CommandError(
      `error: configmap ${name} illegally repeats the key \`${twice[0]}\`. Some keys are used more than once`,
    )
  return entries
}

function fromEnvironmentLine(line: string): [string, string][] {
  const text = line.trimStart()
  if (text === '' || text.startsWith('#')) return []
  const at = text.indexOf('=')
  return at < 0 ? [[text, '']] : [[text.slice(0, at), text.slice(at + 1)]]
}

const DIGITS = 10
/** So that no word comes about by chance. */
const NO_VOWELS: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' }

/** `-6875449dm4`. Of what the object holds, not of how it is called. */
export function suffixOf({ kind, data, binaryData, stringData, type }: Json): string {
  const isSecret = kind === 'Secret'
  const held = {
    ...{ kind, name: '', data: data ?? (isSecret ? {} : '') },
    ...(binaryData && { binaryData }),
    ...(isSecret && { type: type ?? '' }),
    ...(isSecret && stringData && { stringData }),
  }
  // As Go writes JSON.
  const text = JSON.stringify(sortKeys(held)).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`) // prettier-ignore
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
  const [first, second] = new Uint32Array(2).map((_, i) => new DataView(sha256(bytes).buffer).getUint32(i * 4))
  const digits = (wordInHex(first!) + wordInHex(second!)).slice(0, DIGITS)
  return `-${[...digits].map((digit) => NO_VOWELS[digit] ?? digit).join('')}`
}
