/** A `kustomization.yaml`: what may stand in it, read and looked at. */
import { parseYaml } from '#cluster/api/yaml.ts'
import { CommandError } from '../command-error.ts'

/** Content by path. Paths have no leading slash. */
export type Files = Readonly<Record<string, string>>

interface GeneratorOptions {
  readonly disableNameSuffixHash?: boolean
  readonly immutable?: boolean
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface Generator {
  readonly name: string
  readonly namespace?: string
  readonly behavior?: 'create' | 'merge' | 'replace'
  /** `key=value`. */
  readonly literals?: readonly string[]
  /** `path` or `key=path`. */
  readonly files?: readonly string[]
  readonly envs?: readonly string[]
  readonly options?: GeneratorOptions
  /** Of a Secret. */
  readonly type?: string
}

export interface Target {
  readonly group?: string
  readonly version?: string
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
  readonly labelSelector?: string
  readonly annotationSelector?: string
}

export interface PatchEntry {
  readonly path?: string
  readonly patch?: string
  readonly target?: Target
}

export interface Kustomization {
  readonly resources?: readonly string[]
  readonly namespace?: string
  readonly namePrefix?: string
  readonly nameSuffix?: string
  readonly commonLabels?: Readonly<Record<string, string>>
  readonly labels?: readonly {
    readonly pairs: Readonly<Record<string, string>>
    readonly includeSelectors?: boolean
    readonly includeTemplates?: boolean
  }[]
  readonly commonAnnotations?: Readonly<Record<string, string>>
  readonly configMapGenerator?: readonly Generator[]
  readonly secretGenerator?: readonly Generator[]
  readonly generatorOptions?: GeneratorOptions
  readonly images?: readonly {
    readonly name: string
    readonly newName?: string
    readonly newTag?: string
    readonly digest?: string
  }[]
  readonly replicas?: readonly { readonly name: string; readonly count: number }[]
  readonly patches?: readonly PatchEntry[]
  readonly patchesStrategicMerge?: readonly string[]
  readonly patchesJson6902?: readonly PatchEntry[]
}

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

const KNOWN = new Set([
  ...['apiVersion', 'kind', 'metadata', 'resources', 'bases', 'namespace', 'namePrefix', 'nameSuffix', 'commonLabels'],
  ...['labels', 'commonAnnotations', 'configMapGenerator', 'secretGenerator', 'generatorOptions', 'images', 'replicas'],
  ...['patches', 'patchesStrategicMerge', 'patchesJson6902'],
])
const TEXTS = ['apiVersion', 'kind', 'namespace', 'namePrefix', 'nameSuffix']
const MAPS = ['metadata', 'commonLabels', 'commonAnnotations', 'generatorOptions']
const LEFT_OUT = new Set([
  ...['replacements', 'vars', 'components', 'crds', 'configurations', 'generators', 'transformers', 'validators'],
  ...['helmCharts', 'helmGlobals', 'helmChartInflationGenerator', 'openapi', 'sortOptions', 'buildMetadata'],
])

/** Fields of former days and what took their place, in the order in which they are warned of. */
const FORMER = [
  ['bases', 'resources'],
  ['commonLabels', 'labels'],
  ['patchesJson6902', 'patches'],
  ['patchesStrategicMerge', 'patches'],
] as const

/**
 * @param warn is told of fields of former days
 * @throws CommandError where there is none, or it says what nobody knows
 */
export function readKustomization(files: Files, folder: string, warn: (text: string) => void): Kustomization {
  const paths = NAMES.map((name) => pathIn(folder, name)).filter((path) => Object.hasOwn(files, path))
  const [path] = paths
  if (path === undefined)
    throw new CommandError(
      `error: unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '/${folder}'`,
    )
  if (paths.length > 1) throw new CommandError(`error: Found multiple kustomization files under: /${folder}`)
  const given = parsed(files[path]!, path)
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new CommandError('error: kustomization.yaml is empty')
  for (const field of Object.keys(given)) {
    if (LEFT_OUT.has(field)) throw new CommandError(`error: ${path}: ${field} is not simulated here; with a kubectl of your own it works: npx clusterwright up`) // prettier-ignore
    if (!KNOWN.has(field)) throw new CommandError(`error: invalid Kustomization: json: unknown field "${field}"`)
    const wanted = TEXTS.includes(field) ? 'string' : MAPS.includes(field) ? 'object' : 'array'
    const value = (given as Record<string, unknown>)[field]
    const found = Array.isArray(value) ? 'array' : typeof value
    if (value !== null && found !== wanted)
      throw new CommandError(`error: invalid Kustomization: json: cannot unmarshal ${found} into Go struct field Kustomization.${field} of type ${wanted}`) // prettier-ignore
  }
  for (const [field, instead] of FORMER)
    if (Object.hasOwn(given, field))
      warn(`# Warning: '${field}' is deprecated. Please use '${instead}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.`) // prettier-ignore
  // Nothing is as good as not there.
  const there = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null))
  const { bases = [], resources = [], ...rest } = there as Kustomization & { readonly bases?: readonly string[] }
  return { ...rest, resources: [...resources, ...bases] }
}

/** @throws CommandError where it is no YAML */
export function parsed(text: string, path: string): unknown {
  try {
    return parseYaml(text)
  } catch (error) {
    throw new CommandError(`error: couldn't parse ${path}: ${(error as Error).message.split('\n')[0]}`)
  }
}

/** A path as one writes it in a file of that folder. @throws CommandError where it leads out of all folders */
export function pathIn(folder: string, path: string): string {
  const parts = folder === '' ? [] : folder.split('/')
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined)
      throw new CommandError(`error: the path "${path}" leads out of the files that are here`)
  }
  return parts.join('/')
}
