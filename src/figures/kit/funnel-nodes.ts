/** The funnel's story with fewer nodes or more: each with something that runs already, as on the five that it has. */
import type { Edit } from '../../simulation/protocol.ts'

/** So many does the story itself have. */
const OWN = 5

/** What the story starts on its nodes after the first, as it stands there. */
const EARLIER = [
  { node: 2, pod: 'web-1', container: 'web', cpu: '1100m', memory: '1Gi' },
  { node: 3, pod: 'batch', container: 'batch', cpu: '3700m', memory: '4Gi' },
  { node: 4, pod: 'train', container: 'train', cpu: '800m', memory: '1Gi' },
  { node: 5, pod: 'files', container: 'files', cpu: '1600m', memory: '1Gi' },
] as const

const manifest = ({
  node,
  pod,
  container,
  cpu,
  memory,
}: Record<'pod' | 'container' | 'cpu' | 'memory', string> & { node: number }): string =>
  `apiVersion: v1
kind: Pod
metadata: { name: ${pod}, labels: { app: earlier } }
spec:
  nodeName: node-${node}
  containers: [{ name: ${container}, image: web, resources: { requests: { cpu: ${cpu}, memory: ${memory} } } }]
`

/** Every fifth is kept for graphics work, every seventh has a slow disk, every fourth has hardly anything left. */
function nodeLine(node: number): string {
  const taint = node % 5 === 4 ? ' taint:gpu=yes:NoSchedule' : ''
  return `node node-${node} label:disk=${node % 7 === 5 ? 'hdd' : 'ssd'}${taint}`
}

const cpuOn = (node: number): string => `${node % 4 === 3 ? 3700 : 900 + ((node * 13) % 23) * 100}m`

/** What has to be edited for so many nodes. */
export function editsFor(nodes: number): Edit[] {
  if (nodes === OWN) return []
  const counted: Edit[] = [
    { find: `boot nodes=${OWN}`, replace: `boot nodes=${nodes}` },
    { find: `nodes-ready ${OWN}`, replace: `nodes-ready ${nodes}` },
    { find: `app=earlier ${OWN}`, replace: `app=earlier ${nodes}` },
  ]
  if (nodes < OWN)
    return [...counted, ...EARLIER.filter(({ node }) => node > nodes).map((each) => ({ find: `---\n${manifest(each)}`, replace: '' }))] // prettier-ignore
  const more = Array.from({ length: nodes - OWN }, (_, index) => OWN + 1 + index)
  const lastLine = 'node node-5 label:disk=hdd'
  const last = manifest(EARLIER.at(-1)!)
  const pods = more.map((node) => manifest({ node, pod: `app-${node}`, container: 'app', cpu: cpuOn(node), memory: '1Gi' })) // prettier-ignore
  return [
    ...counted,
    { find: lastLine, replace: [lastLine, ...more.map(nodeLine)].join('\n') },
    { find: last, replace: [last, ...pods].join('---\n') },
  ]
}
