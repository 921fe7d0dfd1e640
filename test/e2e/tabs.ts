/**
 * Tabs that go from page to page, as a reader's does: what one page has fetched and compiled, the next one in the same tab need
 * not. Opening a tab for each page starts a process for each, which compiles every script anew.
 */
import type { BrowserContext, Page } from 'playwright-core'
import { problemsOf } from './chromium.ts'
import type { Problems } from './chromium.ts'

export interface Tab {
  readonly page: Page
  /** Of what is open in it now. */
  readonly problems: Problems
}

export class Tabs {
  private readonly context: BrowserContext
  private readonly idle: Tab[] = []

  constructor(context: BrowserContext) {
    this.context = context
  }

  /** Lends a tab, a new one if all are in use. Where something went wrong in it, nobody gets it afterwards. */
  async use<Result>(act: (tab: Tab) => Promise<Result>): Promise<Result> {
    const tab = this.idle.pop() ?? (await this.open())
    try {
      const result = await act(tab)
      // What a page was about to do when it was left is nobody's problem, and no work for the next one.
      await tab.page.goto('about:blank')
      tab.problems.length = 0
      this.idle.push(tab)
      return result
    } catch (error) {
      await tab.page.close()
      throw error
    }
  }

  private async open(): Promise<Tab> {
    const page = await this.context.newPage()
    return { page, problems: problemsOf(page) }
  }
}
