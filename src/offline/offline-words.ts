/** What the page says about the copy of the course on the reader's device. */
import type { Locale } from '../course/sections.ts'

interface OfflineWords {
  /** All files are here. */
  kept: string
  newVersion: string
  useIt: string
  /** Another tab has taken the new version. */
  older: string
  reload: string
  later: string
}

export const offlineWords: Record<Locale, OfflineWords> = {
  en: {
    kept: 'The whole course is kept on this device: it reads and runs offline.',
    newVersion: 'A new version of the course is ready. Drafts and progress stay as they are.',
    useIt: 'Use it now',
    older: 'Another tab has taken a new version of the course. Reload this one when it suits you: drafts stay.',
    reload: 'Reload',
    later: 'Later',
  },
  es: {
    kept: 'El curso entero está guardado en este dispositivo: se lee y funciona sin conexión.',
    newVersion: 'Hay una versión nueva del curso. Tus borradores y tu progreso quedan como están.',
    useIt: 'Usarla ahora',
    older: 'Otra pestaña ya usa una versión nueva del curso. Recarga esta cuando te venga bien: los borradores quedan.',
    reload: 'Recargar',
    later: 'Más tarde',
  },
}
