/**
 * The nineteen sections of the course, in the order of the document that it teaches.
 *
 * This is the only list of them: the sidebar, the outline, the home page and the names of the lesson files all come from
 * here. Whether a section is written is not said here: that is so when its file exists (`course.ts`).
 */

export type Locale = 'en' | 'es'

export interface Part {
  id: string
  title: Record<Locale, string>
}

export interface Section {
  /** The heading's place in the document, H1 to H19; exercises name it in their front matter. */
  id: string
  number: number
  /** The lesson's name in its address and in its file name. */
  slug: string
  part: string
  /** In full: the page's title and the outline. */
  title: Record<Locale, string>
  /** As short as it can be beneath its part's name: the sidebar. */
  label: Record<Locale, string>
}

export const parts: readonly Part[] = [
  { id: 'overview', title: { en: 'The whole', es: 'El conjunto' } },
  { id: 'control-plane', title: { en: 'Control plane', es: 'Plano de control' } },
  { id: 'worker-node', title: { en: 'Worker node', es: 'Nodo de trabajo' } },
  { id: 'networking', title: { en: 'Networking', es: 'Red' } },
]

type Row = [slug: string, part: string, en: string, es: string, labelEn: string, labelEs: string]

const rows: Row[] = [
  ['index', 'overview', 'What this course builds', 'Lo que construye este curso', 'What you build', 'Qué construyes'],
  ['architecture', 'overview', 'Kubernetes architecture', 'Arquitectura de Kubernetes', 'Architecture', 'Arquitectura'],
  [
    'control-plane-overview',
    'control-plane',
    'Control plane overview',
    'El plano de control',
    'Overview',
    'Visión general',
  ],
  [
    'control-plane-components',
    'control-plane',
    'Control plane components',
    'Componentes del plano de control',
    'Components',
    'Componentes',
  ],
  ['api-server', 'control-plane', 'The API server', 'El servidor de API', 'API server', 'Servidor de API'],
  ['scheduler', 'control-plane', 'The scheduler', 'El planificador', 'Scheduler', 'Planificador'],
  [
    'controller-managers',
    'control-plane',
    'Controller managers',
    'Gestores de controladores',
    'Controller managers',
    'Controladores',
  ],
  [
    'key-value-store',
    'control-plane',
    'The key-value store',
    'El almacén de clave-valor',
    'Key-value store',
    'Almacén de clave-valor',
  ],
  ['worker-overview', 'worker-node', 'Worker node overview', 'El nodo de trabajo', 'Overview', 'Visión general'],
  [
    'worker-components',
    'worker-node',
    'Worker node components',
    'Componentes del nodo de trabajo',
    'Components',
    'Componentes',
  ],
  [
    'container-runtime',
    'worker-node',
    'The container runtime',
    'El entorno de ejecución',
    'Container runtime',
    'Entorno de ejecución',
  ],
  ['kubelet', 'worker-node', 'The kubelet', 'El kubelet', 'kubelet', 'kubelet'],
  ['cri-shims', 'worker-node', 'CRI shims', 'Adaptadores CRI', 'CRI shims', 'Adaptadores CRI'],
  ['kube-proxy', 'worker-node', 'kube-proxy', 'kube-proxy', 'kube-proxy', 'kube-proxy'],
  ['addons', 'worker-node', 'Addons', 'Complementos', 'Addons', 'Complementos'],
  ['networking-challenges', 'networking', 'Networking challenges', 'Los retos de la red', 'Challenges', 'Retos'],
  [
    'container-to-container',
    'networking',
    'Container to container',
    'De contenedor a contenedor',
    'Container to container',
    'Contenedor a contenedor',
  ],
  ['pod-to-pod', 'networking', 'Pod to Pod', 'De Pod a Pod', 'Pod to Pod', 'Pod a Pod'],
  [
    'pod-to-external',
    'networking',
    'Pod to the outside',
    'Del Pod al exterior',
    'Pod to the outside',
    'Pod al exterior',
  ],
]

export const sections: readonly Section[] = rows.map(([slug, part, en, es, labelEn, labelEs], index) => ({
  id: `H${index + 1}`,
  number: index + 1,
  slug,
  part,
  title: { en, es },
  label: { en: labelEn, es: labelEs },
}))

/** The lesson's file below `content/<locale>/`: the number keeps the folder in the course's order, the rest is the slug. */
export function lessonFile(section: Pick<Section, 'number' | 'slug'>): string {
  return `${String(section.number).padStart(2, '0')}-${section.slug}.mdx`
}

/** The content id of a lesson: what its address is made of. The first lesson is the folder's own page. */
export function lessonId(section: Section, locale: Locale): string {
  const path = section.slug === 'index' ? 'lessons' : `lessons/${section.slug}`
  return locale === 'en' ? path : `${locale}/${path}`
}

/** The content id for a lesson file such as `es/06-scheduler.mdx`; throws when the name is not one of the course's. */
export function lessonIdOfFile(path: string): string {
  const [locale, file] = path.split('/')
  const section = sections.find((candidate) => lessonFile(candidate) === file)
  if (section === undefined || (locale !== 'en' && locale !== 'es')) {
    throw new Error(
      `content/${path} is not the name of a lesson. Use <locale>/<number>-<slug>.mdx as src/course/sections.ts lists them, ` +
        `such as en/${lessonFile(sections[5]!)}.`,
    )
  }
  return lessonId(section, locale)
}
