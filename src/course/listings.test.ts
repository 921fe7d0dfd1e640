/**
 * What lessons print, the cluster must have said: listings of the networking lessons against the simulation. They are
 * shortened for the eye, so each line is compared by what it tells, not byte for byte.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { Body } from '#cluster/kernel/component.ts'
import { TraceRing } from '#cluster/kernel/trace.ts'
import type { World } from '#cluster/kernel/world.ts'
import { save } from '#cluster/linux/netfilter.ts'
import { HOST_NETNS } from '#cluster/linux/state.ts'
import { playStory } from '#cluster/scenarios/story.ts'

/** The lines of the block in a lesson in which some text stands. */
function listing(lesson: string, text: string): string[] {
  const path = `content/en/${lesson}.mdx`
  const blocks = readFileSync(path, 'utf8').split(/^```.*$/m)
  const block = blocks.find((candidate, index) => index % 2 === 1 && candidate.includes(text))
  if (block === undefined) throw new Error(`${path} has no listing with “${text}”.`)
  return block.split('\n').filter((line) => line.trim() !== '')
}

const spaced = (line: string): string => line.trim().replaceAll(/\s+/g, ' ')

function apply(world: World, stdin: string): void {
  const body = { type: 'kubectl', id: 0, args: ['apply', '-f', '-'], stdin } as Body
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
}

/** A Pod on node-1 that asks once. */
const client = (url: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: client }
spec:
  nodeName: node-1
  restartPolicy: Never
  containers: [{ name: client, image: client, env: [{ name: URL, value: "${url}" }, { name: COUNT, value: "1" }] }]
`

/** Notes of a kind while the client does its one request. */
function notesOf(world: World, kind: string, url: string): Record<string, string>[] {
  const ring = new TraceRing(100_000)
  world.trace = ring
  apply(world, client(url))
  world.run({ untilMicros: world.now + 5_000_000 })
  return ring
    .events()
    .flatMap(({ notes }) =>
      notes.filter((note) => note.kind === kind).map(({ detail }) => detail as Record<string, string>),
    )
}

function boot(): World {
  const world = bootCluster({ seed: 7, nodes: 2 })
  world.run({ untilMicros: 10_000_000 })
  return world
}

const WORKLOAD = readFileSync('cluster/scenarios/deployment-journey.txt', 'utf8')

describe('listings in lessons', { timeout: 60_000 }, () => {
  it('14-kube-proxy: the Service and its rules are those of the figure’s cluster', () => {
    const { history, scenes } = playStory(`${WORKLOAD}\nkubectl get services web\n----\n`)
    const [, printed = ''] = listing('14-kube-proxy', 'CLUSTER-IP')
    expect(spaced(printed).replace(/ \S+$/, '')).toBe(
      spaced(scenes.at(-1)!.output.split('\n')[1]!).replace(/ \S+$/, ''),
    )

    const rules = save(history.head.stateOf('node-1/linux'), HOST_NETNS)
      .map((rule) => rule.replaceAll(/ -m comment --comment "[^"]*"| -m tcp/g, ''))
      .map((rule) => rule.replaceAll(/(KUBE-(?:SVC|SEP)-.{4})\w+/g, '$1'))
    for (const line of listing('14-kube-proxy', 'KUBE-SVC')) expect(rules).toContain(line)
  })

  it('15-addons: a name from outside costs four questions', () => {
    const asked = notesOf(boot(), 'dns', 'http://example.com/').map(({ name }) => name)
    expect(listing('15-addons', 'NXDOMAIN').map((line) => line.split(/\s/)[0])).toEqual(asked)
  })

  it('16-networking-challenges: a node without a network says why it is not ready', () => {
    const { scenes } = playStory('boot nodes=1 seed=7\n----\n\nrun 1s\n----\n\nkubectl describe node node-1\n----\n')
    const row = scenes
      .at(-1)!
      .output.split('\n')
      .find((line) => /^ +Ready /.test(line))!
    const told = spaced(row).replaceAll(/ \w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000/g, '')
    expect(listing('16-networking-challenges', 'KubeletNotReady').slice(1).map(spaced).join(' ')).toBe(told)
  })

  it('17-container-to-container: the second container finds the port taken', () => {
    const manifest = listing('17-container-to-container', 'kind: Pod')
    const { scenes } = playStory(
      ['boot nodes=1 seed=7', '----', '', 'run until nodes-ready 1', '----', '', 'kubectl apply -f -', 'apiVersion: v1']
        .concat(manifest, ['----', '', 'run 15s', '----', '', 'kubectl get pods -o wide', '----', ''])
        .join('\n'),
    )
    const [header, row] = scenes.at(-1)!.output.split('\n').map(spaced)
    const printed = listing('17-container-to-container', 'CrashLoopBackOff').map(spaced)
    expect([header, row].map((line, i) => line!.slice(0, printed[i]!.length))).toEqual(printed)
  })

  it('19-pod-to-external: outside the Pod range the node’s address is seen, and the answer finds its way', () => {
    const world = boot()
    apply(
      world,
      'apiVersion: v1\nkind: Pod\nmetadata: { name: host }\nspec: { nodeName: node-2, hostNetwork: true, containers: [{ name: web, image: web }] }',
    )
    world.run({ untilMicros: world.now + 5_000_000 })
    const hops = notesOf(world, 'hop', 'http://192.168.0.12:8080/')
      .filter(({ what }) => what === 'SYN' || what === 'SYN-ACK')
      .map(({ source, destination, was }) => `${source} → ${destination}${was === undefined ? '' : ` (was ${was})`}`)
    const printed = listing('19-pod-to-external', 'SNAT').map((line) => spaced(line).replace(/^.*?(?=\d+\.\d+\.)/, ''))
    let from = 0
    for (const line of printed) {
      const at = hops.indexOf(line, from)
      expect(at, `${line} in ${hops.slice(from).join('; ')}`).toBeGreaterThanOrEqual(from)
      from = at
    }
    const rules = save(world.stateOf('node-1/linux'), HOST_NETNS).map((rule) =>
      rule.replaceAll(/ -m comment --comment "[^"]*"/g, ''),
    )
    for (const line of listing('19-pod-to-external', 'MASQUERADE')) expect(rules).toContain(line)
  })
})
