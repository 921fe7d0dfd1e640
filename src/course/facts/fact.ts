/**
 * A row of “then and now”: what the 2022 chapter says, in our words, and what holds today, with the place where that is written.
 *
 * A lesson shows it by its id (`<Fact id={15} />`) as a margin note; the page “Coverage” lists all with sources and dates.
 */

/** `OK+`: it holds, and there is more to say. */
export type Verdict = 'WRONG' | 'IMPRECISE' | 'OUTDATED' | 'OK+'

export interface FactText {
  /** What was said. Goes on after the bold word “Then”; `code` and *stress* are allowed. */
  said: string
  /** What holds. Goes on after the bold word “Now”. */
  holds: string
}

export interface Fact {
  /** Never changes: lessons name it. */
  id: number
  /** Numbers of the chapter's claims. */
  claims: readonly number[]
  verdict: Verdict
  en: FactText
  /** Of lessons that are read in Spanish; others fall back to English. */
  es?: FactText
  /** Where it is written: addresses of documentation, of enhancement proposals or of files. */
  sources: readonly string[]
  /** Day, or month, in which somebody last opened the sources and found there what `holds` says. None: nobody has yet. */
  verifiedOn?: string
  /** Newest Kubernetes version of which the sources speak. None where what they say is tied to no version. */
  k8sVersion?: string
  /** Slugs of the lessons that show it. */
  lessons: readonly string[]
}

export const kep = (number: number): string => `https://kep.k8s.io/${number}`
export const docs = (path: string): string => `https://kubernetes.io/docs/${path}/`
/** A feature gate's own page: in which version it was alpha, beta, stable. */
export const gate = (name: string): string =>
  `https://github.com/kubernetes/website/blob/main/content/en/docs/reference/command-line-tools-reference/feature-gates/${name}.md`
/** A file of Kubernetes' own code. */
export const k8s = (path: string): string => `https://github.com/kubernetes/kubernetes/blob/master/${path}`
