/**
 * Discovery as it has always been: `/api`, `/apis`, and a list of resources for each group and version.
 *
 * Where to read upstream: apiserver `pkg/endpoints/discovery/{legacy,root,group,version}.go`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf } from '#cluster/api/resources.ts'
import { subresourceOf } from '#cluster/api/subresources.ts'
import { groupsOf } from './groups.ts'
import type { Group } from './groups.ts'

export const apiVersions = (advertiseAddress: string): object => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: advertiseAddress }],
})

export const apiGroupList = (resources: readonly Resource[]): object => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groupsOf(resources)
    .filter(({ name }) => name !== '')
    .map(describe),
})

/** Undefined where there is no such group. */
export function apiGroup(resources: readonly Resource[], name: string): object | undefined {
  const group = groupsOf(resources).find((one) => one.name === name)
  return group && { kind: 'APIGroup', apiVersion: 'v1', ...describe(group) }
}

function describe({ name, versions }: Group): object {
  const all = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions: all, preferredVersion: all[0] }
}

/** Undefined where there is nothing of that group and version. */
export function apiResourceList(resources: readonly Resource[], groupVersion: string): object | undefined {
  const mine = resources.filter((resource) => apiVersionOf(resource) === groupVersion)
  if (mine.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    ...(groupVersion.includes('/') && { apiVersion: 'v1' }),
    groupVersion,
    resources: mine.flatMap(entries).sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

interface Entry {
  readonly name: string
}

function entries(resource: Resource): Entry[] {
  const { namespaced, shortNames, categories, singular, kind, verbs } = resource
  const own = {
    name: resource.resource,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
  }
  const below = resource.subresources.map((subresource) => {
    const { verbs, kind = resource.kind, group, version } = subresourceOf(resource, subresource)
    const name = `${resource.resource}/${subresource}`
    return { name, singularName: '', namespaced, ...(group && { group, version }), kind, verbs }
  })
  return [own, ...below]
}
