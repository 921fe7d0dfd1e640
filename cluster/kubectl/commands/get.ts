/** `kubectl get`: lists, tables, and objects as they are. */
import type { WatchMessage } from '#cluster/api/http.ts'
import { valuesAt } from '#cluster/api/json-path.ts'
import { printerOf } from '#cluster/api/printers/printers.ts'
import type { Printer } from '#cluster/api/printers/printer.ts'
import type { Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject, List, Status } from '#cluster/api/types.ts'
import { formatYaml } from '#cluster/api/yaml.ts'
import type { ApiRequest } from '#cluster/client/api-client.ts'
import { getRequest, isOk, listRequest } from '#cluster/client/api-client.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { Invocation, Outcome, Steps } from '../command.ts'
import { ask, failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { Flags, FlagSpec } from '../flags.ts'
import { isSet, namespaceOf, valueOf } from '../flags.ts'
import { chooseObjects, isFromFile } from '../chosen-objects.ts'
import { fillGoTemplate } from '../print/go-template.ts'
import { customColumns } from '../print/custom-columns.ts'
import { formatJson } from '../print/json.ts'
import { fillTemplate, relaxedPath, textOf } from '../print/json-path.ts'
import { asPrinted, asTable, cellText, isTable, objectsOf, printerFrom } from '../print/server-table.ts'
import { alignTabs, GET_TABS } from '../print/tab-writer.ts'
import type { Target } from '../resource-arguments.ts'
import { parseTargets, printedName } from '../resource-arguments.ts'

export const getFlags: FlagSpec = {
  values: ['output', 'template', 'selector', 'field-selector', 'label-columns', 'sort-by', 'chunk-size', 'raw', 'filename', 'kustomize', 'subresource'], // prettier-ignore
  switches: ['all-namespaces', 'no-headers', 'show-labels', 'ignore-not-found', 'show-kind', 'watch', 'watch-only', 'show-managed-fields', 'recursive', 'server-print', 'output-watch-events', 'allow-missing-template-keys'], // prettier-ignore
}

const FORMATS = ['custom-columns', 'go-template', 'json', 'jsonpath', 'name', 'template', 'wide', 'yaml']

interface Found {
  readonly resource: Resource
  readonly objects: readonly KubernetesObject[]
  /** How the server would have them printed; undefined: as it is known here. */
  readonly printer?: Printer
}

export function* get(invocation: Invocation): Steps {
  const { args, flags } = invocation
  const raw = valueOf(flags, 'raw')
  if (raw !== undefined) return yield* getRaw(raw)
  const format = valueOf(flags, 'output')
  if (format !== undefined && !FORMATS.includes(format.split('=')[0]!)) {
    throw new CommandError(
      `error: unable to match a printer suitable for the output format "${format}", allowed formats are: ${FORMATS.join(',')}`,
    )
  }
  const targets = isFromFile(invocation) ? yield* chooseObjects(invocation) : yield* parseTargets(args)
  if (valueOf(flags, 'subresource') !== undefined && targets.some(({ name }) => name === undefined))
    throw new CommandError('error: subresource cannot be used when bulk resources are specified')
  if (isSet(flags, 'watch') || isSet(flags, 'watch-only')) return yield* watch(targets, flags)
  const { answers, now } = yield* ask(...targets.map((target) => requestFor(target, flags)))
  const errors: string[] = []
  const found: Found[] = []
  targets.forEach((target, i) => {
    const answer = answers[i]!
    if (isOk(answer)) {
      const more = foundIn(answer.body, target)
      const same = found.findIndex(({ resource }) => resource === target.resource)
      if (same < 0) found.push(more)
      else found[same] = joined(found[same]!, more)
    } else if (!(answer.status === 404 && isSet(flags, 'ignore-not-found')))
      errors.push(failureText(answer, contextOf(target, answer.status, flags)))
  })
  return present(sortBy(found, valueOf(flags, 'sort-by')), errors, format, flags, now, targets)
}

/** A list that is refused is told of with what was looked for. */
function contextOf({ resource, name }: Target, status: number, flags: Flags): string {
  if (name !== undefined || (status !== 400 && status !== 404)) return ''
  const what = JSON.stringify(`${resource.group}/${resource.version}, Resource=${resource.resource}`)
  const [labels, fields] = [valueOf(flags, 'selector') ?? '', valueOf(flags, 'field-selector') ?? '']
  if (labels === '' && fields === '') return `Unable to list ${what}: `
  return `Unable to find ${what} that match label selector ${JSON.stringify(labels)}, field selector ${JSON.stringify(fields)}: ` // prettier-ignore
}

function foundIn(body: unknown, { resource, name }: Target): Found {
  if (isTable(body)) return { resource, objects: objectsOf(body), printer: printerFrom(body) }
  return { resource, objects: name === undefined ? (body as List<KubernetesObject>).items : [body as KubernetesObject] }
}

const joined = ({ resource, objects, printer }: Found, more: Found): Found => ({
  resource,
  objects: [...objects, ...more.objects],
  ...(printer && more.printer && { printer: { ...printer, cells: (object, now) => (objects.includes(object) ? printer : more.printer!).cells(object, now) } }), // prettier-ignore
})

function* getRaw(path: string): Steps {
  const [where = '', search = ''] = path.split('?')
  const query = Object.fromEntries(
    search
      .split('&')
      .filter(Boolean)
      .map((pair) => [pair.split('=', 1)[0]!, pair.includes('=') ? pair.slice(pair.indexOf('=') + 1) : '']),
  )
  const { body } = yield* need({ method: 'GET', path: where, query })
  return { output: typeof body === 'string' ? body : `${JSON.stringify(body)}\n` }
}

/** By a field; numbers by their size, what is missing first. */
function sortBy(found: readonly Found[], field: string | undefined): readonly Found[] {
  if (field === undefined) return found
  const path = relaxedPath(field)
  const valueAt = (object: KubernetesObject): unknown => valuesAt(object, path)[0]
  const compare = (a: unknown, b: unknown): number => {
    if (a === b) return 0
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1
    if (typeof a === 'number' && typeof b === 'number') return a - b
    return textOf(a) < textOf(b) ? -1 : 1
  }
  return found.map(({ objects, ...rest }) => ({
    ...rest,
    objects: objects.toSorted((a, b) => compare(valueAt(a), valueAt(b))),
  }))
}

/** What is there, and then every change, until somebody ends it. */
function* watch(targets: readonly Target[], flags: Flags): Steps {
  const [target, ...more] = targets
  if (!target || more.length > 0) throw new CommandError('error: you may only specify a single resource type')
  const { resource, name } = target
  const request = requestFor({ resource }, flags)
  const fieldSelector = [valueOf(flags, 'field-selector'), name && `metadata.name=${name}`].filter(Boolean).join(',')
  const query = { ...request.query, ...(fieldSelector && { fieldSelector }) }
  const { body, now } = yield* need({ ...request, query })
  const { metadata } = body as List<KubernetesObject>
  const first = foundIn(body, { resource })
  const items = first.objects
  let { printer } = first
  if (name !== undefined && items.length === 0) yield* need(requestFor(target, flags))
  const format = valueOf(flags, 'output')
  const print = (objects: readonly KubernetesObject[], at: Micros, isFirst: boolean): string => {
    if (objects.length === 0) return ''
    if (format !== undefined && format !== 'wide')
      return objects.map((object) => present([{ resource, objects: [object], ...(printer && { printer }) }], [], format, flags, at, [{ resource, name: object.metadata.name }]).output ?? '').join('') // prettier-ignore
    const options = { ...tableOptions(flags), ...(printer && { printer }) }
    return formatTable(resource, objects, at, { ...options, headers: isFirst && options.headers !== false })
  }
  let output = isSet(flags, 'watch-only') ? '' : print(items, now, true)
  const follow = { ...request, query: { ...query, watch: 'true', resourceVersion: metadata.resourceVersion ?? '' } }
  for (;;) {
    const { said = [], ended, now: at } = yield { follow, output }
    for (const message of said) {
      if (message.type !== 'watchEvent') continue
      const { type, object } = (message as WatchMessage).event
      if (type === 'BOOKMARK') continue
      if (type === 'ERROR') return { output, errors: `error: ${(object as Status).message}\n`, exitCode: 1 }
      if (isTable(object)) printer = printerFrom(object, printer?.columns)
      output += print(isTable(object) ? objectsOf(object) : [object as KubernetesObject], at, output === '')
    }
    if (ended) return ended.lost || ended.status >= 400 ? { output, errors: `${failureText(ended)}\n`, exitCode: 1 } : { output } // prettier-ignore
  }
}

function requestFor(
  { resource, name, namespace: own }: Target & { readonly namespace?: string | undefined },
  flags: Flags,
): ApiRequest {
  // prettier-ignore
  const namespace = resource.namespaced && !isSet(flags, 'all-namespaces') ? (own ?? namespaceOf(flags)) : undefined
  const format = valueOf(flags, 'output') ?? 'wide'
  const shape = (request: ApiRequest): ApiRequest => (format === 'wide' ? asPrinted(resource, request) : request)
  if (name !== undefined) {
    if (isSet(flags, 'all-namespaces'))
      throw new CommandError('error: a resource cannot be retrieved by name across all namespaces')
    const subresource = valueOf(flags, 'subresource')
    const { path, ...rest } = getRequest(resource, namespace, name)
    if (subresource === undefined) return shape({ ...rest, path })
    const request = { ...rest, path: `${path}/${subresource}` }
    return format === 'wide' ? asTable(request) : request
  }
  const labelSelector = valueOf(flags, 'selector')
  const fieldSelector = valueOf(flags, 'field-selector')
  const query = { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) }
  return shape(listRequest(resource, namespace, query))
}

function present(
  found: readonly Found[],
  errors: readonly string[],
  format: string | undefined,
  flags: Flags,
  now: Micros,
  targets: readonly Target[],
): Outcome {
  const failure = errors.length > 0 ? { errors: `${errors.join('\n')}\n`, exitCode: 1 } : {}
  const objects = found.flatMap((each) => each.objects).map(isSet(flags, 'show-managed-fields') ? same : unmanaged)
  const template = format?.startsWith('jsonpath=') ? format.slice('jsonpath='.length) : undefined
  if (template !== undefined) {
    const lone = targets.length === 1 && targets[0]!.name !== undefined
    if (lone && objects.length === 0) return failure
    return { output: fillTemplate(template, lone ? objects[0] : { apiVersion: 'v1', kind: 'List', items: objects }), ...failure } // prettier-ignore
  }
  const goTemplate = goTemplateOf(format, flags)
  if (goTemplate !== undefined) {
    const lone = targets.length === 1 && targets[0]!.name !== undefined
    if (lone && objects.length === 0) return failure
    return { ...filled(goTemplate, lone ? objects[0] : listOf(objects)), ...failure }
  }
  if (format === 'json' || format === 'yaml') {
    const lone = targets.length === 1 && targets[0]!.name !== undefined
    if (lone && objects.length === 0) return failure
    const value = lone ? objects[0] : listOf(objects)
    return {
      output: format === 'yaml' ? formatYaml(value) : `${formatJson(value, 4)}\n`,
      ...failure,
    }
  }
  if (objects.length === 0) {
    if (errors.length > 0) return failure
    if (isSet(flags, 'ignore-not-found')) return {}
    return { errors: nothingFound(targets, flags) }
  }
  if (format === 'name') {
    const lines = found.flatMap(({ resource, objects }) =>
      objects.map(({ metadata }) => printedName(resource, metadata.name)),
    )
    return { output: `${lines.join('\n')}\n`, ...failure }
  }
  if (format?.startsWith('custom-columns=')) {
    const spec = format.slice('custom-columns='.length)
    return { output: customColumns(spec, objects, !isSet(flags, 'no-headers')), ...failure }
  }
  const several = found.length > 1
  const tables = found
    .filter(({ objects }) => objects.length > 0)
    .map(({ resource, objects, printer }) =>
      formatTable(resource, objects, now, {
        ...(printer && { printer }),
        ...tableOptions(flags),
        prefix: several || isSet(flags, 'show-kind'),
      }),
    )
  return { output: tables.join('\n'), ...failure }
}

const listOf = (items: readonly KubernetesObject[]): object => ({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } }) // prettier-ignore

/** `-o go-template=…`, `-o template=…`, or `--template` beside them. */
function goTemplateOf(format: string | undefined, flags: Flags): string | undefined {
  const found = /^(?:go-)?template(?:=(.*))?$/s.exec(format ?? '')
  if (!found) return undefined
  const template = found[1] ?? valueOf(flags, 'template')
  if (template === undefined) throw new CommandError('error: template format specified but no template given')
  return template
}

function filled(template: string, value: unknown): Outcome {
  try {
    return { output: fillGoTemplate(template, value) }
  } catch (error) {
    throw new CommandError(`error: error parsing template ${template}, template: output:1: ${(error as Error).message}`)
  }
}

const same = (object: KubernetesObject): KubernetesObject => object

/** Whose each field is fills pages: only who asks for it gets it. */
function unmanaged(object: KubernetesObject): KubernetesObject {
  if (object.metadata.managedFields === undefined) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

function nothingFound(targets: readonly Target[], flags: Flags): string {
  const namespaced = targets.every(({ resource }) => resource.namespaced)
  if (!namespaced || isSet(flags, 'all-namespaces')) return 'No resources found\n'
  return `No resources found in ${namespaceOf(flags)} namespace.\n`
}

export interface TableOptions {
  /** Another than that of the built-in kind. */
  readonly printer?: Printer
  readonly wide?: boolean
  readonly namespaces?: boolean
  readonly headers?: boolean
  readonly labels?: boolean
  /** Names with their kind before them. */
  readonly prefix?: boolean
  readonly labelColumns?: readonly string[]
}

const tableOptions = (flags: Flags): TableOptions => ({
  wide: valueOf(flags, 'output') === 'wide',
  namespaces: isSet(flags, 'all-namespaces'),
  headers: !isSet(flags, 'no-headers'),
  labels: isSet(flags, 'show-labels'),
  labelColumns: (valueOf(flags, 'label-columns') ?? '').split(',').filter((label) => label !== ''),
})

/** The table of some objects of one kind, as `kubectl get` prints it. */
export function formatTable(
  resource: Resource,
  objects: readonly KubernetesObject[],
  now: Micros,
  options: TableOptions = {},
): string {
  const { columns, cells: cellsOf } = options.printer ?? printerOf(resource)
  const {
    wide = false,
    namespaces = false,
    headers = true,
    labels = false,
    prefix = false,
    labelColumns = [],
  } = options
  const shown = columns.flatMap(({ priority }, index) => (wide || priority === 0 ? [index] : []))
  const names = shown.map((index) => columns[index]!.name.toUpperCase())
  const labelHeads = labelColumns.map((label) => label.split('/').at(-1)!.toUpperCase())
  const head = [...names, ...labelHeads, ...(labels ? ['LABELS'] : [])]
  const withNamespace = namespaces && resource.namespaced
  const lines = objects.map((object) => {
    const row = cellsOf(object, now)
    const cells = shown.map((index) => cellText(row[index]))
    if (prefix && names[0] === 'NAME') cells[0] = printedName(resource, cells[0]!)
    const own = object.metadata.labels ?? {}
    const text = Object.keys(own)
      .sort()
      .map((key) => `${key}=${own[key]}`)
      .join(',')
    const extra = [...labelColumns.map((label) => own[label] ?? ''), ...(labels ? [text || '<none>'] : [])]
    return [...(withNamespace ? [object.metadata.namespace ?? ''] : []), ...cells, ...extra]
  })
  const all = headers ? [withNamespace ? ['NAMESPACE', ...head] : head, ...lines] : lines
  return `${alignTabs(all.map((cells) => cells.join('\t')).join('\n'), GET_TABS)}\n`
}
