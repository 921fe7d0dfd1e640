/**
 * A still picture as data: rows of boxes joined by labelled arrows, as an author writes them in a lesson.
 *
 * `['kubelet', '→ CRI', '*containerd*', '→', 'runc']`: boxes and arrows by turns; an item that begins with → is an arrow with
 * its label; `*name*` is the box that the picture is about. Colours mean what they mean in every figure: violet the control
 * plane, ochre the store, teal a Pod or a container, slate the rest; what a box is follows from its name.
 */

export type BoxKind = 'control' | 'store' | 'pod' | 'node'

export interface Box {
  text: string
  kind: BoxKind
  /** What the picture is about. */
  marked: boolean
}

export interface Row {
  boxes: Box[]
  /** Labels, perhaps empty, one between each two boxes. May hold *stress*. */
  arrows: string[]
}

/** The first that matches names the kind. In English and Spanish. */
const kinds: [BoxKind, RegExp][] = [
  ['store', /\betcd\b|revision|revisión/i],
  ['node', /runtime|containerd|entorno|kube-?let|kube-proxy|\bCRI/i],
  [
    'control',
    /API.?server|apiserver|servidor(es)? de API|metrics-server|scheduler|planificador|controller|controlador|control plane|plano de control/i,
  ],
  ['pod', /\bPods?\b|\bcontainers?\b|\bcontenedor(es)?\b|CoreDNS/i],
]

function boxOf(item: string): Box {
  const marked = /^\*(.+)\*$/.exec(item)?.[1]
  const text = marked ?? item
  const kind = kinds.find(([, pattern]) => pattern.test(text))?.[0] ?? 'node'
  return { text, kind, marked: marked !== undefined }
}

const isArrow = (item: string) => item.startsWith('→')

/** Throws an error for authors unless each row is boxes and arrows by turns, beginning and ending with a box. */
export function readDiagram(rows: readonly (readonly string[])[], label: string): Row[] {
  if (label.trim() === '')
    throw new Error('<Diagram> needs a label: say in a sentence or two what it shows, for those who cannot see it.')
  return rows.map((items, index) => {
    const sound = items.length % 2 === 1 && items.every((item, place) => isArrow(item) === (place % 2 === 1))
    if (!sound) {
      throw new Error(
        `<Diagram label="${label.slice(0, 40)}…">: row ${index + 1} must be boxes and arrows by turns, and begin and end ` +
          "with a box, such as ['kubelet', '→ CRI', 'containerd']; an arrow begins with “→”.",
      )
    }
    return {
      boxes: items.filter((item) => !isArrow(item)).map(boxOf),
      arrows: items.filter(isArrow).map((item) => item.slice(1).trim()),
    }
  })
}
