/**
 * The words of the course, each with its meaning: the one source of the glossary page and of `<Term>` in lessons.
 *
 * Each section has a file of its own in `terms/`; `terms/term-row.ts` says how a row is written.
 */
import type { Locale } from './sections.ts'
import { terms as addons } from './terms/15-addons.ts'
import { terms as apiServer } from './terms/05-api-server.ts'
import { terms as architecture } from './terms/02-architecture.ts'
import { terms as containerRuntime } from './terms/11-container-runtime.ts'
import { terms as containerToContainer } from './terms/17-container-to-container.ts'
import { terms as controlPlaneComponents } from './terms/04-control-plane-components.ts'
import { terms as controlPlaneOverview } from './terms/03-control-plane-overview.ts'
import { terms as controllerManagers } from './terms/07-controller-managers.ts'
import { terms as criShims } from './terms/13-cri-shims.ts'
import { terms as index } from './terms/01-index.ts'
import { terms as keyValueStore } from './terms/08-key-value-store.ts'
import { terms as kubeProxy } from './terms/14-kube-proxy.ts'
import { terms as kubelet } from './terms/12-kubelet.ts'
import { terms as networkingChallenges } from './terms/16-networking-challenges.ts'
import { terms as podToExternal } from './terms/19-pod-to-external.ts'
import { terms as podToPod } from './terms/18-pod-to-pod.ts'
import { terms as scheduler } from './terms/06-scheduler.ts'
import { terms as workerComponents } from './terms/10-worker-components.ts'
import { terms as workerOverview } from './terms/09-worker-overview.ts'
import type { TermRow } from './terms/term-row.ts'

export interface GlossaryEntry {
  /** Never changes: lessons and addresses use it. */
  id: string
  term: Record<Locale, string>
  meaning: Record<Locale, string>
  /** Slug of the section that teaches it. */
  section: string
}

/** By the slug of the section that teaches them, in the course's order. */
const termsOf: Record<string, readonly TermRow[]> = {
  index,
  architecture,
  'control-plane-overview': controlPlaneOverview,
  'control-plane-components': controlPlaneComponents,
  'api-server': apiServer,
  scheduler,
  'controller-managers': controllerManagers,
  'key-value-store': keyValueStore,
  'worker-overview': workerOverview,
  'worker-components': workerComponents,
  'container-runtime': containerRuntime,
  kubelet,
  'cri-shims': criShims,
  'kube-proxy': kubeProxy,
  addons,
  'networking-challenges': networkingChallenges,
  'container-to-container': containerToContainer,
  'pod-to-pod': podToPod,
  'pod-to-external': podToExternal,
}

export const glossary: readonly GlossaryEntry[] = Object.entries(termsOf).flatMap(([section, rows]) =>
  rows.map(([id, en, es, meaningEn, meaningEs]) => ({
    id,
    section,
    term: { en, es },
    meaning: { en: meaningEn, es: meaningEs },
  })),
)

/** The entry for a term; throws an error for authors when there is none. */
export function glossaryEntry(id: string): GlossaryEntry {
  const entry = glossary.find((candidate) => candidate.id === id)
  if (entry) return entry
  throw new Error(
    `<Term id="${id}"> is not in the glossary. Add it to its section’s file in src/course/terms/, or use one of the glossary’s ids.`,
  )
}
