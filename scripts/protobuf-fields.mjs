/**
 * `node scripts/protobuf-fields.mjs`: makes the table by which `ports/kube-apiserver/protobuf.ts` reads and writes Kubernetes'
 * protobuf, out of the tags of Kubernetes' types (`protobuf:"bytes,1,opt,name=metadata" json:"metadata,omitempty"`), which the
 * unmodified kubectl 1.36 has in it: type → [number, JSON name, type, flags (r repeated, o omitempty, p pointer, i inline)].
 *
 * What is kept is the kinds of the stable versions and of a few former ones (`cluster/api/former-resources.ts`), their lists,
 * and all that they consist of.
 * What we leave out: kinds of CustomResourceDefinitions and of aggregation, which are not in kubectl.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GoTypes, KIND } from './go-types.mjs'
import { ensureKubectl136 } from './set-up/kubectl.mjs'
import { root } from './set-up/run.mjs'

const TARGET = 'ports/kube-apiserver/protobuf-fields.json'
const API = 'k8s.io/api/'
const MACHINERY = 'k8s.io/apimachinery/pkg/'
const META = `${MACHINERY}apis/meta/v1`

/** Folders in `k8s.io/api` whose group has another name. */
const GROUPS = { core: '', flowcontrol: 'flowcontrol.apiserver.k8s.io', rbac: 'rbac.authorization.k8s.io' }
const PLAIN_NAMES = ['apps', 'autoscaling', 'batch', 'policy']
const groupOf = (folder) => GROUPS[folder] ?? (PLAIN_NAMES.includes(folder) ? folder : `${folder}.k8s.io`)

/** Types that JSON has in a shape of their own. */
const SPECIAL = {
  [`${META}.Time`]: 'time',
  [`${META}.MicroTime`]: 'microTime',
  [`${META}.FieldsV1`]: 'json',
  [`${MACHINERY}runtime.RawExtension`]: 'json',
  [`${MACHINERY}api/resource.Quantity`]: 'quantity',
  [`${MACHINERY}util/intstr.IntOrString`]: 'intOrString',
}
/** Kinds of `abi.Kind` that are numbers on the wire. */
const NUMBERS = { 1: 'bool', 2: 'int64', 5: 'int32', 6: 'int64', 10: 'int32', 11: 'int64' }
const BYTE = 8

const { kubectl } = await ensureKubectl136()
const go = new GoTypes(kubectl)
const structs = go.structs()

const tagIn = (tag, name) => new RegExp(`(?:^| )${name}:"([^"]*)"`).exec(tag)?.[1]
const fullNameOf = ({ path, name }) => `${path}.${name.slice(name.lastIndexOf('.') + 1)}`
/** `k8s.io/api/core/v1.Pod` → `core/v1.Pod` */
const shortNameOf = (full) => full.replace(API, '').replace(`${MACHINERY}apis/`, '').replace(MACHINERY, '')

const types = {}

/** @returns {string} as the table names it */
function resolve(type) {
  const { kind, isNamed } = type
  if (kind === KIND.string) return 'string'
  if (NUMBERS[kind]) return NUMBERS[kind]
  if (kind === KIND.map) return `map:${resolve(go.at(type.elem))}`
  if (kind === KIND.pointer) return resolve(go.at(type.elem))
  if (kind === KIND.slice && go.at(type.elem).kind === BYTE) return 'bytes'
  // A list with a name of its own is a message.
  if (kind === KIND.slice && isNamed) return 'strings'
  if (kind !== KIND.struct) throw new Error(`${type.name}: a kind that protobuf has no word for (${kind})`)
  const full = fullNameOf(type)
  if (SPECIAL[full]) return SPECIAL[full]
  const short = shortNameOf(full)
  if (!types[short]) {
    types[short] = []
    for (const field of type.fields) types[short].push(...fieldOf(field))
    types[short].sort(([a], [b]) => a - b)
  }
  return short
}

function fieldOf({ name, type }) {
  const { tag } = go.nameAt(name)
  const number = Number(tagIn(tag, 'protobuf')?.split(',')[1])
  // What has no number does not travel: TypeMeta is in the envelope.
  if (!number) return []
  const [json = '', ...options] = (tagIn(tag, 'json') ?? '').split(',')
  const own = go.at(type)
  const isList = own.kind === KIND.slice && !own.isNamed && go.at(own.elem).kind !== BYTE
  const isInline = options.includes('inline')
  const flags = [
    isList && 'r',
    (options.includes('omitempty') || options.includes('omitzero')) && 'o',
    own.kind === KIND.pointer && 'p',
    isInline && 'i',
  ]
  return [[number, isInline ? '' : json, resolve(isList ? go.at(own.elem) : own), flags.filter(Boolean).join('')]]
}

/** Versions that are served no more, but to who was told of them. */
const FORMER = ['batch/v1beta1', 'discovery/v1beta1', 'policy/v1beta1']

const kinds = {}
for (const [full, type] of [...structs].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const [, folder, version, kind] = /^k8s\.io\/api\/(\w+)\/(v\d+(?:beta\d+)?)\.(\w+)$/.exec(full) ?? []
  if (version?.includes('beta') && !FORMER.includes(`${folder}/${version}`)) continue
  const isKind = kind && type.fields.some(({ name }) => go.nameAt(name).text === 'TypeMeta')
  if (!isKind || folder === 'imagepolicy' || folder === 'admission') continue
  const group = groupOf(folder)
  kinds[`${group ? `${group}/` : ''}${version}.${kind}`] = resolve(type)
}
for (const kind of ['DeleteOptions', 'PartialObjectMetadata', 'PartialObjectMetadataList', 'Status']) {
  const type = resolve(structs.get(`${META}.${kind}`))
  if (kind === 'DeleteOptions' || kind === 'Status') kinds[`v1.${kind}`] = type
  if (kind !== 'Status') kinds[`meta.k8s.io/v1.${kind}`] = type
}
resolve(structs.get(`${META}.WatchEvent`))

writeFileSync(join(root, TARGET), `${JSON.stringify({ kinds, types })}\n`)
