/**
 * The bug museum: five bugs that etcd really had, each played by a figure. Only issues that have been read are cited; what is
 * said of them is in our own words.
 */
import type { Locale } from './sections.ts'

type InBoth = Readonly<Record<Locale, string>>

export interface ExhibitText {
  /** The figure's id, and in lower case the place on the page. */
  readonly figure: string
  /** Several members play in it: their ring is higher than one member's tape. */
  readonly isRing: boolean
  readonly title: InBoth
  /** Number in etcd-io/etcd. */
  readonly issue: number
  readonly issueTitle: string
  /** When it was told, as people write it. */
  readonly told: InBoth
  readonly seen: InBoth
  readonly wrong: InBoth
  readonly mended: InBoth
}

export const issueUrl = (issue: number): string => `https://github.com/etcd-io/etcd/issues/${issue}`

export const museumWords: Readonly<
  Record<Locale, Readonly<Record<'title' | 'lead' | 'seen' | 'wrong' | 'mended' | 'issue' | 'lesson', string>>>
> = {
  en: {
    title: 'The bug museum',
    lead: 'Five bugs that etcd really had, two minutes each. The defect is planted in the simulated etcd; all else is as it always is. Predict, play, then play it as it was mended.',
    seen: 'What clients saw',
    wrong: 'What was wrong',
    mended: 'How it was mended',
    issue: 'Told in',
    lesson: 'Back to the key-value store',
  },
  es: {
    title: 'El museo de errores',
    lead: 'Cinco errores que etcd tuvo de verdad, dos minutos cada uno. El defecto está puesto en el etcd simulado; todo lo demás es como siempre. Predice, reproduce y vuelve a reproducirlo corregido.',
    seen: 'Qué vieron los clientes',
    wrong: 'Qué estaba mal',
    mended: 'Cómo se corrigió',
    issue: 'Contado en',
    lesson: 'Volver al almacén de clave-valor',
  },
}

export const exhibits: readonly ExhibitText[] = [
  {
    figure: 'M1',
    isRing: true,
    title: { en: 'The member that skipped a write', es: 'El miembro que se saltó una escritura' },
    issue: 13766,
    issueTitle: 'Inconsistent revision and data occurs',
    told: { en: '8 March 2022', es: '8 de marzo de 2022' },
    seen: {
      en: 'Some keys were on two members and not on the third, and the answer depended on whom one asked. All three were healthy, with the same leader, term and index.',
      es: 'Algunas claves estaban en dos miembros y no en el tercero, y la respuesta dependía de a quién se preguntara. Los tres estaban sanos, con el mismo líder, mandato e índice.',
    },
    wrong: {
      en: 'In 3.5, after some code had been moved, the number of the last applied entry could reach the disk before what the entry had changed. A member that was killed in between took it for applied.',
      es: 'En la 3.5, tras mover código, el número de la última entrada aplicada podía llegar al disco antes que lo que la entrada cambiaba. Un miembro que moría entre medias la daba por aplicada.',
    },
    mended: {
      en: 'Both are written in one transaction again. The project told the whole story in a postmortem, and tests now kill members at such places.',
      es: 'Ambos se escriben de nuevo en una sola transacción. El proyecto contó toda la historia en un análisis público, y las pruebas matan ahora miembros en puntos así.',
    },
  },
  {
    figure: 'M2',
    isRing: true,
    title: { en: 'The leader that led no more', es: 'El líder que ya no lo era' },
    issue: 741,
    issueTitle: 'Consistent reads are not consistent',
    told: { en: '18 April 2014', es: '18 de abril de 2014' },
    seen: {
      en: 'Somebody writes foo, then bar, and then reads foo. Jepsen, a test that cuts networks, found it in about twenty seconds.',
      es: 'Alguien escribe foo, después bar, y después lee foo. Jepsen, una prueba que corta redes, lo encontró en unos veinte segundos.',
    },
    wrong: {
      en: 'Whoever believed that it led answered reads from its own store. A leader that is cut off believes so for a while, and the others have one already.',
      es: 'Quien creía liderar respondía a las lecturas desde su propio almacén. Un líder aislado lo cree durante un rato, y los demás ya tienen otro.',
    },
    mended: {
      en: 'An ordinary read asks a majority first whether the leader still leads, and waits until this member has applied as much. A client that can live with old answers says so: serializable.',
      es: 'Una lectura normal pregunta antes a una mayoría si el líder aún lidera, y espera a que este miembro haya aplicado lo mismo. Quien se conforma con respuestas viejas lo dice: serializable.',
    },
  },
  {
    figure: 'M3',
    isRing: true,
    title: { en: 'The lease that two looked after', es: 'El lease que cuidaban dos' },
    issue: 15247,
    issueTitle:
      'All leases are revoked when the etcd leader is stuck in handling raft Ready due to slow fdatasync or high CPU',
    told: { en: '6 February 2023', es: '6 de febrero de 2023' },
    seen: {
      en: 'Clients renewed their leases all the time, and lost them all the same: locks and service entries were gone.',
      es: 'Los clientes renovaban sus leases sin parar y los perdían igualmente: desaparecían bloqueos y registros de servicios.',
    },
    wrong: {
      en: 'A leader whose disk was stuck had been replaced, but the part of it that looks after leases had not been told. It renewed leases of which the new leader heard nothing, and revoked others.',
      es: 'Un líder con el disco atascado había sido sustituido, pero su parte que cuida de los leases no lo sabía. Renovaba leases de los que el nuevo líder no oía nada, y revocaba otros.',
    },
    mended: {
      en: 'A member makes sure that it still leads before it renews or revokes.',
      es: 'Un miembro comprueba que aún lidera antes de renovar o revocar.',
    },
  },
  {
    figure: 'M4',
    isRing: false,
    title: { en: 'The deletion that nobody heard of', es: 'El borrado del que nadie supo' },
    issue: 18089,
    issueTitle: 'Watch dropping an event when compacting on delete',
    told: { en: '28 May 2024', es: '28 de mayo de 2024' },
    seen: {
      en: 'The project’s own robustness tests found a watch that left out an event, though etcd promises that a watch from a revision that is not compacted leaves out none.',
      es: 'Las propias pruebas de robustez del proyecto hallaron una observación que omitía un evento, aunque etcd promete que una observación desde una revisión no compactada no omite ninguno.',
    },
    wrong: {
      en: 'A compaction at the very revision of a deletion took the tombstone, too. A watch may still begin there, and had nothing to tell.',
      es: 'Una compactación en la revisión exacta de un borrado se llevaba también la lápida. Una observación aún puede empezar ahí, y no tenía nada que contar.',
    },
    mended: {
      en: 'A tombstone at the compacted revision is kept until the next compaction.',
      es: 'La lápida de la revisión compactada se conserva hasta la siguiente compactación.',
    },
  },
  {
    figure: 'M5',
    isRing: false,
    title: { en: 'The promise before the disk', es: 'La promesa antes que el disco' },
    issue: 14370,
    issueTitle: 'Durability API guarantee broken in single node cluster',
    told: { en: 'August 2022', es: 'agosto de 2022' },
    seen: {
      en: 'A store of one member had said OK to a write, was killed at once, and did not know the write when it came back.',
      es: 'Un almacén de un solo miembro había dicho OK a una escritura, murió enseguida y al volver no la conocía.',
    },
    wrong: {
      en: 'With several members a write is committed once a majority has it on disk. A lone member is its own majority: it applied the write and answered while its log was still being synced.',
      es: 'Con varios miembros, una escritura se confirma cuando una mayoría la tiene en disco. Un miembro solo es su propia mayoría: la aplicaba y respondía mientras su registro aún se sincronizaba.',
    },
    mended: {
      en: 'Raft itself now waits for the disk before an entry counts as committed, alone or not.',
      es: 'El propio Raft espera ahora al disco antes de dar una entrada por confirmada, haya uno o varios.',
    },
  },
]
